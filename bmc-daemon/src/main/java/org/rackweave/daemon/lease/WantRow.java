package org.rackweave.daemon.lease;

import java.util.Objects;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.Requirement;

/**
 * A demand that stands in this owner's line, as the ledger stores it.
 *
 * @param loan the borrower's name for it
 * @param borrower who waits
 * @param requirement what the whole loan asks for, at the priority that the borrower asked for
 * @param amount how much the loan is to hold of this owner, in the unit of the kind; at least 1
 * @param number in which order it came; from 1, never given twice while it stands
 * @param sinceMillis when it came, by the clock that counts while the machine sleeps; for people
 */
public record WantRow(
        LoanId loan, NodeId borrower, Requirement requirement, long amount, long number, long sinceMillis) {
    public WantRow {
        Objects.requireNonNull(loan);
        Objects.requireNonNull(borrower);
        Objects.requireNonNull(requirement);
        if (amount < 1 || number < 1) {
            throw new IllegalArgumentException("a want asks for at least 1, and numbers count from 1: " + loan);
        }
    }

    /** The same place, for something else. */
    WantRow asking(Requirement newRequirement, long newAmount) {
        return new WantRow(loan, borrower, newRequirement, newAmount, number, sinceMillis);
    }

    WantRow since(long millis) {
        return new WantRow(loan, borrower, requirement, amount, number, millis);
    }

    /** With how much of this owner the borrower would begin. */
    long leastAmount() {
        return Math.min(amount, requirement.leastAmount());
    }

    String brief() {
        return "loan " + loan.brief() + " of node " + borrower.brief();
    }
}
