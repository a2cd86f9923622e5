package org.rackweave.hal.cxl;

/**
 * Get LD Info, 5400h, to an MLD through a tunnel. Request: nothing. Response:
 *
 * <pre>
 * 0-7  bytes of memory   8-9 logical devices   10 QoS: bit 0 egress congestion, bit 1 temporary throughput reduction
 * </pre>
 */
public final class LdInfo {
    private LdInfo() {}

    public record Request() implements FmRequest<Response> {
        static Request read(PayloadReader in, Dialect dialect) {
            return new Request();
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_LD_INFO;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Response(in.size("memory size"), in.u16("logical devices"), in.u8("QoS capability"));
        }
    }

    /**
     * @param memoryBytes 0 to 2^63 - 1
     * @param logicalDevices 0 to 65535
     */
    public record Response(long memoryBytes, int logicalDevices, int qosCapability) implements FmResponse {
        public Response {
            Field.inRange("memory size", memoryBytes, Long.MAX_VALUE);
            Field.wordValue("logical devices", logicalDevices);
            Field.byteValue("QoS capability", qosCapability);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u64(memoryBytes).u16(logicalDevices).u8(qosCapability);
        }
    }
}
