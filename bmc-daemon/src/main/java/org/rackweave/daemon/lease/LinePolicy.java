package org.rackweave.daemon.lease;

/**
 * The numbers by which demands wait for what an owner has, and by which a higher priority takes back from lower ones.
 *
 * @param validMillis how long a want stands that is not repeated; its borrower repeats it three times as often
 * @param earmarkMillis how long enough that is free is kept for a want whose borrower has been told
 * @param gatherMillis how long a part that is not enough is kept while nothing more is coming
 * @param graceMillis how long the borrower of a victim has to let go
 * @param maxReclaims how many leases are taken back for wants in any {@code reclaimMillis}; a want that needs more is not
 *     served so
 * @param reclaimMillis the time in which those are counted
 * @param minHoldMillis how long a lease is left alone after its grant, so that two wants do not take turns with one slice
 */
public record LinePolicy(
        long validMillis,
        long earmarkMillis,
        long gatherMillis,
        long graceMillis,
        int maxReclaims,
        long reclaimMillis,
        long minHoldMillis) {
    /** For terms of minutes. Repeated every ten seconds a want costs its owner less than its leases' renewals. */
    public static final LinePolicy USUAL = new LinePolicy(30_000, 5_000, 30_000, 30_000, 30, 60_000, 60_000);

    /**
     * The usual line for an owner whose loans may live for seconds only, as in a rehearsal: a lease is left alone no longer than
     * for a first term, in which its loan either comes to be or ends, and nobody has longer to let go than after an operator's
     * revoke. The rate stays what it is.
     */
    public static LinePolicy within(long firstTermMillis, long graceMillis) {
        long reclaimMillis = Math.min(USUAL.reclaimMillis, firstTermMillis);
        long reclaims = USUAL.maxReclaims * reclaimMillis / USUAL.reclaimMillis;
        return new LinePolicy(
                USUAL.validMillis,
                USUAL.earmarkMillis,
                USUAL.gatherMillis,
                Math.min(USUAL.graceMillis, graceMillis),
                (int) Math.max(1, reclaims),
                reclaimMillis,
                Math.min(USUAL.minHoldMillis, firstTermMillis));
    }

    public LinePolicy {
        if (validMillis < 1 || earmarkMillis < 1 || gatherMillis < 1) {
            throw new IllegalArgumentException("the times of a line are positive");
        }
        if (graceMillis < 0 || maxReclaims < 0 || reclaimMillis < 1 || minHoldMillis < 0) {
            throw new IllegalArgumentException("grace, rate and minimum hold are not negative");
        }
    }
}
