package org.rackweave.crypto;

import java.util.HexFormat;

/**
 * Which group key: a number that grows with each rotation, and 8 bytes that depend on the key itself.
 *
 * <p>The number alone would not do: two halves of a split rack may both rotate to number 7, with different keys, and must be
 * able to tell when they meet again.
 */
public record GroupEpochId(long number, long hash) {
    static final int BYTES = Integer.BYTES + Long.BYTES;
    static final long MAX_NUMBER = 0xFFFF_FFFFL;

    /** Refuses a number that does not fit 32 bits unsigned. */
    public GroupEpochId {
        if (number < 0 || number > MAX_NUMBER) {
            throw new IllegalArgumentException("a group epoch's number is 0 to 4294967295, not " + number);
        }
    }

    /** For logs and tables: {@code 7:0123456789abcdef}. */
    @Override
    public String toString() {
        return number + ":" + HexFormat.of().toHexDigits(hash);
    }
}
