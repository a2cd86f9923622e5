package org.rackweave.hal.cxl;

import java.util.Objects;

/**
 * Unbind vPPB, 5202h: takes from a virtual switch what a vPPB is bound to. It goes on in the background. Request:
 *
 * <pre>
 * 0    virtual switch   1 vPPB   2 how
 * </pre>
 *
 * Response: nothing.
 */
public final class UnbindVppb {
    private UnbindVppb() {}

    /** How the host learns of it. */
    public enum How implements Coded {
        /** When the link is down. */
        WAIT_FOR_LINK_DOWN(0),
        /** Managed hot remove: the host is asked. */
        MANAGED(1),
        /** Surprise hot remove. */
        SURPRISE(2);

        private final int code;

        How(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    public record Request(int virtualSwitch, int vppb, How how) implements FmRequest<NoPayload> {
        public Request {
            Field.byteValue("virtual switch", virtualSwitch);
            Field.byteValue("vPPB", vppb);
            Objects.requireNonNull(how);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Request(
                    in.u8("virtual switch"), in.u8("vPPB"), Coded.of(How.values(), in.u8("option"), "unbind option"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.UNBIND_VPPB;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(virtualSwitch).u8(vppb).u8(how.code());
        }

        @Override
        public NoPayload readResponse(PayloadReader in, Dialect dialect) {
            return new NoPayload();
        }
    }
}
