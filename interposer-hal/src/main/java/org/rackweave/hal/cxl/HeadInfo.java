package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Get Head Info, 5501h, to the pool of a multi-headed device: the links of its heads. Request:
 *
 * <pre>
 * 0    first head   1 number of heads
 * </pre>
 *
 * Response:
 *
 * <pre>
 * 0    number of heads   1-3 reserved
 * 4-   for each: port number, most width, width, mask of speeds, most speed, speed, LTSSM state, first lane, link flags; a byte each
 * </pre>
 */
public final class HeadInfo {
    private HeadInfo() {}

    public record Request(int first, int count) implements FmRequest<Response> {
        public Request {
            Field.byteValue("first head", first);
            Field.byteValue("number of heads", count);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Request(in.u8("first head"), in.u8("number of heads"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_HEAD_INFO;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(first).u8(count);
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            int returned = in.u8("number of heads");
            in.skip(3);
            if (returned > count) {
                throw new MalformedException(CciFault.COUNT, returned + " heads where " + count + " were asked for");
            }
            List<Head> heads = new ArrayList<>(returned);
            for (int index = 0; index < returned; index++) {
                heads.add(Head.read(in));
            }
            return new Response(heads);
        }
    }

    /**
     * @param port as the device numbers it; no port of a switch
     * @param ltssm state of the link, see {@link PortState}
     * @param flags bit 0 lanes reversed, 1 in reset
     */
    public record Head(int port, PortState.Link link, int ltssm, int firstLane, int flags) {
        public Head {
            Field.byteValue("port", port);
            Objects.requireNonNull(link);
            Field.byteValue("LTSSM state", ltssm);
            Field.byteValue("first lane", firstLane);
            Field.byteValue("flags", flags);
        }

        static Head read(PayloadReader in) throws MalformedException {
            return new Head(
                    in.u8("port"),
                    PortState.Link.read(in),
                    in.u8("LTSSM state"),
                    in.u8("first lane"),
                    in.u8("link flags"));
        }

        void write(PayloadWriter out) {
            out.u8(port);
            link.write(out);
            out.u8(ltssm).u8(firstLane).u8(flags);
        }
    }

    public record Response(List<Head> heads) implements FmResponse {
        public Response {
            Field.atMost("heads", heads.size(), CxlLimits.MOST_IDS);
            heads = List.copyOf(heads);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(heads.size()).zeros(3);
            heads.forEach(head -> head.write(out));
        }
    }
}
