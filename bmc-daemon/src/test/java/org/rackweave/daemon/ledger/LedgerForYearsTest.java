package org.rackweave.daemon.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.RackTrust;
import org.rackweave.crypto.Role;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/** A ledger that is used for years: it stays small, is signed, and can be copied, put back and judged by strangers. */
class LedgerForYearsTest {
    private static final long MAX_BYTES = 1 << 20;
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final Optional<String> NO_HEAD = Optional.empty();

    @TempDir
    Path dir;

    private final SecureRandom random = new SecureRandom();
    private HeadSigner signer;
    private RackTrust trust;

    @BeforeEach
    void issue() throws IdentityException {
        RackAuthority authority = RackAuthority.create(dir.resolve("ca"), "lab", NOW, random);
        authority.issue("a", Role.NODE, dir.resolve("id"), NOW);
        signer = new HeadSigner(Identity.load(dir.resolve("id"), NOW), random);
        trust = authority.trust();
    }

    // ---- size ------------------------------------------------------------------------------------------------------

    @Test
    void aSmallLedgerGoesOnLendingAndStaysWithinItsBound() throws Exception {
        try (StateDirectory state = StateDirectory.take(dir.resolve("state"));
                Ledger ledger = open(state)) {
            Lending lending = new Lending(ledger, 16);
            long largest = 0;
            while (lending.loans() < 2_400) {
                lending.round();
                largest = Math.max(largest, bytesIn(state.path()));
                assertThat(ledger.upkeep().room()).isEqualTo(Journal.Room.TO_LEND);
            }
            // Two copies of the database fit beside it and its log.
            assertThat(largest + 2 * Files.size(state.file(Ledger.FILE))).isLessThanOrEqualTo(MAX_BYTES);
            Journal.Upkeep upkeep = ledger.upkeep();
            assertThat(upkeep.prunedRows()).isGreaterThan(8_000);
            assertThat(upkeep.prunedUnread()).isEqualTo(upkeep.prunedRows());
            assertThat(ledger.audit(0, 1).get(0).number()).isEqualTo(upkeep.prunedRows() + 1);
            assertThat(ledger.lastAuditNumber() - upkeep.prunedRows()).isGreaterThanOrEqualTo(Trail.KEEP_ROWS);
            ledger.seal(lending.wallMillis());
            LedgerCheck check = ledger.check(
                    Optional.of(trust), Optional.of(ledger.lastAuditNumber() + ":" + ledger.lastAuditHash()));
            assertThat(check.problems()).isEmpty();
            assertThat(check.summary()).contains("signed up to " + ledger.lastAuditNumber());
        }
        try (StateDirectory state = StateDirectory.take(dir.resolve("state"));
                Ledger ledger = open(state)) {
            assertThat(ledger.slices()).hasSize(16).allMatch(row -> row.state() == SliceState.FREE);
        }
    }

    @Test
    void rowsThatWereReadFromTheFirstOnAreNotCountedAsUnread() throws Exception {
        try (StateDirectory state = StateDirectory.take(dir.resolve("state"));
                Ledger ledger = open(state)) {
            Lending lending = new Lending(ledger, 16);
            while (ledger.upkeep().prunedRows() == 0) {
                lending.round();
                // What is read with a gap before it shows nothing of the gap.
                ledger.handedOut(ledger.lastAuditNumber() - 1, ledger.lastAuditNumber());
                ledger.handedOut(0, 100);
            }
            assertThat(ledger.upkeep().prunedUnread()).isEqualTo(ledger.upkeep().prunedRows() - 100);
        }
    }

    @Test
    void anExportMarksAllRowsAsReadAlsoForTheNextStart() throws Exception {
        try (StateDirectory state = StateDirectory.take(dir.resolve("state"))) {
            long read;
            try (Ledger ledger = open(state)) {
                new Lending(ledger, 16).round();
                ledger.export(new ByteArrayOutputStream(), 1);
                read = ledger.lastAuditNumber();
            }
            try (Ledger ledger = open(state)) {
                Lending lending = new Lending(ledger, 16);
                while (ledger.upkeep().prunedRows() < read) {
                    lending.round();
                }
                assertThat(ledger.upkeep().prunedUnread())
                        .isEqualTo(ledger.upkeep().prunedRows() - read);
            }
        }
    }

    // ---- signatures ------------------------------------------------------------------------------------------------

