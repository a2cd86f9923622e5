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

    public LinePolicy {
        if (validMillis < 1 || earmarkMillis < 1 || gatherMillis < 1) {
            throw new IllegalArgumentException("the times of a line are positive");
        }
        if (graceMillis < 0 || maxReclaims < 0 || reclaimMillis < 1 || minHoldMillis < 0) {
            throw new IllegalArgumentException("grace, rate and minimum hold are not negative");
        }
    }
}
