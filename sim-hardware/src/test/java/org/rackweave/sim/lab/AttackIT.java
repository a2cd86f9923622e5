package org.rackweave.sim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The adversary as a process of its own, against the built distribution. */
class AttackIT {
    private static final Path LAB =
            Path.of("target/rackweave-lab/bin/rackweave-lab").toAbsolutePath();
    private static final int ROWS = 22;

    @TempDir
    Path folder;

    @Test
    void everythingThatTheAdversaryTriesComesToWhatItsTableSays() throws Exception {
        String rack = folder.resolve("rack").toString();
        ProgramRun up = lab("rack", "--dir", rack, "--slice-size", "1MiB");
        try {
            assertThat(up.exitCode()).as(up.errors()).isZero();
            ProgramRun attack = lab("attack", rack, "--json");
            List<String> lines = attack.output().strip().lines().toList();
            for (String line : lines) {
                assertThat(line).contains("\"asExpected\":true");
            }
            assertThat(lines).as(attack.errors()).hasSize(ROWS);
            assertThat(attack.exitCode()).as(attack.errors()).isZero();
        } finally {
            assertThat(lab("rack", "--down", rack).exitCode()).isZero();
        }
    }

    private static ProgramRun lab(String... arguments) throws LabFailure {
        List<String> command = new ArrayList<>(List.of(LAB.toString()));
        command.addAll(List.of(arguments));
        return ProgramRun.of(Map.of(), command);
    }
}
