package org.rackweave.hal.cxl;

/**
 * Bind vPPB, 5201h: gives a port, or a logical device of the MLD behind it, to a virtual switch. It goes on in the background.
 * Request:
 *
 * <pre>
 * 0    virtual switch   1 vPPB   2 port   3 reserved   4-5 logical device, FFFFh: the port itself
 * </pre>
 *
 * Response: nothing.
 */
public final class BindVppb {
    /** In place of a logical device: the port itself is bound. */
    public static final int WHOLE_PORT = 0xFFFF;

    private BindVppb() {}

    /** @param logicalDevice 0 to 65534, or {@link #WHOLE_PORT} */
    public record Request(int virtualSwitch, int vppb, int port, int logicalDevice) implements FmRequest<NoPayload> {
        public Request {
            Field.byteValue("virtual switch", virtualSwitch);
            Field.byteValue("vPPB", vppb);
            Field.byteValue("port", port);
            Field.wordValue("logical device", logicalDevice);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            int virtualSwitch = in.u8("virtual switch");
            int vppb = in.u8("vPPB");
            int port = in.u8("port");
            in.skip(1);
            return new Request(virtualSwitch, vppb, port, in.u16("logical device"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.BIND_VPPB;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(virtualSwitch).u8(vppb).u8(port).u8(0).u16(logicalDevice);
        }

        @Override
        public NoPayload readResponse(PayloadReader in, Dialect dialect) {
            return new NoPayload();
        }
    }
}
