/**
 * The bytes of Microchip Switchtec: MRPC commands and answers, the header that carries them over Ethernet, and what is read from the
 * switch's global address space (GAS). All numbers are little-endian but those of the Ethernet header.
 *
 * <p><b>Invariant:</b> values and pure functions; the client and the simulated switch use the same ones. Bytes from a wire never throw:
 * they decode to a value, or are rejected with a named problem. Reserved bytes are written as zero and never read, because known
 * clients send what was on their stack there.
 */
@NullMarked
package org.rackweave.hal.switchtec.wire;

import org.jspecify.annotations.NullMarked;
