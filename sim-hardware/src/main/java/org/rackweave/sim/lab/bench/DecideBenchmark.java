package org.rackweave.sim.lab.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import org.HdrHistogram.Histogram;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.HardwareOrder;
import org.rackweave.daemon.lease.HardwareResult;
import org.rackweave.daemon.lease.LeaseCore;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.LeasePolicy;
import org.rackweave.daemon.lease.RouteReading;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.daemon.matching.Lenders;
import org.rackweave.daemon.matching.Matching;
import org.rackweave.daemon.matching.Plan;
import org.rackweave.daemon.matching.Setting;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.world.Setup;
import org.rackweave.sim.world.Without;
import org.rackweave.sim.world.World;

/**
 * How long the decisions take by themselves, on a warm thread: the borrower's, which slices to ask for, and the owner's, whether
 * to promise one; and how fast a whole rack of deciders runs in virtual time.
 */
final class DecideBenchmark implements Benchmark {
    private static final int SLICES = 64;
    private static final int MEMORY = 40;
    private static final int CORES = 12;
    private static final int FUNCTIONS = 8;
    private static final List<Integer> NODES = List.of(64, 256, 1_024);
    private static final List<Integer> OWNED = List.of(64, 1_024, 4_096);
    private static final double GOAL_MICROS = 50;
    private static final int FREE_OF_TEN = 7;
    private static final long GIB = 1L << 30;
    private static final int WORLD_NODES = 64;
    private static final long WORLD_FAULTY_MILLIS = 10_000;

    /** Results are put together here, so that no compiler leaves out what nobody uses. */
    private long used;

    @Override
    public String name() {
        return "decide";
    }

    @Override
    public String sentence() {
        return "latency of a decision, borrower's and owner's, at 64 to 1,024 nodes; simulated seconds per second";
    }

    @Override
    public List<Figure> run(Settings settings) throws LabFailure {
        // The daemon's conductor tells its log what nobody here reads. tinylog looks once, before its first line.
        System.setProperty("tinylog.level", "off");
        int times = settings.effort() == Effort.QUICK ? 20_000 : 200_000;
        // The bench makes a new answer of a lender for each, which takes longer than the decision.
        int matches = settings.effort() == Effort.QUICK ? 20_000 : 80_000;
        List<Figure> figures = new ArrayList<>();
        Plot plot = new Plot("Latency of a decision by the size of the rack", LatencyCurve.X_LABEL, "latency, us")
                .scale(Plot.Scale.LOGARITHMIC)
                .yScale(Plot.Scale.LOGARITHMIC);
        for (int nodes : NODES) {
            Choices choices = matching(nodes, matches * SLICES / nodes);
            figures.addAll(figures("match, " + nodes + " nodes", nodes, choices.nanos()));
            figures.add(rate("match, " + nodes + " nodes", choices.nanos()));
            figures.addAll(figures("and why, " + nodes + " nodes", nodes, choices.toldNanos()));
            figures.addAll(figures("an answer of " + nodes, nodes, choices.answerNanos()));
            plot.line(nodes + " nodes", LatencyCurve.of(choices.nanos(), 1e3));
        }
        plot.level("goal at 64 nodes: p99", GOAL_MICROS);
        if (settings.plots().isPresent()) {
            plot.write(settings.plots().get().resolve("decide.svg"));
        }
        for (int slices : OWNED) {
            figures.addAll(figures("reserve, of " + slices, slices, reserving(slices, times)));
        }
        figures.add(world());
        if (used == 42) {
            throw new LabFailure("the results of all decisions add up to 42; run it again");
        }
        return figures;
    }

    private static List<Figure> figures(String what, int size, Histogram nanos) {
        boolean hasGoal = size == SLICES;
        String goal = hasGoal ? "p99 < 50 us at 64 nodes x 64 slices" : "growth";
        List<Figure> figures = new ArrayList<>();
        for (int percentile : List.of(50, 99)) {
            double micros = nanos.getValueAtPercentile(percentile) / 1_000.0;
            figures.add(new Figure(
                    what + ", p" + percentile,
                    micros,
                    "us",
                    "the goal",
                    GOAL_MICROS,
                    String.format(Locale.ROOT, "%s; %,d decisions", goal, nanos.getTotalCount()),
                    hasGoal ? Figure.Verdict.of(micros < GOAL_MICROS) : Figure.Verdict.NONE));
        }
        return figures;
    }

