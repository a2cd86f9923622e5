/**
 * Mistakes of one line in the lending cores, planted in a copy of their sources and never in the product, to see that the
 * simulated world finds them.
 *
 * <p><i>Invariant:</i> nothing here changes a file; a planted core lives in the class loader that was made for it.
 */
@NullMarked
package org.rackweave.sim.planted;

import org.jspecify.annotations.NullMarked;
