package org.rackweave.hal.cxl;

import java.util.List;
import java.util.Objects;
import org.rackweave.hal.mctp.Octets;

/**
 * Initiate Dynamic Capacity Add, 5604h, to a dynamic capacity device: gives capacity to a host. Request:
 *
 * <pre>
 * 0-1  host   2 bits 3:0 policy   3 region   4-11 length in bytes   12-27 tag
 * for the policy that prescribes extents only: 28-31 their number   32- the extents, see {@link DcExtent}
 * </pre>
 *
 * Response: nothing.
 */
public final class DcAdd {
    private DcAdd() {}

    /** Who chooses where the capacity comes from. */
    public enum Policy implements Coded {
        FREE(0),
        CONTIGUOUS(1),
        PRESCRIPTIVE(2),
        SHARED(3);

        private final int code;

        Policy(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /**
     * @param bytes how much, 0 to 2^63 - 1; means nothing where extents are prescribed
     * @param tag 16 bytes: an epoch can be held in it
     */
    public record Request(int host, Policy policy, int region, long bytes, Octets tag, List<DcExtent> extents)
            implements FmRequest<NoPayload> {
        public Request {
            Field.wordValue("host", host);
            Objects.requireNonNull(policy);
            Field.byteValue("region", region);
            Field.inRange("length", bytes, Long.MAX_VALUE);
            DcExtent.isTag(tag);
            extents = DcExtent.checked(due(policy), extents);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            int host = in.u16("host");
            Policy policy = Coded.of(Policy.values(), in.u8("policy") & 0x0F, "policy");
            return new Request(
                    host,
                    policy,
                    in.u8("region"),
                    in.size("length"),
                    in.bytes(DcExtent.TAG_BYTES, "tag"),
                    DcExtent.readPrescribed(in, due(policy)));
        }

        @Override
        public Opcode opcode() {
            return Opcode.ADD_DYNAMIC_CAPACITY;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u16(host).u8(policy.code()).u8(region).u64(bytes).bytes(tag);
            DcExtent.writePrescribed(out, due(policy), extents);
        }

        @Override
        public NoPayload readResponse(PayloadReader in, Dialect dialect) {
            return new NoPayload();
        }
    }

    private static DcExtent.Extents due(Policy policy) {
        return policy == Policy.PRESCRIPTIVE ? DcExtent.Extents.PRESCRIBED : DcExtent.Extents.CHOSEN;
    }
}
