package org.rackweave.sim.world;

import java.util.Objects;
import org.rackweave.protocol.multicast.NeighbourMessage.Sender;
import org.rackweave.protocol.multicast.Payload;

/** What one node said to all others. */
record Datagram(Sender sender, Payload payload) {
    Datagram {
        Objects.requireNonNull(sender);
        Objects.requireNonNull(payload);
    }
}
