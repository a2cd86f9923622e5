/**
 * A Resource Node without its card: a chassis of modules behind a CXL switch and a Switchtec, with slots, power supplies, fans and optical
 * links that show themselves in a folder as Linux shows them in {@code /sys}.
 *
 * <p><b>Invariant:</b> what the folder says follows from the plan, from what is wrong and from which slots are on, and from nothing that
 * a process remembers; so it is the same after a restart.
 */
@NullMarked
package org.rackweave.sim.chassis;

import org.jspecify.annotations.NullMarked;
