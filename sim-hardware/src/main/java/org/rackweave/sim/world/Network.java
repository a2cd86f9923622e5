package org.rackweave.sim.world;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.RefusalCode;

/** Carries requests, answers and datagrams, or does not: it loses, repeats, reorders, delays, damages, and is split. */
final class Network {
    /** Longer than a request is waited for, so that answers come that nobody waits for any more. */
    private static final long LONGEST_DELAY_MILLIS = 3_000;

    /** Two of them are often still in time for a request. */
    private static final long LONGEST_IN_CROWD_MILLIS = 700;

    private final World world;
    private final Corruption corruption;
    private final boolean[][] blocked;
    private long crowdedUntilMicros;

    /** What is believed of a message that was damaged on its way, and delivered. */
    private interface Damaged {
        Optional<Runnable> arrival(Dice dice);
    }

    Network(World world, int nodes) {
        this.world = world;
        this.corruption = new Corruption(world);
        this.blocked = new boolean[nodes][nodes];
    }

    void block(SimulatedNode from, SimulatedNode to) {
        blocked[from.index()][to.index()] = true;
    }

    /** All that is carried takes long for a while: less than a request is waited for, or more. */
    void crowd(long millis) {
        crowdedUntilMicros = world.agenda().nowMicros() + millis * Agenda.MICROS_PER_MILLI;
    }

    void heal() {
        for (boolean[] row : blocked) {
            Arrays.fill(row, false);
        }
    }

    /** A request to the process that runs on a node when it arrives; exactly one answer, unless the asker dies. */
    void ask(SimulatedDaemon from, SimulatedNode to, Command command, long timeoutMillis, Consumer<Answer> answered) {
        Exchange exchange = new Exchange(from, to, command, answered);
        world.agenda().inMillis(timeoutMillis, exchange::timeOut);
        carry(from.node(), to, exchange::arrive, exchange::arriveDamaged);
        if (world.troubles().strikes(Trouble.REPEAT, world.climate().repeatPerMille())) {
            world.totals().reached(Probe.REPEATED_REQUEST);
            carry(from.node(), to, exchange::arrive, exchange::arriveDamaged);
        }
    }

    private final class Exchange {
        private final SimulatedDaemon from;
        private final SimulatedNode to;
        private final Command command;
        private final Consumer<Answer> answered;
        private boolean isOver;
        private boolean timedOut;

        Exchange(SimulatedDaemon from, SimulatedNode to, Command command, Consumer<Answer> answered) {
            this.from = from;
            this.to = to;
            this.command = command;
            this.answered = answered;
        }

        private void arrive() {
            if (world.troubles().strikes(Trouble.BUSY, world.climate().busyPerMille())) {
                back(new Answer.Refused(RefusalCode.BUSY, "more to do than it can take on, as the seed says", 100));
                return;
            }
            world.history()
                    .tell(
                            to.name(),
                            () -> (to.isUp() ? "is asked by " : "is down, and was asked by ")
                                    + from.node().name() + ": " + command);
            to.asked(from.node().principal(), command, this::back);
        }

        private Optional<Runnable> arriveDamaged(Dice dice) {
            return corruption.of(command, dice).map(believed -> this::arrive);
        }

        private void back(Answer answer) {
            carry(to, from.node(), () -> deliver(answer), dice -> corruption
                    .of(answer, dice)
                    .map(believed -> () -> deliver(answer)));
        }

        private void deliver(Answer answer) {
            if (timedOut && from.isAlive()) {
                world.totals().reached(Probe.LATE_ANSWER);
            }
            if (!isOver && from.isAlive()) {
                isOver = true;
                world.history().tell(from.node().name(), () -> "is answered by " + to.name() + ": " + answer);
                answered.accept(answer);
            }
        }

        private void timeOut() {
            if (!isOver) {
                timedOut = true;
                deliverTimeOut();
            }
        }

        private void deliverTimeOut() {
            isOver = true;
            if (from.isAlive()) {
                answered.accept(new Answer.Refused(RefusalCode.UNREACHABLE, to.name() + " did not answer in time", 0));
            }
        }
    }

    void multicast(SimulatedNode from, Datagram datagram) {
        for (SimulatedNode to : world.nodes()) {
            if (to == from) {
                continue;
            }
            carry(from, to, () -> to.heard(datagram), dice -> damaged(to, datagram, dice));
            if (world.troubles().strikes(Trouble.REPEAT, world.climate().repeatPerMille())) {
                world.totals().reached(Probe.REPEATED_DATAGRAM);
                carry(from, to, () -> to.heard(datagram), dice -> damaged(to, datagram, dice));
            }
        }
    }

    private Optional<Runnable> damaged(SimulatedNode to, Datagram datagram, Dice dice) {
        return corruption.of(datagram, dice).map(believed -> () -> to.heard(believed));
    }

    private void carry(SimulatedNode from, SimulatedNode to, Runnable whole, Damaged damaged) {
        Troubles troubles = world.troubles();
        long micros = world.dice().between(100, 4_000);
        if (blocked[from.index()][to.index()]
                || troubles.strikes(Trouble.LOSS, world.climate().lossPerMille())) {
            return;
        }
        Optional<Runnable> arrival = Optional.of(whole);
        if (troubles.strikes(Trouble.CORRUPTION, world.climate().corruptPerMille())) {
            arrival = damaged.arrival(troubles.details(Trouble.CORRUPTION));
        } else if (troubles.strikes(Trouble.DELAY, world.climate().latePerMille())) {
            micros = troubles.details(Trouble.DELAY).between(0, LONGEST_DELAY_MILLIS) * Agenda.MICROS_PER_MILLI;
        }
        if (world.agenda().nowMicros() < crowdedUntilMicros) {
            micros += world.dice().between(0, LONGEST_IN_CROWD_MILLIS) * Agenda.MICROS_PER_MILLI;
        }
        long inMicros = micros;
        arrival.ifPresent(act -> world.agenda().inMicros(inMicros, act));
    }
}
