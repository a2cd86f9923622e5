package org.rackweave.hal.switchtec.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A reading of the switch's global address space, over Ethernet. Writing there is a maker's matter; such a request is refused here by
 * name.
 *
 * <pre>
 * 0 command u32: 0x1001 read (0x1002 write)   4 offset u32   8 bytes u16   10 reserved u16   →   0 result u32   4 data
 * </pre>
 *
 * @param offset from the start of the space, below 4 MiB
 * @param bytes 1 to {@value #MAX_BYTES}
 */
public record GasRead(int offset, int bytes) {
    /** As many as Microchip's own program asks for at once. */
    public static final int MAX_BYTES = 512;

    /** The space is so large. */
    public static final int SPACE_BYTES = 4 << 20;

    private static final int READ = 0x1001;
    private static final int REQUEST_BYTES = 12;

    public GasRead {
        Limits.check(bytes, 1, MAX_BYTES, "bytes");
        Limits.check(offset, 0, SPACE_BYTES - bytes, "offset");
    }

    public byte[] encode() {
        return ByteBuffer.allocate(REQUEST_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(READ)
                .putInt(offset)
                .putShort((short) bytes)
                .putShort((short) 0)
                .array();
    }

    public static Decoded<GasRead> decode(byte[] bytes) {
        FieldReader in = new FieldReader(bytes);
        try {
            int command = in.word("command");
            if (command != READ) {
                throw new MalformedBytesException(
                        Problem.UNKNOWN_COMMAND, "GAS command 0x" + Integer.toHexString(command));
            }
            int offset = in.word("offset");
            int count = in.u16("bytes");
            in.skip(2, "reserved");
            in.end();
            if (count == 0 || count > MAX_BYTES) {
                throw new MalformedBytesException(Problem.COUNT_BEYOND_LIMIT, count + " bytes");
            }
            if (offset < 0 || offset > SPACE_BYTES - count) {
                throw in.outOfRange("offset", Integer.toUnsignedLong(offset));
            }
            return new Decoded.Accepted<>(new GasRead(offset, count));
        } catch (MalformedBytesException malformed) {
            return malformed.rejected();
        }
    }
}
