package org.rackweave.protocol.membership;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.multicast.Announce;
import org.rackweave.protocol.multicast.Hello;
import org.rackweave.protocol.multicast.Leave;
import org.rackweave.protocol.multicast.Mark;
import org.rackweave.protocol.multicast.NeighbourMessage;
import org.rackweave.protocol.multicast.NodeFlag;
import org.rackweave.protocol.multicast.Offering;

/** Messages as the gate would hand them on, for tests of the membership. */
final class Said {
    static final int PORT = 5684;

    private Said() {}

    static NodeId node(int number) {
        return new NodeId(0x1000 + number, number);
    }

    static Offering memory(long free) {
        return new Offering(
                List.of(new NodeView.Capacity(ResourceKind.MEMORY, 1 << 30, free, free)),
                Set.of(NodeFlag.LENDER),
                Mark.NONE,
                Mark.NONE);
    }

    static MembershipEvent hello(NodeId node, long bootEpoch, long sequence, Hello.Purpose purpose) {
        Hello hello = new Hello(node, bootEpoch, PORT, new byte[] {1}, new byte[] {2}, purpose);
        return new MembershipEvent.Heard(
                new NeighbourMessage.HelloHeard(sender(node, bootEpoch, sequence), hello, Hello.Seal.GROUP));
    }

    static MembershipEvent entryHello(NodeId node, long bootEpoch, long sequence, Hello.Purpose purpose) {
        Hello hello = new Hello(node, bootEpoch, PORT, new byte[] {1}, new byte[] {2}, purpose);
        return new MembershipEvent.Heard(
                new NeighbourMessage.HelloHeard(sender(node, bootEpoch, sequence), hello, Hello.Seal.ENTRY));
    }

    static MembershipEvent announce(NodeId node, long bootEpoch, long sequence, long periodMillis, Offering offering) {
        Announce announce = new Announce(node, bootEpoch, 1, 0, periodMillis, PORT, offering);
        return new MembershipEvent.Heard(
                new NeighbourMessage.AnnounceHeard(sender(node, bootEpoch, sequence), announce));
    }

    static MembershipEvent leave(NodeId node, long bootEpoch, long sequence) {
        return new MembershipEvent.Heard(new NeighbourMessage.LeaveHeard(
                sender(node, bootEpoch, sequence), new Leave(node, bootEpoch, "shutdown")));
    }

    static MembershipEvent stranger() {
        return new MembershipEvent.Heard(new NeighbourMessage.StrangerHeard(address(99)));
    }

    static NeighbourMessage.Sender sender(NodeId node, long bootEpoch, long sequence) {
        return new NeighbourMessage.Sender(node, "n" + node.low(), bootEpoch, sequence, address((int) node.low()));
    }

    static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, (byte) (last >> 8), (byte) last});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
