package org.rackweave.crypto.cbor;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes deterministic CBOR: shortest heads, definite lengths. The caller gives map keys in order, and as many elements as
 * it announced; another order is its bug, and the reader of the round-trip test finds it.
 */
public final class CborWriter {
    private static final int USUAL_BYTES = 128;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream(USUAL_BYTES);

    public CborWriter integer(long value) {
        return value < 0 ? head(CborReader.NEGATIVE, ~value) : head(CborReader.UNSIGNED, value);
    }

    /** A number that is never negative where it stands: one that is must not leave as what nobody can read. */
    public CborWriter unsigned(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("only unsigned numbers are written here: " + value);
        }
        return head(CborReader.UNSIGNED, value);
    }

    public CborWriter truth(boolean value) {
        output.write(value ? CborReader.TRUE : CborReader.FALSE);
        return this;
    }

    public CborWriter bytes(byte[] content) {
        return string(CborReader.BYTES, content);
    }

    public CborWriter text(String content) {
        return string(CborReader.TEXT, content.getBytes(StandardCharsets.UTF_8));
    }

    public CborWriter array(int elements) {
        return head(CborReader.ARRAY, elements);
    }

    public CborWriter map(int pairs) {
        return head(CborReader.MAP, pairs);
    }

    public CborWriter tag(int tag) {
        return head(CborReader.TAG, tag);
    }

    /** The head alone of a byte string whose content is elsewhere. */
    public static byte[] bytesHead(int length) {
        return new CborWriter().head(CborReader.BYTES, length).toBytes();
    }

    public byte[] toBytes() {
        return output.toByteArray();
    }

    private CborWriter string(int major, byte[] content) {
        head(major, content.length);
        output.writeBytes(content);
        return this;
    }

    private CborWriter head(int major, long argument) {
        int first = major << CborReader.MAJOR_SHIFT;
        if (argument < CborReader.ONE_BYTE_ARGUMENT) {
            output.write(first | (int) argument);
            return this;
        }
        int widthBits = argument < 1L << 8 ? 0 : argument < 1L << 16 ? 1 : argument < 1L << 32 ? 2 : 3;
        output.write(first | (CborReader.ONE_BYTE_ARGUMENT + widthBits));
        for (int shift = Byte.SIZE * (1 << widthBits) - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            output.write((int) (argument >>> shift));
        }
        return this;
    }
}
