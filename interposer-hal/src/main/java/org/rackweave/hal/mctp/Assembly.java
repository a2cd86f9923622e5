package org.rackweave.hal.mctp;

/** What became of one packet. */
public sealed interface Assembly {
    /** Which of them it is. */
    enum Kind {
        COMPLETE,
        PARTIAL,
        REFUSED
    }

    Kind kind();

    /** The packet was the last one of this message. */
    record Complete(MctpMessage message) implements Assembly {
        @Override
        public Kind kind() {
            return Kind.COMPLETE;
        }
    }

    /** More packets are needed. */
    record Partial() implements Assembly {
        @Override
        public Kind kind() {
            return Kind.PARTIAL;
        }
    }

    /** The packet, and what was gathered before it, are dropped. */
    record Refused(MctpFault fault, String detail) implements Assembly {
        @Override
        public Kind kind() {
            return Kind.REFUSED;
        }
    }
}
