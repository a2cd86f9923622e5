/**
 * Every unicast message of the protocol as a value, with its codec: what a borrower asks of an owner, what a client asks of
 * a daemon, and the answers.
 *
 * <p><b>Invariant:</b> a value that exists is valid; a peer's bytes become one only through a decoder that says why not.
 */
@NullMarked
package org.rackweave.protocol.message;

import org.jspecify.annotations.NullMarked;
