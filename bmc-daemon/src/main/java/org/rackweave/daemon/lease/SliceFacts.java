package org.rackweave.daemon.lease;

import java.util.Objects;
import java.util.Set;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SlicePlace;

/**
 * What the hardware says about a slice that this node owns.
 *
 * @param key stable identity of the hardware
 * @param kind what it is
 * @param amount how much, in the unit of the kind
 * @param capabilities what it can do
 * @param forcedEnd what surprise removal does to its host
 * @param fence how late commands are kept away
 * @param place where it sits
 * @param configurations what can be loaded into it
 */
public record SliceFacts(
        String key,
        ResourceKind kind,
        long amount,
        Set<String> capabilities,
        ForcedEndEffect forcedEnd,
        FenceKind fence,
        SlicePlace place,
        Set<String> configurations) {
    public SliceFacts {
        Objects.requireNonNull(key);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(forcedEnd);
        Objects.requireNonNull(fence);
        Objects.requireNonNull(place);
        capabilities = Set.copyOf(capabilities);
        configurations = Set.copyOf(configurations);
    }

    /** Nobody knows where it sits, and nothing can be loaded into it. */
    public SliceFacts(
            String key,
            ResourceKind kind,
            long amount,
            Set<String> capabilities,
            ForcedEndEffect forcedEnd,
            FenceKind fence) {
        this(key, kind, amount, capabilities, forcedEnd, fence, SlicePlace.UNKNOWN, Set.of());
    }
}