    @Test
    void theTrailIsSignedAfterSoManyRowsAndAfterSoMuchTime() throws Exception {
        try (StateDirectory state = StateDirectory.take(dir.resolve("state"));
                Ledger ledger = open(state)) {
            ledger.commit(List.of(audit("first")), 1_000_000_000);
            assertThat(signedThrough(ledger)).isEqualTo(1);
            ledger.commit(List.of(audit("second")), 1_000_000_000 + Trail.SIGN_MILLIS - 1);
            assertThat(signedThrough(ledger)).isEqualTo(1);
            // Nothing is written, and yet the time has come.
            assertThat(ledger.commit(List.of(), 1_000_000_000 + Trail.SIGN_MILLIS))
                    .isEqualTo(Journal.Commit.WRITTEN);
            assertThat(signedThrough(ledger)).isEqualTo(2);
            assertThat(ledger.commit(List.of(), Long.MAX_VALUE / 2)).isEqualTo(Journal.Commit.NOTHING_TO_WRITE);
            for (int i = 0; i < Trail.SIGN_ROWS; i++) {
                ledger.commit(List.of(audit("row" + i)), 1_000_000_000 + Trail.SIGN_MILLIS);
            }
            assertThat(signedThrough(ledger)).isEqualTo(2 + Trail.SIGN_ROWS);
        }
    }

    @Test
    void aTailThatIsCutOffAfterItWasSignedIsFoundAtTheNextStart() throws Exception {
        Path file = signedLedger(20);
        change(file, "DELETE FROM audit WHERE number > 15");
        assertThat(problems(file)).anyMatch(problem -> problem.contains("16 to 20 are missing at the end"));
        try (StateDirectory state = StateDirectory.take(file.getParent())) {
            assertThatThrownBy(() -> open(state))
                    .hasMessageContaining("16 to 20 are missing")
                    .hasMessageContaining("restore");
        }
    }

    @Test
    void aTailThatIsCutOffWithItsSignatureIsFoundByWhoWroteDownTheHead() throws Exception {
        Path file = signedLedger(20);
        String head = head(file);
        change(file, "DELETE FROM audit WHERE number > 15; DELETE FROM head");
        assertThat(problems(file)).isEmpty();
        assertThat(LedgerCheck.of(file, Optional.of(trust), Optional.of(head)).problems())
                .anyMatch(problem -> problem.contains("16 to 20 are missing at the end"));
    }

