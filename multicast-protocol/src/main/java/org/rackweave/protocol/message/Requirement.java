package org.rackweave.protocol.message;

import java.util.Objects;
import java.util.Optional;
import org.rackweave.crypto.NodeId;

/**
 * What a borrower needs.
 *
 * @param kind what
 * @param amount how much, in the unit of the kind; at least 1
 * @param capability what it must be able to do, such as {@code crypto/aes-gcm}; at most 64 characters
 * @param termMillis for how long each renewal lasts
 * @param priority 0 (least) to 9; an owner caps it by its policy
 * @param worstForcedEnd what the borrower's host can survive; {@link ForcedEndEffect#TOLERATED} refuses slices whose
 *     forced end would be fatal
 * @param from lend from this node only
 * @param maxLenders how many lenders may be combined; 1 to 8
 */
public record Requirement(
        ResourceKind kind,
        long amount,
        Optional<String> capability,
        long termMillis,
        int priority,
        ForcedEndEffect worstForcedEnd,
        Optional<NodeId> from,
        int maxLenders) {
    public static final int MAX_PRIORITY = 9;
    public static final int MAX_LENDERS = 8;
    public static final int MAX_CAPABILITY_CHARS = 64;

    public Requirement {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(worstForcedEnd);
        Objects.requireNonNull(from);
        if (amount < 1) {
            throw new IllegalArgumentException("amount is at least 1");
        }
        if (termMillis < 1) {
            throw new IllegalArgumentException("termMillis is at least 1");
        }
        if (priority < 0 || priority > MAX_PRIORITY) {
            throw new IllegalArgumentException("priority is 0 to " + MAX_PRIORITY);
        }
        if (maxLenders < 1 || maxLenders > MAX_LENDERS) {
            throw new IllegalArgumentException("maxLenders is 1 to " + MAX_LENDERS);
        }
        if (capability.isPresent()
                && (capability.get().isEmpty() || capability.get().length() > MAX_CAPABILITY_CHARS)) {
            throw new IllegalArgumentException("capability is 1 to " + MAX_CAPABILITY_CHARS + " characters");
        }
    }
}
