package org.rackweave.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lab as it was built, run as a user runs it. */
class LabIT {
    private static final Path HOME = Path.of("target/rackweave-lab").toAbsolutePath();

    @TempDir
    Path folder;

    private static ProgramRun run(Map<String, String> environment, String program, String... arguments)
            throws LabFailure {
        List<String> command =
                new ArrayList<>(List.of(HOME.resolve("bin").resolve(program).toString()));
        command.addAll(List.of(arguments));
        return ProgramRun.of(environment, command);
    }

    @Test
    void everyStepOfTheDemoHolds() throws Exception {
        Path directory = folder.resolve("demo");
        ProgramRun run = run(Map.of(), "rackweave-lab", "demo", "--json", "--dir", directory.toString());
        assertThat(run.exitCode()).as(run.output() + run.errors()).isZero();
        List<String> lines = run.output().strip().lines().toList();
        assertThat(lines).hasSizeGreaterThan(20);
        List<String> names = new ArrayList<>();
        for (String line : lines) {
            names.add(JsonText.object(line).text("name"));
            assertThat(JsonText.object(line).text("outcome")).as(line).isEqualTo("ok");
            assertThat(JsonText.object(line).size("seen")).as(line).isPositive();
        }
        assertThat(names).containsSubsequence("combine", "wait", "fill", "reclaim", "reclaimed");
        assertThat(directory).doesNotExist();
        assertThat(processesNaming(directory)).isEmpty();
    }

    @Test
    void aRehearsalRackRunsUntilItIsTakenDown() throws Exception {
        Path directory = folder.resolve("rack");
        RackLayout layout = new RackLayout(directory);
        ProgramRun up = run(
                Map.of(),
                "rackweave-lab",
                "rack",
                "--nodes",
                "2",
                "--slice-size",
                "1MiB",
                "--dir",
                directory.toString());
        try {
            assertThat(up.exitCode()).as(up.errors()).isZero();
            assertThat(up.output()).contains("all see one another").contains("rack --down " + directory);
            assertThat(processesNaming(directory)).hasSize(2);
            Map<String, String> asOperator = Map.of(
                    "RACKWEAVE_CONFIG", layout.configuration("a").toString(),
                    "RACKWEAVE_IDENTITY", layout.identity(RackLayout.OPERATOR).toString());
            ProgramRun nodes = run(asOperator, "rackweave", "nodes", "-o", "json");
            assertThat(nodes.exitCode()).as(nodes.errors()).isZero();
            assertThat(nodes.output()).contains("\"self\"").contains("\"alive\"");
        } finally {
            ProgramRun down = run(Map.of(), "rackweave-lab", "rack", "--down", directory.toString());
            assertThat(down.output()).contains("node a: stopped").contains("node b: stopped");
        }
        assertThat(processesNaming(directory)).isEmpty();
    }

    private static List<Long> processesNaming(Path directory) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .map(arguments -> String.join(" ", arguments))
                        .filter(line -> line.contains(directory.toString()))
                        .isPresent())
                .map(ProcessHandle::pid)
                .toList();
    }
}
