package org.rackweave.protocol.message;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
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
 * @param place where it sits
 * @param configurations what its owner can load into it; at most 16, each of at most 64 characters
 * @param heldAtPriority the priority at which it is promised or granted: a higher one may take it back
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
        String reason,
        SlicePlace place,
        Set<String> configurations,
        OptionalInt heldAtPriority) {
    public static final int MAX_CAPABILITIES = 16;
    public static final int MAX_CONFIGURATIONS = 16;
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
        Objects.requireNonNull(place);
        Objects.requireNonNull(heldAtPriority);
        capabilities = Set.copyOf(capabilities);
        configurations = Set.copyOf(configurations);
        if (amount < 1 || capabilities.size() > MAX_CAPABILITIES || reason.length() > MAX_REASON_CHARS) {
            throw new IllegalArgumentException("slice out of limits: " + id);
        }
        if (capabilities.stream().anyMatch(each -> each.length() > Requirement.MAX_CAPABILITY_CHARS)) {
            throw new IllegalArgumentException("capability is too long: " + id);
        }
        if (configurations.size() > MAX_CONFIGURATIONS
                || configurations.stream().anyMatch(each -> each.length() > Requirement.MAX_CONFIGURATION_CHARS)) {
            throw new IllegalArgumentException("too many configurations, or one is too long: " + id);
        }
        if (heldAtPriority.isPresent()
                && (heldAtPriority.getAsInt() < 0 || heldAtPriority.getAsInt() > Requirement.MAX_PRIORITY)) {
            throw new IllegalArgumentException("priority is 0 to " + Requirement.MAX_PRIORITY + ": " + id);
        }
    }

    /** A slice of which no more is known. */
    public SliceView(
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
        this(
                id,
                kind,
                amount,
                capabilities,
                state,
                epoch,
                forcedEnd,
                fence,
                holder,
                lease,
                reason,
                SlicePlace.UNKNOWN,
                Set.of(),
                OptionalInt.empty());
    }
}
