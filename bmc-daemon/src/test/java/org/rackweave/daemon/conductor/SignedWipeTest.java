package org.rackweave.daemon.conductor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.Role;
import org.rackweave.crypto.WipeStatement;
import org.rackweave.daemon.broker.BrokerCore;
import org.rackweave.daemon.broker.BrokerPolicy;
import org.rackweave.daemon.coordinator.CoordinatorCore;
import org.rackweave.daemon.coordinator.CoordinatorPolicy;
import org.rackweave.daemon.hardware.WipeSigner;
import org.rackweave.daemon.lease.DeviceTold;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.HardwareOrder;
import org.rackweave.daemon.lease.HardwareResult;
import org.rackweave.daemon.lease.LeaseCore;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.LeasePolicy;
import org.rackweave.daemon.lease.LoanCore;
import org.rackweave.daemon.lease.LoanEvent;
import org.rackweave.daemon.lease.LoanPolicy;
import org.rackweave.daemon.lease.RouteReading;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.daemon.ledger.Ledger;
import org.rackweave.daemon.ledger.StateDirectory;
import org.rackweave.protocol.membership.Jitter;
import org.rackweave.protocol.membership.Membership;
import org.rackweave.protocol.membership.MembershipEvent;
import org.rackweave.protocol.membership.MembershipTiming;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WipeCertificate;
import org.rackweave.protocol.message.WipeProof;
import org.rackweave.protocol.multicast.Endpoint;
import org.rackweave.protocol.multicast.Offering;

