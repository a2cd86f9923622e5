package org.rackweave.crypto;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes deterministic CBOR (RFC 8949, section 4.2); the caller gives map keys in order. */
final class CborWriter {
    private static final int MAJOR_SHIFT = 5;
    private static final int ONE_BYTE_ARGUMENT = 24;

    private static final int USUAL_BYTES = 128;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream(USUAL_BYTES);

    CborWriter integer(long value) {
        return value < 0 ? head(CborReader.NEGATIVE, -1 - value) : head(CborReader.UNSIGNED, value);
    }

    CborWriter bytes(byte[] content) {
        head(CborReader.BYTES, content.length);
        output.writeBytes(content);
        return this;
    }

    /** The head alone of a byte string whose content is elsewhere. */
    static byte[] bytesHead(int length) {
        if (length < ONE_BYTE_ARGUMENT) {
            return new byte[] {(byte) ((CborReader.BYTES << MAJOR_SHIFT) | length)};
        }
        return new CborWriter().head(CborReader.BYTES, length).toBytes();
    }

    CborWriter text(String content) {
        byte[] utf8 = content.getBytes(StandardCharsets.UTF_8);
        head(CborReader.TEXT, utf8.length);
        output.writeBytes(utf8);
        return this;
    }

    CborWriter array(int elements) {
        return head(CborReader.ARRAY, elements);
    }

    CborWriter map(int pairs) {
        return head(CborReader.MAP, pairs);
    }

    CborWriter tag(int tag) {
        return head(CborReader.TAG, tag);
    }

    byte[] toBytes() {
        return output.toByteArray();
    }

    private CborWriter head(int major, long argument) {
        int first = major << MAJOR_SHIFT;
        if (argument < ONE_BYTE_ARGUMENT) {
            output.write(first | (int) argument);
            return this;
        }
        int widthBits = argument < 1L << 8 ? 0 : argument < 1L << 16 ? 1 : argument < 1L << 32 ? 2 : 3;
        output.write(first | (ONE_BYTE_ARGUMENT + widthBits));
        for (int shift = Byte.SIZE * (1 << widthBits) - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            output.write((int) (argument >>> shift));
        }
        return this;
    }
}
