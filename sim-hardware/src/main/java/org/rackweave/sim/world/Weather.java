package org.rackweave.sim.world;

import java.util.Arrays;
import java.util.List;
import org.rackweave.daemon.conductor.Work;
import org.rackweave.protocol.membership.Liveness;
import org.rackweave.protocol.membership.MembershipEvent;

/** What befalls nodes and the network from outside, at the rate that the climate gives. */
final class Weather {
    private static final long LOOK_MILLIS = 2_000;

    private final World world;
    private final long[] fullAtMicros;

    Weather(World world, int nodes) {
        this.world = world;
        this.fullAtMicros = new long[nodes];
        Arrays.fill(fullAtMicros, Long.MIN_VALUE / 2);
    }

    /** Whether its disk has had room for so long. */
    boolean couldWriteFor(SimulatedNode node, long millis) {
        if (node.journal().isFull()) {
            fullAtMicros[node.index()] = world.agenda().nowMicros();
        }
        return world.agenda().nowMicros() - fullAtMicros[node.index()] > millis * Agenda.MICROS_PER_MILLI;
    }

    void begin(long faultyMillis) {
        Climate climate = world.climate();
        for (SimulatedNode node : world.nodes()) {
            every(climate.crashEveryMillis(), () -> node.crash("it is killed"));
            every(climate.rebootEveryMillis(), node::reboot);
            every(climate.fullEveryMillis(), () -> fill(node));
            every(climate.goodbyeEveryMillis(), () -> goodbye(node));
        }
        every(climate.splitEveryMillis(), this::split);
        look();
        if (world.nodes().size() > 2 && world.dice().oneIn(6)) {
            SimulatedNode leaving = world.dice().oneOf(world.nodes());
            world.agenda().inMillis(world.dice().between(faultyMillis / 4, faultyMillis - 1), leaving::goForGood);
        }
    }

    private void every(long millis, Runnable trouble) {
        if (!Climate.comes(millis)) {
            return;
        }
        world.agenda().inMillis(world.dice().between(1, 2 * millis), () -> {
            if (world.isFaulty()) {
                trouble.run();
                every(millis, trouble);
            }
        });
    }

    private void fill(SimulatedNode node) {
        node.journal().full(true);
        world.history().tell(node.name(), () -> "its disk is full");
        world.agenda().inMillis(world.dice().between(200, 6_000), () -> empty(node));
    }

    private void empty(SimulatedNode node) {
        couldWriteFor(node, 0);
        node.journal().full(false);
        world.history().tell(node.name(), () -> "its disk has room");
    }

    private void split() {
        List<SimulatedNode> nodes = world.nodes();
        Dice dice = world.dice();
        if (dice.oneIn(2)) {
            SimulatedNode from = dice.oneOf(nodes);
            SimulatedNode to = dice.oneOf(nodes);
            world.network().block(from, to);
            world.totals().reached(Probe.ONE_WAY_SPLIT);
            world.history().tell("network", () -> to.name() + " does not hear " + from.name());
        } else {
            int border = 1 + dice.below(Math.max(1, nodes.size() - 1));
            int shift = dice.below(nodes.size());
            for (SimulatedNode a : nodes) {
                for (SimulatedNode b : nodes) {
                    boolean sideA = (a.index() + shift) % nodes.size() < border;
                    boolean sideB = (b.index() + shift) % nodes.size() < border;
                    if (sideA != sideB) {
                        world.network().block(a, b);
                    }
                }
            }
            world.totals().reached(Probe.SPLIT);
            world.history().tell("network", () -> "is split: " + border + " of " + nodes.size());
        }
        world.agenda().inMillis(dice.between(500, 14_000), () -> {
            world.network().heal();
            world.history().tell("network", () -> "heals");
        });
    }

    private void goodbye(SimulatedNode node) {
        node.daemon().ifPresent(leaving -> {
            world.totals().reached(Probe.GOODBYE);
            world.history().tell(node.name(), () -> "is asked to stop");
            leaving.take(new Work.GiveAllBack("its borrower's daemon stops", () -> {}));
            world.agenda().inMillis(world.dice().between(100, 3_000), () -> {
                leaving.take(new Work.ForMembership(new MembershipEvent.Leaving("shutdown")));
                world.agenda().inMillis(20, () -> {
                    if (leaving.isAlive()) {
                        node.kill("it was asked to stop");
                        node.startIn(world.dice().between(500, 8_000));
                    }
                });
            });
        });
    }

    private void look() {
        boolean dead = world.nodes().stream()
                .flatMap(node -> node.daemon().stream())
                .flatMap(running -> running.view().neighbours().stream())
                .anyMatch(neighbour -> neighbour.liveness() == Liveness.DEAD);
        if (dead) {
            world.totals().reached(Probe.SEEN_DEAD);
        }
        if (world.isFaulty()) {
            world.agenda().inMillis(LOOK_MILLIS, this::look);
        }
    }
}
