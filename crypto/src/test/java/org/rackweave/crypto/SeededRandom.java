package org.rackweave.crypto;

import java.security.SecureRandom;
import java.util.Random;

/** A source that looks secure to the code under test and gives the same bytes for the same seed. */
final class SeededRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final Random random;

    SeededRandom(long seed) {
        this.random = new Random(seed);
    }

    @Override
    public void nextBytes(byte[] bytes) {
        random.nextBytes(bytes);
    }
}
