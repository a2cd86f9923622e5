package org.rackweave.protocol.membership;

/** SplitMix64 (Steele, Lea and Flood, 2014): a counter, hashed. */
final class SeededJitter implements Jitter {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    SeededJitter(long seed) {
        this.state = seed;
    }

    @Override
    public long upTo(long boundMillis) {
        if (boundMillis < 0) {
            throw new IllegalArgumentException("a bound is not negative: " + boundMillis);
        }
        // The bias of a remainder is below bound / 2^63: nothing at the milliseconds of a timer.
        return (next() >>> 1) % (boundMillis + 1);
    }

    private long next() {
        state += GOLDEN_GAMMA;
        long mixed = state;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
