/**
 * Advice for the whole rack: one node at a time looks at what all others own and wait for, sums it up, and asks borrowers to
 * move where that would let somebody else be served. A pure core.
 *
 * <p><b>Invariant:</b> it commands nobody. Without it, with two of it, or with one that lies, every grant is what it was.
 */
@NullMarked
package org.rackweave.daemon.coordinator;

import org.jspecify.annotations.NullMarked;
