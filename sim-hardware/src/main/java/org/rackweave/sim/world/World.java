package org.rackweave.sim.world;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.conductor.Work;
import org.rackweave.daemon.lease.LeasePolicy;
import org.rackweave.daemon.lease.Leg;
import org.rackweave.daemon.lease.LendingRules;
import org.rackweave.daemon.lease.LinePolicy;
import org.rackweave.daemon.lease.LoanPolicy;
import org.rackweave.daemon.lease.LoanRow;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.daemon.lease.WantRow;
import org.rackweave.protocol.membership.Liveness;
import org.rackweave.protocol.membership.MembershipTiming;
import org.rackweave.protocol.membership.RackView;
import org.rackweave.protocol.message.SliceState;

/**
 * One run: a rack in bad weather for a while, then in calm, then with all given back. Terms are seconds, so that a minute has
 * many of them; their proportions are those of a real rack.
 */
public final class World {
    static final LeasePolicy LEASES = new LeasePolicy(1_000, 60_000, 2_000, 2_000, 1, 9, 2, 4_000, 2_000)
            .with(LendingRules.NONE, new LinePolicy(3_000, 1_500, 2_000, 1_000, 8, 3_000, 1_000));
    static final LoanPolicy LOANS = new LoanPolicy(LEASES.driftPercent(), 500, 200, 1_000);
    static final MembershipTiming TIMING = MembershipTiming.withPeriod(1_000);

    /** A neighbour that could not be confirmed is asked again after a minute at the latest. */
    private static final long CONVERGES_MILLIS = 240_000;

    private static final long SETTLES_MILLIS = 120_000;
    private static final long LOOK_MILLIS = 250;
    private final Agenda agenda = new Agenda();
    private final Totals totals = new Totals();
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final Dice dice;
    private final Troubles troubles;
    private final Seams seams;
    private final History history;
    private final Network network;
    private final Watch watch;
    private final Weather weather;
    private final People people;
    private final Demands demands;
    private final SimulatedNotary notary = new SimulatedNotary();
    private Climate climate;
    private boolean isFaulty = true;

    /** A run that nobody reads. */
    public World(Setup setup) {
        this(setup, History.UNREAD);
    }

    /** @param reader takes the history, line by line: the same run, and slower */
    public World(Setup setup, Consumer<String> reader) {
        this(
                setup.seed(),
                setup.nodes(),
                reader,
                setup.without(),
                setup.fault().map(PlantedFault::seams).orElse(Seams.SOUND));
    }

    /** @param without what is left out of it */
    World(long seed, int nodeCount, Consumer<String> reader, Without without, Seams seams) {
        this.dice = new Dice(seed);
        this.troubles = new Troubles(seed, without);
        this.seams = seams;
        this.history = new History(agenda, reader);
        this.network = new Network(this, nodeCount);
        this.watch = new Watch(this);
        this.weather = new Weather(this, nodeCount);
        this.people = new People(this);
        this.demands = new Demands(this);
        this.climate = Climate.drawn(new Dice(seed, 0));
        for (int i = 0; i < nodeCount; i++) {
            nodes.add(new SimulatedNode(this, i, seed));
        }
    }

    /** Runs it to its end, or to a {@link Violation}. */
    public void run(long faultyMillis) {
        try {
            history.tell("climate", climate::toString);
            nodes.forEach(node -> node.startIn(node.dice().between(0, 500)));
            weather.begin(faultyMillis);
            people.begin();
            runFor(faultyMillis);
            calmDown();
            giveBack();
        } finally {
            totals.add(Tally.SIMULATED_SECONDS, agenda.nowMillis() / 1_000);
        }
    }

    private void calmDown() {
        isFaulty = false;
        climate = Climate.CALM;
        network.heal();
        nodes.forEach(node -> node.journal().full(false));
        nodes.forEach(node -> node.hardware().slices().forEach(SliceHardware::comeBack));
        // A daemon looks for slices when it starts, and only then: people start it again for one that was not there.
        nodes.stream()
                .filter(node -> node.hardware().hasUnseen())
                .forEach(node -> node.kill("to look for its hardware again"));
        nodes.forEach(SimulatedNode::start);
        history.tell("climate", () -> "it is calm now");
        await(CONVERGES_MILLIS, Invariant.ALL_SEE_ALL, this::seeOneAnother, this::views);
        await(
                SETTLES_MILLIS,
                Invariant.ALL_COMES_BACK,
                () -> {
                    living().forEach(node -> people.mend(node, false));
                    return living().stream()
                            .flatMap(node -> node.journal().slices().stream())
                            .noneMatch(row -> row.state() == SliceState.QUARANTINED);
                },
                this::leftovers);
        await(
                SETTLES_MILLIS,
                Invariant.DEMANDS_ARE_SERVED,
                () -> demands.unserved().isEmpty(),
                () -> demands.unserved());
    }

