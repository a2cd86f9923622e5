package org.rackweave.protocol.membership;

import org.rackweave.protocol.multicast.ProtocolLimits;

/**
 * Every timer of the membership, in milliseconds unless its name says otherwise. With N nodes heard, this one
 * included, the period is T = max({@code minPeriodMillis}, N × 1000 / {@code maxAnnouncementsPerSecond}).
 *
 * @param minPeriodMillis shortest time between two announcements that report no change
 * @param maxAnnouncementsPerSecond what the segment is to carry at most, all nodes together
 * @param jitterPercent each announcement comes T ± this after the one before, so that nodes do not fall into step
 * @param changeGapMillis shortest time between two announcements, whatever changes
 * @param bootDelayMillis the first hello comes after 0 to this, so that a rack that gets power at once does not speak
 *     at once
 * @param helloPeriodMillis time between two hellos that nobody asked for, ± jitter
 * @param helloGapMillis shortest time between two hellos, whoever asks; T where that is longer
 * @param suspectAfterPeriods silent for this many of its own announced periods: suspect
 * @param deadAfterPeriods silent for this many: dead
 * @param probeTimeoutMillis a newcomer's probe that is not answered by then has failed; a suspect's after a quarter of
 *     its period
 * @param probeRetryMaxMillis longest time between two probes of a node that is heard but does not confirm itself
 * @param forgetAfterMillis a dead or departed neighbour is forgotten after this
 */
public record MembershipTiming(
        long minPeriodMillis,
        int maxAnnouncementsPerSecond,
        int jitterPercent,
        long changeGapMillis,
        long bootDelayMillis,
        long helloPeriodMillis,
        long helloGapMillis,
        int suspectAfterPeriods,
        int deadAfterPeriods,
        long probeTimeoutMillis,
        long probeRetryMaxMillis,
        long forgetAfterMillis) {
    /** What a rack runs with. */
    public static final MembershipTiming STANDARD =
            new MembershipTiming(1_000, 64, 20, 200, 2_000, 60_000, 1_000, 3, 4, 10_000, 60_000, 3_600_000);

    public MembershipTiming {
        if (minPeriodMillis < ProtocolLimits.MIN_PERIOD_MILLIS || minPeriodMillis > ProtocolLimits.MAX_PERIOD_MILLIS) {
            throw new IllegalArgumentException("minPeriodMillis is " + ProtocolLimits.MIN_PERIOD_MILLIS + " to "
                    + ProtocolLimits.MAX_PERIOD_MILLIS + ", not " + minPeriodMillis);
        }
        if (maxAnnouncementsPerSecond < 1 || jitterPercent < 0 || jitterPercent > 50) {
            throw new IllegalArgumentException("at least one announcement a second, and a jitter of 0 to 50 percent");
        }
        // A receiver's bucket holds neighbours to a rate; a sender that paced itself slower than this would only be
        // dropped.
        if (changeGapMillis < ProtocolLimits.MIN_PERIOD_MILLIS || helloGapMillis < ProtocolLimits.MIN_PERIOD_MILLIS) {
            throw new IllegalArgumentException("gaps are at least " + ProtocolLimits.MIN_PERIOD_MILLIS + " ms");
        }
        if (bootDelayMillis < 0 || helloPeriodMillis < helloGapMillis) {
            throw new IllegalArgumentException(
                    "the boot delay is not negative, and hellos are further apart than their gap");
        }
        // With a jitter of j percent a healthy neighbour may be silent for (1 + j/100) periods.
        if (suspectAfterPeriods < 2 || deadAfterPeriods <= suspectAfterPeriods) {
            throw new IllegalArgumentException("suspect after at least 2 periods, and dead after more than that");
        }
        if (probeTimeoutMillis < 1 || probeRetryMaxMillis < 1 || forgetAfterMillis < 1) {
            throw new IllegalArgumentException("probes and forgetting take time");
        }
    }

    /** The same rack, faster: every time below is in proportion to the period, for rehearsals and tests. */
    public static MembershipTiming withPeriod(long periodMillis) {
        return new MembershipTiming(
                periodMillis,
                STANDARD.maxAnnouncementsPerSecond,
                STANDARD.jitterPercent,
                Math.max(ProtocolLimits.MIN_PERIOD_MILLIS, periodMillis / 5),
                periodMillis * 2,
                periodMillis * 60,
                periodMillis,
                STANDARD.suspectAfterPeriods,
                STANDARD.deadAfterPeriods,
                Math.max(1_000, periodMillis * 10),
                periodMillis * 60,
                STANDARD.forgetAfterMillis);
    }

    /** T for a rack in which {@code nodes} are heard, this one included. */
    public long periodMillis(int nodes) {
        long fairShare = (nodes * 1_000L + maxAnnouncementsPerSecond - 1) / maxAnnouncementsPerSecond;
        return Math.min(ProtocolLimits.MAX_PERIOD_MILLIS, Math.max(minPeriodMillis, fairShare));
    }
}
