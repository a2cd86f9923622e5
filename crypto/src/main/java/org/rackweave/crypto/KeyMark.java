package org.rackweave.crypto;

import java.util.Comparator;

/**
 * Which group key a node has, as it announces it, and which of two keys is the newer one. The order is total: a key that was
 * made under a newer list of revocations comes after all that were made before it, then the higher number, then the greater
 * hash. So two halves of a split rack, which both made a key of the same number, agree on one of them; and no number that a
 * member claimed before it was revoked is above what is made because of its revocation.
 *
 * @param revocations the number of the list of revocations that the key was made under; 0 where there was none yet
 * @param number of the key, which grows with each rotation; 0 when there is no key
 * @param hash 8 bytes that depend on the key, compared as unsigned
 */
public record KeyMark(long revocations, long number, long hash) implements Comparable<KeyMark> {
    /** No key is announced. It is left out on the wire, and older than every key. */
    public static final KeyMark NONE = new KeyMark(0, 0, 0);

    private static final Comparator<KeyMark> AGE = Comparator.comparingLong(KeyMark::revocations)
            .thenComparingLong(KeyMark::number)
            .thenComparing(KeyMark::hash, Long::compareUnsigned);

    public KeyMark {
        if (revocations < 0 || number < 0 || number > GroupEpochId.MAX_NUMBER) {
            throw new IllegalArgumentException("a group key's number is 0 to 4294967295, and a list's not negative");
        }
        if (number == 0 && (revocations != 0 || hash != 0)) {
            throw new IllegalArgumentException("what says nothing of a group key says nothing at all");
        }
    }

    /** Whether this key takes the place of the other. */
    public boolean isNewerThan(KeyMark other) {
        return compareTo(other) > 0;
    }

    @Override
    public int compareTo(KeyMark other) {
        return AGE.compare(this, other);
    }

    /** For logs and tables: {@code 3/7:0123456789abcdef}. */
    @Override
    public String toString() {
        return revocations + "/" + new GroupEpochId(number, hash);
    }
}
