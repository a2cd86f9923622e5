package org.rackweave.hal.cxl;

/**
 * Send PPB CXL.io Configuration Request, 5103h: one double word of the configuration space behind a port. Request:
 *
 * <pre>
 * 0    port
 * 1-3  bits 7:0 register, 11:8 extended register, 15:12 first byte enables, 22:16 reserved, 23 type: 0 read, 1 write
 * 4-7  data of a write
 * </pre>
 *
 * Response: 0-3 the data read.
 */
public final class PpbConfig {
    private PpbConfig() {}

    /** Which way the data goes. */
    public enum Access {
        READ(Opcode.Effect.READS),
        WRITE(Opcode.Effect.CHANGES);

        private final Opcode.Effect effect;

        Access(Opcode.Effect effect) {
            this.effect = effect;
        }

        Opcode.Effect effect() {
            return effect;
        }
    }

    /**
     * @param register the number of the double word, 0 to 1023: as on the wire, low eight bits register, the others extended
     * @param byteEnables bit n enables byte n, 0 to 15
     * @param data what is written, 0 to 2^32 - 1
     */
    public record Request(int port, int register, int byteEnables, Access access, long data)
            implements FmRequest<Response> {
        public Request {
            Field.byteValue("port", port);
            Field.inRange("data", data, 0xFFFF_FFFFL);
            ConfigWord.isOne(register, byteEnables, access);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            int port = in.u8("port");
            ConfigWord word = ConfigWord.read(in);
            return new Request(port, word.register(), word.byteEnables(), word.access(), in.u32("data"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.SEND_PPB_CONFIG;
        }

        @Override
        public Opcode.Effect effect() {
            return access.effect();
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(port);
            new ConfigWord(register, byteEnables, access).write(out);
            out.u32(data);
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Response(in.u32("data"));
        }
    }

    /** @param data 0 to 2^32 - 1 */
    public record Response(long data) implements FmResponse {
        public Response {
            Field.inRange("data", data, 0xFFFF_FFFFL);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u32(data);
        }
    }
}
