package org.rackweave.protocol.message;

import java.util.Arrays;
import java.util.HexFormat;

/** Bytes that a message only carries: somebody signed them, and whoever they are for judges them. They are never changed. */
public final class Carried {
    /** With what surrounds them they fit one order. */
    public static final int MAX_BYTES = 4_000;

    private final byte[] bytes;

    private Carried(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Throws when there are more than {@link #MAX_BYTES}, or none. */
    public static Carried of(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("1 to " + MAX_BYTES + " bytes are carried, not " + bytes.length);
        }
        return new Carried(bytes.clone());
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Carried that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
