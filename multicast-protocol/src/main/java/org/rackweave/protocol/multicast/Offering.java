package org.rackweave.protocol.multicast;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.rackweave.crypto.KeyMark;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.ResourceKind;

/**
 * What a node has to say about itself in an announcement: the part that its own daemon decides.
 *
 * @param capacities per kind what may be lent and what is free, at most 16, each kind once; kept in the order of wire
 *     codes
 * @param flags its willingness
 * @param revocations the revocation list that it holds
 * @param auditHead the newest row of its audit chain
 * @param groupKey the newest group key that it has, whichever it seals with
 */
public record Offering(
        List<NodeView.Capacity> capacities, Set<NodeFlag> flags, Mark revocations, Mark auditHead, KeyMark groupKey) {
    /** A node that has nothing and wants nothing. */
    public static final Offering NOTHING = new Offering(List.of(), Set.of(), Mark.NONE, Mark.NONE);

    /** Of a node that says nothing of its group key. */
    public Offering(List<NodeView.Capacity> capacities, Set<NodeFlag> flags, Mark revocations, Mark auditHead) {
        this(capacities, flags, revocations, auditHead, KeyMark.NONE);
    }

    public Offering {
        capacities = inWireOrder(capacities);
        flags = Set.copyOf(flags);
        Objects.requireNonNull(groupKey);
    }

    /**
     * Whether a neighbour has to hear of the step from this to {@code newer} at once. The audit head alone is not
     * worth it: a busy ledger would announce itself at every row, so it rides on the next announcement.
     */
    public boolean differsUrgentlyFrom(Offering newer) {
        return !(capacities.equals(newer.capacities)
                && flags.equals(newer.flags)
                && revocations.equals(newer.revocations)
                && groupKey.equals(newer.groupKey));
    }

    private static List<NodeView.Capacity> inWireOrder(List<NodeView.Capacity> capacities) {
        List<NodeView.Capacity> sorted = new ArrayList<>(capacities);
        sorted.sort(Comparator.comparingInt(capacity -> capacity.kind().code()));
        if (sorted.size() > ProtocolLimits.MAX_CAPACITIES) {
            throw new IllegalArgumentException(
                    "an announcement has at most " + ProtocolLimits.MAX_CAPACITIES + " kinds");
        }
        ResourceKind[] kinds =
                sorted.stream().map(NodeView.Capacity::kind).distinct().toArray(ResourceKind[]::new);
        if (kinds.length != sorted.size()) {
            throw new IllegalArgumentException("a kind is announced once");
        }
        return List.copyOf(sorted);
    }
}
