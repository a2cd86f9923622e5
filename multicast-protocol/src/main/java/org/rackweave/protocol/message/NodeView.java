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
 * @param endpoint where it answers CoAP over DTLS, as {@code host:port} or {@code [host%scope]:port}; at most 128
 *     characters
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
    public static final int MAX_NAME_CHARS = 63;
    public static final int MAX_LIVENESS_CHARS = 16;
    public static final int MAX_ENDPOINT_CHARS = 128;
    public static final int MAX_CAPACITIES = 16;

    public NodeView {
        Objects.requireNonNull(id);
        capacity = List.copyOf(capacity);
        if (bootEpoch < 0 || version < 0 || silentMillis < 0) {
            throw new IllegalArgumentException("a node counts from 0: " + id);
        }
        if (name.length() > MAX_NAME_CHARS
                || liveness.length() > MAX_LIVENESS_CHARS
                || endpoint.length() > MAX_ENDPOINT_CHARS
                || capacity.size() > MAX_CAPACITIES) {
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
