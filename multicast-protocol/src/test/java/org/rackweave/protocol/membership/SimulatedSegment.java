package org.rackweave.protocol.membership;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.multicast.Announce;
import org.rackweave.protocol.multicast.Hello;
import org.rackweave.protocol.multicast.Leave;
import org.rackweave.protocol.multicast.NeighbourMessage;
import org.rackweave.protocol.multicast.Payload;

/**
 * A segment of real memberships on a simulated wire that delays and loses: one seed, one run. The gate is played by
 * what it lets through: only what a node's boot key signed whose hello was heard.
 */
final class SimulatedSegment {
    private static final long MAX_DELAY_MILLIS = 5;
    private static final long STRANGER_GAP_MILLIS = 1_000;

    /** What one node saw change. */
    record Seen(long atMillis, NodeId by, MembershipEffect.Changed change) {}

    private record Due(long atMillis, long number, Runnable action) {}

    private final MembershipTiming timing;
    private final double loss;
    private final SplittableRandom random;
    private final PriorityQueue<Due> queue = new PriorityQueue<>((a, b) -> a.atMillis() != b.atMillis()
            ? Long.compare(a.atMillis(), b.atMillis())
            : Long.compare(a.number(), b.number()));
    private final Map<NodeId, Node> nodes = new HashMap<>();
    private final List<Seen> seen = new ArrayList<>();
    private final List<Long> sentAtMillis = new ArrayList<>();
    private long now;
    private long number;

    SimulatedSegment(int size, MembershipTiming timing, double loss, long seed) {
        this.timing = timing;
        this.loss = loss;
        this.random = new SplittableRandom(seed);
        for (int i = 1; i <= size; i++) {
            boot(Said.node(i), 1);
        }
    }

    long now() {
        return now;
    }

    List<Seen> seenSince(long millis) {
        return seen.stream().filter(each -> each.atMillis() >= millis).toList();
    }

    long sentBetween(long fromMillis, long toMillis) {
        return sentAtMillis.stream()
                .filter(at -> at >= fromMillis && at < toMillis)
                .count();
    }

    RackView viewOf(NodeId node) {
        return node(node).membership.view(now);
    }

    void boot(NodeId id, long bootEpoch) {
        Node node = new Node(id, bootEpoch, random.nextLong());
        nodes.put(id, node);
        node.step(new MembershipEvent.Started());
    }

    void kill(NodeId id) {
        node(id).up = false;
    }

    void offer(NodeId id, long free) {
        node(id).step(new MembershipEvent.OfferingChanged(Said.memory(free)));
    }

    void leave(NodeId id) {
        node(id).step(new MembershipEvent.Leaving("shutdown"));
        kill(id);
    }

    void run(long millis) {
        long end = now + millis;
        while (!queue.isEmpty() && queue.peek().atMillis() <= end) {
            Due due = queue.remove();
            now = due.atMillis();
            due.action().run();
        }
        now = end;
    }

    /** Runs until the rack has converged, or this long; says which. */
    boolean convergesWithin(long millis) {
        long end = now + millis;
        while (now < end && !isConverged()) {
            run(100);
        }
        return isConverged();
    }

    /** True when every node that is up sees all others that are up as alive, in their incarnation. */
    boolean isConverged() {
        List<Node> up = nodes.values().stream().filter(node -> node.up).toList();
        return up.stream().allMatch(a -> up.stream().filter(b -> b != a).allMatch(b -> a.membership
                .view(now)
                .neighbour(b.id)
                .filter(seenAs -> seenAs.liveness() == Liveness.ALIVE && seenAs.bootEpoch() == b.bootEpoch)
                .isPresent()));
    }

    private Node node(NodeId id) {
        return nodes.get(id);
    }

    private void after(long millis, Runnable action) {
        queue.add(new Due(now + millis, number++, action));
    }

    private boolean isLost() {
        return random.nextDouble() < loss;
    }