    // ---- the borrower ----------------------------------------------------------------------------------------------

    /**
     * What was measured of a borrower.
     *
     * @param nanos which slices to ask for, once all lenders have answered
     * @param toldNanos the same, and the sentence that says why
     * @param answerNanos one lender's answer, sorted in among those of the others
     */
    private record Choices(Histogram nanos, Histogram toldNanos, Histogram answerNanos) {}

    private Choices matching(int nodes, int times) {
        Random random = new Random(nodes);
        Lenders known = Lenders.none(Setting.Power.FILL);
        for (int node = 0; node < nodes; node++) {
            known = known.with(new NodeId(1, node + 1), slices(new NodeId(1, node + 1), random));
        }
        Choices warm = new Choices(new Histogram(3), new Histogram(3), new Histogram(3));
        Choices counted = new Choices(new Histogram(3), new Histogram(3), new Histogram(3));
        for (int i = 0; i < 2 * times; i++) {
            Choices into = i < times ? warm : counted;
            // Between decisions the view goes on changing, as it does in a rack.
            NodeId lender = new NodeId(1, random.nextInt(nodes) + 1);
            List<SliceView> answer = slices(lender, random);
            Requirement wish = wish(random);
            long startNanos = System.nanoTime();
            known = known.with(lender, answer);
            long answeredNanos = System.nanoTime();
            Plan plan = Matching.match(wish, known, Setting.USUAL);
            long chosenNanos = System.nanoTime();
            used += plan.explanation().length();
            long toldNanos = System.nanoTime();
            into.answerNanos().recordValue(answeredNanos - startNanos);
            into.nanos().recordValue(chosenNanos - answeredNanos);
            into.toldNanos().recordValue(toldNanos - answeredNanos);
        }
        return counted;
    }

    private static Figure rate(String what, Histogram nanos) {
        return new Figure(
                what,
                1e9 / nanos.getMean(),
                "/s",
                "one a goal",
                1e6 / GOAL_MICROS,
                "decisions a second on one thread",
                Figure.Verdict.NONE);
    }

    /** From a part of one slice to as much as one lender has. */
    private static Requirement wish(Random random) {
        int one = random.nextInt(10);
        return new Requirement(
                one < 8 ? ResourceKind.MEMORY : one < 9 ? ResourceKind.CORES : ResourceKind.FUNCTION,
                one < 8 ? GIB * (1 + random.nextInt(64)) : 1 + random.nextInt(4),
                Optional.empty(),
                60_000,
                4,
                random.nextInt(2) == 0 ? ForcedEndEffect.TOLERATED : ForcedEndEffect.FATAL,
                Optional.empty(),
                8);
    }

    /** Of one node: memory in uneven pieces, cores in pairs, lanes, and the functions of two cards; seven of ten are free. */
    private static List<SliceView> slices(NodeId owner, Random random) {
        List<SliceView> slices = new ArrayList<>();
        for (int i = 0; i < SLICES; i++) {
            if (i < MEMORY) {
                slices.add(slice(owner, ResourceKind.MEMORY, i, GIB * (1 + random.nextInt(16)), "", random));
            } else if (i < MEMORY + CORES) {
                slices.add(slice(owner, ResourceKind.CORES, i, 2, "", random));
            } else if (i < MEMORY + CORES + FUNCTIONS) {
                slices.add(slice(owner, ResourceKind.FUNCTION, i, 1, "nic" + i % 2, random));
            } else {
                slices.add(slice(owner, ResourceKind.LANES, i, 4, "", random));
            }
        }
        return slices;
    }