/** One node that lends to itself, so that both sides of a grant are seen: real keys, real ledger, no network. */
class SignedWipeTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final String KEY = "mem0";
    private static final LoanId LOAN = new LoanId(3, 3);
    private static final long WALL_MILLIS = 1_790_000_000_000L;

    @TempDir
    Path dir;

    private final SecureRandom random = new SecureRandom();
    private final List<Effect.Drive> driven = new ArrayList<>();
    private final List<Work> own = new ArrayList<>();
    private final Map<LoanId, Answer> answers = new HashMap<>();
    private Identity identity;
    private Function<WipeStatement, WipeProof> signs;
    private StateDirectory state;
    private Ledger ledger;
    private Conductor conductor;
    private long drawn;
    private long now = 1_000_000;

    @BeforeEach
    void issue() throws Exception {
        RackAuthority authority = RackAuthority.create(dir.resolve("ca"), "lab", NOW, random);
        identity = issue(authority, "a");
        signs = honest(identity);
        start(List.of());
    }

    @AfterEach
    void close() {
        ledger.close();
        state.close();
    }

    @Test
    void theNextGrantCarriesWhatTheOwnerSignedOfTheWipe() throws Exception {
        wipe();
        WipeStatement said = proven(borrow());
        assertThat(said)
                .isEqualTo(new WipeStatement(
                        self().id(),
                        KEY,
                        0,
                        "wash-host",
                        "zeroes",
                        64,
                        64,
                        1_234,
                        WALL_MILLIS,
                        "",
                        "slot 1, revision 2.1"));
    }

    @Test
    void whatWasSignedIsThereAfterARestartAtTheOwnerAndAtTheBorrower() throws Exception {
        wipe();
        WipeCertificate granted = borrow().wipe().orElseThrow();
        restart();
        assertThat(ledger.slices().get(0).wipe()).contains(granted);
        assertThat(ledger.loans().get(0).legs().get(0).granted().flatMap(LeaseView::wipe))
                .contains(granted);
        assertThat(loan().leases().get(0).wipe()).contains(granted);
    }

    @Test
    void listsLeaveTheProofOutAndWhoAsksForOneLoanGetsIt() throws Exception {
        wipe();
        borrow();
        Answer.Loans loans = (Answer.Loans) read(new Command.ListLoans());
        Answer.Leases leases = (Answer.Leases) read(new Command.ListLeases());
        assertThat(loans.loans().get(0).leases().get(0).wipe().orElseThrow().proof())
                .isEmpty();
        assertThat(leases.leases().get(0).wipe().orElseThrow().proof()).isEmpty();
        assertThat(loan().leases().get(0).wipe().orElseThrow().proof()).isPresent();
    }

    @Test
    void aForgedCertificateIsRefusedAndNamed() throws Exception {
        signs = statement -> {
            byte[] bytes = honest(identity).apply(statement).bytes();
            bytes[bytes.length - 1] ^= 1;
            return WipeProof.of(bytes);
        };
        wipeAgain();
        assertThat(refusedLoan()).contains("it is forged");
    }

    @Test
    void aCertificateOfAnotherOwnerIsRefusedAndNamed() throws Exception {
        Identity stranger = issue(RackAuthority.open(dir.resolve("ca"), random), "b");
        signs = s -> honest(stranger)
                .apply(new WipeStatement(
                        stranger.principal().id(),
                        s.sliceKey(),
                        s.epoch(),
                        s.by(),
                        s.method(),
                        s.wipedBytes(),
                        s.verifiedBytes(),
                        s.durationMillis(),
                        s.atEpochMillis(),
                        s.lockState(),
                        s.firmware()));
        wipeAgain();
        assertThat(refusedLoan())
                .contains("it is foreign: node " + stranger.principal().id().brief());
    }

    @Test
    void whatWasWipedBeforeThereWereSignaturesIsRefusedAndNamed() throws Exception {
        wipe();
        SliceRow free = ledger.slices().get(0);
        SliceRow unsigned = new SliceRow(
                free.facts(),
                free.state(),
                free.epoch(),
                free.holding(),
                free.wipe().map(WipeCertificate::inBrief),
                "");
        ledger.commit(List.of(new Effect.SaveSlice(unsigned)), WALL_MILLIS);
        restart();
        assertThat(refusedLoan()).contains("it is not signed");
    }

    // ---- the node --------------------------------------------------------------------------------------------------

    private Function<WipeStatement, WipeProof> honest(Identity of) {
        return statement -> WipeProof.of(statement.sign(of, random));
    }

    private Identity issue(RackAuthority authority, String name) throws Exception {
        authority.issue(name, Role.NODE, dir.resolve(name), NOW);
        return Identity.load(dir.resolve(name), NOW);
    }

    private Principal self() {
        return identity.principal();
    }

    private void start(List<Work> more) throws Exception {
        state = StateDirectory.take(dir.resolve("state"));
        ledger = Ledger.open(state, 1 << 20);
        own.clear();
        driven.clear();
        conductor = new Conductor(
                new Self(self(), 1, "here", "test", "test", true),
                new LeaseCore(
                        self().id(),
                        new LeasePolicy(1_000, 60_000, 2_000, 2_000, 1, 9, 1, 30_000),
                        ledger.slices(),
                        ledger.wants()),
                new LoanCore(
                        self().id(),
                        new LoanPolicy(1, 500, 200, 1_000),
                        () -> new LeaseId(5, ++drawn),
                        1,
                        ledger.loans()),
                new BrokerCore(BrokerPolicy.USUAL, 1, List.of()),
                new CoordinatorCore(self().id(), CoordinatorPolicy.USUAL),
                new Membership(self().id(), MembershipTiming.withPeriod(1_000), Offering.NOTHING, Jitter.seeded(1)),
                ledger,
                outside(),
                WipeProof::opened,
                own::add,
                name -> name,
                1_000,
                () -> WALL_MILLIS,
                List::of,
                new Revoking(RevocationShelf.NONE),
                Rekeying.none(),
                new Counters(),
                now);
        SliceFacts facts = new SliceFacts(
                KEY, ResourceKind.MEMORY, 64, Set.of(), ForcedEndEffect.TOLERATED, FenceKind.ROUTE_READBACK);
        run(
                new Work.ForMembership(new MembershipEvent.Started()),
                new Work.ForLeases(new LeaseEvent.Started(
                        LeaseEvent.Boot.SAME,
                        List.of(facts),
                        Map.of(
                                KEY,
                                ledger.slices().stream().anyMatch(row -> row.state() == SliceState.ACTIVE)
                                        ? new RouteReading.Bound(self().id().toString(), Epoch.NONE)
                                        : new RouteReading.Unbound(Epoch.NONE)))));
        run(more.toArray(Work[]::new));
    }

    private void restart() throws Exception {
        close();
        start(List.of(new Work.ForLoans(new LoanEvent.Started(LeaseEvent.Boot.SAME))));
    }

    private Outside outside() {
        return new DeafOutside() {
            @Override
            public void drive(Effect.Drive order) {
                driven.add(order);
            }

            @Override
            public void ask(
                    NodeId node, Endpoint endpoint, Command command, long timeoutMillis, Consumer<Answer> answered) {
                throw new AssertionError("nobody else is there");
            }
        };
    }

    private void run(Work... work) {
        conductor.run(List.of(work), now);
        while (!own.isEmpty()) {
            List<Work> batch = List.copyOf(own);
            own.clear();
            conductor.run(batch, now);
        }
    }

    private void done(HardwareResult result) {
        Effect.Drive drive = driven.remove(0);
        LeaseEvent.HardwareDone done =
                new LeaseEvent.HardwareDone(drive.sliceKey(), drive.epoch(), drive.order(), result);
        run(new Work.ForLeases(new WipeSigner(self().id(), signs, () -> WALL_MILLIS).sign(done)));
    }

    private void wipe() {
        assertThat(driven.get(0).order()).isEqualTo(new HardwareOrder.Sanitise());
        done(new HardwareResult.Wiped(
                "zeroes",
                64,
                64,
                Optional.empty(),
                "wash-host",
                1_234,
                new DeviceTold(Optional.empty(), Optional.of("slot 1, revision 2.1")),
                Optional.empty()));
    }

    /** With what the test put in place of the signature. */
    private void wipeAgain() throws Exception {
        restart();
        wipe();
    }

    private LeaseView borrow() {
        ask();
        done(new HardwareResult.Attached(new Attachment("test", "here", 64)));
        assertThat(loan().state()).isEqualTo(LoanState.ACTIVE);
        return loan().leases().get(0);
    }

    private String refusedLoan() throws Exception {
        ask();
        done(new HardwareResult.Attached(new Attachment("test", "here", 64)));
        assertThat(answers.get(LOAN)).isInstanceOf(Answer.Refused.class);
        assertThat(driven).as("it is taken back").isNotEmpty();
        assertThat(ledger.slices().get(0).state()).isEqualTo(SliceState.RECLAIMING);
        return ((Answer.Refused) answers.get(LOAN)).detail();
    }

    private void ask() {
        Requirement wish = new Requirement(
                ResourceKind.MEMORY,
                64,
                Optional.empty(),
                6_000,
                0,
                ForcedEndEffect.FATAL,
                Optional.of(self().id()),
                8);
        run(new Work.Asked(
                self(),
                new Command.Borrow(LOAN, wish, Command.Borrow.Mode.APPLY),
                answer -> answers.put(LOAN, answer)));
    }

    private LoanView loan() {
        return ((Answer.Loan) read(new Command.ReadLoan(LOAN))).loan();
    }

    private Answer read(Command command) {
        List<Answer> all = new ArrayList<>();
        run(new Work.Asked(self(), command, all::add));
        return all.get(0);
    }

    private static WipeStatement proven(LeaseView lease) {
        WipeCertificate wipe = lease.wipe().orElseThrow();
        return wipe.proof().flatMap(WipeProof::opened).orElseThrow();
    }
}
