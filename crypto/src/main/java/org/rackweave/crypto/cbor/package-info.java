/**
 * The one form of bytes that nodes exchange: core deterministic CBOR (RFC 8949, 4.2.1), read strictly and written.
 *
 * <p>The COSE frames of {@code crypto}, the payloads inside them and the bodies of unicast messages follow the same rules,
 * so the rules stand once, in the lowest module that needs them: a hole that is found here is closed for all three. What a
 * map may hold, and how much of it, is each message's own affair.
 *
 * <p>Our own and not a library's because a general reader builds a tree of what it is sent before anybody can judge it, and
 * takes more than one form of a message; one that does neither is shorter than the adapter would be.
 *
 * <p><b>Invariant:</b> no bytes make the reader throw, no length is believed beyond the bytes that are there, and what it
 * reads without a fault the writer writes again bit for bit.
 */
@NullMarked
package org.rackweave.crypto.cbor;

import org.jspecify.annotations.NullMarked;
