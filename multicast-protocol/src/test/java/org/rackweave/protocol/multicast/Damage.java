package org.rackweave.protocol.multicast;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Bytes that went wrong on the way: flipped bits, cut off, grown, or noise altogether. */
final class Damage {
    private Damage() {}

    static byte[] of(byte[] good, SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> flipped(good, 1, random);
            case 1 -> flipped(good, 1 + random.nextInt(16), random);
            case 2 -> Arrays.copyOf(good, random.nextInt(good.length + 20));
            default -> noise(random.nextInt(1_400), random);
        };
    }

    private static byte[] flipped(byte[] good, int bits, SplittableRandom random) {
        byte[] bad = good.clone();
        for (int i = 0; i < bits; i++) {
            int bit = random.nextInt(bad.length * 8);
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
        }
        return bad;
    }

    private static byte[] noise(int length, SplittableRandom random) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }
}
