/**
 * A simulated Switchtec switch on the other side of the wire: fan-out (PSX) or fabric (PAX), with stacks, physical ports, partitions and
 * logical ports, reached over the switch's own Ethernet protocol by any client.
 *
 * <p><b>Invariant:</b> it decodes requests and encodes answers with the client's own codec; only what is done with them is of this
 * package. {@link org.rackweave.sim.switchtec.SwitchtecModel} has no clock, thread or file of its own.
 */
@NullMarked
package org.rackweave.sim.switchtec;

import org.jspecify.annotations.NullMarked;
