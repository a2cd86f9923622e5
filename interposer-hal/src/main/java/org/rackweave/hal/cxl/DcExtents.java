package org.rackweave.hal.cxl;

import java.util.List;

/**
 * Get DC Region Extent Lists, 5603h, to a dynamic capacity device: what a host has. Request:
 *
 * <pre>
 * 0-1  host   2-3 reserved   4-7 most extents   8-11 index of the first
 * </pre>
 *
 * Response:
 *
 * <pre>
 * 0-1  host   2-3 reserved   4-7 index of the first   8-11 extents that follow   12-15 extents of the list
 * 16-19 generation of the list: another one means that it changed meanwhile   20-23 reserved   24- the extents, see {@link DcExtent}
 * </pre>
 */
public final class DcExtents {
    private static final long MOST_U32 = 0xFFFF_FFFFL;

    private DcExtents() {}

    public record Request(int host, long most, long first) implements FmRequest<Response> {
        public Request {
            Field.wordValue("host", host);
            Field.inRange("most extents", most, MOST_U32);
            Field.inRange("first extent", first, MOST_U32);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            int host = in.u16("host");
            in.skip(2);
            return new Request(host, in.u32("most extents"), in.u32("first extent"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_DC_EXTENTS;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u16(host).zeros(2).u32(most).u32(first);
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            int of = in.u16("host");
            in.skip(2);
            long start = in.u32("first extent");
            long returned = in.u32("extents returned");
            long total = in.u32("extents");
            long generation = in.u32("generation");
            in.skip(4);
            if (returned > most) {
                throw new MalformedException(CciFault.COUNT, returned + " extents where " + most + " were asked for");
            }
            if (of != host || start != first || start + returned > total) {
                throw new MalformedException(
                        CciFault.CONTRADICTION,
                        returned + " extents from " + start + " of " + total + " of host " + of);
            }
            return new Response(of, start, total, generation, DcExtent.read(in, returned));
        }
    }

    /** @param extents those of the list from {@code first} on, at most {@link CxlLimits#MOST_EXTENTS} */
    public record Response(int host, long first, long total, long generation, List<DcExtent> extents)
            implements FmResponse {
        public Response {
            Field.wordValue("host", host);
            Field.inRange("first extent", first, MOST_U32);
            Field.inRange("extents", total, MOST_U32);
            Field.inRange("generation", generation, MOST_U32);
            extents = DcExtent.checked(extents);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u16(host)
                    .zeros(2)
                    .u32(first)
                    .u32(extents.size())
                    .u32(total)
                    .u32(generation)
                    .zeros(4);
            DcExtent.writeEach(out, extents);
        }
    }
}
