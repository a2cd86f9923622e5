package org.rackweave.daemon.broker;

import java.util.Objects;

/**
 * What the broker may do, and when.
 *
 * @param underusedPercent what is used less than this is under-used, in percent
 * @param underusedMillis for how long it has to be so before anybody is told
 * @param retryMillis the pause before a share that the agent could not set is ordered again
 * @param unused what becomes of what is borrowed and under-used for so long
 */
public record BrokerPolicy(int underusedPercent, long underusedMillis, long retryMillis, Unused unused) {
    /** A fifth for ten minutes: shorter pauses are the rhythm of the work, and what is given back has to be asked for anew. */
    public static final BrokerPolicy USUAL = new BrokerPolicy(20, 600_000, 30_000, Unused.OFFER);

    /** A host's usual grace, in milliseconds: one that did not let go of what it may keep within it keeps it. */
    static final long LET_GO_MILLIS = 60_000;

    /** Nobody knows what was used between two reports that are further apart than this, in milliseconds. */
    private static final long MAX_REPORT_GAP_MILLIS = 60_000;

    /** However short the time is that counts, so many reports at least are in it. */
    private static final int LEAST_REPORTS = 4;

    /** A host that keeps what it was offered to give back is left alone for so many times the time that counts. */
    private static final int RESTS = 6;

    public BrokerPolicy {
        Objects.requireNonNull(unused);
        if (underusedPercent < 0 || underusedPercent > 100 || underusedMillis < 1 || retryMillis < 1) {
            throw new IllegalArgumentException("policy of the broker out of limits");
        }
    }

    /** With the same numbers, but for these. */
    public BrokerPolicy with(long newUnderusedMillis, Unused newUnused) {
        return new BrokerPolicy(underusedPercent, newUnderusedMillis, retryMillis, newUnused);
    }

    /** Reports that are further apart than this, in milliseconds, begin the time anew. */
    long reportGapMillis() {
        return Math.min(MAX_REPORT_GAP_MILLIS, underusedMillis / LEAST_REPORTS);
    }

    long restMillis() {
        return RESTS * underusedMillis;
    }

    /** What becomes of an under-used loan. */
    public enum Unused {
        /** Nothing, and nobody is told. */
        IGNORE,
        /** Events, the audit trail and whoever asks for the host say what could go back. */
        OFFER,
        /** And what can go back does, when the host has let go of it. */
        GIVE_BACK
    }
}
