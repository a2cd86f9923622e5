package org.rackweave.hal.cxl;

/**
 * Get and Set Response Message Limit, 0003h and 0004h: the longest answer that a component sends, as a power of two. Request of
 * Get: nothing. Request of Set and both answers:
 *
 * <pre>
 * 0    n; an answer has at most 2^n bytes
 * </pre>
 */
public final class ResponseLimit {
    private ResponseLimit() {}

    public record Get() implements FmRequest<Response> {
        static Get read(PayloadReader in, Dialect dialect) {
            return new Get();
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_RESPONSE_LIMIT;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Response(in.u8("limit"));
        }
    }

    /** @param power the limit is two to the power of this, in bytes; the component answers with what it took */
    public record Set(int power) implements FmRequest<Response> {
        public Set {
            Field.byteValue("limit", power);
        }

        static Set read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Set(in.u8("limit"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.SET_RESPONSE_LIMIT;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(power);
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Response(in.u8("limit"));
        }
    }

    /** @param power the limit is two to the power of this, in bytes */
    public record Response(int power) implements FmResponse {
        public Response {
            Field.byteValue("limit", power);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(power);
        }
    }
}
