package org.rackweave.sim.lab;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rackweave.config.ByteSize;
import org.rackweave.config.Parsed;
import org.rackweave.config.TimeSpan;
import org.rackweave.protocol.message.SliceView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rackweave-lab rack}. */
@Command(
        name = "rack",
        mixinStandardHelpOptions = true,
        description = "Start a rehearsal rack and leave it running, or stop one.")
final class RackCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--nodes", paramLabel = "N", description = "How many daemons, 1 to 26 (${DEFAULT-VALUE}).")
    private int nodes = 3;

    @Option(names = "--dir", paramLabel = "DIR", description = "Where: empty or not there yet (a new one under /tmp).")
    private Optional<Path> directory = Optional.empty();

    @Option(names = "--slices", paramLabel = "N", description = "Slices of memory per node (${DEFAULT-VALUE}).")
    private int slices = 4;

    @Option(names = "--slice-size", paramLabel = "SIZE", description = "How long each is (${DEFAULT-VALUE}).")
    private String sliceSize = "1GiB";

    @Option(names = "--term-floor", paramLabel = "TIME", description = "The shortest term (${DEFAULT-VALUE}).")
    private String termFloor = "1s";

    @Option(names = "--down", paramLabel = "DIR", description = "Stop the rack in this directory; its files stay.")
    private Optional<Path> down = Optional.empty();

    @Override
    public Integer call() throws LabFailure {
        if (down.isPresent()) {
            Rack.down(new RackLayout(down.get())).forEach(System.out::println);
            return 0;
        }
        RackPlan plan = plan();
        Distribution distribution = Distribution.ofThisProcess();
        Path root = directory.isPresent() ? directory.get() : ScratchDirectory.create("rackweave-rack-");
        RackLayout layout = RackSetup.create(root, plan);
        try (Rack rack = Rack.open(distribution, layout, plan.names())) {
            try {
                bringUp(rack, System.out);
            } catch (LabFailure failed) {
                // Half a rack is of no use to anybody.
                rack.killAll();
                throw failed;
            }
        }
        return 0;
    }

    private RackPlan plan() {
        try {
            return RackPlan.of(
                    nodes,
                    slices,
                    value(ByteSize.parse(sliceSize), "--slice-size"),
                    Duration.ofMillis(value(TimeSpan.parse(termFloor), "--term-floor")));
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()));
        }
    }

    private static <T> T value(Parsed<T> parsed, String option) {
        if (parsed instanceof Parsed.Value<T> value) {
            return value.value();
        }
        Parsed.Wrong<T> wrong = (Parsed.Wrong<T>) parsed;
        throw new IllegalArgumentException(option + ": " + wrong.found() + "; " + wrong.advice());
    }

    private static void bringUp(Rack rack, PrintStream out) throws LabFailure {
        for (String name : rack.names()) {
            DaemonProcess process = rack.start(name);
            List<SliceView> owned = Slices.of(rack, name);
            out.printf(
                    Locale.ROOT,
                    "node %s: process %d, 127.0.0.1:%d, %d slices, %d MiB%n",
                    name,
                    process.pid(),
                    process.port(),
                    owned.size(),
                    owned.stream().mapToLong(SliceView::amount).sum() >> 20);
        }
        Duration took = rack.awaitConvergence(rack.names(), PATIENCE);
        out.printf(Locale.ROOT, "all see one another, after %d ms%n", took.toMillis());
        hint(rack, out);
    }

    private static void hint(Rack rack, PrintStream out) {
        String first = rack.names().get(0);
        String last = rack.names().get(rack.names().size() - 1);
        Path root = rack.layout().root();
        out.printf(
                Locale.ROOT,
                """

                To speak to node %1$s as the operator:
                  export PATH=%2$s/bin:$PATH
                  export RACKWEAVE_CONFIG=%3$s
                  export RACKWEAVE_IDENTITY=%4$s

                Then try:
                  rackweave nodes
                  rackweave borrow --kind memory --amount 2GiB --term 1m
                  rackweave loans
                  rackweave --node %5$s slices
                  rackweave events --follow
                  ls -l %6$s/hosts/%1$s
                  kill -9 $(cat %7$s/pid)
                  rackweaved --config $RACKWEAVE_CONFIG >/dev/null &

                Faults of node %5$s's hardware are told in %8$s, such as:
                  echo 'unbind hang 5s 1' > %8$s

                To stop the rack:
                  rackweave-lab rack --down %9$s
                """,
                first,
                rack.distribution().home(),
                rack.layout().configuration(first),
                rack.layout().identity(RackLayout.OPERATOR),
                last,
                rack.layout().hardware().root(),
                rack.layout().state(first),
                rack.layout().hardware().faults(last),
                root);
    }
}
