package org.rackweave.sim.world;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.multicast.Announce;
import org.rackweave.protocol.multicast.Hello;
import org.rackweave.protocol.multicast.Leave;
import org.rackweave.protocol.multicast.NeighbourMessage;
import org.rackweave.protocol.multicast.NeighbourMessage.Sender;

/** What the real gate lets through, without its cryptography: no repeat, and nobody whose hello was not heard. */
final class Gate {
    private static final long STRANGER_GAP_MILLIS = 1_000;

    private final Map<NodeId, Long> knownBoots = new HashMap<>();
    private final Map<NodeId, Set<Long>> seen = new HashMap<>();
    private long nextStrangerMillis;

    Optional<NeighbourMessage> pass(Datagram datagram, long nowMillis) {
        Sender sender = datagram.sender();
        if (datagram.payload() instanceof Hello hello) {
            if (!meets(sender)) {
                return Optional.empty();
            }
            return fresh(sender)
                    ? Optional.of(new NeighbourMessage.HelloHeard(sender, hello, Hello.Seal.GROUP))
                    : Optional.empty();
        }
        if (knownBoots.getOrDefault(sender.node(), 0L) != sender.bootEpoch()) {
            return stranger(sender, nowMillis);
        }
        if (!fresh(sender)) {
            return Optional.empty();
        }
        return datagram.payload() instanceof Announce announce
                ? Optional.of(new NeighbourMessage.AnnounceHeard(sender, announce))
                : Optional.of(new NeighbourMessage.LeaveHeard(sender, (Leave) datagram.payload()));
    }

    /** A newer incarnation replaces an older one; an older one is a recording. */
    private boolean meets(Sender sender) {
        long known = knownBoots.getOrDefault(sender.node(), 0L);
        if (sender.bootEpoch() > known) {
            knownBoots.put(sender.node(), sender.bootEpoch());
            seen.put(sender.node(), new HashSet<>());
        }
        return sender.bootEpoch() >= known;
    }

    private boolean fresh(Sender sender) {
        return seen.computeIfAbsent(sender.node(), node -> new HashSet<>()).add(sender.sequence());
    }

    private Optional<NeighbourMessage> stranger(Sender sender, long nowMillis) {
        if (nowMillis < nextStrangerMillis) {
            return Optional.empty();
        }
        nextStrangerMillis = nowMillis + STRANGER_GAP_MILLIS;
        return Optional.of(new NeighbourMessage.StrangerHeard(sender.address()));
    }
}
