package org.rackweave.daemon.lease;

/**
 * The numbers by which a borrower borrows.
 *
 * @param driftPercent by how much two clocks may run apart
 * @param gatherMillis how long lenders have to show what they own
 * @param retryMillis the pause before a request that was not answered is sent again
 * @param answerMillis how long a client that gives a loan back waits for the lenders' word
 */
public record LoanPolicy(int driftPercent, long gatherMillis, long retryMillis, long answerMillis) {
    public LoanPolicy {
        if (driftPercent < 0 || driftPercent > 25 || gatherMillis < 1 || retryMillis < 1 || answerMillis < 1) {
            throw new IllegalArgumentException("drift or times out of range");
        }
    }

    /**
     * When the borrower is out. The owner counts T(1+ρ) from its answer and tells what is left of that; what is surely left by
     * this side's clock, counted from the first transmission, is at least (1−2ρ) of it.
     */
    long borrowerDeadline(long firstSentMillis, long remainingMillis) {
        return firstSentMillis + remainingMillis * (100 - 2L * driftPercent) / 100;
    }

    /** When the owner has surely acted, by this side's clock. */
    long forcedDeadline(long nowMillis, long remainingMillis) {
        return nowMillis + Math.max(remainingMillis, 0) * (100 + 2L * driftPercent) / 100 + retryMillis;
    }
}
