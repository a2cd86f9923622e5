package org.rackweave.protocol.message;

import java.util.Objects;

/**
 * How much more of a kind an asker may reserve at an owner as things are: what its quota there and what the owner never lends
 * leave of it. Not a promise, and it says nothing about who else waits.
 *
 * @param kind of what
 * @param amount in the unit of the kind, 0 when nothing
 */
public record Allowance(ResourceKind kind, long amount) {
    public Allowance {
        Objects.requireNonNull(kind);
        if (amount < 0) {
            throw new IllegalArgumentException("an amount is negative");
        }
    }
}
