package org.rackweave.hal.cxl;

import java.util.List;
import java.util.Objects;
import org.rackweave.hal.mctp.Octets;

/**
 * Initiate Dynamic Capacity Release, 5605h, to a dynamic capacity device: takes capacity from a host. Request:
 *
 * <pre>
 * 0-1  host   2 bits 3:0 policy, bit 4 forced, bit 5 sanitise   3 reserved   4-11 length in bytes   12-27 tag
 * for the policy that prescribes extents only: 28-31 their number   32- the extents, see {@link DcExtent}
 * </pre>
 *
 * Response: nothing.
 *
 * <p>No program at hand reads bit 5: before it is relied on, what was released is read back as zeros.
 */
public final class DcRelease {
    private static final int FORCED_BIT = 0x10;
    private static final int SANITISE_BIT = 0x20;

    private DcRelease() {}

    /** What is taken. */
    public enum Policy implements Coded {
        BY_TAG(0),
        PRESCRIPTIVE(1);

        private final int code;

        Policy(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    /** Whether the host is asked. */
    public enum Force {
        ASKED,
        FORCED
    }

    /** Whether the device wipes what it took. */
    public enum Wipe {
        LEFT,
        SANITISED
    }

    /**
     * @param bytes how much, 0 to 2^63 - 1
     * @param tag 16 bytes
     */
    public record Request(
            int host, Policy policy, Force force, Wipe wipe, long bytes, Octets tag, List<DcExtent> extents)
            implements FmRequest<NoPayload> {
        public Request {
            Field.wordValue("host", host);
            Objects.requireNonNull(policy);
            Objects.requireNonNull(force);
            Objects.requireNonNull(wipe);
            Field.inRange("length", bytes, Long.MAX_VALUE);
            DcExtent.isTag(tag);
            extents = DcExtent.checked(due(policy), extents);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            int host = in.u16("host");
            int flags = in.u8("flags");
            Policy policy = Coded.of(Policy.values(), flags & 0x0F, "policy");
            in.skip(1);
            return new Request(
                    host,
                    policy,
                    (flags & FORCED_BIT) == 0 ? Force.ASKED : Force.FORCED,
                    (flags & SANITISE_BIT) == 0 ? Wipe.LEFT : Wipe.SANITISED,
                    in.size("length"),
                    in.bytes(DcExtent.TAG_BYTES, "tag"),
                    DcExtent.readPrescribed(in, due(policy)));
        }

        @Override
        public Opcode opcode() {
            return Opcode.RELEASE_DYNAMIC_CAPACITY;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            int flags = policy.code()
                    | (force == Force.FORCED ? FORCED_BIT : 0)
                    | (wipe == Wipe.SANITISED ? SANITISE_BIT : 0);
            out.u16(host).u8(flags).zeros(1).u64(bytes).bytes(tag);
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
