package org.rackweave.sim.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rackweave.sim.lab.LabFailure;

/**
 * Durable grants per second and their latency, beside etcd. Each of the clients asks for one slice after another; first, in
 * rounds, until all are granted, and gives all back between the rounds, outside of what is counted; then with each slice given
 * back before the next is asked for, so that taking back, wiping and the audit trail of it are in the load, but not in the
 * latency. Ours and theirs take turns, so that what else runs on this machine hits both alike. Ours is measured with both sizes of
 * card that its launcher knows.
 */
final class GrantsBenchmark implements Benchmark {
    private static final int CLIENTS = 64;
    private static final int PLACES = 64;
    private static final double MIN_PER_SECOND = 5_000;
    private static final double MEGABYTE = 1e6;

    /** How the figures of each size of card begin: those of the flags that fit a BMC are named so. */
    private static final List<String> CARDS = List.of("", "small: ");

    private static final List<String> SIZES = List.of("large", "small");

    private static final String NO_PEER = "no etcd on PATH";

    @Override
    public String name() {
        return "grants";
    }

    @Override
    public String sentence() {
        return "durable grants per second over DTLS with " + CLIENTS + " borrowers, beside etcd";
    }

    @Override
    public List<Figure> run(Settings settings) throws LabFailure {
        int rounds = settings.effort() == Effort.QUICK ? 3 : 12;
        int warmUp = settings.effort() == Effort.QUICK ? 3 : 10;
        List<Granter> granters = new ArrayList<>();
        try {
            for (String size : SIZES) {
                granters.add(DaemonGranter.start(settings.distribution(), size, CLIENTS, PLACES));
            }
            EtcdGranter.start(CLIENTS, PLACES).ifPresent(granters::add);
            List<GrantLoad> grants = measured(granters, GrantLoad.Step.GRANT, warmUp, rounds);
            List<GrantLoad> cycles = measured(granters, GrantLoad.Step.GRANT_AND_GIVE_BACK, 1, rounds);
            if (settings.plots().isPresent()) {
                latency(grants).write(settings.plots().get().resolve("grants.svg"));
            }
            List<Figure> figures = new ArrayList<>();
            for (int card = 0; card < CARDS.size(); card++) {
                figures.addAll(figures(CARDS.get(card) + "grants", grants, card));
                figures.addAll(figures(CARDS.get(card) + "with give-back", cycles, card));
                figures.add(memory(CARDS.get(card) + "RSS after the run", granters, card));
            }
            return figures;
        } finally {
            granters.forEach(Granter::close);
        }
    }

    private static Plot latency(List<GrantLoad> loads) {
        Plot plot = new Plot(
                        "Latency of a durable grant, " + CLIENTS + " clients at once",
                        LatencyCurve.X_LABEL,
                        "latency, ms")
                .scale(Plot.Scale.LOGARITHMIC)
                .yScale(Plot.Scale.LOGARITHMIC);
        for (int i = 0; i < loads.size(); i++) {
            GrantLoad load = loads.get(i);
            String name = i < CARDS.size() ? "ours, " + SIZES.get(i) + " card" : load.name();
            plot.line(
                    String.format(Locale.ROOT, "%s: p99 %.1f", name, load.percentileMillis(99)),
                    LatencyCurve.of(load.latencyNanos(), 1e6));
        }
        return plot;
    }

    private static Figure memory(String what, List<Granter> granters, int card) throws LabFailure {
        double ours = ProcessMemory.of(granters.get(card).pid()).residentBytes() / MEGABYTE;
        Optional<Granter> peer = granters.stream().skip(CARDS.size()).findFirst();
        double theirs = peer.isPresent() ? ProcessMemory.of(peer.get().pid()).residentBytes() / MEGABYTE : 0;
        return new Figure(
                what,
                ours,
                "MB",
                peer.map(Granter::name).orElse(NO_PEER),
                theirs,
                "below the peer's",
                Figure.Verdict.of(peer.isPresent() && ours < theirs));
    }

    private static List<GrantLoad> measured(List<Granter> granters, GrantLoad.Step step, int warmUp, int rounds)
            throws LabFailure {
        List<GrantLoad> loads =
                granters.stream().map(granter -> new GrantLoad(granter, PLACES)).toList();
        for (int i = 0; i < warmUp + rounds; i++) {
            for (GrantLoad load : loads) {
                if (i < warmUp) {
                    load.uncounted(step);
                } else {
                    load.counted(step);
                }
                if (step == GrantLoad.Step.GRANT) {
                    load.uncounted(GrantLoad.Step.GIVE_BACK);
                }
            }
        }
        return loads;
    }

    private static List<Figure> figures(String what, List<GrantLoad> loads, int card) {
        GrantLoad ours = loads.get(card);
        Optional<GrantLoad> theirs = loads.stream().skip(CARDS.size()).findFirst();
        String peer = theirs.map(GrantLoad::name).orElse(NO_PEER);
        double rate = ours.perSecond();
        double theirRate = theirs.map(GrantLoad::perSecond).orElse(0.0);
        String count = String.format(Locale.ROOT, "%,.0f grants, %d clients", ours.grants(), CLIENTS);
        return List.of(
                new Figure(
                        what + " per second",
                        rate,
                        "/s",
                        peer,
                        theirRate,
                        String.format(Locale.ROOT, "> %,.0f/s and ahead of the peer, %s", MIN_PER_SECOND, count),
                        Figure.Verdict.of(theirs.isPresent() && rate > MIN_PER_SECOND && rate > theirRate)),
                beside(
                        what + ", p50",
                        peer,
                        theirs,
                        ours.percentileMillis(50),
                        load -> load.percentileMillis(50),
                        "ms"),
                beside(
                        what + ", p99",
                        peer,
                        theirs,
                        ours.percentileMillis(99),
                        load -> load.percentileMillis(99),
                        "ms"),
                beside(
                        what + ", server CPU",
                        peer,
                        theirs,
                        ours.granterCpuMicrosPerGrant(),
                        GrantLoad::granterCpuMicrosPerGrant,
                        "us"),
                beside(
                        what + ", client CPU",
                        peer,
                        theirs,
                        ours.clientCpuMicrosPerGrant(),
                        GrantLoad::clientCpuMicrosPerGrant,
                        "us"));
    }

    private static Figure beside(
            String what,
            String peer,
            Optional<GrantLoad> theirs,
            double ours,
            java.util.function.ToDoubleFunction<GrantLoad> figure,
            String unit) {
        double other = theirs.map(figure::applyAsDouble).orElse(0.0);
        return new Figure(
                what,
                ours,
                unit,
                peer,
                other,
                "below the peer's; the machine has " + Runtime.getRuntime().availableProcessors()
                        + " processors for server and clients",
                Figure.Verdict.of(theirs.isPresent() && ours < other));
    }
}
