package org.rackweave.sim.lab.attack;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rackweave.sim.lab.Await;
import org.rackweave.sim.lab.JsonText;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.RackLayout;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rackweave-lab attack}. */
@Command(
        name = "attack",
        mixinStandardHelpOptions = true,
        description = "Play the adversary against a rehearsal rack that runs, and tabulate what came of it.",
        footer = {
            "",
            "The rack's authority makes a node of it for the insider's part, and revokes it in the last row.",
            "Exit code 0 when all came as expected, 1 when something did not."
        })
public final class AttackCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "RACK", description = "The rack's directory, as 'rackweave-lab rack' printed it.")
    private Path rack = Path.of("");

    @Option(names = "--node", paramLabel = "NAME", description = "Which node is attacked (${DEFAULT-VALUE}).")
    private String node = "a";

    @Option(names = "--only", paramLabel = "ROW", split = ",", description = "Play these rows and no others.")
    private List<String> only = List.of();

    @Option(names = "--json", description = "One object a row.")
    private boolean json;

    @Override
    public Integer call() throws LabFailure {
        List<Row> rows = chosen();
        boolean allAsExpected = true;
        try (Ground ground = Ground.open(new RackLayout(rack), node)) {
            for (Row row : rows) {
                Row.Outcome outcome = played(row, ground);
                tell(row, outcome, System.out);
                allAsExpected &= outcome.asExpected();
            }
        }
        return allAsExpected ? 0 : 1;
    }

    private List<Row> chosen() {
        List<Row> all = new ArrayList<>(MulticastRows.all());
        all.addAll(UnicastRows.all());
        List<String> names = all.stream().map(Row::name).toList();
        Optional<String> unknown =
                only.stream().filter(name -> !names.contains(name)).findFirst();
        if (unknown.isPresent()) {
            throw new ParameterException(
                    spec.commandLine(), "there is no row " + unknown.get() + "; there are " + String.join(", ", names));
        }
        return all.stream()
                .filter(row -> only.isEmpty() || only.contains(row.name()))
                .toList();
    }

    /** Whatever the row is about: nobody is lost by it, nothing is granted by it, and the operator is served. */
    private static Row.Outcome played(Row row, Ground ground) throws LabFailure {
        int leases = ground.victim().leases();
        Row.Outcome outcome = row.play().play(ground);
        boolean nobodyLost = Await.within(
                        PATIENCE,
                        () -> ground.victim().alive().containsAll(ground.neighbours())
                                ? Optional.of(true)
                                : Optional.empty())
                .isPresent();
        boolean nothingGranted = ground.victim().leases() == leases;
        return outcome.and(new Row.Outcome(
                nobodyLost && nothingGranted,
                (nobodyLost ? "no neighbour lost" : "a neighbour is lost") + ", "
                        + (nothingGranted ? "no lease granted or ended" : "the leases are others")));
    }

    private void tell(Row row, Row.Outcome outcome, PrintStream out) {
        if (json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("row", row.name());
            object.put("attacker", row.attacker());
            object.put("expected", row.expected());
            object.put("asExpected", outcome.asExpected());
            object.put("seen", outcome.seen());
            out.println(JsonText.line(object));
        } else {
            out.printf(
                    Locale.ROOT,
                    "%-9s %-20s %s%n%30s expected: %s%n%30s seen: %s%n",
                    outcome.asExpected() ? "held" : "NOT HELD",
                    row.name(),
                    row.attacker(),
                    "",
                    row.expected(),
                    "",
                    outcome.seen());
        }
        out.flush();
    }
}
