package org.rackweave.protocol.group;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.KeyMark;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackId;

/**
 * The cores of a rack on a segment that loses datagrams, is split and heals, whose nodes stop and restart, in virtual time. What
 * membership does is cut short: who can be reached is alive, a little later; endpoints are known from hellos.
 */
final class SimulatedRack {
    static final long ANNOUNCE_MILLIS = 1_000;
    /** None of three was answered. */
    private static final int NO_ATTEMPT = 3;

    private static final long ALIVE_DELAY_MILLIS = 4_000;
    private static final MadeKey FIRST = MadeKey.first(GroupKey.of(1, new byte[GroupKey.KEY_BYTES]), new RackId(0, 9));

    private final SplittableRandom random;
    private final GroupTiming timing;
    private final double loss;
    private final Map<NodeId, Node> nodes = new TreeMap<>();
    private final PriorityQueue<Due> queue =
            new PriorityQueue<>(Comparator.comparingLong(Due::atMillis).thenComparingLong(Due::number));
    private long now;
    private long number;
    private long drawn;
    private long listNumber;
    private final Set<NodeId> revoked = new HashSet<>();

    private record Due(long atMillis, long number, Runnable action) {}

    SimulatedRack(int size, GroupTiming timing, double loss, long seed) {
        this.timing = timing;
        this.loss = loss;
        this.random = new SplittableRandom(seed);
        for (int i = 1; i <= size; i++) {
            nodes.put(id(i), new Node(id(i)));
        }
        nodes.values().forEach(Node::boot);
    }

    static NodeId id(int number) {
        return new NodeId(0, number);
    }

    long now() {
        return now;
    }

    Node node(int number) {
        return nodes.get(id(number));
    }

