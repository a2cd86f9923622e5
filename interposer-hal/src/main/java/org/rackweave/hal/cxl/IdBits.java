package org.rackweave.hal.cxl;

import java.util.BitSet;
import java.util.Objects;
import java.util.stream.IntStream;
import org.rackweave.hal.mctp.Octets;

/** A set of ids from 0 to 255 as the specification's bit mask of 32 bytes: id n is bit n mod 8 of byte n / 8. */
public record IdBits(Octets mask) {
    private static final int MASK_BYTES = 32;

    public IdBits {
        Objects.requireNonNull(mask);
        if (mask.length() != MASK_BYTES) {
            throw new IllegalArgumentException("a mask of " + mask.length() + " bytes, not 32");
        }
    }

    /** The set of these ids. */
    public static IdBits of(IntStream ids) {
        BitSet bits = new BitSet();
        ids.forEach(id -> {
            Field.byteValue("id", id);
            bits.set(id);
        });
        byte[] mask = new byte[MASK_BYTES];
        byte[] used = bits.toByteArray();
        System.arraycopy(used, 0, mask, 0, used.length);
        return new IdBits(Octets.adopt(mask));
    }

    static IdBits read(PayloadReader in, String field) throws MalformedException {
        return new IdBits(in.bytes(MASK_BYTES, field));
    }

    /** The ids, ascending. */
    public int[] ids() {
        return BitSet.valueOf(mask.toArray()).stream().toArray();
    }
}
