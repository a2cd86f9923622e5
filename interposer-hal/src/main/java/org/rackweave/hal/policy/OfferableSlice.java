package org.rackweave.hal.policy;

import java.util.Set;
import org.rackweave.hal.SliceKind;

/**
 * Hardware that may be lent.
 *
 * @param identity which
 * @param kind what it is, and in which unit its amount counts
 * @param amount how much of it; at least 1
 * @param capabilities what it can do, as far as its class and ids say
 */
public record OfferableSlice(HardwareIdentity identity, SliceKind kind, long amount, Set<String> capabilities) {
    public OfferableSlice {
        if (amount < 1) {
            throw new IllegalArgumentException("a slice has an amount of at least 1, not " + amount);
        }
        capabilities = Set.copyOf(capabilities);
    }
}
