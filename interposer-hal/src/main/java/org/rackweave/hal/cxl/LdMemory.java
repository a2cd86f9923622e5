package org.rackweave.hal.cxl;

import java.util.Objects;
import org.rackweave.hal.cxl.PpbConfig.Access;
import org.rackweave.hal.mctp.Octets;

/**
 * Send LD CXL.io Memory Request, 5302h: reads or writes what a logical device has mapped behind its base address registers. Request:
 *
 * <pre>
 * 0    port
 * 1-3  bits 11:0 reserved, 15:12 first byte enables, 19:16 last byte enables, 22:20 reserved, 23 type: 0 read, 1 write
 * 4-5  logical device   6-7 length in bytes   8-15 offset   16- data of a write; a known peer sends as many with a read
 * </pre>
 *
 * Response:
 *
 * <pre>
 * 0-1  bytes read   2-3 reserved   4- the bytes
 * </pre>
 */
public final class LdMemory {
    private static final int WRITE_BIT = 1 << 23;

    /** The most bytes of one request: the specification's limit of a transaction. */
    public static final int MOST_BYTES = 4096;

    private LdMemory() {}

    /**
     * @param firstBytes bit n enables byte n of the first double word, 0 to 15
     * @param lastBytes the same of the last one
     * @param length in bytes, 0 to 4096
     * @param offset all 64 bits count
     * @param data of a write, {@code length} bytes; of a read, none or as many
     */
    public record Request(
            int port,
            int firstBytes,
            int lastBytes,
            Access access,
            int logicalDevice,
            int length,
            long offset,
            Octets data)
            implements FmRequest<Response> {
        public Request {
            Field.byteValue("port", port);
            Field.inRange("byte enables", firstBytes, 0x0F);
            Field.inRange("byte enables", lastBytes, 0x0F);
            Objects.requireNonNull(access);
            Field.wordValue("logical device", logicalDevice);
            Field.inRange("length", length, MOST_BYTES);
            Objects.requireNonNull(data);
            if (!fits(access, length, data.length())) {
                throw new IllegalArgumentException(data.length() + " bytes to " + access + " " + length);
            }
        }

        private static boolean fits(Access access, int length, int bytes) {
            return bytes == length || (access == Access.READ && bytes == 0);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            int port = in.u8("port");
            int bits = in.u16("byte enables") | in.u8("access") << 16;
            Access access = (bits & WRITE_BIT) == 0 ? Access.READ : Access.WRITE;
            int logicalDevice = in.u16("logical device");
            int length = in.u16("length");
            if (length > MOST_BYTES) {
                throw new MalformedException(CciFault.COUNT, length + " bytes of memory");
            }
            long offset = in.u64("offset");
            Octets data = access == Access.READ && in.left() == 0 ? Octets.NONE : in.bytes(length, "data");
            return new Request(port, bits >> 12 & 0x0F, bits >> 16 & 0x0F, access, logicalDevice, length, offset, data);
        }

        @Override
        public Opcode opcode() {
            return Opcode.SEND_LD_MEMORY;
        }

        @Override
        public Opcode.Effect effect() {
            return access.effect();
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            int bits = firstBytes << 12 | lastBytes << 16 | (access == Access.WRITE ? WRITE_BIT : 0);
            out.u8(port).u16(bits & 0xFFFF).u8(bits >> 16);
            out.u16(logicalDevice).u16(length).u64(offset).bytes(data);
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            int returned = in.u16("bytes read");
            in.skip(2);
            if (returned > length) {
                throw new MalformedException(CciFault.COUNT, returned + " bytes where " + length + " were asked for");
            }
            return new Response(in.bytes(returned, "data"));
        }
    }

    /** @param data what was read; none after a write */
    public record Response(Octets data) implements FmResponse {
        public Response {
            Field.atMost("bytes", data.length(), MOST_BYTES);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u16(data.length()).zeros(2).bytes(data);
        }
    }
}
