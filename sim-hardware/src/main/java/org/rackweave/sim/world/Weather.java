package org.rackweave.sim.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.rackweave.daemon.conductor.Work;
import org.rackweave.daemon.lease.LoanRow;
import org.rackweave.protocol.membership.Liveness;
import org.rackweave.protocol.membership.MembershipEvent;

/** What befalls nodes and the network from outside, at the rate that the climate gives. */
final class Weather {
    private static final long LOOK_MILLIS = 2_000;
    /** More than give a loan a fresh term. */
    private static final long MOST_REBOOTS_IN_A_ROW = 4;

    private final World world;
    private final long[] unableAtMicros;

    Weather(World world, int nodes) {
        this.world = world;
        this.unableAtMicros = new long[nodes];
        Arrays.fill(unableAtMicros, Long.MIN_VALUE / 2);
    }

    /** Whether its disk has had room, and its process has run, for so long. */
    boolean couldActFor(SimulatedNode node, long millis) {
        boolean isStill = node.daemon().map(SimulatedDaemon::isStill).orElse(true);
        if (node.journal().isFull() || isStill) {
            wasUnable(node);
        }
        return world.agenda().nowMicros() - unableAtMicros[node.index()] > millis * Agenda.MICROS_PER_MILLI;
    }

    private void wasUnable(SimulatedNode node) {
        unableAtMicros[node.index()] = world.agenda().nowMicros();
    }

    void begin(long faultyMillis) {
        Climate climate = world.climate();
        for (SimulatedNode node : world.nodes()) {
            every(Trouble.KILL, climate.crashEveryMillis(), dice -> node.crash("it is killed"));
            every(Trouble.REBOOT, climate.rebootEveryMillis(), dice -> reboot(node, dice));
            every(Trouble.STALL, climate.stallEveryMillis(), dice -> stall(node, dice));
            every(Trouble.FULL_DISK, climate.fullEveryMillis(), dice -> fill(node, dice));
            every(Trouble.GOODBYE, climate.goodbyeEveryMillis(), dice -> goodbye(node, dice));
            every(Trouble.CLOCK_JUMP, climate.jumpEveryMillis(), dice -> jump(node));
            every(Trouble.OLD_LEDGER, climate.oldLedgerEveryMillis(), dice -> restore(node, dice));
            every(Trouble.GONE_DEVICE, climate.goneDeviceEveryMillis(), dice -> takeAway(node, dice));
            every(Trouble.SWITCH_RESET, climate.switchResetEveryMillis(), dice -> reset(node, dice));
            every(Trouble.FOREIGN_HAND, climate.foreignHandEveryMillis(), dice -> meddle(node, dice));
        }
        every(Trouble.SPLIT, climate.splitEveryMillis(), this::choke);
        look();
        Troubles troubles = world.troubles();
        if (world.nodes().size() > 2 && troubles.strikesOneIn(Trouble.LEAVING, 6)) {
            Dice dice = troubles.details(Trouble.LEAVING);
            SimulatedNode leaving = dice.oneOf(world.nodes());
            world.agenda().inMillis(dice.between(faultyMillis / 4, faultyMillis - 1), leaving::goForGood);
        }
    }

    private void every(Trouble trouble, long millis, Consumer<Dice> strike) {
        if (!Climate.comes(millis)) {
            return;
        }
        Troubles troubles = world.troubles();
        world.agenda().inMillis(troubles.dice(trouble).between(1, 2 * millis), () -> {
            if (world.isFaulty()) {
                if (troubles.comes(trouble)) {
                    strike.accept(troubles.details(trouble));
                }
                every(trouble, millis, strike);
            }
        });
    }

    private void stall(SimulatedNode node, Dice dice) {
        long millis = dice.between(100, 8_000);
        node.daemon().ifPresent(running -> {
            world.totals().reached(Probe.STALLED);
            world.history().tell(node.name(), () -> "stands still for " + millis + " ms");
            running.standStill(millis);
        });
    }

    /** One time in three it does so again and again, as soon as its daemon is up: nobody has renewed anything by then. */
    private void reboot(SimulatedNode node, Dice dice) {
        node.reboot();
        if (dice.oneIn(3)) {
            rebootAgain(node, dice.between(1, MOST_REBOOTS_IN_A_ROW), dice);
        }
    }

    private void rebootAgain(SimulatedNode node, long times, Dice dice) {
        world.agenda().inMillis(dice.between(5, 200), () -> {
            if (times > 0 && world.isFaulty() && !node.isGoneForGood()) {
                boolean isUp = node.isUp();
                if (isUp) {
                    node.reboot();
                }
                rebootAgain(node, isUp ? times - 1 : times, dice);
            }
        });
    }

    private void jump(SimulatedNode node) {
        node.clock().jump();
        world.totals().reached(Probe.CLOCK_JUMPED);
    }

