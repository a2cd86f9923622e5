package org.rackweave.protocol.membership;

import java.util.Objects;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.multicast.NeighbourMessage;
import org.rackweave.protocol.multicast.Offering;

/** What the membership is told. */
public sealed interface MembershipEvent {
    /** Which one, for switches that the compiler checks. */
    Kind kind();

    /** All events. */
    enum Kind {
        STARTED,
        HEARD,
        PROBE_ANSWERED,
        PROBE_FAILED,
        OFFERING_CHANGED,
        REVOKED,
        DEAF,
        LEAVING,
        TICK
    }

    /** The daemon can send and receive. Comes first, once. */
    record Started() implements MembershipEvent {
        @Override
        public Kind kind() {
            return Kind.STARTED;
        }
    }

    /** The multicast side heard something. */
    record Heard(NeighbourMessage message) implements MembershipEvent {
        public Heard {
            Objects.requireNonNull(message);
        }

        @Override
        public Kind kind() {
            return Kind.HEARD;
        }
    }

    /**
     * A neighbour answered a probe over DTLS and proved by its certificate that it is {@code node}.
     *
     * @param bootEpoch the incarnation that its answer names; one that differs from the one heard confirms nothing
     */
    record ProbeAnswered(NodeId node, long bootEpoch) implements MembershipEvent {
        public ProbeAnswered {
            Objects.requireNonNull(node);
        }

        @Override
        public Kind kind() {
            return Kind.PROBE_ANSWERED;
        }
    }

    /** A probe got no answer, or somebody else's. */
    record ProbeFailed(NodeId node) implements MembershipEvent {
        public ProbeFailed {
            Objects.requireNonNull(node);
        }

        @Override
        public Kind kind() {
            return Kind.PROBE_FAILED;
        }
    }

    /** What this node has to say about itself is now this. The same as before is no change. */
    record OfferingChanged(Offering offering) implements MembershipEvent {
        public OfferingChanged {
            Objects.requireNonNull(offering);
        }

        @Override
        public Kind kind() {
            return Kind.OFFERING_CHANGED;
        }
    }

    /** The rack's authority revoked a neighbour. */
    record Revoked(NodeId node) implements MembershipEvent {
        public Revoked {
            Objects.requireNonNull(node);
        }

        @Override
        public Kind kind() {
            return Kind.REVOKED;
        }
    }

    /** Somebody speaks under a group key that is not held here, and nobody was found who gave it. */
    record Deaf() implements MembershipEvent {
        @Override
        public Kind kind() {
            return Kind.DEAF;
        }
    }

    /**
     * This node is going. After it, nothing is sent any more.
     *
     * @param reason the word of {@link org.rackweave.protocol.multicast.Leave}
     */
    record Leaving(String reason) implements MembershipEvent {
        public Leaving {
            Objects.requireNonNull(reason);
        }

        @Override
        public Kind kind() {
            return Kind.LEAVING;
        }
    }

    /** Nothing but time has passed. */
    record Tick() implements MembershipEvent {
        @Override
        public Kind kind() {
            return Kind.TICK;
        }
    }
}
