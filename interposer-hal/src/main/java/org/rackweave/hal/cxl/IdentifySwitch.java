package org.rackweave.hal.cxl;

import java.util.Objects;

/**
 * Identify Switch Device, 5100h: what a switch has. Request: nothing. Response:
 *
 * <pre>
 * 0      port through which this request came   1 reserved
 * 2      number of physical ports               3 number of virtual switches (VCS)
 * 4-35   mask of active ports                   36-67 mask of active virtual switches
 * 68-69  vPPBs of the switch                    70-71 of which are bound
 * 72     HDM decoders of each upstream port
 * 73-92  zeros, in the dialect {@code jrl} only
 * </pre>
 */
public final class IdentifySwitch {
    private static final int JRL_TAIL_BYTES = 20;

    private IdentifySwitch() {}

    public record Request() implements FmRequest<Response> {
        static Request read(PayloadReader in, Dialect dialect) {
            return new Request();
        }

        @Override
        public Opcode opcode() {
            return Opcode.IDENTIFY_SWITCH;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            // Nothing is asked.
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            int ingress = in.u8("ingress port");
            in.skip(1);
            Response read = new Response(
                    ingress,
                    in.u8("ports"),
                    in.u8("virtual switches"),
                    IdBits.read(in, "active ports"),
                    IdBits.read(in, "active virtual switches"),
                    in.u16("vPPBs"),
                    in.u16("active vPPBs"),
                    in.u8("HDM decoders"));
            in.skip(dialect == Dialect.JRL ? JRL_TAIL_BYTES : 0);
            return read;
        }
    }

    /**
     * @param ports 0 to 255
     * @param virtualSwitches 0 to 255
     * @param vppbs 0 to 65535
     */
    public record Response(
            int ingressPort,
            int ports,
            int virtualSwitches,
            IdBits activePorts,
            IdBits activeVirtualSwitches,
            int vppbs,
            int activeVppbs,
            int hdmDecoders)
            implements FmResponse {
        public Response {
            Field.byteValue("ingress port", ingressPort);
            Field.byteValue("ports", ports);
            Field.byteValue("virtual switches", virtualSwitches);
            Objects.requireNonNull(activePorts);
            Objects.requireNonNull(activeVirtualSwitches);
            Field.wordValue("vPPBs", vppbs);
            Field.wordValue("active vPPBs", activeVppbs);
            Field.byteValue("HDM decoders", hdmDecoders);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(ingressPort).u8(0).u8(ports).u8(virtualSwitches);
            out.bytes(activePorts.mask()).bytes(activeVirtualSwitches.mask());
            out.u16(vppbs).u16(activeVppbs).u8(hdmDecoders);
            out.zeros(dialect == Dialect.JRL ? JRL_TAIL_BYTES : 0);
        }
    }
}