    private void giveBack() {
        Set<SimulatedDaemon> told = new HashSet<>();
        await(
                SETTLES_MILLIS,
                Invariant.ALL_COMES_BACK,
                () -> {
                    // Also a process that was being stopped when the calm began, and came back since.
                    living().stream()
                            .flatMap(node -> node.daemon().stream())
                            .filter(told::add)
                            .forEach(daemon -> daemon.take(new Work.GiveAllBack("the run ends", () -> {})));
                    // What hung when the calm began is quarantined later.
                    living().forEach(node -> people.mend(node, false));
                    // Nobody else can say that a host that never came back is dead.
                    living().stream().filter(this::isOverdueForNobody).forEach(node -> people.mend(node, true));
                    return leftovers().isEmpty();
                },
                this::leftovers);
    }

    List<SimulatedNode> living() {
        return nodes.stream().filter(node -> !node.isGoneForGood()).toList();
    }

    /** Its borrower is gone, or one of the two ledgers went back to before the loan was made or ended. */
    private boolean isOverdueForNobody(SimulatedNode node) {
        return node.journal().slices().stream()
                .anyMatch(row -> row.state() == SliceState.OVERDUE
                        && row.holding()
                                .filter(h -> node(h.borrower()).isGoneForGood()
                                        || (isAnyRestored(node, node(h.borrower()))
                                                && !node(h.borrower()).journal().owes(h.lease())))
                                .isPresent());
    }

    private static boolean isAnyRestored(SimulatedNode owner, SimulatedNode borrower) {
        return owner.journal().wasRestored() || borrower.journal().wasRestored();
    }

    private boolean seeOneAnother() {
        return living().stream().allMatch(node -> node.daemon().map(SimulatedDaemon::view).stream()
                .anyMatch(view -> living().stream()
                        .allMatch(other -> other == node
                                || view.neighbour(other.id())
                                        .filter(seen -> seen.liveness() == Liveness.ALIVE)
                                        .isPresent())));
    }

    private String views() {
        StringBuilder text = new StringBuilder();
        for (SimulatedNode node : living()) {
            text.append(node.name()).append(node.isUp() ? " sees" : " is down");
            Optional<RackView> view = node.daemon().map(SimulatedDaemon::view);
            view.ifPresent(seen -> seen.neighbours().forEach(neighbour -> text.append(' ')
                    .append(neighbour.name())
                    .append(' ')
                    .append(neighbour.liveness().word())));
            text.append("; ");
        }
        return text.toString();
    }

    /** What is still held or owed; empty when nothing is. */
    private String leftovers() {
        StringBuilder text = new StringBuilder();
        for (SimulatedNode node : living()) {
            for (SliceHardware slice : node.hardware().slices()) {
                if (node.journal().slice(slice.facts().key()) == null) {
                    text.append(node.name() + "/" + slice.facts().key() + " is lost; ");
                }
            }
            for (SliceRow row : node.journal().slices()) {
                SliceHardware slice = node.hardware().slice(row.facts().key());
                if (row.state() != SliceState.FREE || slice == null || slice.isBound() || !slice.isWiped()) {
                    text.append(node.name() + "/" + row.facts().key() + " is "
                            + row.state().word() + " ("
                            + row.facts().forcedEnd().word() + "): " + row.reason() + "; ");
                }
            }
            for (WantRow want : node.journal().wants()) {
                text.append(node.name() + " has loan " + want.loan().brief() + " of "
                        + node(want.borrower()).name() + " in its line; ");
            }
            for (LoanRow loan : node.journal().loans()) {
                for (Leg leg : loan.legs()) {
                    if (leg.state() != Leg.State.ENDED
                            && !node(leg.slice().id().owner()).isGoneForGood()) {
                        text.append(node.name() + " owes " + leg.slice().id() + " (" + leg.state() + ") of loan "
                                + loan.id().brief() + ", " + loan.state().word() + "; ");
                    }
                }
            }
        }
        return text.toString();
    }

    private void await(long limitMillis, Invariant invariant, BooleanSupplier reached, Supplier<String> instead) {
        long endMillis = agenda.nowMillis() + limitMillis;
        while (!reached.getAsBoolean()) {
            if (agenda.nowMillis() >= endMillis) {
                throw new Violation(invariant, "after " + limitMillis / 1_000 + " s of calm: " + instead.get());
            }
            runFor(LOOK_MILLIS);
        }
    }

    private void runFor(long millis) {
        long endMicros = agenda.nowMicros() + millis * Agenda.MICROS_PER_MILLI;
        while (agenda.next(endMicros)) {
            totals.count(Tally.EVENTS);
            watch.check();
        }
    }

    public Totals totals() {
        return totals;
    }

    Agenda agenda() {
        return agenda;
    }

    Dice dice() {
        return dice;
    }

    Troubles troubles() {
        return troubles;
    }

    Seams seams() {
        return seams;
    }

    History history() {
        return history;
    }

    Network network() {
        return network;
    }

    Watch watch() {
        return watch;
    }

    SimulatedNotary notary() {
        return notary;
    }

    Demands demands() {
        return demands;
    }

    Weather weather() {
        return weather;
    }

    Climate climate() {
        return climate;
    }

    boolean isFaulty() {
        return isFaulty;
    }

    List<SimulatedNode> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    SimulatedNode node(NodeId id) {
        return nodes.stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
    }
}
