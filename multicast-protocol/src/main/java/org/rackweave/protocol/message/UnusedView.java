package org.rackweave.protocol.message;

import java.util.Objects;

/**
 * A loan that its host hardly uses.
 *
 * @param loan which
 * @param kind of what
 * @param held how much it holds, in the unit of the kind
 * @param usedPercent how much of that was used at most, 0 to 100
 * @param spare how much of it could go back, in whole leases; 0 where nothing can, such as of a loan that is all or nothing
 */
public record UnusedView(LoanId loan, ResourceKind kind, long held, int usedPercent, long spare) {
    public UnusedView {
        Objects.requireNonNull(loan);
        Objects.requireNonNull(kind);
        if (usedPercent < 0 || usedPercent > 100 || spare < 0 || spare > held) {
            throw new IllegalArgumentException("an unused loan is used 0 to 100 %, and has 0 <= spare <= held");
        }
    }
}
