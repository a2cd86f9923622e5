package org.rackweave.sim.world;

import java.util.List;
import java.util.SplittableRandom;

/** All chance of one run, from its seed. */
final class Dice {
    private final SplittableRandom random;

    Dice(long seed) {
        // Neighbouring seeds would otherwise begin alike.
        this.random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
    }

    /** One of many streams of the same seed, which know nothing of each other. */
    Dice(long seed, long stream) {
        this(seed * 0xD1342543DE82EF95L + stream * 0x2545F4914F6CDD1DL);
    }

    /** From 0 to {@code bound - 1}. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** From {@code low} to {@code high}, both included. */
    long between(long low, long high) {
        return low + random.nextLong(high - low + 1);
    }

    /** True once in so many times; never when it is 0. */
    boolean oneIn(int times) {
        return times > 0 && random.nextInt(times) == 0;
    }

    boolean perMille(int share) {
        return random.nextInt(1_000) < share;
    }

    double unit() {
        return random.nextDouble();
    }

    long any() {
        return random.nextLong();
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(below(choices.size()));
    }
}
