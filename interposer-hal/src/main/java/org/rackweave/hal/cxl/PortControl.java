package org.rackweave.hal.cxl;

import java.util.Objects;

/**
 * Physical Port Control, 5102h. Request:
 *
 * <pre>
 * 0    port   1 what to do
 * </pre>
 *
 * Response: nothing.
 */
public final class PortControl {
    private PortControl() {}

    /** What is done to a port. A known peer never answers again after another code. */
    public enum Action implements Coded {
        ASSERT_PERST(0),
        DEASSERT_PERST(1),
        RESET_PPB(2);

        private final int code;

        Action(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /** @param port 0 to 255 */
    public record Request(int port, Action action) implements FmRequest<NoPayload> {
        public Request {
            Field.byteValue("port", port);
            Objects.requireNonNull(action);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Request(in.u8("port"), Coded.of(Action.values(), in.u8("action"), "action"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.CONTROL_PORT;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(port).u8(action.code());
        }

        @Override
        public NoPayload readResponse(PayloadReader in, Dialect dialect) {
            return new NoPayload();
        }
    }
}
