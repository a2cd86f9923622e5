package org.rackweave.protocol.message;

import java.util.List;
import java.util.Objects;
import org.rackweave.crypto.NodeId;

/**
 * A node as another one sees it.
 *
 * @param id which
 * @param name its name from its certificate; at most 63 characters
 * @param liveness {@code self}, or a word of the membership's states: {@code unconfirmed}, {@code alive}, {@code suspect},
 *     {@code dead}, {@code left}, {@code banned}
 * @param bootEpoch its incarnation
 * @param endpoint where it answers CoAP over DTLS, as {@code host:port} or {@code [host%scope]:port}
 * @param version the version of what it announced last; grows with each change
 * @param silentMillis since it was heard last; 0 for the node itself
 * @param capacity what it owns and what of it is free, per kind; at most 16
 */
public record NodeView(
        NodeId id,
        String name,
        String liveness,
        long bootEpoch,
        String endpoint,
        long version,
        long silentMillis,
        List<Capacity> capacity) {
    public static final int MAX_CAPACITIES = 16;

    public NodeView {
        Objects.requireNonNull(id);
        Objects.requireNonNull(endpoint);
        capacity = List.copyOf(capacity);
        if (name.length() > 63 || liveness.length() > 16 || capacity.size() > MAX_CAPACITIES) {
            throw new IllegalArgumentException("node out of limits: " + id);
        }
    }

    /**
     * How much of one kind a node owns.
     *
     * @param kind what
     * @param total all that may be lent
     * @param free what is free now
     * @param largest the largest single free slice
     */
    public record Capacity(ResourceKind kind, long total, long free, long largest) {
        public Capacity {
            Objects.requireNonNull(kind);
            if (total < 0 || free < 0 || free > total || largest < 0 || largest > free) {
                throw new IllegalArgumentException("impossible capacity of " + kind.word());
            }
        }
    }
}
