package org.rackweave.sim.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.rackweave.sim.lab.LabFailure;

/** How much less DRAM a rack needs when servers lend each other memory, on Azure's arrivals of 2017. */
final class LendingBenchmark implements Benchmark {
    private static final double LOAD = 0.78;
    /** At a mean of 78 % the busiest hours ask for all cores; here they do not. */
    private static final double LIGHTER_LOAD = 0.68;

    private static final int FIRST_SEED = 1;
    private static final int SEEDS = 16;
    private static final int QUICK_SEEDS = 3;
    private static final int GROUP = 8;
    private static final int HALF = 50;
    private static final int ALL = 100;
    private static final double GOAL_SAVING_PERCENT = 80;
    private static final double GOAL_REMOTE_PERCENT = 5;
    /** A remote share of 0 has no place on a logarithmic axis. */
    private static final double LEAST_REMOTE_PERCENT = 0.005;

    private static final String UNIT = "%";

    /** One policy with its limits. */
    private record Variant(String name, int group, int remotePercent, LendingRun.Fresh fresh) {}

    /** A variant over all seeds: DRAM in percent of the control's, the rest as in a run. */
    private record Outcome(Variant variant, Interval dram, Interval remote, Interval moved, Interval coreRefused) {
        Plot.Point point() {
            return new Plot.Point(Math.max(LEAST_REMOTE_PERCENT, remote.mean()), dram.mean(), dram.half());
        }
    }

    /** The same episodes for all policies, and what each needs of memory without lending and as one pool. */
    private record Field(
            List<LendingTrace.Episode> episodes, List<Integer> controlUnits, Interval oracle, double controlGb) {
        static Field of(LendingTrace trace, double load, int seeds) {
            int cores = LendingRack.SERVERS * LendingRack.CORES;
            List<LendingTrace.Episode> episodes = IntStream.range(FIRST_SEED, FIRST_SEED + seeds)
                    .mapToObj(seed -> trace.episode(seed, load, cores))
                    .toList();
            List<Integer> control = episodes.parallelStream()
                    .map(episode -> LendingRun.least(episode, 1, 0, LendingPolicy.Static::new)
                            .units())
                    .toList();
            List<Double> oracle = IntStream.range(0, seeds)
                    .mapToObj(i -> 100.0 * episodes.get(i).peakUnits() / LendingRack.SERVERS / control.get(i))
                    .toList();
            double mean = control.stream().mapToInt(Integer::intValue).average().orElse(0);
            return new Field(episodes, control, Interval.of(oracle), mean / LendingTrace.UNITS_PER_GB);
        }

        Outcome measure(Variant variant) {
            List<LendingRun.Least> least = episodes.parallelStream()
                    .map(episode ->
                            LendingRun.least(episode, variant.group(), variant.remotePercent(), variant.fresh()))
                    .toList();
            return new Outcome(
                    variant,
                    Interval.of(IntStream.range(0, least.size())
                            .mapToObj(i -> 100.0 * least.get(i).units() / controlUnits.get(i))
                            .toList()),
                    Interval.of(least.stream()
                            .map(one -> one.result().remotePercent())
                            .toList()),
                    Interval.of(least.stream()
                            .map(one -> one.result().movedPercent())
                            .toList()),
                    Interval.of(least.stream()
                            .map(one -> one.result().coreRefusedPercent())
                            .toList()));
        }

        /** Which part of what one pool would save is saved, in percent. */
        double savingPercent(Outcome outcome) {
            return 100 * (100 - outcome.dram().mean()) / (100 - oracle.mean());
        }
    }

    @Override
    public String name() {
        return "lending";
    }

    @Override
    public String sentence() {
        return "DRAM that lending saves on Azure's VMs, beside one pool and other policies";
    }

    @Override
    public List<Figure> run(Settings settings) throws LabFailure {
        if (!LendingTrace.isIn(settings.traces())) {
            return List.of(Figure.absent(
                    "part of the saving",
                    UNIT,
                    "one pool",
                    "at least " + GOAL_SAVING_PERCENT,
                    "no Azure trace in " + settings.traces()));
        }
        LendingTrace trace = LendingTrace.read(settings.traces());
        int seeds = settings.effort() == Effort.QUICK ? QUICK_SEEDS : SEEDS;
        List<Figure> figures = new ArrayList<>();
        Field field = Field.of(trace, LOAD, seeds);
        List<Outcome> peers = peers().stream().map(field::measure).toList();
        List<Outcome> balance = IntStream.of(10, 20, 30, 40)
                .mapToObj(remote -> new Variant("balance", GROUP, remote, LendingPolicy.Balance::new))
                .map(field::measure)
                .toList();
        List<Outcome> still = frontier(field, LendingPolicy.Ours.Moves.NONE);
        List<Outcome> moving = frontier(field, LendingPolicy.Ours.Moves.ALLOWED);
        Outcome ours = moving.get(moving.size() - 1);
        figures.addAll(goals(field, ours, peers, LOAD));
        figures.addAll(rows(field, peers));
        figures.addAll(rows(field, still));
        figures.addAll(rows(field, moving));
        figures.addAll(rows(field, List.of(field.measure(ours(4)), field.measure(ours(16)))));
        if (settings.plots().isPresent()) {
            List<Outcome> balancing = new ArrayList<>(balance);
            balancing.add(peers.get(3));
            plot(field, peers, balancing, still, moving)
                    .write(settings.plots().get().resolve("lending.svg"));
        }
        Field lighter = Field.of(trace, LIGHTER_LOAD, seeds);
        List<Outcome> lighterPeers =
                peers().subList(0, 4).stream().map(lighter::measure).toList();
        figures.addAll(goals(lighter, lighter.measure(ours(GROUP)), lighterPeers, LIGHTER_LOAD));
        return figures;
    }

