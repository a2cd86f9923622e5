/**
 * Simulated hardware and the lab in which whole racks are rehearsed.
 *
 * <p><b>Invariant:</b> nothing in the product depends on this module; it is found by name when its jar is there.
 */
@NullMarked
package org.rackweave.sim;

import org.jspecify.annotations.NullMarked;
