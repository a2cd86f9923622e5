package org.rackweave.sim.lab;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.rackweave.sim.planted.CoreFault;
import org.rackweave.sim.planted.Hunt;
import org.rackweave.sim.planted.PlantedCore;
import org.rackweave.sim.world.PlantedFault;
import org.rackweave.sim.world.Probe;
import org.rackweave.sim.world.Setup;
import org.rackweave.sim.world.Shrinking;
import org.rackweave.sim.world.Tally;
import org.rackweave.sim.world.Totals;
import org.rackweave.sim.world.Trouble;
import org.rackweave.sim.world.Violation;
import org.rackweave.sim.world.Without;
import org.rackweave.sim.world.World;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rackweave-lab simulate}. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = "Run racks of the daemon's own cores and conductor in a simulated world, one per seed.")
final class SimulateCommand implements Callable<Integer> {
    private static final int MAX_NODES = 64;
    private static final int LAST_LINES = 60;
    private static final String ALL = "all";

    /** Fewer runs, or shorter or smaller ones, may by chance have little of something. */
    private static final long FLOORS_FROM_SEEDS = 100;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--seeds", paramLabel = "N", description = "How many runs (${DEFAULT-VALUE}).")
    private long seeds = 100;

    @Option(names = "--first-seed", paramLabel = "S", description = "The seed of the first (${DEFAULT-VALUE}).")
    private long firstSeed = 1;

    @Option(names = "--nodes", paramLabel = "M", description = "Nodes of each rack, 2 to 64 (${DEFAULT-VALUE}).")
    private int nodes = 4;

    @Option(names = "--minutes", paramLabel = "K", description = "Simulated minutes with faults (${DEFAULT-VALUE}).")
    private long minutes = 1;

    @Option(names = "--seconds", paramLabel = "K", description = "Simulated seconds with faults, instead of minutes.")
    private long seconds;

    @Option(
            names = "--without",
            paramLabel = "TROUBLE[#FIRST[-LAST]],…",
            description = "Leave out kinds of trouble, or single strikes of one. --list names them.")
    private String without = "";

    @Option(
            names = "--threads",
            paramLabel = "T",
            description = "How many seeds, or faults with '--planted all', at a time (${DEFAULT-VALUE}).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--trace", description = "Print every step of every run, one run after the other.")
    private boolean trace;

    @Option(
            names = "--shrink",
            paramLabel = "S",
            description = "Seconds to look for a shorter history of a run that fails (${DEFAULT-VALUE}).")
    private long shrinkSeconds = 30;

    @Option(names = "--list", description = "List kinds of trouble and faults that can be planted, and end.")
    private boolean list;

    @Option(
            names = "--planted",
            paramLabel = "FAULT",
            description =
                    "Run with a mistake that the product does not have, to see it found: one that --list names, or"
                            + " 'all' for a table of how soon each is found.")
    private String planted = "";

    @Option(
            names = "--sources",
            paramLabel = "DIR",
            description = "Sources of bmc-daemon, for mistakes planted in a core (${DEFAULT-VALUE}).")
    private Path sources = Path.of("bmc-daemon/src/main/java");