    private static SliceView slice(
            NodeId owner, ResourceKind kind, int number, long amount, String device, Random random) {
        return new SliceView(
                new SliceId(owner, kind.word() + number),
                kind,
                amount,
                Set.of(),
                random.nextInt(10) < FREE_OF_TEN ? SliceState.FREE : SliceState.ACTIVE,
                new Epoch(1),
                random.nextInt(2) == 0 ? ForcedEndEffect.TOLERATED : ForcedEndEffect.FATAL,
                FenceKind.HARDWARE_EPOCH,
                Optional.empty(),
                Optional.empty(),
                "",
                new SlicePlace("", device, LatencyClass.SWITCH),
                Set.of(),
                OptionalInt.empty());
    }

    // ---- the owner -------------------------------------------------------------------------------------------------

    private Histogram reserving(int slices, int times) {
        Random random = new Random(slices);
        Principal borrower = new Principal("b", new NodeId(2, 2), Role.NODE, Optional.empty());
        LeaseCore core = wiped(slices);
        return timed(times, i -> {
            LeaseId lease = new LeaseId(random.nextLong(), random.nextLong());
            String key = "mem" + random.nextInt(slices);
            Command reserve = new Command.Reserve(lease, new LoanId(1, 1), key, 60_000, 4, ForcedEndEffect.TOLERATED);
            long startNanos = System.nanoTime();
            List<Effect> effects = core.step(new LeaseEvent.Asked(borrower, "b", reserve, i), i);
            long nanos = System.nanoTime() - startNanos;
            used += effects.size();
            // Half of them stay promised, so that deadlines have to be found among many.
            if (random.nextInt(2) == 0) {
                core.lease(lease, i)
                        .ifPresent(held -> used += core.step(
                                        new LeaseEvent.Asked(
                                                borrower, "b", new Command.Release(lease, held.epoch()), i),
                                        i)
                                .size());
            }
            return nanos;
        });
    }

    private static LeaseCore wiped(int slices) {
        LeasePolicy policy = new LeasePolicy(1_000, 3_600_000, 10_000, 60_000, 1, 9, 1, 600_000);
        LeaseCore core = new LeaseCore(new NodeId(1, 1), policy, List.of());
        List<SliceFacts> facts = new ArrayList<>();
        Map<String, RouteReading> routes = new HashMap<>();
        for (int i = 0; i < slices; i++) {
            facts.add(new SliceFacts(
                    "mem" + i, ResourceKind.MEMORY, 1, Set.of(), ForcedEndEffect.TOLERATED, FenceKind.HARDWARE_EPOCH));
            routes.put("mem" + i, new RouteReading.Unbound(Epoch.NONE));
        }
        for (Effect effect : core.step(new LeaseEvent.Started(LeaseEvent.Boot.NEW, facts, routes), 0)) {
            if (effect instanceof Effect.Drive drive && drive.order() instanceof HardwareOrder.Sanitise) {
                List<Effect> unused = core.step(
                        new LeaseEvent.HardwareDone(
                                drive.sliceKey(), drive.epoch(), drive.order(), new HardwareResult.Wiped("none", 1, 1)),
                        0);
            }
        }
        return core;
    }

    /** @param decision takes how often it was called before, and answers how long it took, in nanoseconds */
    private static Histogram timed(int times, LongUnaryOperator decision) {
        for (int i = 0; i < times; i++) {
            long unused = decision.applyAsLong(i);
        }
        Histogram nanos = new Histogram(3);
        for (int i = 0; i < times; i++) {
            nanos.recordValue(Math.max(1, decision.applyAsLong(times + (long) i)));
        }
        return nanos;
    }

    // ---- a whole rack ----------------------------------------------------------------------------------------------

    private static Figure world() {
        World world = new World(new Setup(1, WORLD_NODES, WORLD_FAULTY_MILLIS, Without.NOTHING, Optional.empty()));
        long startNanos = System.nanoTime();
        world.run(WORLD_FAULTY_MILLIS);
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        double simulated = world.totals().of(org.rackweave.sim.world.Tally.SIMULATED_SECONDS);
        return new Figure(
                "simulated s/s, " + WORLD_NODES + " nodes",
                simulated / seconds,
                "",
                "real time",
                1,
                "faster than real time, every invariant checked after each event",
                Figure.Verdict.of(simulated > seconds));
    }
}
