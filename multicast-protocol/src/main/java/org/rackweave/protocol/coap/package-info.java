/**
 * The unicast channel: CoAP over DTLS 1.2 with connection ids, both sides proven by certificates of the rack. Daemons, the
 * host agent and the CLI all speak it. Californium stays behind this package: nobody else names it.
 *
 * <p><b>Invariant:</b> no command reaches its handler without a principal whose certificate the rack's root vouches for now,
 * and every request is answered at most once.
 */
@NullMarked
package org.rackweave.protocol.coap;

import org.jspecify.annotations.NullMarked;
