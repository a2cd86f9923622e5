package org.rackweave.hal.cxl;

import java.util.Arrays;
import org.rackweave.hal.mctp.Octets;

/** Writes the fields of a message in their order, little endian. */
final class PayloadWriter {
    /** Most payloads have no more, in bytes. */
    private static final int FIRST_BYTES = 16;

    private byte[] bytes;
    private int at;

    PayloadWriter() {
        this(FIRST_BYTES);
    }

    /** @param expectedBytes how many there will be, if that is known */
    PayloadWriter(int expectedBytes) {
        bytes = new byte[expectedBytes];
    }

    PayloadWriter u8(int value) {
        return little(value, 1);
    }

    PayloadWriter u16(int value) {
        return little(value, 2);
    }

    PayloadWriter u32(long value) {
        return little(value, 4);
    }

    PayloadWriter u64(long value) {
        return little(value, 8);
    }

    PayloadWriter zeros(int count) {
        room(count);
        at += count;
        return this;
    }

    PayloadWriter bytes(Octets value) {
        room(value.length());
        value.copyTo(bytes, at);
        at += value.length();
        return this;
    }

    /** All of it; nothing is written after that. */
    Octets written() {
        return at == bytes.length ? Octets.adopt(bytes) : Octets.copyOf(bytes, at);
    }

    private PayloadWriter little(long value, int count) {
        room(count);
        for (int index = 0; index < count; index++) {
            bytes[at++] = (byte) (value >> (8 * index));
        }
        return this;
    }

    private void room(int count) {
        if (at + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, at + count));
        }
    }
}
