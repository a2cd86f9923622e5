package org.rackweave.protocol.membership;

/** What the membership counts, each with its sentence. */
public enum MembershipCounter {
    MEMBERSHIP_CHANGES("changes of a neighbour's liveness"),
    MEMBERSHIP_STALE_IGNORED("messages that were older than what the membership knew already"),
    MEMBERSHIP_BANNED_IGNORED("messages of revoked neighbours"),
    MEMBERSHIP_TABLE_FULL(
            "messages of newcomers that were ignored because the table is full of neighbours that are not gone"),
    MEMBERSHIP_DISPLACED("neighbours that were gone, and forgotten early because the table was full"),
    MEMBERSHIP_PROBES("probes that were asked for"),
    MEMBERSHIP_PROBES_FAILED("probes that failed, timed out, or were answered by another incarnation"),
    MEMBERSHIP_OWN_DELAY_MILLIS(
            "milliseconds by which this node itself was late, and which no neighbour was blamed for");

    private final String sentence;

    MembershipCounter(String sentence) {
        this.sentence = sentence;
    }

    /** What it counts. */
    public String sentence() {
        return sentence;
    }
}
