/**
 * The CXL fabric manager: the messages of the component command interface (CCI) and the fabric manager API (FM-API) of CXL 3.x,
 * chapter 7.6, their one codec, and a client.
 *
 * <p>A message is a header of 12 bytes and a payload, all little endian. Two dialects of it are spoken, see {@link
 * org.rackweave.hal.cxl.Dialect}:
 *
 * <pre>
 *              cxl3                                   jrl
 * 0            bits 3:0 category, 0 request 1 answer  bits 7:4
 * 1            tag                                    same
 * 2            reserved                               same
 * 3-4          opcode                                 same
 * 5-6          payload length, bits 15:0              same
 * 7            bits 4:0 length, bits 20:16            bits 7:3
 *              bit 7 background operation             bit 0
 * 8-9          return code                            same
 * 10-11        vendor's extended status               same
 * </pre>
 *
 * <p>Each command is one class with its request, its response and their layouts; {@link org.rackweave.hal.cxl.Opcode} is the table
 * of them. {@link org.rackweave.hal.cxl.FmCodec} serves the client and a switch ({@link org.rackweave.hal.cxl.FmResponder}) alike, so
 * that a simulated switch differs from a real one in what it does, never in how it reads.
 *
 * <p><b>Invariant:</b> no bytes make a decoder throw: they are accepted, or refused by a {@link org.rackweave.hal.cxl.CciFault}. A command
 * that changes something was answered, was declined, was not sent, or has an unknown outcome that the caller must settle.
 */
@NullMarked
package org.rackweave.hal.cxl;

import org.jspecify.annotations.NullMarked;
