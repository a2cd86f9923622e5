package org.rackweave.hal.cxl;

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
            Field.wordValue("logical device", logicalDevice);
            Field.inRange("data", data, 0xFFFF_FFFFL);
            ConfigWord.isOne(register, byteEnables, access);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            int port = in.u8("port");
            ConfigWord word = ConfigWord.read(in);
            int logicalDevice = in.u16("logical device");
            in.skip(2);
            return new Request(port, word.register(), word.byteEnables(), word.access(), logicalDevice, in.u32("data"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.SEND_LD_CONFIG;
        }

        @Override
        public Opcode.Effect effect() {
            return access.effect();
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(port);
            new ConfigWord(register, byteEnables, access).write(out);
            out.u16(logicalDevice).zeros(2).u32(data);
        }

        @Override
        public PpbConfig.Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return new PpbConfig.Response(in.u32("data"));
        }
    }
}
