package org.rackweave.protocol.membership;

import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.multicast.Announce;
import org.rackweave.protocol.multicast.Endpoint;
import org.rackweave.protocol.multicast.NeighbourMessage.Sender;
import org.rackweave.protocol.multicast.Offering;

/**
 * What the membership remembers of one neighbour, with the times at which something is due. Changed by the membership
 * only.
 */
final class Entry {
    static final long NEVER = Long.MAX_VALUE;

    private final NodeId node;
    private String name;
    private Liveness liveness = Liveness.UNKNOWN;
    private long bootEpoch;
    private long sequence;
    private Endpoint endpoint;
    private long version;
    private Offering offering = Offering.NOTHING;
    private long periodMillis;
    private long lastSignMillis;
    private long changedMillis;
    private long probeDueMillis = NEVER;
    private long probeEndsMillis = NEVER;
    private int probeFailures;

    Entry(Sender sender, Endpoint endpoint, long periodMillis, long nowMillis) {
        this.node = sender.node();
        this.name = sender.name();
        this.bootEpoch = sender.bootEpoch();
        this.sequence = sender.sequence();
        this.endpoint = endpoint;
        this.periodMillis = periodMillis;
        this.lastSignMillis = nowMillis;
        this.changedMillis = nowMillis;
    }

    // ---- what is known -----------------------------------------------------------------

    NodeId node() {
        return node;
    }

    String name() {
        return name;
    }

    Liveness liveness() {
        return liveness;
    }

    long bootEpoch() {
        return bootEpoch;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    long periodMillis() {
        return periodMillis;
    }

    long changedMillis() {
        return changedMillis;
    }

    boolean isHeard() {
        return switch (liveness) {
            case UNCONFIRMED, ALIVE, SUSPECT -> true;
            case UNKNOWN, DEAD, LEFT, BANNED -> false;
        };
    }

    boolean isGone() {
        return liveness == Liveness.DEAD || liveness == Liveness.LEFT;
    }

    boolean mayBeDisplaced() {
        return isGone() || liveness == Liveness.BANNED;
    }

    boolean isOlderThanKnown(Sender sender) {
        return sender.bootEpoch() < bootEpoch || (sender.bootEpoch() == bootEpoch && sender.sequence() <= sequence);
    }

    Neighbour snapshot(long nowMillis) {
        long silentMillis = Math.max(0, nowMillis - lastSignMillis);
        return new Neighbour(node, name, liveness, bootEpoch, endpoint, version, silentMillis, offering);
    }

    // ---- what is heard -----------------------------------------------------------------

    /** An illegal step is a bug of the membership, so it is loud. */
    void become(Liveness next, long nowMillis) {
        if (!liveness.mayBecome(next)) {
            throw new IllegalStateException(node + " cannot go from " + liveness + " to " + next);
        }
        liveness = next;
        changedMillis = nowMillis;
    }

    void beginIncarnation(long newBootEpoch) {
        bootEpoch = newBootEpoch;
        sequence = 0;
        version = 0;
        offering = Offering.NOTHING;
        cancelProbe();
    }

    void hear(Sender sender, long nowMillis) {
        name = sender.name();
        sequence = sender.sequence();
        lastSignMillis = nowMillis;
    }

    void moveTo(Endpoint newEndpoint) {
        endpoint = newEndpoint;
    }

    void learn(Announce announce) {
        version = announce.version();
        offering = announce.offering();
        periodMillis = announce.periodMillis();
    }

    /** Silence counts only while this node was able to listen. */
    void forgive(long delayMillis, long nowMillis) {
        lastSignMillis = Math.min(nowMillis, lastSignMillis + delayMillis);
        if (isProbing()) {
            probeEndsMillis += delayMillis;
        }
    }

    boolean isSilentFor(int periods, long nowMillis) {
        return nowMillis >= silentAtMillis(periods);
    }

    long silentAtMillis(int periods) {
        return lastSignMillis + periods * periodMillis;
    }

    // ---- probes ------------------------------------------------------------------------

    boolean isProbing() {
        return probeEndsMillis != NEVER;
    }

    /** Whether an answer, even a late one, is to a question of this node's about this incarnation. */
    boolean wasAsked() {
        return isProbing() || probeFailures > 0;
    }

    boolean isProbePlannedOrSent() {
        return isProbing() || probeDueMillis != NEVER;
    }

    boolean isProbeDue(long nowMillis) {
        return !isProbing() && nowMillis >= probeDueMillis;
    }

    long probeDueMillis() {
        return probeDueMillis;
    }

    long probeEndsMillis() {
        return probeEndsMillis;
    }

    int probeFailures() {
        return probeFailures;
    }

    void planProbe(long atMillis) {
        probeDueMillis = atMillis;
    }

    void probeSent(long endsMillis) {
        probeEndsMillis = endsMillis;
        probeDueMillis = NEVER;
    }

    void probeAnswered(long nowMillis) {
        probeEndsMillis = NEVER;
        probeFailures = 0;
        lastSignMillis = nowMillis;
    }

    void probeFailed() {
        probeEndsMillis = NEVER;
        probeFailures++;
    }

    void cancelProbe() {
        probeEndsMillis = NEVER;
        probeDueMillis = NEVER;
        probeFailures = 0;
    }
}