    private Optional<PlantedFault> fault = Optional.empty();
    private String replayedWith = "";
    private Without leftOut = Without.NOTHING;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            list(out);
            return 0;
        }
        if (seconds == 0) {
            seconds = Duration.ofMinutes(minutes).toSeconds();
        }
        if (threads < 1) {
            throw new ParameterException(spec.commandLine(), "at least 1 thread");
        }
        if (seeds < 1 || nodes < 2 || nodes > MAX_NODES || seconds < 1 || seconds > 60_000_000) {
            throw new ParameterException(
                    spec.commandLine(), "at least 1 seed and 1 second, and 2 to " + MAX_NODES + " nodes");
        }
        try {
            leftOut = Without.parse(without);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--without: " + e.getMessage(), e);
        }
        // The daemon tells its log what this command tells as a history.
        System.setProperty("tinylog.level", "off");
        if (planted.equals(ALL)) {
            requireSources();
            return hunt(out) ? 0 : 1;
        }
        Optional<CoreFault> core = plant();
        if (core.isPresent() && !PlantedCore.isPlanted(core.get())) {
            return inPlantedCore(core.get());
        }
        return trace ? traced(out) : runs(out);
    }

    private Optional<CoreFault> plant() {
        if (planted.isEmpty()) {
            return Optional.empty();
        }
        fault = Arrays.stream(PlantedFault.values())
                .filter(each -> each.name().equals(planted))
                .findFirst();
        Optional<CoreFault> core = CoreFault.named(planted);
        if (fault.isEmpty() && core.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "no fault is called " + planted + "; see --list");
        }
        core.ifPresent(each -> replayedWith = " --planted " + each);
        return core;
    }

    /** The same command again, in classes of its own of which one has the mistake. */
    private int inPlantedCore(CoreFault core) {
        requireSources();
        List<String> arguments = spec.commandLine().getParseResult().originalArgs();
        PlantedCore classes = PlantedCore.compile(core, sources, SimulateCommand.class.getClassLoader());
        return classes.execute(
                SimulateCommand.class.getName(), arguments, spec.commandLine().getOut());
    }

    private void requireSources() {
        if (!Files.isDirectory(sources)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--sources: " + sources
                            + " is no directory; a mistake is planted in a copy of a core's source, so run this"
                            + " in a checkout, or name that directory of one");
        }
    }

    /** Every fault that can be planted, and how soon it is found. */
    private boolean hunt(PrintWriter out) throws InterruptedException {
        out.println(Hunt.head());
        List<Callable<Hunt>> hunts = new ArrayList<>();
        Arrays.stream(CoreFault.values()).forEach(each -> hunts.add(() -> Hunt.of(each, sources)));
        Arrays.stream(PlantedFault.values()).forEach(each -> hunts.add(() -> Hunt.of(each)));
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            boolean isEachFound = true;
            for (Future<Hunt> end : hunts.stream().map(workers::submit).toList()) {
                Hunt hunt = end.get();
                isEachFound &= hunt.isFound();
                out.println(hunt.row());
                out.flush();
            }
            return isEachFound;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a fault could not be looked for", e.getCause());
        } finally {
            workers.shutdownNow();
        }
    }

    private void list(PrintWriter out) {
        out.println("trouble (--without):");
        for (Trouble trouble : Trouble.values()) {
            out.printf(Locale.ROOT, "  %-18s %s%n", trouble.word(), trouble.sentence());
        }
        out.println("faults at the edge of the product (--planted):");
        for (PlantedFault each : PlantedFault.values()) {
            out.printf(Locale.ROOT, "  %-34s %s%n", each, each.sentence());
        }
        out.println("faults of one line in a core (--planted, in a checkout):");
        for (CoreFault each : CoreFault.values()) {
            out.printf(Locale.ROOT, "  %-34s %s%n", each, each.sentence());
        }
        out.flush();
    }

    private int runs(PrintWriter out) throws InterruptedException {
        long startNanos = System.nanoTime();
        SeedRuns runs = new SeedRuns(firstSeed, seeds, this::setup, out);
        Optional<SeedRuns.Failure> failure = runs.run(threads);
        if (failure.isPresent()) {
            report(out, failure.get().setup(), failure.get().violation());
            return 1;
        }
        return sum(out, runs.totals(), (System.nanoTime() - startNanos) / 1e9) ? 0 : 1;
    }

    private Setup setup(long seed) {
        return new Setup(seed, nodes, seconds * 1_000, leftOut, fault);
    }

    private int traced(PrintWriter out) {
        for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
            Setup setup = setup(seed);
            try {
                new World(setup, out::println).run(setup.faultyMillis());
            } catch (Violation violation) {
                report(out, setup, violation);
                return 1;
            }
        }
        out.flush();
        return 0;
    }

    private void report(PrintWriter out, Setup found, Violation violation) {
        out.printf(Locale.ROOT, "%nseed %d violates %s%n", found.seed(), said(violation));
        if (!trace && shrinkSeconds > 0) {
            long endNanos =
                    System.nanoTime() + Duration.ofSeconds(shrinkSeconds).toNanos();
            out.printf(Locale.ROOT, "as it was found:%n  %s%n", command(found));
            out.println("looking for a shorter history …");
            out.flush();
            Shrinking shrinking = new Shrinking(found, () -> System.nanoTime() > endNanos);
            int before = shrinking.happenings();
            Setup shortest = shrinking.shortest();
            List<String> history = shrinking.history();
            out.printf(
                    Locale.ROOT,
                    "%nthe shortest of %d runs: %d nodes, %d s, %d faults and asks instead of %d%s%n",
                    shrinking.runs(),
                    shortest.nodes(),
                    shortest.faultyMillis() / 1_000,
                    shrinking.happenings(),
                    before,
                    history.size() > LAST_LINES
                            ? "; its last " + LAST_LINES + " of " + history.size() + " lines:"
                            : ":");
            history.stream().skip(Math.max(0, history.size() - LAST_LINES)).forEach(out::println);
            out.printf(Locale.ROOT, "%nseed %d violates %s%n", shortest.seed(), said(shrinking.violation()));
            out.printf(Locale.ROOT, "replay it, step by step:%n  %s --trace%n", command(shortest));
        } else {
            out.printf(Locale.ROOT, "replay it, step by step:%n  %s --trace%n", command(found));
        }
        if (violation.getCause() != null) {
            violation.getCause().printStackTrace(out);
        }
        out.flush();
    }

    private static String said(Violation violation) {
        return violation.invariant() + ": " + violation.invariant().sentence() + System.lineSeparator() + "  "
                + violation.getMessage();
    }

    private String command(Setup setup) {
        return "rackweave-lab simulate " + setup.options() + replayedWith;
    }

    /** Whether enough happened for the runs to show something. */
    private boolean sum(PrintWriter out, Totals totals, double tookSeconds) {
        boolean hasFloors = seeds >= FLOORS_FROM_SEEDS && nodes >= 3 && leftOut.isEmpty();
        double floors = seeds * (seconds / 60.0);
        boolean isEnough = true;
        out.printf(Locale.ROOT, "%d seeds of %d nodes: every invariant held%n", seeds, nodes);
        for (Tally tally : Tally.values()) {
            long count = totals.of(tally);
            boolean isLow = hasFloors && count < tally.floor() * floors;
            isEnough &= !isLow;
            out.printf(
                    Locale.ROOT,
                    "  %,14d %s, %.1f a seed%s%n",
                    count,
                    tally.words(),
                    (double) count / seeds,
                    hasFloors
                            ? String.format(
                                    Locale.ROOT,
                                    ", floor %.1f%s",
                                    tally.floor() * seconds / 60,
                                    isLow ? ": TOO FEW" : "")
                            : "");
        }
        out.printf(
                Locale.ROOT,
                "  %,14.0f simulated seconds per second (%.1f s)%n",
                totals.of(Tally.SIMULATED_SECONDS) / tookSeconds,
                tookSeconds);
        out.println("rare paths, and how often they were gone:");
        for (Probe probe : Probe.values()) {
            out.printf(Locale.ROOT, "  %,14d %s%n", totals.of(probe), probe.sentence());
        }
        List<Probe> never = totals.neverReached();
        out.println(never.isEmpty() ? "none was missed" : "never reached: " + never);
        if (!isEnough) {
            out.println("too little happened for these runs to show anything: see the floors above");
        }
        out.flush();
        return isEnough;
    }
}
