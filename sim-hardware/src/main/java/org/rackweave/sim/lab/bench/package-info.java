/**
 * Measurements, each beside a peer that ran in the same run on the same machine.
 *
 * <p><b>Invariant:</b> a figure is measured here and now; where its peer is missing the row says so and is not met.
 */
@NullMarked
package org.rackweave.sim.lab.bench;

import org.jspecify.annotations.NullMarked;
