package org.rackweave.sim.lab.bench;

import java.util.Comparator;
import java.util.Optional;

/** In which order leases are taken back for a demand of a higher priority. */
enum VictimOrder {
    /** The owner's own choice: the fewest and cheapest that are enough. */
    OURS("ours"),
    /** The last that came goes first: the least work is lost with each. */
    NEWEST_FIRST("newest-first"),
    /** The least important goes first, and of those the newest, as cluster schedulers preempt. */
    LOWEST_FIRST("lowest-priority");

    private final String word;

    /** A lease that may be taken back. */
    record Lease(String key, long bytes, int priority, long sinceMillis) {}

    VictimOrder(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    /** Empty for the order that is the owner's own. */
    Optional<Comparator<Lease>> order() {
        Comparator<Lease> newest =
                Comparator.comparingLong(Lease::sinceMillis).reversed().thenComparing(Lease::key);
        return switch (this) {
            case OURS -> Optional.empty();
            case NEWEST_FIRST -> Optional.of(newest);
            case LOWEST_FIRST ->
                Optional.of(Comparator.comparingInt(Lease::priority).thenComparing(newest));
        };
    }
}
