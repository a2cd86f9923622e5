/** The memory of simulated devices: files, so that what a host left and what a wipe cleared can be looked at. */
@NullMarked
package org.rackweave.sim.memory;

import org.jspecify.annotations.NullMarked;
