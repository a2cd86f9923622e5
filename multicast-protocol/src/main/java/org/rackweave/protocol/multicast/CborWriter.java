package org.rackweave.protocol.multicast;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes deterministic CBOR (RFC 8949, 4.2.1): shortest heads, definite lengths. The caller writes map keys in
 * ascending order; an out-of-order key is its bug, and the reader of the round-trip test finds it.
 */
final class CborWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

    CborWriter map(int pairs) {
        return head(CborReader.MAP, pairs);
    }

    CborWriter array(int items) {
        return head(CborReader.ARRAY, items);
    }

    CborWriter unsigned(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("only unsigned numbers are written here: " + value);
        }
        return head(CborReader.UNSIGNED, value);
    }

    CborWriter bytes(byte[] bytes) {
        head(CborReader.BYTES, bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    CborWriter text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        head(CborReader.TEXT, utf8.length);
        out.writeBytes(utf8);
        return this;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    private CborWriter head(int major, long argument) {
        int type = major << 5;
        if (argument < 24) {
            out.write(type | (int) argument);
            return this;
        }
        int log = argument <= 0xFF ? 0 : argument <= 0xFFFF ? 1 : argument <= 0xFFFF_FFFFL ? 2 : 3;
        out.write(type | (24 + log));
        for (int shift = (8 << log) - 8; shift >= 0; shift -= 8) {
            out.write((int) (argument >>> shift));
        }
        return this;
    }
}
