package org.rackweave.hal.cxl;

import java.util.Objects;
import org.rackweave.hal.cxl.PpbConfig.Access;

/**
 * Send LD CXL.io Configuration Request, 5301h: one double word of a logical device's configuration space. Request:
 *
 * <pre>
 * 0    port
 * 1-3  bits 7:0 register, 11:8 extended register, 15:12 first byte enables, 22:16 reserved, 23 type: 0 read, 1 write
 * 4-5  logical device   6-7 reserved   8-11 data of a write
 * </pre>
 *
 * Response: 0-3 the data read.
 */
public final class LdConfig {
    private static final long WRITE_BIT = 1L << 23;

    private LdConfig() {}

    /**
     * @param register the number of the double word, 0 to 1023: as on the wire, low eight bits register, the others extended
     * @param byteEnables bit n enables byte n, 0 to 15
     * @param data what is written, 0 to 2^32 - 1
     */
    public record Request(int port, int register, int byteEnables, Access access, int logicalDevice, long data)
            implements FmRequest<PpbConfig.Response> {
        public Request {
            Field.byteValue("port", port);
            Field.inRange("register", register, 0xFFF);
            Field.inRange("byte enables", byteEnables, 0x0F);
            Objects.requireNonNull(access);
            Field.wordValue("logical device", logicalDevice);
            Field.inRange("data", data, 0xFFFF_FFFFL);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            int port = in.u8("port");
            long low = in.u16("register");
            long bits = low | (long) in.u8("access") << 16;
            int logicalDevice = in.u16("logical device");
            in.skip(2);
            return new Request(
                    port,
                    (int) (bits & 0xFFF),
                    (int) (bits >> 12 & 0x0F),
                    (bits & WRITE_BIT) == 0 ? Access.READ : Access.WRITE,
                    logicalDevice,
                    in.u32("data"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.SEND_LD_CONFIG;
        }

        @Override
        public Opcode.Effect effect() {
            return access == Access.READ ? Opcode.Effect.READS : Opcode.Effect.CHANGES;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            long bits = register | (long) byteEnables << 12 | (access == Access.WRITE ? WRITE_BIT : 0);
            out.u8(port).u16((int) (bits & 0xFFFF)).u8((int) (bits >> 16));
            out.u16(logicalDevice).zeros(2).u32(data);
        }

        @Override
        public PpbConfig.Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return new PpbConfig.Response(in.u32("data"));
        }
    }
}
