package org.rackweave.daemon.lease;

import java.util.Objects;
import org.rackweave.daemon.matching.Setting;
import org.rackweave.protocol.message.ForcedEndEffect;

/**
 * The numbers by which a borrower borrows.
 *
 * @param driftPercent by how much two clocks may run apart
 * @param gatherMillis how long lenders have to show what they own
 * @param retryMillis the pause before a request that was not answered is sent again
 * @param answerMillis how long a client that gives a loan back waits for the lenders' word
 * @param power whether devices in use are filled before others are woken
 * @param moves what becomes of proposals to move
 */
public record LoanPolicy(
        int driftPercent, long gatherMillis, long retryMillis, long answerMillis, Setting.Power power, Moves moves) {
    /** Longer than any term: what a lender says beyond it is taken for this, so that no sum overflows. */
    static final long LONGEST_MILLIS = 400L * 24 * 3_600 * 1_000;

    /** So many times as long as lenders have to show what they own: then a demand that stands is planned for anew. */
    private static final int GATHERINGS_BETWEEN_PLANS = 10;

    /** What becomes of proposals that a loan takes another slice in place of one of its own. */
    public enum Moves {
        /** They are tried, where nothing is lost by it. */
        ACCEPTED,
        /** They are refused. */
        REFUSED
    }

    public LoanPolicy {
        Objects.requireNonNull(power);
        Objects.requireNonNull(moves);
        if (driftPercent < 0 || driftPercent > 25 || gatherMillis < 1 || retryMillis < 1 || answerMillis < 1) {
            throw new IllegalArgumentException("drift or times out of range");
        }
    }

    /** With devices in use filled first, and moves accepted. */
    public LoanPolicy(int driftPercent, long gatherMillis, long retryMillis, long answerMillis) {
        this(driftPercent, gatherMillis, retryMillis, answerMillis, Setting.Power.FILL, Moves.ACCEPTED);
    }

    /** How often a demand that stands is planned for when nobody says that anything has changed. */
    long replanMillis() {
        return GATHERINGS_BETWEEN_PLANS * gatherMillis;
    }

    /** Between two moves of loans: whoever proposes, this node's hosts are not kept busy with it. */
    long moveRestMillis() {
        return GATHERINGS_BETWEEN_PLANS * gatherMillis;
    }

    /** How long a lender is told that a demand has gone; by then it has forgotten it by itself. */
    long withdrawMillis() {
        return GATHERINGS_BETWEEN_PLANS * answerMillis;
    }

    /**
     * When the borrower is out. The owner counts T(1+ρ) from its answer and tells what is left of that; what is surely left by
     * this side's clock, counted from the first transmission, is at least (1−2ρ) of it.
     */
    long borrowerDeadline(long firstSentMillis, long remainingMillis) {
        return firstSentMillis
                + Math.max(Math.min(remainingMillis, LONGEST_MILLIS), -LONGEST_MILLIS)
                        * (100 - 2L * driftPercent)
                        / 100;
    }

    /**
     * When the owner has surely acted, by this side's clock. Where that would be fatal it does not act: then only its own word
     * ends a lease.
     */
    long forcedDeadline(long nowMillis, long remainingMillis, ForcedEndEffect forcedEnd) {
        if (forcedEnd == ForcedEndEffect.FATAL) {
            return Long.MAX_VALUE;
        }
        return nowMillis
                + Math.min(Math.max(remainingMillis, 0), LONGEST_MILLIS) * (100 + 2L * driftPercent) / 100
                + retryMillis;
    }
}
