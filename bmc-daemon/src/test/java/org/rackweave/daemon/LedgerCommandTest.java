package org.rackweave.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.config.Configuration;
import org.rackweave.config.ConfigurationLoader;
import org.rackweave.config.ConfigurationResult;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.Role;
import org.rackweave.daemon.conductor.Work;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.ledger.HeadSigner;
import org.rackweave.daemon.ledger.Ledger;
import org.rackweave.daemon.ledger.Restore;
import org.rackweave.daemon.ledger.StateDirectory;

/** What an operator does with a ledger, word by word. */
class LedgerCommandTest {
    @TempDir
    Path dir;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Configuration configuration;
    private Path state;
    private Path root;

    @BeforeEach
    void makeNode() throws Exception {
        Instant now = Instant.now();
        RackAuthority authority = RackAuthority.create(dir.resolve("ca"), "lab", now, new SecureRandom());
        authority.issue("a", Role.NODE, dir.resolve("id"), now);
        root = dir.resolve("id/ca.cert.pem");
        state = dir.resolve("state");
        Path file = Files.writeString(
                dir.resolve("rackweave.yaml"),
                "node: {identityDir: " + dir.resolve("id") + ", stateDir: " + state + "}");
        configuration = ((ConfigurationResult.Loaded) ConfigurationLoader.load(file)).configuration();
        try (StateDirectory directory = StateDirectory.take(state);
                Ledger ledger = open(directory)) {
            ledger.commit(List.of(new Effect.Audit("daemon", "test.done", "a", "{}")), 1);
        }
    }

    @Test
    void wordsThatMakeNoSenseAreNoCommand() {
        for (String words : List.of(
                "",
                "check a b",
                "backup",
                "restore",
                "frobnicate",
                "check --head",
                "export --head 1:a",
                "check --frob")) {
            assertThat(LedgerCommand.of(List.of(words.split(" ")))).as(words).isEmpty();
        }
        for (String words : List.of(
                "check",
                "check f",
                "check --head 1:a f --ca r",
                "export",
                "export f",
                "backup f",
                "restore f --head 1:a")) {
            assertThat(LedgerCommand.of(List.of(words.split(" ")))).as(words).isPresent();
        }
    }

    @Test
    void aNodesOwnLedgerIsCheckedAndExportedAndAStrangerChecksTheExportWithTheRootAlone() throws Exception {
        assertThat(run("check")).isZero();
        assertThat(said()).contains("1 audit rows, signed up to 1: sound");
        assertThat(run("export")).isZero();
        Path export = Files.write(dir.resolve("export.jsonl"), out.toByteArray());
        assertThat(runAsStranger("check " + export + " --ca " + root)).isZero();
        assertThat(said()).contains("sound");

        Files.writeString(export, Files.readString(export).replace("test.done", "test.dome"));
        assertThat(runAsStranger("check " + export + " --ca " + root)).isEqualTo(1);
        assertThat(said()).contains("audit row 1 does not have the hash of its content");
        assertThat(run("check --head 1:frob")).isEqualTo(1);
        assertThat(said()).contains("NUMBER:HASH");
        assertThat(runAsStranger("check " + dir.resolve("nothing") + " --ca " + root))
                .isEqualTo(1);
        assertThat(said()).contains("nothing", "cannot be read");
    }

    @Test
    void aBackupIsMadeAndRestoredAtOnceWhileNoDaemonRuns() throws Exception {
        Path backup = dir.resolve("backup.db");
        assertThat(run("backup " + backup)).isZero();
        assertThat(run("backup " + backup)).isEqualTo(1);
        assertThat(said()).contains("is there already");
        assertThat(run("restore " + backup)).isZero();
        assertThat(said()).contains("restored", "new epochs are above");
        assertThat(state.resolve(Restore.ASIDE_FILE)).exists();
        assertThat(run("check")).isZero();
        assertThat(said()).contains("2 audit rows, signed up to 1: sound");
    }

    @Test
    void aRunningDaemonMakesTheBackupItselfAndTakesARestoredLedgerAtItsNextStart() throws Exception {
        Path backup = dir.resolve("backup.db");
        try (StateDirectory directory = StateDirectory.take(state);
                Ledger ledger = open(directory);
                BackupWatch watch = BackupWatch.start(
                        state, ledger, work -> ((Work.Between) work).task().run(), InstantSource.system())) {
            assertThat(watch).isNotNull();
            assertThat(run("backup " + backup)).as(said()).isZero();
            assertThat(run("check " + backup)).as(said()).isZero();
            assertThat(run("check")).isEqualTo(1);
            assertThat(said()).contains("in use by another rackweaved");
            assertThat(run("restore " + backup)).isZero();
            assertThat(said()).contains("restart it");
            ledger.commit(List.of(new Effect.Audit("daemon", "test.done", "later", "{}")), 1);
            assertThat(ledger.verify()).isEmpty();
        }
        try (StateDirectory directory = StateDirectory.take(state);
                Ledger ledger = open(directory)) {
            assertThat(ledger.audit(1, 9)).extracting(row -> row.action()).containsExactly("ledger.restored");
            assertThat(ledger.epochFloor().value()).isPositive();
        }
    }

    @Test
    void aBackupThatWasChangedIsNotRestored() throws Exception {
        Path backup = dir.resolve("backup.db");
        assertThat(run("backup " + backup)).isZero();
        byte[] bytes = Files.readAllBytes(backup);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        bytes[text.indexOf("test.done")] = 'T';
        Files.write(backup, bytes);
        assertThat(run("restore " + backup)).isEqualTo(1);
        assertThat(said()).contains("does not have the hash of its content", "not restored");
        assertThat(state.resolve(Restore.ASIDE_FILE)).doesNotExist();
        assertThat(state.resolve(Restore.STAGED_FILE)).doesNotExist();
    }

    private Ledger open(StateDirectory directory) throws Exception {
        Identity identity = Identity.load(dir.resolve("id"), Instant.now());
        return Ledger.open(directory, 1 << 20, Optional.of(new HeadSigner(identity, new SecureRandom())));
    }

    private int run(String words) {
        return run(words, Optional.of(configuration));
    }

    private int runAsStranger(String words) {
        assertThat(LedgerCommand.of(List.of(words.split(" "))).orElseThrow().needsNoConfiguration())
                .isTrue();
        return run(words, Optional.empty());
    }

    private int run(String words, Optional<Configuration> with) {
        out.reset();
        err.reset();
        return LedgerCommand.of(List.of(words.split(" ")))
                .orElseThrow()
                .run(with, new PrintStream(out, true), new PrintStream(err, true));
    }

    private String said() {
        return out + "" + err;
    }
}
