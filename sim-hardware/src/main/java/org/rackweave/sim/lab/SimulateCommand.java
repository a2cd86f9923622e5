package org.rackweave.sim.lab;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.rackweave.sim.world.Probe;
import org.rackweave.sim.world.Tally;
import org.rackweave.sim.world.Totals;
import org.rackweave.sim.world.Violation;
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
    private static final int LAST_EVENTS = 40;
    private static final long PROGRESS_NANOS = Duration.ofSeconds(5).toNanos();

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

    @Option(names = "--trace", description = "Print every step of every run.")
    private boolean trace;

    @Override
    public Integer call() {
        if (seeds < 1 || nodes < 2 || nodes > MAX_NODES || minutes < 1 || minutes > 1_000_000) {
            throw new ParameterException(
                    spec.commandLine(), "at least 1 seed and 1 minute, and 2 to " + MAX_NODES + " nodes");
        }
        // The daemon tells its log what this command tells as a history.
        System.setProperty("tinylog.level", "off");
        PrintWriter out = spec.commandLine().getOut();
        Totals totals = new Totals();
        long startNanos = System.nanoTime();
        long toldNanos = startNanos;
        for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
            World world = trace ? new World(seed, nodes, out::println) : new World(seed, nodes);
            try {
                world.run(Duration.ofMinutes(minutes).toMillis());
            } catch (Violation violation) {
                report(out, seed, violation);
                return 1;
            }
            totals.add(world.totals());
            if (System.nanoTime() - toldNanos > PROGRESS_NANOS) {
                toldNanos = System.nanoTime();
                out.printf(Locale.ROOT, "%d of %d seeds%n", seed - firstSeed + 1, seeds);
                out.flush();
            }
        }
        sum(out, totals, (System.nanoTime() - startNanos) / 1e9);
        return 0;
    }

    private void report(PrintWriter out, long seed, Violation violation) {
        if (!trace) {
            lastEvents(seed).forEach(out::println);
        }
        out.printf(
                Locale.ROOT,
                "%nseed %d violates %s: %s%n  %s%nreplay it, step by step:%n  rackweave-lab simulate --seeds 1"
                        + " --first-seed %d --nodes %d --minutes %d --trace%n",
                seed,
                violation.invariant(),
                violation.invariant().sentence(),
                violation.getMessage(),
                seed,
                nodes,
                minutes);
        if (violation.getCause() != null) {
            violation.getCause().printStackTrace(out);
        }
        out.flush();
    }

    /** The same seed again, and this time somebody reads. */
    private List<String> lastEvents(long seed) {
        Deque<String> last = new ArrayDeque<>();
        try {
            new World(seed, nodes, line -> {
                        last.addLast(line);
                        if (last.size() > LAST_EVENTS) {
                            last.removeFirst();
                        }
                    })
                    .run(Duration.ofMinutes(minutes).toMillis());
            last.addLast("(the replay did not fail: something in this program does not follow from the seed)");
        } catch (Violation again) {
            // What led to it is in the lines.
        }
        return List.copyOf(last);
    }

    private void sum(PrintWriter out, Totals totals, double seconds) {
        out.printf(Locale.ROOT, "%d seeds of %d nodes: every invariant held%n", seeds, nodes);
        for (Tally tally : Tally.values()) {
            out.printf(Locale.ROOT, "  %,14d %s%n", totals.of(tally), tally.words());
        }
        out.printf(
                Locale.ROOT,
                "  %,14.0f simulated seconds per second (%.1f s)%n",
                totals.of(Tally.SIMULATED_SECONDS) / seconds,
                seconds);
        out.println("rare paths, and how often they were gone:");
        for (Probe probe : Probe.values()) {
            out.printf(Locale.ROOT, "  %,14d %s%n", totals.of(probe), probe.sentence());
        }
        List<Probe> never = totals.neverReached();
        out.println(never.isEmpty() ? "none was missed" : "never reached: " + never);
        out.flush();
    }
}
