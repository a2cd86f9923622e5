package org.rackweave.sim.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.multicast.Announce;
import org.rackweave.protocol.multicast.Hello;
import org.rackweave.protocol.multicast.Leave;
import org.rackweave.protocol.multicast.Mark;
import org.rackweave.protocol.multicast.NodeFlag;
import org.rackweave.protocol.multicast.Offering;
import org.rackweave.protocol.multicast.Payload;

class PapersTest {
    private static final NodeId NODE = new NodeId(7, 2);
    private static final InetAddress FROM = InetAddress.getLoopbackAddress();
    private static final Offering OFFERING = new Offering(
            List.of(new NodeView.Capacity(ResourceKind.MEMORY, 8, 4, 4)),
            Set.of(NodeFlag.LENDER),
            Mark.NONE,
            Mark.NONE);
    private static final List<Payload> SAID = List.of(
            new Hello(NODE, 3, 5_684, new byte[] {1}, new byte[] {1}, Hello.Purpose.TELL),
            new Announce(NODE, 3, 9, 0, 1_000, 5_684, OFFERING),
            new Leave(NODE, 3, "shutdown"));

    @Test
    void whatArrivesAsItWasSentIsBelievedAsItWasSaid() {
        for (Payload said : SAID) {
            assertThat(Papers.drawn().throughTheGate(said, FROM, UnaryOperator.identity()))
                    .contains(said);
        }
    }

    @Test
    void noBitOfADatagramCanBeTurnedOver() {
        Payload said = SAID.get(1);
        AtomicInteger bits = new AtomicInteger(1);
        for (int bit = 0; bit < bits.get(); bit += 7) {
            int turned = bit;
            assertThat(Papers.drawn().throughTheGate(said, FROM, bytes -> {
                        bits.set(Byte.SIZE * bytes.length);
                        byte[] damaged = bytes.clone();
                        damaged[turned / Byte.SIZE] ^= (byte) (1 << (turned % Byte.SIZE));
                        return damaged;
                    }))
                    .as("bit %d", turned)
                    .isEmpty();
        }
        assertThat(bits).hasValueGreaterThan(1_000);
    }
}
