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
 * @param configuration what is to be loaded before it is attached, such as the name of a bitstream or firmware that the owner
 *     holds; at most 64 characters
 * @param worstLatency how far it may be from the host; any distance when empty
 * @param locality how near to one another the slices have to be
 * @param leastAmount with how much the borrower would begin; from 1 to {@code amount}, which is all or nothing
 */
public record Requirement(
        ResourceKind kind,
        long amount,
        Optional<String> capability,
        long termMillis,
        int priority,
        ForcedEndEffect worstForcedEnd,
        Optional<NodeId> from,
        int maxLenders,
        Optional<String> configuration,
        Optional<LatencyClass> worstLatency,
        Locality locality,
        long leastAmount) {
    public static final int MAX_PRIORITY = 9;
    public static final int MAX_LENDERS = 8;
    public static final int MAX_CAPABILITY_CHARS = 64;
    public static final int MAX_CONFIGURATION_CHARS = 64;

    public Requirement {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(worstForcedEnd);
        Objects.requireNonNull(from);
        Objects.requireNonNull(worstLatency);
        Objects.requireNonNull(locality);
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
        if (configuration.isPresent()
                && (configuration.get().isEmpty() || configuration.get().length() > MAX_CONFIGURATION_CHARS)) {
            throw new IllegalArgumentException("configuration is 1 to " + MAX_CONFIGURATION_CHARS + " characters");
        }
        if (leastAmount < 1 || leastAmount > amount) {
            throw new IllegalArgumentException("leastAmount is 1 to the amount");
        }
    }

    /** All or nothing, from anywhere, with nothing to load. */
    public Requirement(
            ResourceKind kind,
            long amount,
            Optional<String> capability,
            long termMillis,
            int priority,
            ForcedEndEffect worstForcedEnd,
            Optional<NodeId> from,
            int maxLenders) {
        this(
                kind,
                amount,
                capability,
                termMillis,
                priority,
                worstForcedEnd,
                from,
                maxLenders,
                Optional.empty(),
                Optional.empty(),
                Locality.ANY,
                amount);
    }

    /** The same, at another priority. */
    public Requirement atPriority(int newPriority) {
        return new Requirement(
                kind,
                amount,
                capability,
                termMillis,
                newPriority,
                worstForcedEnd,
                from,
                maxLenders,
                configuration,
                worstLatency,
                locality,
                leastAmount);
    }

    /** The same, of no more than this; what is the least stays so where it can. */
    public Requirement atMost(long most) {
        return ofAmounts(Math.min(amount, most), Math.min(leastAmount, most));
    }

    /** The same, of another amount, all or nothing. */
    public Requirement ofAmount(long newAmount) {
        return ofAmounts(newAmount, newAmount);
    }

    /** The same, of another amount, which may begin with another least. */
    public Requirement ofAmounts(long newAmount, long newLeastAmount) {
        return new Requirement(
                kind,
                newAmount,
                capability,
                termMillis,
                priority,
                worstForcedEnd,
                from,
                maxLenders,
                configuration,
                worstLatency,
                locality,
                newLeastAmount);
    }
}
