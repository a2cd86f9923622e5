package org.rackweave.hal.switchtec.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A word written to the switch's global address space, over Ethernet. Only registers of events are written so.
 *
 * <pre>
 * 0 command u32: 0x1002   4 offset u32   8 bytes u16: 4   10 reserved u16   12 word u32   →   0 result u32
 * </pre>
 *
 * @param offset from the start of the space, a multiple of 4 below 4 MiB
 */
public record GasWrite(int offset, int word) {
    private static final int WRITE = 0x1002;
    private static final int BYTES = 16;

    public GasWrite {
        Limits.check(offset, 0, GasRead.SPACE_BYTES - Integer.BYTES, "offset");
        Limits.check(offset % Integer.BYTES, 0, 0, "bytes beyond a whole word in the offset");
    }

    public byte[] encode() {
        return ByteBuffer.allocate(BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(WRITE)
                .putInt(offset)
                .putShort((short) Integer.BYTES)
                .putShort((short) 0)
                .putInt(word)
                .array();
    }

    public static Decoded<GasWrite> decode(byte[] bytes) {
        FieldReader in = new FieldReader(bytes);
        try {
            int command = in.word("command");
            if (command != WRITE) {
                throw new MalformedBytesException(
                        Problem.UNKNOWN_COMMAND, "GAS command 0x" + Integer.toHexString(command));
            }
            int offset = in.word("offset");
            int count = in.u16("bytes");
            in.skip(2, "reserved");
            int word = in.word("word");
            in.end();
            if (count != Integer.BYTES) {
                throw new MalformedBytesException(Problem.COUNT_BEYOND_LIMIT, count + " bytes");
            }
            if (offset < 0 || offset > GasRead.SPACE_BYTES - Integer.BYTES || offset % Integer.BYTES != 0) {
                throw in.outOfRange("offset", Integer.toUnsignedLong(offset));
            }
            return new Decoded.Accepted<>(new GasWrite(offset, word));
        } catch (MalformedBytesException malformed) {
            return malformed.rejected();
        }
    }
}