    private void multicast(Node from, Payload payload) {
        sentAtMillis.add(now);
        var sender = Said.sender(from.id, from.bootEpoch, ++from.sequence);
        for (Node to : nodes.values()) {
            if (to != from && !isLost()) {
                after(random.nextLong(MAX_DELAY_MILLIS + 1), () -> to.receive(sender, payload));
            }
        }
    }

    private void probe(Node from, MembershipEffect.Probe probe) {
        // As CoAP retransmits: after 2 and 6 s, each time with both directions to be lost.
        for (long attemptMillis : new long[] {0, 2_000, 6_000}) {
            boolean questionLost = isLost();
            boolean answerLost = isLost();
            if (questionLost || answerLost) {
                continue;
            }
            after(attemptMillis + random.nextLong(2 * MAX_DELAY_MILLIS + 1), () -> {
                Node to = node(probe.node());
                if (to.up) {
                    from.step(new MembershipEvent.ProbeAnswered(probe.node(), to.bootEpoch));
                }
            });
            return;
        }
    }

    private final class Node {
        private final NodeId id;
        private final long bootEpoch;
        private final Membership membership;
        private final Map<NodeId, Long> knownKeys = new HashMap<>();
        private long sequence;
        private long strangerAllowedMillis;
        private long tickAtMillis = Long.MAX_VALUE;
        private boolean up = true;

        Node(NodeId id, long bootEpoch, long seed) {
            this.id = id;
            this.bootEpoch = bootEpoch;
            this.membership = new Membership(id, timing, Said.memory(0), Jitter.seeded(seed));
        }

        void receive(NeighbourMessage.Sender sender, Payload payload) {
            if (!up) {
                return;
            }
            if (payload instanceof Hello hello) {
                knownKeys.put(sender.node(), sender.bootEpoch());
                step(new MembershipEvent.Heard(new NeighbourMessage.HelloHeard(sender, hello, Hello.Seal.GROUP)));
            } else if (!Long.valueOf(sender.bootEpoch()).equals(knownKeys.get(sender.node()))) {
                if (now >= strangerAllowedMillis) {
                    strangerAllowedMillis = now + STRANGER_GAP_MILLIS;
                    step(Said.stranger());
                }
            } else if (payload instanceof Announce announce) {
                step(new MembershipEvent.Heard(new NeighbourMessage.AnnounceHeard(sender, announce)));
            } else if (payload instanceof Leave leave) {
                step(new MembershipEvent.Heard(new NeighbourMessage.LeaveHeard(sender, leave)));
            }
        }

        void step(MembershipEvent event) {
            if (!up) {
                return;
            }
            membership.step(event, now).forEach(this::carryOut);
            planTick();
        }

        private void planTick() {
            long deadline = membership.nextDeadline().orElse(Long.MAX_VALUE);
            if (deadline < tickAtMillis) {
                tickAtMillis = deadline;
                after(deadline - now, this::tick);
            }
        }

        private void tick() {
            tickAtMillis = Long.MAX_VALUE;
            // The deadline may have moved since this tick was planned.
            if (membership.nextDeadline().orElse(Long.MAX_VALUE) <= now) {
                step(new MembershipEvent.Tick());
            } else {
                planTick();
            }
        }

        private void carryOut(MembershipEffect effect) {
            switch (effect.kind()) {
                case SEND_HELLO -> {
                    Hello.Purpose purpose = ((MembershipEffect.SendHello) effect).purpose();
                    multicast(this, new Hello(id, bootEpoch, Said.PORT, new byte[] {1}, new byte[] {2}, purpose));
                }
                case SEND_ANNOUNCE -> {
                    MembershipEffect.SendAnnounce say = (MembershipEffect.SendAnnounce) effect;
                    multicast(
                            this,
                            new Announce(
                                    id, bootEpoch, say.version(), 0, say.periodMillis(), Said.PORT, say.offering()));
                }
                case SEND_LEAVE ->
                    multicast(this, new Leave(id, bootEpoch, ((MembershipEffect.SendLeave) effect).reason()));
                case PROBE -> probe(this, (MembershipEffect.Probe) effect);
                case CHANGED -> seen.add(new Seen(now, id, (MembershipEffect.Changed) effect));
            }
        }
    }
}
