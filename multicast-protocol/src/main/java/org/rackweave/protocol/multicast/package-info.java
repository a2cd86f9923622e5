/**
 * What nodes tell all their neighbours at once: the payloads and their bytes, the sockets, and the gate that every
 * received datagram passes before anybody believes it. {@code PROTOCOL.md} beside this module's build file is the
 * specification.
 *
 * <p><b>Invariant:</b> nothing that a datagram says changes any state here before its signature holds, no datagram
 * throws, and no table grows past its limit in {@link org.rackweave.protocol.multicast.ProtocolLimits}.
 */
@NullMarked
package org.rackweave.protocol.multicast;

import org.jspecify.annotations.NullMarked;
