package org.rackweave.protocol.message;

import java.util.Objects;
import org.rackweave.crypto.NodeId;

/**
 * A demand that waits at an owner, as the owner sees it.
 *
 * @param loan the borrower's name for it
 * @param borrower who waits
 * @param requirement what the whole loan asks for
 * @param amount how much of it is asked of this owner; at least 1
 * @param place where it stands
 * @param waitingMillis for how long it has stood there
 */
public record WantView(
        LoanId loan, NodeId borrower, Requirement requirement, long amount, LinePlace place, long waitingMillis) {
    public WantView {
        Objects.requireNonNull(loan);
        Objects.requireNonNull(borrower);
        Objects.requireNonNull(requirement);
        Objects.requireNonNull(place);
        if (amount < 1 || waitingMillis < 0) {
            throw new IllegalArgumentException("want out of limits: " + loan);
        }
    }
}
