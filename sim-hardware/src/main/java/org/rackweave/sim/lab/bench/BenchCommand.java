package org.rackweave.sim.lab.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rackweave.sim.lab.Distribution;
import org.rackweave.sim.lab.LabFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rackweave-lab bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measure, each figure beside a peer in the same run. A goal that is short is no failure here.")
public final class BenchCommand implements Callable<Integer> {
    private static final List<Benchmark> ALL = List.of(
            new StartBenchmark(),
            new GrantBenchmark(),
            new GrantsBenchmark(),
            new DecideBenchmark(),
            new LedgerBenchmark(),
            new OpenbBenchmark(),
            new LendingBenchmark(),
            new PriorityBenchmark(),
            new HalBenchmark());

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "Which; see --list.")
    private Optional<String> name = Optional.empty();

    @Option(names = "--list", description = "Name them all.")
    private boolean list;

    @Option(names = "--quick", description = "Fewer repetitions.")
    private boolean quick;

    @Option(names = "--json", description = "One JSON object a figure.")
    private boolean json;

    @Option(
            names = "--traces",
            paramLabel = "DIR",
            description = "Where the traces lie; default: ${DEFAULT-VALUE}. A figure whose trace is absent is not met.")
    private Path traces = Path.of("../shared/traces");

    @Option(
            names = "--plots",
            paramLabel = "DIR",
            description = "Also draw what there is to see, as SVG files in there.")
    private Optional<Path> plots = Optional.empty();

    @Override
    public Integer call() throws LabFailure {
        if (list) {
            ALL.forEach(
                    benchmark -> System.out.printf(Locale.ROOT, "%-8s %s%n", benchmark.name(), benchmark.sentence()));
            return 0;
        }
        Benchmark benchmark = chosen();
        Distribution distribution = Distribution.ofThisProcess();
        if (!json) {
            Machine.describe(distribution).forEach(System.out::println);
            System.out.println("command: rackweave-lab bench " + benchmark.name() + (quick ? " --quick" : ""));
            System.out.println();
        }
        List<Figure> figures = benchmark.run(
                new Settings(distribution, quick ? Benchmark.Effort.QUICK : Benchmark.Effort.FULL, traces, plots));
        if (!json) {
            System.out.println(Figure.heading());
        }
        figures.forEach(figure -> System.out.println(json ? figure.json() : figure.text()));
        return 0;
    }

    private Benchmark chosen() {
        return ALL.stream()
                .filter(benchmark -> benchmark.name().equals(name.orElse("")))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "name one of: "
                                + String.join(
                                        ", ", ALL.stream().map(Benchmark::name).toList())));
    }
}
