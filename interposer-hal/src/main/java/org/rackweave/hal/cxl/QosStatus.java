package org.rackweave.hal.cxl;

/**
 * Get QoS Status, 5405h, to an MLD through a tunnel. Request: nothing. Response:
 *
 * <pre>
 * 0    average backpressure, percent
 * </pre>
 */
public final class QosStatus {
    private QosStatus() {}

    public record Request() implements FmRequest<Response> {
        static Request read(PayloadReader in, Dialect dialect) {
            return new Request();
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_QOS_STATUS;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Response(in.u8("backpressure"));
        }
    }

    /** @param backpressurePercent as on the wire, 0 to 255 */
    public record Response(int backpressurePercent) implements FmResponse {
        public Response {
            Field.byteValue("backpressure", backpressurePercent);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(backpressurePercent);
        }
    }
}
