package org.rackweave.hal.mctp;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/** Bytes that nobody changes any more. Two are equal when their bytes are. */
public final class Octets {
    /** No bytes. */
    public static final Octets NONE = new Octets(new byte[0], 0, 0);

    private final byte[] bytes;
    private final int from;
    private final int length;

    private Octets(byte[] bytes, int from, int length) {
        this.bytes = bytes;
        this.from = from;
        this.length = length;
    }

    /** A copy of these bytes. */
    public static Octets copyOf(byte[] bytes) {
        return new Octets(bytes.clone(), 0, bytes.length);
    }

    /** These bytes themselves: the caller gives the array away and never writes to it again. */
    public static Octets adopt(byte[] bytes) {
        return new Octets(bytes, 0, bytes.length);
    }

    /** A copy of the first {@code length} of these bytes. */
    public static Octets copyOf(byte[] bytes, int length) {
        return new Octets(Arrays.copyOf(bytes, length), 0, length);
    }

    /** From hexadecimal digits, two a byte, without separators. */
    public static Octets ofHex(String digits) {
        byte[] parsed = HexFormat.of().parseHex(digits);
        return new Octets(parsed, 0, parsed.length);
    }

    public int length() {
        return length;
    }

    /** One byte, 0 to 255. */
    public int at(int index) {
        return bytes[from + Objects.checkIndex(index, length)] & 0xFF;
    }

    /** The bytes from {@code start} up to, without, {@code end}; shares them, copies nothing. */
    public Octets slice(int start, int end) {
        Objects.checkFromToIndex(start, end, length);
        return new Octets(bytes, from + start, end - start);
    }

    /** Copies all bytes into {@code target}, from its index {@code at} on. */
    public void copyTo(byte[] target, int at) {
        System.arraycopy(bytes, from, target, at, length);
    }

    public byte[] toArray() {
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    /** Whether every byte from {@code start} on is zero. */
    public boolean zeroFrom(int start) {
        for (int index = start; index < length; index++) {
            if (at(index) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Octets that
                && Arrays.equals(bytes, from, from + length, that.bytes, that.from, that.from + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int index = 0; index < length; index++) {
            hash = 31 * hash + at(index);
        }
        return hash;
    }

    /** The bytes as hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes, from, from + length);
    }
}
