package org.rackweave.daemon.broker;

import java.util.Objects;

/**
 * What the broker may do, and when.
 *
 * @param underusedPercent what is used less than this is under-used, in percent
 * @param underusedMillis for how long it has to be so before anybody is told
 * @param retryMillis the pause before a share that the agent could not set is ordered again
 * @param unused what becomes of a loan that is under-used for so long
 */
public record BrokerPolicy(int underusedPercent, long underusedMillis, long retryMillis, Unused unused) {
    /** A fifth for ten minutes: shorter pauses are the rhythm of the work, and what is given back has to be asked for anew. */
    public static final BrokerPolicy USUAL = new BrokerPolicy(20, 600_000, 30_000, Unused.TELL);

    public BrokerPolicy {
        Objects.requireNonNull(unused);
        if (underusedPercent < 0 || underusedPercent > 100 || underusedMillis < 1 || retryMillis < 1) {
            throw new IllegalArgumentException("policy of the broker out of limits");
        }
    }

    /** What becomes of an under-used loan. */
    public enum Unused {
        /** An event says so. */
        TELL,
        /** And it is given back. */
        GIVE_BACK
    }
}
