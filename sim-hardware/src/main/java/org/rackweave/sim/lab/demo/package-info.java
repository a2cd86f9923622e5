/**
 * The demo: one story about one rack, told step by step, where every step looks at what it tells.
 *
 * <p><b>Invariant:</b> a line is printed only after what it says was seen in this run; what was not seen is a failed step.
 */
@NullMarked
package org.rackweave.sim.lab.demo;

import org.jspecify.annotations.NullMarked;
