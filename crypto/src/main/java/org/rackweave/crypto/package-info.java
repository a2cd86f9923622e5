/**
 * Who a node is, whom it trusts, and how a datagram proves both: identities, the rack's certificate authority, per-boot
 * signing keys, sealing and opening of datagrams.
 *
 * <p><b>Invariant:</b> nothing here believes a byte before its signature holds, and the only secret handed out is {@link
 * org.rackweave.crypto.Identity#privateKey()}, for the DTLS engine.
 */
@NullMarked
package org.rackweave.crypto;

import org.jspecify.annotations.NullMarked;
