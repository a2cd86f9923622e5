package org.rackweave.daemon.lease;

import java.util.Objects;
import java.util.Set;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.ResourceKind;

/**
 * What the hardware says about a slice that this node owns.
 *
 * @param key stable identity of the hardware
 * @param kind what it is
 * @param amount how much, in the unit of the kind
 * @param capabilities what it can do
 * @param forcedEnd what surprise removal does to its host
 * @param fence how late commands are kept away
 */
public record SliceFacts(
        String key,
        ResourceKind kind,
        long amount,
        Set<String> capabilities,
        ForcedEndEffect forcedEnd,
        FenceKind fence) {
    public SliceFacts {
        Objects.requireNonNull(key);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(forcedEnd);
        Objects.requireNonNull(fence);
        capabilities = Set.copyOf(capabilities);
    }
}
