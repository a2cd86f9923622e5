package org.rackweave.sim.withstand;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.SliceState;

/** Backup, export and restore of a ledger by the programs as they are built, while a daemon runs and while none does. */
class LedgerCopiesIT {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final long LEAP = 1L << 32;

    private final TrialRack rack = TrialRack.of("a");

    @AfterEach
    void close() {
        rack.close();
    }

    @Test
    void aRunningDaemonGivesABackupAndTakesItBackAtItsNextStart() throws IOException {
        Path backup = rack.scratch("copies").resolve("backup.db");
        TrialProcess daemon = rack.launch("a");
        int port = daemon.awaitReady();
        Soon.is("all of a is free", SOON, () -> free(port) == 4);

        Ended made = rack.daemonProgram("a", "ledger", "backup", backup.toString());
        assertThat(made.exitCode()).as(made.errors()).isZero();
        assertThat(made.output()).contains("4 slices");
        Ended exported = rack.daemonProgram("a", "ledger", "export", backup.toString());
        Path export = Files.writeString(backup.resolveSibling("export.jsonl"), exported.output());
        assertThat(rack.daemonProgram("a", "ledger", "check", export.toString()).output())
                .contains("sound");
        Ended staged = rack.daemonProgram("a", "ledger", "restore", backup.toString());
        assertThat(staged.exitCode()).as(staged.errors()).isZero();
        assertThat(staged.output()).contains("restart it");
        assertThat(rack.operator().describe(port).lending()).isEmpty();
        assertThat(daemon.terminate()).isLessThan(Duration.ofSeconds(5));

        TrialProcess again = rack.launch("a");
        int newPort = again.awaitReady();
        Soon.is("all of a is wiped and free", SOON, () -> free(newPort) == 4);
        assertThat(rack.state("a").resolve("ledger.before-restore")).exists();
        assertThat(rack.operator().auditTrail(newPort))
                .anyMatch(row ->
                        row.action().equals("ledger.restored") && row.detail().contains("\"epochFloor\":" + LEAP));
        again.terminate();
        assertThat(rack.daemonProgram("a", "ledger", "check").output()).contains("sound");
    }

    private long free(int port) {
        return rack.operator().slices(port).stream()
                .filter(slice -> slice.state() == SliceState.FREE)
                .count();
    }
}