    @Test
    void aTrailThatWasWrittenAnewFromTheFirstRowIsFoundByItsSignatures() throws Exception {
        Path file = signedLedger(20);
        List<Effect> forged = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            forged.add(audit("forged" + i));
        }
        Path other = dir.resolve("forger");
        try (StateDirectory state = StateDirectory.take(other);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            ledger.commit(forged, 5);
        }
        change(
                file,
                "ATTACH '" + other.resolve(Ledger.FILE) + "' AS forger; DELETE FROM audit;"
                        + " INSERT INTO audit SELECT * FROM forger.audit");
        assertThat(problems(file)).anyMatch(problem -> problem.contains("is not this trail's"));
    }

    @Test
    void aNodeOfAnotherRackIsNotBelievedWhateverItSigned() throws Exception {
        Path file = signedLedger(3);
        RackTrust other =
                RackAuthority.create(dir.resolve("ca2"), "other", NOW, random).trust();
        assertThat(LedgerCheck.of(file, Optional.of(other), NO_HEAD).problems())
                .anyMatch(problem -> problem.contains("not of this rack"));
    }

    @Test
    void anAnchorThatNobodySignedIsFound() throws Exception {
        Path file = anchored();
        for (String change : List.of(
                "UPDATE anchor SET number = number - 1",
                "UPDATE anchor SET count = count - 1",
                "UPDATE anchor SET at_epoch_millis = 5",
                "UPDATE anchor SET hash = (SELECT hash FROM audit LIMIT 1)",
                "DELETE FROM anchor",
                "DELETE FROM audit WHERE number = (SELECT min(number) FROM audit)")) {
            Path copy = Files.createDirectories(dir.resolve("copy" + change.hashCode()))
                    .resolve(Ledger.FILE);
            Files.copy(file, copy);
            change(copy, change);
            assertThat(problems(copy)).as(change).isNotEmpty();
        }
    }

    // ---- exports ---------------------------------------------------------------------------------------------------

    @Test
    void aChangeOfAnyByteOfAnExportIsFound() throws Exception {
        byte[] export = export(anchored());
        assertThat(exportProblems(export)).isEmpty();
        for (int i = 0; i < export.length; i++) {
            byte[] changed = export.clone();
            changed[i] ^= (byte) (1 << i % 7);
            assertThat(exportProblems(changed)).as("byte %d", i).isNotEmpty();
        }
    }

    @Test
    void anExportThatIsCutOffAnywhereOrLacksAnyLineIsFound() throws Exception {
        byte[] export = export(anchored());
        for (int length = 0; length < export.length; length++) {
            boolean atLine = length == 0 || export[length - 1] == '\n' || export[length] == '\n';
            if (atLine || length % 16 == 0) {
                assertThat(exportProblems(Arrays.copyOf(export, length)))
                        .as("cut to %d", length)
                        .isNotEmpty();
            }
        }
        List<String> lines = new String(export, StandardCharsets.UTF_8).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            List<String> without = new ArrayList<>(lines);
            String line = without.remove(i);
            assertThat(exportProblems(joined(without))).as("without %s", line).isNotEmpty();
            without.add(i, line);
            without.add(i, line);
            assertThat(exportProblems(joined(without))).as("twice %s", line).isNotEmpty();
        }
    }

    @Test
    void anExportIsHeldAgainstAHeadThatIsKnownFromElsewhere() throws Exception {
        Path file = anchored();
        Path export = Files.write(dir.resolve("export.jsonl"), export(file));
        String head = head(file);
        assertThat(LedgerCheck.of(export, Optional.of(trust), Optional.of(head)).problems())
                .isEmpty();
        assertThat(LedgerCheck.of(export, Optional.of(trust), Optional.of("9" + head))
                        .problems())
                .anyMatch(problem -> problem.contains("missing at the end"));
        String other = head.substring(0, head.indexOf(':') + 1) + "0".repeat(64);
        assertThat(LedgerCheck.of(export, Optional.of(trust), Optional.of(other))
                        .problems())
                .anyMatch(problem -> problem.contains("not the one that is known"));
        assertThat(LedgerCheck.of(export, Optional.of(trust), Optional.of("1:" + "0".repeat(64)))
                        .problems())
                .anyMatch(problem -> problem.contains("name a newer one"));
    }

    // ---- versions --------------------------------------------------------------------------------------------------

    @Test
    void aLedgerOfEachOlderVersionIsBroughtUpToDateAndHoldsWhatItHeld() throws Exception {
        for (int version = 1; version < Schema.newest(); version++) {
            if (LedgerForYearsTest.class.getResource("ledger-v" + version + ".sql") == null) {
                continue;
            }
            Path file = golden(version);
            assertThat(problems(file)).as("before").isEmpty();
            try (StateDirectory state = StateDirectory.take(file.getParent());
                    Ledger ledger = open(state)) {
                assertThat(ledger.slices())
                        .as("what is free was wiped when nobody signed it, and is wiped again")
                        .extracting(SliceRow::state)
                        .containsExactly(SliceState.SANITISING, SliceState.ACTIVE);
                assertThat(ledger.loans()).hasSize(1);
                assertThat(ledger.loans().get(0).legs()).hasSize(2);
                assertThat(ledger.audit(0, 10)).extracting(AuditRow::number).containsExactly(1L, 2L, 3L);
                assertThat(ledger.meta("boot_id")).contains("0d9ff0f6-7d9e-4a5e-8bb6-0a9d6b9b3d11");
                ledger.commit(List.of(audit("a")), 1_790_000_090_000L);
                assertThat(ledger.check(Optional.of(trust), NO_HEAD).summary()).contains("signed up to 4");
                assertThat(state.file("ledger.rehearsal")).doesNotExist();
            }
            assertThat(problems(file)).isEmpty();
        }
    }

    @Test
    void whatCannotBeBroughtUpToDateOnACopyIsLeftAsItIs() throws Exception {
        Path broken = golden(1);
        change(broken, "CREATE TABLE head (number INTEGER)");
        Path changed = golden(1);
        change(changed, "UPDATE audit SET detail = '' WHERE number = 2");
        for (Path file : List.of(broken, changed)) {
            byte[] before = content(file);
            try (StateDirectory state = StateDirectory.take(file.getParent())) {
                assertThatThrownBy(() -> open(state))
                        .isInstanceOf(LedgerException.class)
                        .hasMessageContaining("ledger");
                assertThat(state.file("ledger.rehearsal")).doesNotExist();
            }
            assertThat(content(file)).isEqualTo(before);
        }
    }

    // ---- backup and restore ----------------------------------------------------------------------------------------

    @Test
    void aBackupHoldsAllThatWasCommittedAndIsSigned() throws Exception {
        Path backup = dir.resolve("backup.db");
        try (StateDirectory state = StateDirectory.take(dir.resolve("state"));
                Ledger ledger = open(state)) {
            Lending lending = new Lending(ledger, 3);
            lending.round();
            ledger.backUp(backup, lending.wallMillis());
            LedgerCheck check = LedgerCheck.of(backup, Optional.of(trust), NO_HEAD);
            assertThat(check.problems()).isEmpty();
            assertThat(check.summary()).startsWith("3 slices").contains("signed up to " + ledger.lastAuditNumber());
            assertThatThrownBy(() -> ledger.backUp(backup, 1)).hasMessageContaining("cannot be written");
            lending.round();
            assertThat(ledger.verify()).isEmpty();
        }
    }

    @Test
    void aRestoredLedgerWipesWhatWasFreeAndGoesOnAboveAllEpochsThatMayHaveBeenUsedSince() throws Exception {
        Path backup = dir.resolve("backup.db");
        Path home = dir.resolve("state");
        long newest;
        try (StateDirectory state = StateDirectory.take(home);
                Ledger ledger = open(state)) {
            Lending lending = new Lending(ledger, 3);
            lending.round();
            ledger.remember("boot_id", "this boot");
            ledger.backUp(backup, lending.wallMillis());
            for (int i = 0; i < 50; i++) {
                lending.round();
            }
            newest = lending.core().slices().get(0).epoch().value();
            // While a daemon runs it is only laid beside its ledger.
            Restore.stage(backup, home, lending.wallMillis());
            lending.round();
            assertThat(ledger.epochFloor().value()).isZero();
        }
        try (StateDirectory state = StateDirectory.take(home);
                Ledger ledger = open(state)) {
            assertThat(ledger.slices())
                    .hasSize(3)
                    .allMatch(row -> row.state() == SliceState.SANITISING
                            && row.holding().isEmpty());
            assertThat(ledger.meta("boot_id")).isEmpty();
            assertThat(ledger.audit(0, 1_000)).extracting(AuditRow::action).endsWith("ledger.restored");
            Lending lending = new Lending(ledger, 3);
            lending.round();
            assertThat(lending.core().slices()).extracting(SliceView::state).containsOnly(SliceState.FREE);
            assertThat(lending.core().slices())
                    .allMatch(slice -> slice.epoch().value() > newest + Restore.EPOCH_LEAP / 2);
            assertThat(ledger.check(Optional.of(trust), NO_HEAD).problems()).isEmpty();
            assertThat(home.resolve(Restore.STAGED_FILE)).doesNotExist();
            assertThat(problems(home.resolve(Restore.ASIDE_FILE))).isEmpty();
        }
    }

    @Test
    void aLedgerThatADeadDaemonLeftWithALogIsRestoredWithAllThatWasCommitted() throws Exception {
        Path home = dir.resolve("state");
        Path left = Files.createDirectories(dir.resolve("left")).resolve(Restore.ASIDE_FILE);
        try (StateDirectory state = StateDirectory.take(home);
                Ledger ledger = open(state)) {
            for (int i = 0; i < 5; i++) {
                ledger.commit(List.of(audit("row" + i)), 1_790_000_000_000L);
            }
            // As after a kill.
            Files.copy(state.file(Ledger.FILE), left);
            Files.copy(state.file(Ledger.FILE + "-wal"), left.resolveSibling(Restore.ASIDE_FILE + "-wal"));
        }
        Restore.stage(left, home, 7);
        try (StateDirectory state = StateDirectory.take(home);
                Ledger ledger = open(state)) {
            assertThat(ledger.lastAuditNumber()).isEqualTo(6);
        }
    }

    @Test
    void aRestoreThatIsInterruptedAnywhereIsFinishedAtTheNextStart() throws Exception {
        Path backup = signedLedger(4);
        for (int done = 0; done <= 3; done++) {
            Path home = Files.createDirectories(dir.resolve("interrupted" + done));
            Files.copy(signedLedger(9), home.resolve(Ledger.FILE));
            Files.writeString(home.resolve(Ledger.FILE + "-wal"), "frames of the old one");
            Files.writeString(home.resolve(Restore.ASIDE_FILE), "one from before");
            Restore.stage(backup, home, 7);
            if (done >= 1) {
                Files.delete(home.resolve(Restore.ASIDE_FILE));
            }
            if (done >= 2) {
                Files.move(home.resolve(Ledger.FILE + "-wal"), home.resolve(Restore.ASIDE_FILE + "-wal"));
            }
            if (done >= 3) {
                Files.move(home.resolve(Ledger.FILE), home.resolve(Restore.ASIDE_FILE));
            }
            try (StateDirectory state = StateDirectory.take(home);
                    Ledger ledger = open(state)) {
                assertThat(ledger.lastAuditNumber()).as("after %d", done).isEqualTo(5);
                assertThat(home.resolve(Restore.ASIDE_FILE + "-wal")).hasContent("frames of the old one");
                assertThat(Files.size(home.resolve(Restore.ASIDE_FILE))).isGreaterThan(4096);
            }
        }
    }

    @Test
    void whoAsksForABackupByAFileGetsACopyAndNobodyElseIsAnswered() throws Exception {
        Path home = dir.resolve("state");
        try (StateDirectory state = StateDirectory.take(home);
                Ledger ledger = open(state)) {
            ledger.commit(List.of(audit("a")), 5);
            BackupDesk desk = new BackupDesk(home);
            assertThat(desk.isAsked()).isFalse();
            desk.request("0123456789abcdef");
            assertThat(desk.isAsked()).isTrue();
            desk.serve(ledger, 6);
            assertThat(desk.isAsked()).isFalse();
            assertThat(desk.answer("fedcba9876543210")).isEmpty();
            Path copy = desk.answer("0123456789abcdef").orElseThrow().copy().orElseThrow();
            assertThat(problems(copy)).isEmpty();
            desk.request("../../somewhere/else");
            desk.serve(ledger, 7);
            assertThat(desk.isAsked()).isFalse();
            assertThat(copy).doesNotExist();
            try (Stream<Path> files = Files.list(home)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .containsOnly(Ledger.FILE, Ledger.FILE + "-wal", "lock");
            }
        }
    }

    // ---- the rig ---------------------------------------------------------------------------------------------------

    private Ledger open(StateDirectory state) throws LedgerException {
        return Ledger.open(state, MAX_BYTES, Optional.of(signer));
    }

    private static Effect audit(String subject) {
        return new Effect.Audit("daemon", "test.done", subject, "{\"n\":1}");
    }

    private static long signedThrough(Ledger ledger) throws LedgerException {
        String summary = ledger.check(Optional.empty(), NO_HEAD).summary();
        return Long.parseLong(summary.substring(summary.lastIndexOf(' ') + 1));
    }

    private List<String> problems(Path file) throws LedgerException {
        return LedgerCheck.of(file, Optional.of(trust), NO_HEAD).problems();
    }

    /** A closed ledger of so many rows, signed at the first and at the last. */
    private Path signedLedger(int rows) throws Exception {
        Path home = Files.createTempDirectory(dir, "signed");
        try (StateDirectory state = StateDirectory.take(home);
                Ledger ledger = open(state)) {
            for (int i = 0; i < rows; i++) {
                ledger.commit(List.of(audit("row" + i)), 1_790_000_000_000L);
            }
            ledger.seal(1_790_000_000_000L);
        }
        return home.resolve(Ledger.FILE);
    }

    /** One whose first rows were removed. */
    private Path anchored() throws Exception {
        Path file = signedLedger(9);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            Trail trail = Trail.of(connection).prune(connection, 5, 1_790_000_001_000L);
            Trail unused = trail.sign(connection, signer, 1_790_000_002_000L);
        }
        return file;
    }

    private String head(Path file) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            Trail trail = Trail.of(connection);
            return trail.number() + ":" + trail.hash();
        }
    }

    private static void change(Path file, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String each : sql.split(";")) {
                statement.execute(each);
            }
        }
    }

    private static byte[] export(Path file) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LedgerCopies.export(file, out);
        return out.toByteArray();
    }

    private List<String> exportProblems(byte[] export) throws Exception {
        Path file = Files.write(dir.resolve("changed.jsonl"), export);
        return problems(file);
    }

    private static byte[] joined(List<String> lines) {
        return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private Path golden(int version) throws Exception {
        Path file = Files.createTempDirectory(dir, "golden").resolve(Ledger.FILE);
        try (var in = LedgerForYearsTest.class.getResourceAsStream("ledger-v" + version + ".sql");
                Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        return file;
    }

    /** As SQL sees it: opening a ledger may write to its header. */
    private static byte[] content(Path file) throws Exception {
        Path copy = file.resolveSibling("content" + System.nanoTime());
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            Ledger.copyTo(connection, copy);
        }
        return Files.readAllBytes(copy);
    }

    private static long bytesIn(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
