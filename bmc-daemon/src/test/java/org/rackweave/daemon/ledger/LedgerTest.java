package org.rackweave.daemon.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.lease.DeviceTold;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.End;
import org.rackweave.daemon.lease.Holding;
import org.rackweave.daemon.lease.Leg;
import org.rackweave.daemon.lease.LoanRow;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.daemon.lease.Term;
import org.rackweave.daemon.lease.WantRow;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WipeCertificate;

class LedgerTest {
    private static final long MAX_BYTES = 1 << 20;
    private static final NodeId OTHER = new NodeId(1, 2);

    @TempDir
    Path dir;

    @Test
    void whatWasCommittedIsThereAfterReopening() throws Exception {
        SliceRow free = slice("mem0", SliceState.FREE, Optional.empty());
        SliceRow held = slice("mem1", SliceState.ACTIVE, Optional.of(holding()));
        LoanRow loan = loan();
        try (StateDirectory state = StateDirectory.take(dir);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            ledger.commit(
                    List.of(
                            new Effect.SaveSlice(free),
                            new Effect.SaveSlice(held),
                            new Effect.SaveLoan(loan),
                            audit("a")),
                    17);
            ledger.remember("boot_id", "x");
        }
        try (StateDirectory state = StateDirectory.take(dir);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            assertThat(ledger.slices()).containsExactly(free, held);
            assertThat(ledger.loans()).containsExactly(loan);
            assertThat(ledger.meta("boot_id")).contains("x");
            assertThat(ledger.audit(0, 10)).hasSize(1);
            assertThat(ledger.verify()).isEmpty();
        }
    }

    @Test
    void aForgottenLoanTakesItsLeasesWithIt() throws Exception {
        LoanRow loan = loan();
        try (StateDirectory state = StateDirectory.take(dir);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            ledger.commit(List.of(new Effect.SaveLoan(loan)), 1);
            ledger.commit(List.of(new Effect.ForgetLoan(loan.id())), 1);
            ledger.commit(List.of(new Effect.SaveLoan(loan)), 1);
            assertThat(ledger.loans()).containsExactly(loan);
        }
    }

    @Test
    void theLineIsThereAfterReopeningInItsOrder() throws Exception {
        WantRow plain = want(
                2,
                new Requirement(
                        ResourceKind.CORES,
                        3,
                        Optional.empty(),
                        60_000,
                        9,
                        ForcedEndEffect.FATAL,
                        Optional.empty(),
                        1));
        WantRow particular = want(
                1,
                new Requirement(
                        ResourceKind.ACCELERATOR,
                        8,
                        Optional.of("crypto/aes-gcm"),
                        60_000,
                        0,
                        ForcedEndEffect.TOLERATED,
                        Optional.of(OTHER),
                        8,
                        Optional.of("fir.bit"),
                        Optional.of(LatencyClass.SWITCH),
                        Locality.ONE_FABRIC,
                        4));
        WantRow gone = want(3, plain.requirement());
        try (StateDirectory state = StateDirectory.take(dir);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            ledger.commit(
                    List.of(new Effect.SaveWant(plain), new Effect.SaveWant(gone), new Effect.SaveWant(particular)), 1);
            assertThat(ledger.commit(List.of(new Effect.ForgetWant(gone.loan())), 2))
                    .isEqualTo(Journal.Commit.WRITTEN);
        }
        try (StateDirectory state = StateDirectory.take(dir);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            assertThat(ledger.wants()).containsExactly(particular, plain);
        }
    }

    private static WantRow want(long number, Requirement requirement) {
        return new WantRow(new LoanId(7, number), OTHER, requirement, 2, number, 1_234);
    }

