/**
 * What the daemon must not forget, in one SQLite file: slices, loans, and the audit trail, whose rows are chained by hash
 * from an anchor on and signed from time to time.
 *
 * <p><b>Invariant:</b> one process and one thread write; what a commit returned for is on the disk; the audit trail has no gap
 * and every row's hash covers the one before.
 */
@NullMarked
package org.rackweave.daemon.ledger;

import org.jspecify.annotations.NullMarked;
