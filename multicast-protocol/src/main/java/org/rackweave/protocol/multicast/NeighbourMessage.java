package org.rackweave.protocol.multicast;

import java.net.InetAddress;
import java.util.Objects;
import org.rackweave.crypto.NodeId;

/**
 * What the multicast side has to tell the rest of the daemon. All but {@link StrangerHeard} and {@link
 * OtherGroupHeard} is verified to the signature.
 */
public sealed interface NeighbourMessage {
    /** Which one, for switches that the compiler checks. */
    Kind kind();

    /** All of them. */
    enum Kind {
        HELLO,
        ANNOUNCE,
        LEAVE,
        STRANGER,
        OTHER_GROUP
    }

    /** A neighbour showed its certificate and its boot key, and both hold. */
    record HelloHeard(Sender sender, Hello hello, Hello.Seal seal) implements NeighbourMessage {
        public HelloHeard {
            Objects.requireNonNull(sender);
            Objects.requireNonNull(hello);
            Objects.requireNonNull(seal);
        }

        @Override
        public Kind kind() {
            return Kind.HELLO;
        }
    }

    /** A neighbour is there, and says what it has. */
    record AnnounceHeard(Sender sender, Announce announce) implements NeighbourMessage {
        public AnnounceHeard {
            Objects.requireNonNull(sender);
            Objects.requireNonNull(announce);
        }

        @Override
        public Kind kind() {
            return Kind.ANNOUNCE;
        }
    }

    /** A neighbour says goodbye. */
    record LeaveHeard(Sender sender, Leave leave) implements NeighbourMessage {
        public LeaveHeard {
            Objects.requireNonNull(sender);
            Objects.requireNonNull(leave);
        }

        @Override
        public Kind kind() {
            return Kind.LEAVE;
        }
    }

    /**
     * Somebody speaks whose boot key is not known here: a neighbour whose hello was lost, or an outsider. Unverified;
     * good for nothing but asking for hellos. At most one a second is passed on.
     */
    record StrangerHeard(InetAddress source) implements NeighbourMessage {
        public StrangerHeard {
            Objects.requireNonNull(source);
        }

        @Override
        public Kind kind() {
            return Kind.STRANGER;
        }
    }

    /**
     * Somebody speaks under a group key that is not held here: a member before or after a rotation, or an outsider. Unverified, the
     * name too; good for nothing but asking over DTLS. At most one a second is passed on.
     *
     * @param claimed who it says to be
     */
    record OtherGroupHeard(NodeId claimed, InetAddress source) implements NeighbourMessage {
        public OtherGroupHeard {
            Objects.requireNonNull(claimed);
            Objects.requireNonNull(source);
        }

        @Override
        public Kind kind() {
            return Kind.OTHER_GROUP;
        }
    }

    /**
     * Who spoke, as the seal and the signature prove it.
     *
     * @param node the node whose boot key signed
     * @param name its name from its certificate
     * @param bootEpoch the incarnation that the boot key belongs to
     * @param sequence grows with each datagram of an incarnation
     * @param address where the datagram came from; not proven
     */
    record Sender(NodeId node, String name, long bootEpoch, long sequence, InetAddress address) {
        public Sender {
            Objects.requireNonNull(node);
            Objects.requireNonNull(name);
            Objects.requireNonNull(address);
        }
    }
}
