/**
 * The simulated world: the daemon's own conductor, cores and membership, for several nodes, on a network, clocks, disks and
 * hardware that fail as one seed says. One thread, virtual time, and the {@link org.rackweave.sim.world.Invariant invariants}
 * checked after every event.
 *
 * <p><b>Invariant:</b> the same seed gives the same history; nothing here reads a clock or draws from another source.
 */
@NullMarked
package org.rackweave.sim.world;

import org.jspecify.annotations.NullMarked;
