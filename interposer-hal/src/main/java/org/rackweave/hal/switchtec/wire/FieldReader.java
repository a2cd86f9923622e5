package org.rackweave.hal.switchtec.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Reads the fields of a layout in their order; each failure names the field and its byte. */
final class FieldReader {
    private static final int NONE = 0xFF;

    private final ByteBuffer bytes;

    FieldReader(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    int remaining() {
        return bytes.remaining();
    }

    int u8(String field) throws MalformedBytesException {
        need(1, field);
        return Byte.toUnsignedInt(bytes.get());
    }

    int u8(int most, String field) throws MalformedBytesException {
        int value = u8(field);
        if (value > most) {
            throw outOfRange(field, value);
        }
        return value;
    }

    <E extends Enum<E> & Coded> E coded(E[] words, String field) throws MalformedBytesException {
        int code = u8(field);
        for (E word : words) {
            if (word.code() == code) {
                return word;
            }
        }
        throw outOfRange(field, code);
    }

    int u16(String field) throws MalformedBytesException {
        need(Short.BYTES, field);
        return Short.toUnsignedInt(bytes.getShort());
    }

    int word(String field) throws MalformedBytesException {
        need(Integer.BYTES, field);
        return bytes.getInt();
    }

    long longWord(String field) throws MalformedBytesException {
        need(Long.BYTES, field);
        return bytes.getLong();
    }

    void skip(int count, String field) throws MalformedBytesException {
        need(count, field);
        bytes.position(bytes.position() + count);
    }

    /** The next bytes, which stay to be read. */
    FieldReader ahead(int count, String field) throws MalformedBytesException {
        need(count, field);
        byte[] next = new byte[count];
        bytes.get(bytes.position(), next);
        return new FieldReader(next);
    }

    PhysicalPort physicalPort() throws MalformedBytesException {
        return new PhysicalPort(u8(PhysicalPort.MAX_ID, "physical port"));
    }

    /** Partition and logical port. */
    LogicalPlace place() throws MalformedBytesException {
        return new LogicalPlace(
                u8(LogicalPlace.MAX_PARTITION, "partition"), u8(LogicalPlace.MAX_LOGICAL_PORT, "logical port"));
    }

    /** Partition and logical port, where a partition of 255 means none. */
    Optional<LogicalPlace> placeOrNone() throws MalformedBytesException {
        need(2, "partition");
        if (Byte.toUnsignedInt(bytes.get(bytes.position())) == NONE) {
            skip(2, "partition");
            return Optional.empty();
        }
        return Optional.of(place());
    }

    void end() throws MalformedBytesException {
        if (bytes.hasRemaining()) {
            throw new MalformedBytesException(
                    Problem.EXTRA_BYTES,
                    bytes.remaining() + " bytes after the last field, from byte " + bytes.position());
        }
    }

    MalformedBytesException outOfRange(String field, long value) {
        return new MalformedBytesException(
                Problem.VALUE_OUT_OF_RANGE,
                field + " before byte " + bytes.position() + " is 0x" + Long.toHexString(value));
    }

    private void need(int count, String field) throws MalformedBytesException {
        if (bytes.remaining() < count) {
            throw new MalformedBytesException(
                    Problem.TRUNCATED,
                    field + " needs " + count + " bytes at byte " + bytes.position() + ", there are "
                            + bytes.remaining());
        }
    }
}
