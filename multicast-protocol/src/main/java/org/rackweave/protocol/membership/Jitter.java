package org.rackweave.protocol.membership;

/**
 * Where the membership gets its randomness from: handed in, so that a run replays. It spreads datagrams over time;
 * nothing secret hangs on it.
 */
@FunctionalInterface
public interface Jitter {
    /** A number from 0 to {@code boundMillis}, both included, each equally likely. The bound is not negative. */
    long upTo(long boundMillis);

    /**
     * A sequence that follows from {@code seed} alone (SplitMix64). A daemon seeds it with something that differs
     * between nodes, a simulation with the number that replays its run. For one thread.
     */
    static Jitter seeded(long seed) {
        return new SeededJitter(seed);
    }
}
