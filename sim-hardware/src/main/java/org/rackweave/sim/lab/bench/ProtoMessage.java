package org.rackweave.sim.lab.bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** As much of the encoding of Protocol Buffers as etcd's leases and transactions need. */
final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int PART = 2;
    private static final int FIXED_32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    ProtoMessage number(int field, long value) {
        varint((field << 3) | VARINT);
        varint(value);
        return this;
    }

    /** Bytes, a string, or a message in the message. */
    ProtoMessage part(int field, byte[] value) {
        varint((field << 3) | PART);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    private void varint(long value) {
        long left = value;
        while ((left & ~0x7FL) != 0) {
            out.write((int) ((left & 0x7F) | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    /** The number in a field of a message; 0, as the encoding has it, where it is not there. */
    static long field(byte[] message, int field) {
        ByteBuffer in = ByteBuffer.wrap(message);
        while (in.hasRemaining()) {
            long tag = varint(in);
            long value =
                    switch ((int) (tag & 7)) {
                        case VARINT -> varint(in);
                        case FIXED_64 -> in.getLong();
                        case FIXED_32 -> in.getInt();
                        case PART -> {
                            int length = (int) varint(in);
                            in.position(in.position() + length);
                            yield length;
                        }
                        default -> throw new IllegalArgumentException("a field of an unknown type");
                    };
            if (tag >>> 3 == field) {
                return value;
            }
        }
        return 0;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
