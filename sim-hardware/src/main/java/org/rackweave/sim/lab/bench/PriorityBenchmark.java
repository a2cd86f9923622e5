package org.rackweave.sim.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.rackweave.sim.lab.LabFailure;

/**
 * What priorities do to those who have them and to those who have not: a mix of borrowers at one owner's real core, in virtual
 * time, with the owner's own choice of victims and with two simpler ones, under the same load.
 */
final class PriorityBenchmark implements Benchmark {
    private static final int SEEDS = 10;
    private static final int FIRST_SEED = 1;
    private static final double HOURS = 6;
    private static final double QUICK_HOURS = 3;
    /** Who waited longer did not find enough free: what is free is granted within a step of the hardware. */
    private static final long AT_ONCE_MILLIS = 1_000;

    /** One way to choose victims, over all seeds. */
    private record Outcome(VictimOrder order, List<PriorityRun.Result> results) {
        Interval of(ToDoubleFunction<PriorityRun.Result> value) {
            return Interval.of(
                    results.stream().map(result -> value.applyAsDouble(result)).toList());
        }
    }

    /** Whether ours has to be below the others, or only not above. */
    private enum Goal {
        FEWER,
        NOT_MORE
    }

    @Override
    public String name() {
        return "priority";
    }

    @Override
    public String sentence() {
        return "refusals, victims and reclaim time of a mix of priorities, beside newest-first and lowest-priority-first";
    }

    @Override
    public List<Figure> run(Settings settings) throws LabFailure {
        double hours = settings.effort() == Effort.QUICK ? QUICK_HOURS : HOURS;
        List<PriorityLoad> loads = IntStream.range(FIRST_SEED, FIRST_SEED + SEEDS)
                .mapToObj(seed -> PriorityLoad.of(seed, hours))
                .toList();
        Outcome ours = outcome(VictimOrder.OURS, loads);
        List<Outcome> peers =
                List.of(outcome(VictimOrder.NEWEST_FIRST, loads), outcome(VictimOrder.LOWEST_FIRST, loads));
        if (settings.plots().isPresent()) {
            List<Outcome> all = new ArrayList<>(List.of(ours));
            all.addAll(peers);
            waiting(all).write(settings.plots().get().resolve("priority.svg"));
        }
        return peers.stream().flatMap(peer -> figures(ours, peer).stream()).toList();
    }

    private static Outcome outcome(VictimOrder order, List<PriorityLoad> loads) {
        return new Outcome(
                order, loads.stream().map(load -> PriorityRun.of(load, order)).toList());
    }

    private static List<Figure> figures(Outcome ours, Outcome peer) {
        List<Figure> figures = new ArrayList<>();
        figures.add(figure("leases revoked/1000 h", "", ours, peer, Goal.FEWER, PriorityBenchmark::revocations));
        figures.add(figure("GiB-h lost/1000 h", "", ours, peer, Goal.FEWER, PriorityBenchmark::lost));
        for (PriorityLoad.Urgency urgency : PriorityLoad.Urgency.values()) {
            if (urgency != PriorityLoad.Urgency.URGENT) {
                figures.add(figure("loans revoked, " + urgency.word(), "%", ours, peer, Goal.NOT_MORE, result -> met(
                                result, urgency)
                        .revokedPercent()));
            }
        }
        for (PriorityLoad.Urgency urgency : PriorityLoad.Urgency.values()) {
            figures.add(
                    figure("refused, " + urgency.word(), "%", ours, peer, Goal.NOT_MORE, result -> met(result, urgency)
                            .refusedPercent()));
        }
        figures.add(figure("reclaim p99, urgent", "s", ours, peer, Goal.NOT_MORE, PriorityBenchmark::reclaimSeconds));
        return figures;
    }

    private static Figure figure(
            String what,
            String unit,
            Outcome ours,
            Outcome peer,
            Goal goal,
            ToDoubleFunction<PriorityRun.Result> value) {
        List<Double> differences = new ArrayList<>();
        for (int i = 0; i < ours.results().size(); i++) {
            differences.add(value.applyAsDouble(ours.results().get(i))
                    - value.applyAsDouble(peer.results().get(i)));
        }
        Interval difference = Interval.of(differences);
        boolean holds =
                switch (goal) {
                    case FEWER -> difference.high() < 0;
                    case NOT_MORE -> difference.low() <= 0;
                };
        String words =
                switch (goal) {
                    case FEWER -> "less";
                    case NOT_MORE -> "not surely more";
                };
        return new Figure(
                what,
                ours.of(value).mean(),
                unit,
                peer.order().word(),
                peer.of(value).mean(),
                String.format(
                        Locale.ROOT,
                        "%s; difference over %d seeds, 95 %% interval %s",
                        words,
                        differences.size(),
                        difference.text()),
                Figure.Verdict.of(holds));
    }

    private static PriorityRun.Met met(PriorityRun.Result result, PriorityLoad.Urgency urgency) {
        return result.met().getOrDefault(urgency, new PriorityRun.Met());
    }

    private static double revocations(PriorityRun.Result result) {
        return 1_000 * result.revocations() / result.loanHours();
    }

    private static double lost(PriorityRun.Result result) {
        return 1_000 * result.lostGibHours() / result.loanHours();
    }

    /** From want to grant, of the most urgent that had to wait for something to be taken back. */
    private static double reclaimSeconds(PriorityRun.Result result) {
        Histogram millis = new Histogram(3);
        met(result, PriorityLoad.Urgency.URGENT).waitedMillis().stream()
                .filter(waited -> waited > AT_ONCE_MILLIS)
                .forEach(millis::recordValue);
        return millis.getValueAtPercentile(99) / 1_000.0;
    }

    private static Plot waiting(List<Outcome> outcomes) {
        Plot plot = new Plot(
                "priority: waiting for a grant, mean of " + SEEDS + " seeds",
                "priority",
                "mean wait of the granted, s");
        for (Outcome outcome : outcomes) {
            List<Plot.Point> points = new ArrayList<>();
            for (PriorityLoad.Urgency urgency : PriorityLoad.Urgency.values()) {
                Interval seconds = outcome.of(result -> met(result, urgency).waitedMillis().stream()
                                .mapToLong(Long::longValue)
                                .average()
                                .orElse(0)
                        / 1_000);
                points.add(new Plot.Point(urgency.priority(), seconds.mean(), seconds.half()));
            }
            plot.line(outcome.order().word(), points);
        }
        return plot;
    }
}
