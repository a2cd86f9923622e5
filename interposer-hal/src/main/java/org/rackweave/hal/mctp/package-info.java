/**
 * MCTP (DMTF DSP0236) messages as fixed packets of 68 bytes on a TCP stream: the way that CXL switches and their emulators are
 * reached over Ethernet. There is no length prefix and no header of the medium.
 *
 * <pre>
 * 0     bits 3:0 header version, 1
 * 1     destination endpoint (EID)
 * 2     source endpoint
 * 3     bit 7 start, bit 6 end, bits 5:4 packet sequence, bit 3 tag owner (1 = request), bits 2:0 tag
 * 4-67  64 bytes of the message, the last packet's padded with zeros; the first byte of the first packet is
 *       bit 7 integrity check (0), bits 6:0 message type
 * </pre>
 *
 * <p><b>Invariant:</b> no byte from the network makes anything here throw an exception of Java's; what is not understood is refused by
 * name, and every wait has an end.
 */
@NullMarked
package org.rackweave.hal.mctp;

import org.jspecify.annotations.NullMarked;
