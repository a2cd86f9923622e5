/**
 * The lab {@code rackweave-lab}: racks of real daemons as processes of this machine, for rehearsal, for the demo and for
 * measuring. It starts the programs that lie beside it and speaks to them as an operator does, over the network.
 *
 * <p><b>Invariant:</b> nothing here reaches into a daemon; what is told about one was asked of it, or read from what its
 * simulated hardware shows.
 */
@NullMarked
package org.rackweave.sim.lab;

import org.jspecify.annotations.NullMarked;
