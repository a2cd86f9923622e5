package org.rackweave.protocol.message;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.rackweave.crypto.NodeId;

/**
 * A slice as its owner sees it.
 *
 * @param id which
 * @param kind what it is
 * @param amount how much of it
 * @param capabilities what it can do; at most 16, each of at most 64 characters
 * @param state where it is in its life
 * @param epoch its newest epoch
 * @param forcedEnd what a forced end does
 * @param fence how late commands are kept away
 * @param holder who it is promised or granted to
 * @param lease the lease that holds it
 * @param reason why it is where it is, for people: at most 256 characters, may be empty
 */
public record SliceView(
        SliceId id,
        ResourceKind kind,
        long amount,
        Set<String> capabilities,
        SliceState state,
        Epoch epoch,
        ForcedEndEffect forcedEnd,
        FenceKind fence,
        Optional<NodeId> holder,
        Optional<LeaseId> lease,
        String reason) {
    public static final int MAX_CAPABILITIES = 16;
    public static final int MAX_REASON_CHARS = 256;

    public SliceView {
        Objects.requireNonNull(id);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(state);
        Objects.requireNonNull(epoch);
        Objects.requireNonNull(forcedEnd);
        Objects.requireNonNull(fence);
        Objects.requireNonNull(holder);
        Objects.requireNonNull(lease);
        capabilities = Set.copyOf(capabilities);
        if (amount < 1 || capabilities.size() > MAX_CAPABILITIES || reason.length() > MAX_REASON_CHARS) {
            throw new IllegalArgumentException("slice out of limits: " + id);
        }
        if (capabilities.stream().anyMatch(each -> each.length() > Requirement.MAX_CAPABILITY_CHARS)) {
            throw new IllegalArgumentException("capability is too long: " + id);
        }
    }
}