    List<Node> members() {
        return nodes.values().stream()
                .filter(node -> node.isUp && !revoked.contains(node.id))
                .toList();
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

    /** Nodes with a number below this are on one side. */
    void split(int below) {
        nodes.values().forEach(node -> node.side = node.id.low() < below ? 0 : 1);
        connectionsChanged();
    }

    void heal() {
        nodes.values().forEach(node -> node.side = 0);
        connectionsChanged();
    }

    void stop(int number) {
        node(number).isUp = false;
        connectionsChanged();
    }

    void restart(int number) {
        node(number).boot();
        connectionsChanged();
    }

    /** The authority revokes a node, and an operator brings the list to another. */
    void revoke(int number, int toldTo) {
        revoked.add(id(number));
        listNumber++;
        node(toldTo).holds(listNumber);
        connectionsChanged();
    }

    private void connectionsChanged() {
        nodes.values().forEach(node -> node.connectedSinceMillis.clear());
        after(ALIVE_DELAY_MILLIS, () -> nodes.values().forEach(Node::lookAround));
    }

    private void after(long millis, Runnable action) {
        queue.add(new Due(now + millis, number++, action));
    }

    private boolean isLost() {
        return random.nextDouble() < loss;
    }

    private boolean isConnected(Node a, Node b) {
        return a != b && a.isUp && b.isUp && a.side == b.side;
    }

    /** One node: its core, its disk, and what it heard of whom when. */
    final class Node {
        final NodeId id;
        final Set<KeyMark> everHad = new HashSet<>();
        private final Map<NodeId, Long> heardMillis = new HashMap<>();
        private final Map<NodeId, Long> connectedSinceMillis = new HashMap<>();
        private final Set<NodeId> endpoints = new HashSet<>();
        private List<MadeKey> disk = List.of(FIRST);
        private long list;
        private long boot;
        private boolean isUp;
        private int side;
        private long otherGroupAtMillis;
        GroupKeys keys = new GroupKeys(id(0), timing, disk, 0, 0, 0);

        private Node(NodeId id) {
            this.id = id;
        }

        private void boot() {
            isUp = true;
            boot++;
            heardMillis.clear();
            endpoints.clear();
            keys = new GroupKeys(id, timing, disk, 0, list, now);
            long thisBoot = boot;
            after(random.nextLong(2_000), () -> hello(thisBoot));
            after(2_000 + random.nextLong(ANNOUNCE_MILLIS), () -> announce(thisBoot));
            wake(thisBoot);
            lookAround();
        }

        private boolean isRunning(long thisBoot) {
            return isUp && boot == thisBoot;
        }

        /** Under the entry key, and answered under it: all learn endpoints. */
        private void hello(long thisBoot) {
            if (isRunning(thisBoot)) {
                nodes.values().stream()
                        .filter(other -> isConnected(this, other))
                        .forEach(other -> {
                            if (!isLost()) {
                                other.endpoints.add(id);
                            }
                            if (!isLost()) {
                                endpoints.add(other.id);
                            }
                        });
            }
        }

        private void lookAround() {
            if (isUp) {
                step(new GroupEvent.RackChanged(nodes.values().stream()
                        .filter(other -> isConnected(this, other) && !isBanned(other))
                        .map(other -> other.id)
                        .collect(Collectors.toSet())));
            }
        }

        private boolean isBanned(Node other) {
            return list > 0 && list == listNumber && revoked.contains(other.id);
        }

        private void holds(long newList) {
            if (newList > list && !revoked.contains(id)) {
                list = newList;
                step(new GroupEvent.RevocationsHeld(list));
                lookAround();
            }
        }

        private void wake(long thisBoot) {
            after(100, () -> {
                if (isRunning(thisBoot)) {
                    if (keys.nextDeadline().orElse(Long.MAX_VALUE) <= now) {
                        step(new GroupEvent.Tick());
                    }
                    wake(thisBoot);
                }
            });
        }

        private void announce(long thisBoot) {
            if (!isRunning(thisBoot)) {
                return;
            }
            KeyMark seal = keys.sending().mark();
            KeyMark mark = keys.mark();
            long itsList = list;
            for (Node other : nodes.values()) {
                if (isConnected(this, other) && !isLost()) {
                    after(random.nextLong(20), () -> other.hear(this, seal, mark, itsList));
                }
            }
            after(ANNOUNCE_MILLIS * 4 / 5 + random.nextLong(ANNOUNCE_MILLIS * 2 / 5), () -> announce(thisBoot));
        }

        private void hear(Node from, KeyMark seal, KeyMark mark, long itsList) {
            if (!isUp || isBanned(from)) {
                return;
            }
            if (keys.accepted().stream().noneMatch(key -> key.mark().equals(seal))) {
                if (now >= otherGroupAtMillis) {
                    otherGroupAtMillis = now + 1_000;
                    step(new GroupEvent.OtherGroupHeard(from.id));
                }
                return;
            }
            endpoints.add(from.id);
            heardMillis.put(from.id, now);
            if (itsList > list) {
                after(100, () -> holds(itsList));
            }
            step(new GroupEvent.MarkHeard(from.id, mark));
        }

        void order() {
            step(new GroupEvent.RotationOrdered());
        }

        private void step(GroupEvent event) {
            for (GroupEffect effect : keys.step(event, now)) {
                switch (effect.kind()) {
                    case MAKE -> step(new GroupEvent.Made(draw((GroupEffect.Make) effect)));
                    case KEEP -> disk = ((GroupEffect.Keep) effect).keys();
                    case ASK -> ask(nodes.get(((GroupEffect.Ask) effect).node()));
                    case DEAF -> {
                        long thisBoot = boot;
                        after(random.nextLong(ANNOUNCE_MILLIS), () -> hello(thisBoot));
                    }
                    case USE, TELL -> {}
                }
            }
            keys.accepted().forEach(key -> everHad.add(key.mark()));
        }

        private MadeKey draw(GroupEffect.Make make) {
            byte[] bytes = ByteBuffer.allocate(GroupKey.KEY_BYTES)
                    .putLong(++drawn)
                    .putLong(random.nextLong())
                    .array();
            return new MadeKey(GroupKey.of(make.number(), bytes), make.revocations(), id, now);
        }

        private void ask(Node other) {
            long thisBoot = boot;
            boolean isKnown = endpoints.contains(other.id);
            // As CoAP repeats: at once, after 2 s and after 6 s, each time with both directions to be lost.
            int attempt = isKnown ? attempt() : NO_ATTEMPT;
            long takesMillis = isKnown ? List.of(0L, 2_000L, 6_000L, 10_000L).get(attempt) + random.nextLong(300) : 0;
            after(takesMillis, () -> {
                if (!isRunning(thisBoot)) {
                    return;
                }
                boolean isAnswered = attempt < NO_ATTEMPT && isConnected(this, other);
                boolean isMember = !other.isBanned(this) && !isBanned(other);
                List<MadeKey> given = isAnswered && isMember ? other.keys.toGive() : List.of();
                if (given.stream().anyMatch(key -> key.revocations() > list)) {
                    holds(other.list);
                }
                step(new GroupEvent.Answered(other.id, given));
            });
        }

        private boolean isUnanswered() {
            return random.nextDouble() >= (1 - loss) * (1 - loss);
        }

        private int attempt() {
            int attempt = 0;
            while (attempt < NO_ATTEMPT && isUnanswered()) {
                attempt++;
            }
            return attempt;
        }

        /** For how long a neighbour that could be heard all that time was not; 0 when it could not. */
        long unheardMillis(Node other) {
            if (!isConnected(this, other)) {
                connectedSinceMillis.remove(other.id);
                return 0;
            }
            long since = connectedSinceMillis.computeIfAbsent(other.id, unused -> now);
            return now - Math.max(since, heardMillis.getOrDefault(other.id, 0L));
        }
    }

    List<Node> all() {
        return new ArrayList<>(nodes.values());
    }

    boolean isRevoked(Node node) {
        return revoked.contains(node.id);
    }
}