    /** Somebody stops a node, puts a copy of its ledger in place that was made a while before, and starts it again. */
    private void restore(SimulatedNode node, Dice dice) {
        for (SliceHardware slice : node.hardware().slices()) {
            if (!slice.fencesWhatIsLate()) {
                // What such a slice went through since, nobody could know.
                return;
            }
        }
        SimulatedJournal.Copy copy = node.journal().copy();
        long afterMillis = dice.between(500, 15_000);
        long downMillis = dice.between(100, 3_000);
        world.agenda().inMillis(afterMillis, () -> {
            boolean isFenced = true;
            for (SliceHardware slice : node.hardware().slices()) {
                // A hand that moves a slice raises no epoch: an older ledger beside it could not be told from the
                // newest.
                isFenced &= slice.fencesWhatIsLate() && !slice.hasStrangersData();
            }
            if (world.isFaulty() && isFenced && node.isUp()) {
                node.kill("for an older copy of its ledger");
                List<LoanRow> known = List.copyOf(node.journal().loans());
                node.journal().restore(copy);
                world.watch().forgetsItsReleases(node, known);
                world.totals().reached(Probe.LEDGER_RESTORED);
                world.watch().restored(node);
                node.startIn(downMillis);
            }
        });
    }

    private void takeAway(SimulatedNode node, Dice dice) {
        List<SliceHardware> there = settled(node);
        if (there.isEmpty()) {
            return;
        }
        SliceHardware slice = dice.oneOf(there);
        boolean comesBackReset = dice.oneIn(2);
        slice.goAway();
        world.totals().reached(Probe.DEVICE_GONE);
        world.history().tell(node.name() + " hw", () -> slice.facts().key() + " disappears");
        world.agenda().inMillis(dice.between(50, 9_000), () -> {
            if (slice.isGone()) {
                slice.comeBack();
                world.history()
                        .tell(
                                node.name() + " hw",
                                () -> slice.facts().key() + " is there again" + (comesBackReset ? ", reset" : ""));
                if (comesBackReset && !world.watch().isMeddled(node, slice)) {
                    slice.reset("");
                    world.watch().meddled(node, slice);
                }
            }
        });
    }

    private void reset(SimulatedNode node, Dice dice) {
        boolean bindsByItself = dice.oneIn(2);
        world.history().tell(node.name() + " hw", () -> "the switch resets");
        for (SliceHardware slice : settled(node)) {
            slice.reset(bindsByItself ? "port-0" : "");
            world.totals().reached(bindsByItself ? Probe.SWITCH_BOUND_BY_ITSELF : Probe.SWITCH_RESET);
            world.watch().meddled(node, slice);
        }
    }

    private void meddle(SimulatedNode node, Dice dice) {
        List<SliceHardware> there = settled(node);
        if (there.isEmpty()) {
            return;
        }
        SliceHardware slice = dice.oneOf(there);
        String to = slice.isBound() && dice.oneIn(2) ? "" : "stranger";
        slice.movedTo(to);
        world.totals().reached(to.isEmpty() ? Probe.FOREIGN_UNBIND : Probe.FOREIGN_BIND);
        world.history()
                .tell(
                        node.name() + " hw",
                        () -> "another fabric manager moves " + slice.facts().key() + " to '" + to + "'");
        world.watch().meddled(node, slice);
    }

    /** Those that are there, and that nobody has moved already: what comes and goes between two looks, no owner can see. */
    private List<SliceHardware> settled(SimulatedNode node) {
        List<SliceHardware> found = new ArrayList<>();
        for (SliceHardware slice : node.hardware().slices()) {
            if (!slice.isGone() && !world.watch().isMeddled(node, slice)) {
                found.add(slice);
            }
        }
        return found;
    }

    private void fill(SimulatedNode node, Dice dice) {
        node.journal().full(true);
        world.history().tell(node.name(), () -> "its disk is full");
        world.agenda().inMillis(dice.between(200, 6_000), () -> empty(node));
    }

    private void empty(SimulatedNode node) {
        wasUnable(node);
        node.journal().full(false);
        world.history().tell(node.name(), () -> "its disk has room");
    }

    /** Half of the time a network is slow before it is split: what was said last arrived late. */
    private void choke(Dice dice) {
        long millis = dice.oneIn(2) ? dice.between(200, 2_000) : 0;
        world.network().crowd(millis);
        world.agenda().inMillis(millis, () -> {
            if (world.isFaulty()) {
                split(dice);
            }
        });
    }

    private void split(Dice dice) {
        List<SimulatedNode> nodes = world.nodes();
        int kind = dice.below(3);
        if (kind == 0) {
            SimulatedNode from = dice.oneOf(nodes);
            SimulatedNode to = dice.oneOf(nodes);
            world.network().block(from, to);
            world.network().block(to, from);
            world.totals().reached(Probe.PARTIAL_SPLIT);
            world.history().tell("network", () -> to.name() + " and " + from.name() + " do not reach one another");
        } else if (kind == 1) {
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

    private void goodbye(SimulatedNode node, Dice dice) {
        long givesBackFor = dice.between(100, 3_000);
        long staysAwayFor = dice.between(500, 8_000);
        node.daemon().ifPresent(leaving -> {
            world.totals().reached(Probe.GOODBYE);
            world.history().tell(node.name(), () -> "is asked to stop");
            leaving.take(new Work.GiveAllBack("its borrower's daemon stops", () -> {}));
            world.agenda().inMillis(givesBackFor, () -> {
                leaving.take(new Work.ForMembership(new MembershipEvent.Leaving("shutdown")));
                world.agenda().inMillis(20, () -> {
                    if (leaving.isAlive()) {
                        node.kill("it was asked to stop");
                        node.startIn(staysAwayFor);
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
