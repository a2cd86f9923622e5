package org.rackweave.daemon.broker;

/**
 * A time in which little of a loan was used, and reports came without a gap. A pure value: what may go back follows from it and
 * from nothing else. It is in no ledger: a card that restarts begins anew.
 *
 * @param sinceMillis when it began
 * @param heardMillis when the last report in it came
 * @param held how much the loan held all the time, in the unit of its kind
 * @param peakPercent the most of that that any report in it said was used
 */
record UsePeriod(long sinceMillis, long heardMillis, long held, int peakPercent) {
    /**
     * As much again as was used at most stays beside it. With the threshold of a fifth this is also what keeps it from going up and
     * down: what stays is used by half, which is far above the threshold.
     */
    private static final long MARGINS = 2;

    private static final long PERCENT = 100;

    static UsePeriod beginning(long nowMillis, long held, int usedPercent) {
        return new UsePeriod(nowMillis, nowMillis, held, usedPercent);
    }

    /** One more report; it begins anew where nobody knows what was before it, or where that was of another amount. */
    UsePeriod heard(long nowMillis, long nowHeld, int usedPercent, long gapMillis) {
        return nowHeld != held || nowMillis - heardMillis > gapMillis
                ? beginning(nowMillis, nowHeld, usedPercent)
                : new UsePeriod(sinceMillis, nowMillis, held, Math.max(peakPercent, usedPercent));
    }

    boolean isAsLongAs(long millis) {
        return heardMillis - sinceMillis >= millis;
    }

    /**
     * How much has to stay: nothing where nothing was used, else what was used at most with its margin, and never less than the
     * borrower would have begun with.
     *
     * @param leastAmount that; for a loan that is all or nothing it is the whole
     */
    long needed(long leastAmount) {
        if (peakPercent == 0) {
            return 0;
        }
        long withMargin = used() > held / MARGINS ? held : MARGINS * used();
        return Math.max(leastAmount, withMargin);
    }

    /** Rounded up, and without a product that does not fit. */
    private long used() {
        return held / PERCENT * peakPercent + (held % PERCENT * peakPercent + PERCENT - 1) / PERCENT;
    }
}
