/**
 * Choosing lenders: one that can do all of it first, then combinations. A pure core.
 *
 * <p><b>Invariant:</b> the same slices in any order give the same plan.
 */
@NullMarked
package org.rackweave.daemon.matching;

import org.jspecify.annotations.NullMarked;
