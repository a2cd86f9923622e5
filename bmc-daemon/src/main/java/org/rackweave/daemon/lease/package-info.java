/**
 * Lending, both sides of it. The owner ({@link org.rackweave.daemon.lease.LeaseCore}): which of this node's slices is held
 * by whom, until when, and what happens next; its diagram is in {@code Life}. The borrower
 * ({@link org.rackweave.daemon.lease.LoanCore}): loans, each a group of leases at one or several owners, made whole or not
 * at all. Pure cores.
 *
 * <p><b>Invariant:</b> a slice has one row, one state, one epoch and at most one holder, and between two holders it is always
 * fenced, read back and wiped; the plan of a loan is in the ledger before the first owner is asked; a lease whose term is
 * over by the borrower's reckoning is never used again; what is kept for a want goes to nobody
 * of the same or a lower priority, and nothing is taken back for an equal one.
 */
@NullMarked
package org.rackweave.daemon.lease;

import org.jspecify.annotations.NullMarked;