    @Test
    void anyChangeOfAnyAuditColumnIsFound() throws Exception {
        try (StateDirectory state = StateDirectory.take(dir);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            ledger.commit(List.of(audit("one"), audit("two"), audit("three")), 5);
        }
        for (String change : List.of(
                "UPDATE audit SET actor = 'x' WHERE number = 2",
                "UPDATE audit SET detail = '{}' WHERE number = 1",
                "UPDATE audit SET at_epoch_millis = 6 WHERE number = 3",
                "UPDATE audit SET hash = substr(hash, 2) || substr(hash, 1, 1) WHERE number = 3",
                "DELETE FROM audit WHERE number = 2")) {
            Path copy = Files.createDirectories(dir.resolve("copy" + change.hashCode()));
            Files.copy(dir.resolve(Ledger.FILE), copy.resolve(Ledger.FILE));
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy.resolve(Ledger.FILE));
                    Statement statement = connection.createStatement()) {
                statement.execute(change);
            }
            assertThat(LedgerCheck.of(copy.resolve(Ledger.FILE), Optional.empty(), Optional.empty())
                            .problems())
                    .as(change)
                    .isNotEmpty();
            try (StateDirectory state = StateDirectory.take(copy)) {
                assertThatThrownBy(() -> Ledger.open(state, MAX_BYTES))
                        .as(change)
                        .hasMessageContaining("its audit trail was changed")
                        .hasMessageContaining("ledger check");
            }
        }
    }

    @Test
    void whatWasAskedForAVmComesBackInItsOrderAsItWasLast() throws Exception {
        AskView first = new AskView(
                new AskId(9, 9), "db", ResourceKind.CORES, 3, 5, 60_000, AskState.RECEIVED, 0, 0, "asked for by agent");
        AskView second =
                new AskView(new AskId(1, 1), "batch", ResourceKind.MEMORY, 1, 0, 1, AskState.RECEIVED, 0, 0, "");
        AskView later = first.from(2, 1).to(AskState.BORROWING, "neighbours are asked");
        try (StateDirectory state = StateDirectory.take(dir);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            ledger.commit(List.of(new Effect.SaveAsk(first), new Effect.SaveAsk(second)), 5);
            ledger.commit(List.of(new Effect.SaveAsk(later)), 6);
        }
        try (StateDirectory state = StateDirectory.take(dir);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            assertThat(ledger.asks()).containsExactly(later, second);
            ledger.commit(List.of(new Effect.ForgetAsk(first.id())), 7);
            assertThat(ledger.asks()).containsExactly(second);
        }
    }

    @Test
    void aSecondDaemonIsToldThatTheStateDirectoryIsInUse() throws Exception {
        try (StateDirectory first = StateDirectory.take(dir)) {
            assertThatThrownBy(() -> StateDirectory.take(dir))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("in use by another rackweaved")
                    .hasMessageContaining("node.stateDir");
        }
        StateDirectory.take(dir).close();
    }

    @Test
    void aFileThatIsNoLedgerIsRefusedAndLeftAlone() throws Exception {
        Files.writeString(dir.resolve(Ledger.FILE), "this is a shopping list, and not a ledger at all");
        try (StateDirectory state = StateDirectory.take(dir)) {
            assertThatThrownBy(() -> Ledger.open(state, MAX_BYTES)).hasMessageContaining("not a ledger");
        }
        assertThat(dir.resolve(Ledger.FILE)).hasContent("this is a shopping list, and not a ledger at all");
    }

    @Test
    void aLedgerTruncatedAnywhereIsRefusedOrStillWhole() throws Exception {
        try (StateDirectory state = StateDirectory.take(dir);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            ledger.commit(
                    List.of(new Effect.SaveSlice(slice("mem0", SliceState.FREE, Optional.empty())), audit("a")), 5);
        }
        byte[] whole = Files.readAllBytes(dir.resolve(Ledger.FILE));
        int refused = 0;
        for (int length = 0; length < whole.length; length += 509) {
            Path copy = Files.createDirectories(dir.resolve("cut" + length));
            Files.write(copy.resolve(Ledger.FILE), Arrays.copyOf(whole, length));
            try (StateDirectory state = StateDirectory.take(copy)) {
                refused += isRefusedOrWhole(state, "truncated to " + length);
            }
        }
        assertThat(refused).isGreaterThan(10);
    }

    /** The last page may be that of a table that has nothing yet: what is cut off it was empty. */
    private static int isRefusedOrWhole(StateDirectory state, String cut) throws Exception {
        try (Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            assertThat(ledger.verify()).as(cut).isEmpty();
            assertThat(ledger.slices()).as(cut).hasSize(1);
            assertThat(ledger.lastAuditNumber()).as(cut).isEqualTo(1);
            return 0;
        } catch (LedgerException e) {
            assertThat(e).as(cut).hasMessageContaining("ledger");
            return 1;
        }
    }

    @Test
    void aLedgerThatWasFullIsWrittenAgainOnceThereIsRoomAndHoldsNothingOfWhatItRefused() throws Exception {
        SliceRow one = slice("mem0", SliceState.FREE, Optional.empty());
        SliceRow two = slice("mem1", SliceState.FREE, Optional.empty());
        try (StateDirectory state = StateDirectory.take(dir);
                Ledger ledger = Ledger.open(state, 64 * 4096)) {
            List<LoanId> stored = fill(ledger);
            long rows = ledger.lastAuditNumber();
            for (int again = 0; again < 3; again++) {
                List<Effect> tooMuch = new ArrayList<>(List.of(new Effect.SaveSlice(one), audit("a")));
                for (int i = 0; i < 1_000; i++) {
                    tooMuch.add(audit("x".repeat(128)));
                }
                assertThatThrownBy(() -> ledger.commit(tooMuch, 1)).hasMessageContaining("free space");
                assertThat(ledger.slices()).isEmpty();
                assertThat(ledger.lastAuditNumber()).isEqualTo(rows);
            }
            for (LoanId loan : stored) {
                ledger.commit(List.of(new Effect.ForgetLoan(loan)), 1);
            }
            assertThat(ledger.commit(List.of(new Effect.SaveSlice(two), audit("b")), 1))
                    .isEqualTo(Ledger.Commit.WRITTEN);
            assertThat(ledger.commit(List.of(new Effect.DroppedResult("mem0")), 1))
                    .isEqualTo(Ledger.Commit.NOTHING_TO_WRITE);
            assertThat(ledger.verify()).isEmpty();
        }
        try (StateDirectory state = StateDirectory.take(dir);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            assertThat(ledger.slices()).containsExactly(two);
            assertThat(ledger.verify()).isEmpty();
        }
    }

    private static List<LoanId> fill(Ledger ledger) {
        List<LoanId> stored = new ArrayList<>();
        for (long i = 0; ; i++) {
            LoanRow like = loan();
            LoanRow next =
                    new LoanRow(new LoanId(i, i), like.requirement(), like.state(), List.of(), "x".repeat(1_000));
            try {
                ledger.commit(List.of(new Effect.SaveLoan(next)), 1);
                stored.add(next.id());
            } catch (LedgerException full) {
                return stored;
            }
        }
    }

    @Test
    void whateverWordsALenderHasForItsSlicesTheLedgerCanBeReadAgain() throws Exception {
        LoanRow like = loan();
        Leg leg = like.legs().get(1);
        SliceView offered = leg.slice();
        Set<String> words = Set.of("a b", "a", "", "b\\", "\\", " ", "\n", "\u0000", "ü\u2028");
        SliceView odd = new SliceView(
                offered.id(),
                offered.kind(),
                offered.amount(),
                words,
                offered.state(),
                offered.epoch(),
                offered.forcedEnd(),
                offered.fence(),
                offered.holder(),
                offered.lease(),
                "");
        LoanRow loan = new LoanRow(
                like.id(),
                like.requirement(),
                like.state(),
                List.of(new Leg(leg.lease(), odd, leg.state(), leg.epoch(), 5, 6, Optional.empty())),
                "");
        try (StateDirectory state = StateDirectory.take(dir);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            ledger.commit(List.of(new Effect.SaveLoan(loan)), 1);
            assertThat(ledger.loans()).containsExactly(loan);
        }
    }

    @Test
    void aLoanThatWaitsForSomethingParticularAndOneThatGrowsAreReadAsTheyWereAndEndedLeasesAreGone() throws Exception {
        LoanRow like = loan();
        Requirement particular = new Requirement(
                ResourceKind.ACCELERATOR,
                4,
                Optional.of("crypto/aes-gcm"),
                60_000,
                7,
                ForcedEndEffect.TOLERATED,
                Optional.of(OTHER),
                3,
                Optional.of("aes.bit"),
                Optional.of(LatencyClass.SWITCH),
                Locality.ONE_FABRIC,
                2);
        LoanRow waiting = new LoanRow(
                new LoanId(1, 1), particular, LoanState.WAITING, List.of(), "waits", Command.Borrow.Mode.STANDING);
        Leg member = like.legs().get(0);
        SliceView offered = member.slice();
        SliceView placed = new SliceView(
                offered.id(),
                offered.kind(),
                offered.amount(),
                offered.capabilities(),
                offered.state(),
                offered.epoch(),
                offered.forcedEnd(),
                offered.fence(),
                offered.holder(),
                offered.lease(),
                "",
                new SlicePlace("pool-7", "cxl0", LatencyClass.SWITCH),
                Set.of(),
                OptionalInt.empty());
        Leg joining = new Leg(
                new LeaseId(8, 10), placed, Leg.State.RESERVED, new Epoch(3), 5, 6, Optional.empty(), Leg.Part.JOINING);
        LoanRow grows = new LoanRow(like.id(), like.requirement(), LoanState.ACTIVE, List.of(member, joining), "");
        LoanRow grown = new LoanRow(like.id(), like.requirement(), LoanState.ACTIVE, List.of(member), "");
        try (StateDirectory state = StateDirectory.take(dir);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            ledger.commit(List.of(new Effect.SaveLoan(waiting), new Effect.SaveLoan(grows)), 1);
            assertThat(ledger.loans()).containsExactlyInAnyOrder(waiting, grows);
            ledger.commit(List.of(new Effect.SaveLoan(grown)), 1);
            assertThat(ledger.loans()).containsExactlyInAnyOrder(waiting, grown);
        }
    }

    @Test
    void aLedgerOfANewerVersionIsRefused() throws Exception {
        try (StateDirectory state = StateDirectory.take(dir)) {
            Ledger.open(state, MAX_BYTES).close();
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve(Ledger.FILE));
                    Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA user_version = 99");
            }
            assertThatThrownBy(() -> Ledger.open(state, MAX_BYTES)).hasMessageContaining("newer rackweaved");
        }
    }

    @Test
    void aStateDirectoryThatCannotBeMadeIsNamed() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "", StandardOpenOption.CREATE);
        assertThatThrownBy(() -> StateDirectory.take(file.resolve("below")))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("node.stateDir");
    }

    @Test
    void auditPagesFollowOneAnother() throws Exception {
        try (StateDirectory state = StateDirectory.take(dir);
                Ledger ledger = Ledger.open(state, MAX_BYTES)) {
            for (int i = 0; i < 7; i++) {
                ledger.commit(List.of(audit("row" + i)), i);
            }
            assertThat(ledger.audit(2, 3)).extracting(AuditRow::number).containsExactly(3L, 4L, 5L);
            assertThat(ledger.audit(7, 3)).isEmpty();
        }
    }

    private static Effect audit(String subject) {
        return new Effect.Audit("daemon", "test.done", subject, "{\"n\":1}");
    }

    private static SliceRow slice(String key, SliceState state, Optional<Holding> holding) {
        return new SliceRow(
                new SliceFacts(
                        key,
                        ResourceKind.MEMORY,
                        1 << 30,
                        Set.of("cxl/3.0", "fast"),
                        ForcedEndEffect.FATAL,
                        FenceKind.HARDWARE_EPOCH,
                        new SlicePlace("pool 1", "fpga0", LatencyClass.SWITCH),
                        Set.of("aes-gcm-v2.bit", "sha3.bit")),
                state,
                new Epoch(3),
                holding,
                Optional.of(new WipeCertificate("zero", 10, 9, new Epoch(2))),
                "because");
    }

    private static Holding holding() {
        return new Holding(
                new LeaseId(1, -1),
                new LoanId(-5, 6),
                OTHER,
                "port1",
                4,
                Optional.of("sha3.bit"),
                new Term(900_000, 123_456, 77, End.REVOKED, 1),
                Optional.of(new Attachment("file-window", "/x", 1 << 30)),
                new DeviceTold(Optional.of("unlocked"), Optional.of("slot 1, revision 2.1")));
    }

    private static LoanRow loan() {
        Requirement wish = new Requirement(
                ResourceKind.MEMORY,
                2L << 30,
                Optional.of("fast"),
                900_000,
                3,
                ForcedEndEffect.FATAL,
                Optional.of(OTHER),
                2);
        SliceView slice = new SliceView(
                new SliceId(OTHER, "mem0"),
                ResourceKind.MEMORY,
                1 << 30,
                Set.of("fast"),
                SliceState.FREE,
                Epoch.NONE,
                ForcedEndEffect.FATAL,
                FenceKind.ROUTE_READBACK,
                Optional.empty(),
                Optional.empty(),
                "");
        LoanId id = new LoanId(-5, 6);
        LeaseId lease = new LeaseId(8, 9);
        LeaseView granted = new LeaseView(
                lease,
                id,
                slice.id(),
                OTHER,
                SliceState.ACTIVE,
                new Epoch(4),
                ResourceKind.MEMORY,
                1 << 30,
                3,
                900_000,
                1234,
                ForcedEndEffect.FATAL,
                FenceKind.ROUTE_READBACK,
                Optional.of(new Attachment("file-window", "/x", 5)),
                Optional.of(new WipeCertificate("zero", 10, 9, new Epoch(2))),
                "");
        return new LoanRow(
                id,
                wish,
                LoanState.ACTIVE,
                List.of(
                        new Leg(lease, slice, Leg.State.GRANTED, new Epoch(4), 5, 6, Optional.of(granted)),
                        new Leg(new LeaseId(8, 10), slice, Leg.State.PLANNED, Epoch.NONE, 5, 6, Optional.empty())),
                "one lender");
    }
}
