package org.rackweave.protocol.membership;

import java.util.Objects;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.multicast.Endpoint;
import org.rackweave.protocol.multicast.Hello;
import org.rackweave.protocol.multicast.Offering;

/** What the membership wants done, in the order of the list that carries it. */
public sealed interface MembershipEffect {
    /** Which one, for switches that the compiler checks. */
    Kind kind();

    /** All effects. */
    enum Kind {
        SEND_HELLO,
        SEND_ANNOUNCE,
        SEND_LEAVE,
        PROBE,
        CHANGED
    }

    /** Multicast a hello. */
    record SendHello(Hello.Purpose purpose, Hello.Seal seal) implements MembershipEffect {
        public SendHello {
            Objects.requireNonNull(purpose);
            Objects.requireNonNull(seal);
        }

        @Override
        public Kind kind() {
            return Kind.SEND_HELLO;
        }
    }

    /**
     * Multicast an announcement.
     *
     * @param version of the offering
     * @param periodMillis what neighbours measure this node's silence by
     * @param offering what to say
     */
    record SendAnnounce(long version, long periodMillis, Offering offering) implements MembershipEffect {
        public SendAnnounce {
            Objects.requireNonNull(offering);
        }

        @Override
        public Kind kind() {
            return Kind.SEND_ANNOUNCE;
        }
    }

    /** Multicast a goodbye. */
    record SendLeave(String reason) implements MembershipEffect {
        public SendLeave {
            Objects.requireNonNull(reason);
        }

        @Override
        public Kind kind() {
            return Kind.SEND_LEAVE;
        }
    }

    /**
     * Ask this node over DTLS who it is, and answer with {@link MembershipEvent.ProbeAnswered} when its certificate
     * proves that it is {@code node}, else with {@link MembershipEvent.ProbeFailed}. An answer that comes late is
     * still worth telling.
     *
     * @param withinMillis after this the membership takes it for failed by itself, and may ask again
     */
    record Probe(NodeId node, Endpoint endpoint, long withinMillis) implements MembershipEffect {
        public Probe {
            Objects.requireNonNull(node);
            Objects.requireNonNull(endpoint);
        }

        @Override
        public Kind kind() {
            return Kind.PROBE;
        }
    }

    /** A neighbour's liveness changed: tell whoever watches. */
    record Changed(NodeId node, String name, Liveness from, Liveness to, ChangeReason reason)
            implements MembershipEffect {
        public Changed {
            Objects.requireNonNull(node);
            Objects.requireNonNull(name);
            Objects.requireNonNull(from);
            Objects.requireNonNull(to);
            Objects.requireNonNull(reason);
        }

        @Override
        public Kind kind() {
            return Kind.CHANGED;
        }
    }
}
