/**
 * Who a node is, whom it trusts, and how a datagram proves both: identities, the rack's certificate authority, per-boot signing keys, sealing and opening of datagrams.
 *
 * <p><b>Invariant:</b> no private key leaves this package, and nothing here believes a byte before its signature holds.
 */
@NullMarked
package org.rackweave.crypto;

import org.jspecify.annotations.NullMarked;