    private static List<Variant> peers() {
        return List.of(
                new Variant("static best fit", 1, 0, LendingPolicy.Static::new),
                new Variant("on shortage", GROUP, HALF, LendingPolicy.OnShortage::new),
                new Variant("on shortage", GROUP, ALL, LendingPolicy.OnShortage::new),
                new Variant("balance", GROUP, HALF, LendingPolicy.Balance::new),
                new Variant("balance", 4, HALF, LendingPolicy.Balance::new),
                new Variant("balance", 16, HALF, LendingPolicy.Balance::new));
    }

    private static Variant ours(int group) {
        return new Variant("ours", group, HALF, () -> new LendingPolicy.Ours(LendingPolicy.Ours.Moves.ALLOWED));
    }

    /** Ours from the shyest to the boldest: how much of a VM may be remote. */
    private static List<Outcome> frontier(Field field, LendingPolicy.Ours.Moves moves) {
        String name = moves == LendingPolicy.Ours.Moves.ALLOWED ? "ours" : "ours, no moves";
        return IntStream.of(0, 5, 10, 20, 30, 40, HALF)
                .mapToObj(remote -> new Variant(name, GROUP, remote, () -> new LendingPolicy.Ours(moves)))
                .map(field::measure)
                .toList();
    }

    private static List<Figure> goals(Field field, Outcome ours, List<Outcome> peers, double load) {
        Outcome shortage = peers.get(1);
        Outcome balance = peers.get(3);
        String at = String.format(Locale.ROOT, " at %.0f %%", 100 * load);
        double saving = field.savingPercent(ours);
        return List.of(
                new Figure(
                        "DRAM of static" + at,
                        ours.dram().mean(),
                        UNIT,
                        "one pool",
                        field.oracle().mean(),
                        String.format(
                                Locale.ROOT,
                                "less than static, which needs %.1f GB a server; intervals %s and %s",
                                field.controlGb(),
                                ours.dram().text(),
                                field.oracle().text()),
                        Figure.Verdict.of(ours.dram().mean() < 100)),
                new Figure(
                        "of the pool's saving" + at,
                        saving,
                        UNIT,
                        "on shortage, 50 %",
                        field.savingPercent(shortage),
                        "at least " + GOAL_SAVING_PERCENT + " with 8 servers and half of a VM remote",
                        Figure.Verdict.of(saving >= GOAL_SAVING_PERCENT)),
                new Figure(
                        "remote GB-hours" + at,
                        ours.remote().mean(),
                        UNIT,
                        "balance, 50 %",
                        balance.remote().mean(),
                        "at most " + GOAL_REMOTE_PERCENT + "; interval "
                                + ours.remote().text(),
                        Figure.Verdict.of(ours.remote().mean() <= GOAL_REMOTE_PERCENT)));
    }

    private static List<Figure> rows(Field field, List<Outcome> outcomes) {
        return outcomes.stream()
                .map(outcome -> new Figure(
                        name(outcome.variant()),
                        outcome.dram().mean(),
                        UNIT,
                        "one pool",
                        field.oracle().mean(),
                        String.format(
                                Locale.ROOT,
                                "on the frontier where both goals hold; interval %s; remote %.2f %%, moved %.2f %%, no cores %.2f %%",
                                outcome.dram().text(),
                                outcome.remote().mean(),
                                outcome.moved().mean(),
                                outcome.coreRefused().mean()),
                        Figure.Verdict.of(field.savingPercent(outcome) >= GOAL_SAVING_PERCENT
                                && outcome.remote().mean() <= GOAL_REMOTE_PERCENT)))
                .toList();
    }

    private static String name(Variant variant) {
        return variant.group() == 1
                ? variant.name()
                : variant.name() + " " + variant.group() + "/" + variant.remotePercent() + "%";
    }

    private static Plot plot(
            Field field, List<Outcome> peers, List<Outcome> balance, List<Outcome> still, List<Outcome> moving) {
        double goal = 100 - GOAL_SAVING_PERCENT / 100 * (100 - field.oracle().mean());
        return new Plot(
                        "Lending in groups of 8: DRAM against remote memory, 95 % intervals",
                        "remote GB-hours, % of all (none is drawn at the left edge)",
                        "DRAM a server, % of static best fit")
                .scale(Plot.Scale.LOGARITHMIC)
                .line("ours, 0 to 50 % remote", points(moving))
                .line("ours without moves", points(still))
                .line("balance, 10 to 50 %", points(balance))
                .points("lend on shortage, 50 %", points(peers.subList(1, 2)))
                .points("lend on shortage, 100 %", points(peers.subList(2, 3)))
                .points("static best fit", points(peers.subList(0, 1)))
                .level("one pool", field.oracle().mean())
                .level("goal: 80 % of its saving", goal);
    }

    private static List<Plot.Point> points(List<Outcome> outcomes) {
        return outcomes.stream().map(Outcome::point).toList();
    }
}
