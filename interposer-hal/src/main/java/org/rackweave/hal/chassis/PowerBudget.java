package org.rackweave.hal.chassis;

import java.util.List;

/**
 * What may be on at a time: as much as is left when the largest supply fails, and never more than what works gives.
 *
 * @param supplies each with what it gives and whether it works
 */
record PowerBudget(List<Supply> supplies) {
    PowerBudget {
        supplies = List.copyOf(supplies);
    }

    /** @param watts what it gives at most */
    record Supply(long watts, State state) {}

    /** Whether a supply gives anything. */
    enum State {
        WORKS,
        FAILED
    }

    /** What may be on, in watts. */
    long mayBeOnWatts() {
        long all = supplies.stream().mapToLong(Supply::watts).sum();
        long largest = supplies.stream().mapToLong(Supply::watts).max().orElse(0);
        long given = supplies.stream()
                .filter(supply -> supply.state() == State.WORKS)
                .mapToLong(Supply::watts)
                .sum();
        return Math.min(all - largest, given);
    }
}
