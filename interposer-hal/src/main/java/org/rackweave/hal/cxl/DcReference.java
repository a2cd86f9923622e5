package org.rackweave.hal.cxl;

import java.util.Objects;
import org.rackweave.hal.mctp.Octets;

/**
 * Dynamic Capacity Add Reference, 5606h, and Remove Reference, 5607h: keeps capacity that can be shared, and its contents, also while
 * no host has it. Request: 0-15 tag. Response: nothing.
 */
public final class DcReference {
    private DcReference() {}

    /** Which of the two. */
    public enum Change {
        ADD,
        REMOVE
    }

    /** @param tag 16 bytes */
    public record Request(Change change, Octets tag) implements FmRequest<NoPayload> {
        public Request {
            Objects.requireNonNull(change);
            DcExtent.isTag(tag);
        }

        static Request readAdd(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Request(Change.ADD, in.bytes(DcExtent.TAG_BYTES, "tag"));
        }

        static Request readRemove(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Request(Change.REMOVE, in.bytes(DcExtent.TAG_BYTES, "tag"));
        }

        @Override
        public Opcode opcode() {
            return change == Change.ADD ? Opcode.ADD_DC_REFERENCE : Opcode.REMOVE_DC_REFERENCE;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.bytes(tag);
        }

        @Override
        public NoPayload readResponse(PayloadReader in, Dialect dialect) {
            return new NoPayload();
        }
    }
}
