package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.rackweave.hal.mctp.Octets;

/**
 * Dynamic Capacity List Tags, 5608h: every tag that a device knows, and which hosts have its capacity. Request:
 *
 * <pre>
 * 0-3  index of the first   4-7 most
 * </pre>
 *
 * Response:
 *
 * <pre>
 * 0-3  generation: another one means that the list changed   4-7 tags   8-11 tags that follow
 * 12   bit 0 the masks of hosts that have it mean something, bit 1 those of hosts that were not heard yet do   13-15 reserved
 * 16-  for each 84 bytes: 16 tag, 1 bit 0 the manager holds a reference, 3 reserved, 32 mask of hosts that accepted it,
 *      32 mask of hosts that were not heard yet
 * </pre>
 */
public final class DcTags {
    private static final long MOST_U32 = 0xFFFF_FFFFL;
    private static final int REFERENCE_BIT = 0x01;

    private DcTags() {}

    public record Request(long first, long most) implements FmRequest<Response> {
        public Request {
            Field.inRange("first tag", first, MOST_U32);
            Field.inRange("most tags", most, MOST_U32);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Request(in.u32("first tag"), in.u32("most tags"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.LIST_DC_TAGS;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u32(first).u32(most);
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            long generation = in.u32("generation");
            long total = in.u32("tags");
            long returned = in.u32("tags that follow");
            if (returned > most || returned > CxlLimits.MOST_TAGS) {
                throw new MalformedException(CciFault.COUNT, returned + " tags where " + most + " were asked for");
            }
            if (returned > 0 && first + returned > total) {
                throw new MalformedException(CciFault.CONTRADICTION, returned + " tags from " + first + " of " + total);
            }
            int validity = in.u8("validity");
            in.skip(3);
            List<Tag> tags = new ArrayList<>();
            for (long index = 0; index < returned; index++) {
                tags.add(Tag.read(in));
            }
            return new Response(generation, total, validity, tags);
        }
    }

    /** Whether the manager keeps the capacity of a tag. */
    public enum Reference {
        NONE,
        HELD
    }

    /**
     * @param tag 16 bytes
     * @param accepted the logical devices whose hosts have it
     * @param pending those whose hosts have not answered yet
     */
    public record Tag(Octets tag, Reference reference, IdBits accepted, IdBits pending) {
        public Tag {
            DcExtent.isTag(tag);
            Objects.requireNonNull(reference);
            Objects.requireNonNull(accepted);
            Objects.requireNonNull(pending);
        }

        static Tag read(PayloadReader in) throws MalformedException {
            Octets tag = in.bytes(DcExtent.TAG_BYTES, "tag");
            int flags = in.u8("flags");
            in.skip(3);
            return new Tag(
                    tag,
                    (flags & REFERENCE_BIT) == 0 ? Reference.NONE : Reference.HELD,
                    IdBits.read(in, "hosts"),
                    IdBits.read(in, "pending hosts"));
        }

        void write(PayloadWriter out) {
            out.bytes(tag).u8(reference == Reference.HELD ? REFERENCE_BIT : 0).zeros(3);
            out.bytes(accepted.mask()).bytes(pending.mask());
        }
    }

    /**
     * @param validity 0 to 255
     * @param tags those of the list from the one that was asked for, at most {@link CxlLimits#MOST_TAGS}
     */
    public record Response(long generation, long total, int validity, List<Tag> tags) implements FmResponse {
        /** Both masks mean something: a device that is no GFD. */
        public static final int BOTH_VALID = 0x03;

        public Response {
            Field.inRange("generation", generation, MOST_U32);
            Field.inRange("tags", total, MOST_U32);
            Field.byteValue("validity", validity);
            Field.atMost("tags", tags.size(), CxlLimits.MOST_TAGS);
            tags = List.copyOf(tags);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u32(generation).u32(total).u32(tags.size()).u8(validity).zeros(3);
            tags.forEach(tag -> tag.write(out));
        }
    }
}
