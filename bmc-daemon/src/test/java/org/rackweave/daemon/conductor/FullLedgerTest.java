package org.rackweave.daemon.conductor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.daemon.broker.BrokerCore;
import org.rackweave.daemon.broker.BrokerPolicy;
import org.rackweave.daemon.coordinator.CoordinatorCore;
import org.rackweave.daemon.coordinator.CoordinatorPolicy;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.HardwareOrder;
import org.rackweave.daemon.lease.HardwareResult;
import org.rackweave.daemon.lease.LeaseCore;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.LeasePolicy;
import org.rackweave.daemon.lease.LoanCore;
import org.rackweave.daemon.lease.LoanPolicy;
import org.rackweave.daemon.lease.LoanRow;
import org.rackweave.daemon.lease.RouteReading;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.daemon.lease.WantRow;
import org.rackweave.daemon.ledger.Journal;
import org.rackweave.daemon.ledger.Ledger;
import org.rackweave.daemon.ledger.LedgerException;
import org.rackweave.daemon.ledger.StateDirectory;
import org.rackweave.protocol.membership.Jitter;
import org.rackweave.protocol.membership.Membership;
import org.rackweave.protocol.membership.MembershipEvent;
import org.rackweave.protocol.membership.MembershipTiming;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.CounterView;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.EventView;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WantView;
import org.rackweave.protocol.message.WipeProof;
import org.rackweave.protocol.multicast.Offering;

/** A conductor over a real ledger that has no room left, and then has. */
class FullLedgerTest {
    private static final String KEY = "mem0";
    private static final Principal SELF = new Principal("owner", new NodeId(9, 9), Role.NODE, Optional.empty());
    private static final Principal PEER = new Principal("peer", new NodeId(1, 1), Role.NODE, Optional.empty());
    private static final Principal AUDITOR = new Principal("aud", new NodeId(2, 2), Role.AUDITOR, Optional.empty());
    private static final Principal OPERATOR = new Principal("op", new NodeId(3, 3), Role.OPERATOR, Optional.empty());
    private static final LeaseId LEASE = new LeaseId(5, 5);

    @TempDir
    Path dir;

    private final List<Effect.Drive> driven = new ArrayList<>();
    private final List<Work> own = new ArrayList<>();
    private final List<LoanId> ballast = new ArrayList<>();
    private StateDirectory state;
    private Ledger ledger;
    private Conductor conductor;
    private long now = 1_000_000;

    @BeforeEach
    void open() throws Exception {
        // A long path: what is said of a ledger names its file, and must fit wherever it is said.
        state = StateDirectory.take(dir.resolve("long-".repeat(40)));
        ledger = Ledger.open(state, 64 * 4096);
        Outside outside = new DeafOutside() {
            @Override
            public void drive(Effect.Drive order) {
                driven.add(order);
            }
        };
        conductor = new Conductor(
                new Self(SELF, 1, "here", "test", "test".repeat(100), true),
                new LeaseCore(SELF.id(), new LeasePolicy(1_000, 60_000, 2_000, 2_000, 1, 9, 1, 30_000), List.of()),
                new LoanCore(SELF.id(), new LoanPolicy(1, 500, 200, 1_000), () -> LEASE, 1, List.of()),
                new BrokerCore(BrokerPolicy.USUAL, 1, List.of()),
                new CoordinatorCore(SELF.id(), CoordinatorPolicy.USUAL),
                new Membership(SELF.id(), MembershipTiming.withPeriod(1_000), Offering.NOTHING, Jitter.seeded(1)),
                ledger,
                outside,
                WipeProof::opened,
                own::add,
                name -> name,
                1_000,
                () -> 7,
                List::of,
                new Revoking(RevocationShelf.NONE),
                Rekeying.none(),
                new Counters(),
                now);
        SliceFacts facts = new SliceFacts(
                KEY, ResourceKind.MEMORY, 1, Set.of(), ForcedEndEffect.TOLERATED, FenceKind.HARDWARE_EPOCH);
        run(
                new Work.ForMembership(new MembershipEvent.Started()),
                new Work.ForLeases(new LeaseEvent.Started(
                        LeaseEvent.Boot.SAME, List.of(facts), Map.of(KEY, new RouteReading.Unbound(Epoch.NONE)))));
        run(done(new HardwareResult.Wiped("test", 1, 1)));
        assertThat(free()).isEqualTo(1);
    }

    @AfterEach
    void close() {
        ledger.close();
        state.close();
    }

    @Test
    void nothingIsShownOrOfferedThatTheLedgerRefusedAndItComesBackByItself() throws Exception {
        fill();
        List<Answer> answers = new ArrayList<>();
        run(asked(PEER, reserve(), answers), asked(PEER, new Command.ReadLease(LEASE), answers));
        assertThat(answers).hasSize(2);
        assertThat(answers).extracting(FullLedgerTest::code).contains(RefusalCode.UNAVAILABLE, RefusalCode.NOT_FOUND);
        assertThat(free()).as("offered while nothing can be lent").isZero();

        // Work that writes nothing says nothing about the ledger.
        run(new Work.ForMembership(new MembershipEvent.Tick()));
        assertThat(free()).isZero();
        for (int i = 0; i < 5; i++) {
            now = conductor.nextDeadline().orElseThrow();
            run(new Work.Tick());
        }
        assertThat(events("ledger.refused")).isEqualTo(1);
        assertThat(events("ledger.writable")).isZero();

        empty();
        now += 2_000;
        run(new Work.Tick());
        assertThat(free()).isEqualTo(1);
        assertThat(events("ledger.writable")).isEqualTo(1);
        List<Answer> later = new ArrayList<>();
        run(asked(PEER, reserve(), later), asked(PEER, new Command.ReadLease(LEASE), later));
        assertThat(later).allMatch(answer -> answer instanceof Answer.Lease);
    }

    @Test
    void whatTheHardwareDidMeanwhileIsNotLost() throws Exception {
        List<Answer> answers = new ArrayList<>();
        run(asked(PEER, reserve(), answers));
        run(asked(PEER, new Command.Commit(LEASE, new Epoch(1)), answers));
        assertThat(driven.get(driven.size() - 1).order()).isInstanceOf(HardwareOrder.Bind.class);
        fill();
        run(done(new HardwareResult.Attached(new Attachment("file-window", "/x", 1))));
        assertThat(ledger.slices().get(0).state()).isEqualTo(SliceState.CONFIGURING);
        assertThat(answers).as("a grant that is not in the ledger").hasSize(1);

        // A long outage: the hardware did answer in time, and is not taken for hung by whoever comes first afterwards.
        now += 60_000;
        empty();
        run(asked(PEER, new Command.ReadLease(LEASE), answers));
        assertThat(ledger.slices().get(0).state()).isEqualTo(SliceState.ACTIVE);
        assertThat(answers).hasSize(3).allMatch(answer -> answer instanceof Answer.Lease);
    }

    @Test
    void aLedgerThatIsNearlyFullTakesBackAndRenewsButLendsNothingNew() throws Exception {
        List<Answer> answers = new ArrayList<>();
        run(asked(PEER, reserve(), answers));
        run(asked(PEER, new Command.Commit(LEASE, new Epoch(1)), answers));
        run(done(new HardwareResult.Attached(new Attachment("file-window", "/x", 1))));
        answers.clear();
        while (ledger.upkeep().room() == Journal.Room.TO_LEND) {
            addBallast(1_000);
        }
        // It learns of it by a commit of its own.
        run(asked(PEER, new Command.Renew(LEASE, new Epoch(1), 7), answers));
        assertThat(answers).hasSize(1).allMatch(answer -> answer instanceof Answer.Lease);
        assertThat(events("ledger.crowded")).isEqualTo(1);
        assertThat(conductor.lendingProblem()).as("the ledger refuses nothing").isEmpty();

        answers.clear();
        Requirement wish = new Requirement(
                ResourceKind.MEMORY, 1, Optional.empty(), 1_000, 0, ForcedEndEffect.FATAL, Optional.empty(), 1);
        run(
                asked(PEER, reserve(), answers),
                asked(OPERATOR, new Command.Borrow(new LoanId(3, 3), wish, Command.Borrow.Mode.APPLY), answers));
        assertThat(answers)
                .hasSize(2)
                .allMatch(answer -> code(answer) == RefusalCode.UNAVAILABLE)
                .allMatch(answer -> ((Answer.Refused) answer).detail().contains("ledger.maxSize"));
        answers.clear();
        run(asked(PEER, new Command.Describe(), answers));
        assertThat(((Answer.Description) answers.get(0)).lending()).contains("nearly full");

        run(asked(PEER, new Command.Release(LEASE, new Epoch(1)), answers));
        run(done(new HardwareResult.Detached()));
        run(done(new HardwareResult.Read(new RouteReading.Unbound(new Epoch(1)))));
        run(done(new HardwareResult.Wiped("test", 1, 1)));
        assertThat(ledger.slices().get(0).state()).isEqualTo(SliceState.FREE);
        assertThat(free()).as("offered while there is no room to lend").isZero();

        // A ledger that has room again shows it at its next commit, whatever that is for.
        empty();
        run(asked(PEER, new Command.Describe(), answers));
        assertThat(free()).isEqualTo(1);
        assertThat(events("ledger.roomy")).isEqualTo(1);
    }

    @Test
    void aWantIsInTheLedgerAndListedAndItsBorrowerIsTold() throws Exception {
        Requirement wish = new Requirement(
                ResourceKind.MEMORY, 1, Optional.empty(), 1_000, 3, ForcedEndEffect.FATAL, Optional.empty(), 1);
        List<Answer> answers = new ArrayList<>();
        run(
                asked(PEER, new Command.Want(new LoanId(6, 6), wish, 1), answers),
                asked(AUDITOR, new Command.ListWants(), answers),
                asked(AUDITOR, new Command.ReadCounters(), answers));
        assertThat(answers.get(0)).isInstanceOf(Answer.Place.class);
        assertThat(((Answer.Wants) answers.get(1)).wants())
                .extracting(WantView::borrower)
                .containsExactly(PEER.id());
        assertThat(((Answer.Counters) answers.get(2)).counters())
                .filteredOn(counter -> counter.name().equals("freed_sent"))
                .extracting(CounterView::value)
                .containsExactly(1L);
        assertThat(ledger.wants()).extracting(WantRow::loan).containsExactly(new LoanId(6, 6));
        run(asked(PEER, new Command.WithdrawWant(new LoanId(6, 6)), answers));
        assertThat(answers.get(3)).isEqualTo(new Answer.Done());
        assertThat(ledger.wants()).isEmpty();
    }

    // ---- the rig ---------------------------------------------------------------------------------------------------

    private void run(Work... work) {
        conductor.run(List.of(work), now);
        while (!own.isEmpty()) {
            List<Work> batch = List.copyOf(own);
            own.clear();
            conductor.run(batch, now);
        }
    }

    private Work done(HardwareResult result) {
        Effect.Drive last = driven.get(driven.size() - 1);
        return new Work.ForLeases(new LeaseEvent.HardwareDone(last.sliceKey(), last.epoch(), last.order(), result));
    }

    private static Work asked(Principal peer, Command command, List<Answer> answers) {
        return new Work.Asked(peer, command, answers::add);
    }

    private static Command reserve() {
        return new Command.Reserve(LEASE, new LoanId(6, 6), KEY, 5_000, 0, ForcedEndEffect.TOLERATED);
    }

    private static RefusalCode code(Answer answer) {
        return ((Answer.Refused) answer).code();
    }

    private long free() {
        List<Answer> answers = new ArrayList<>();
        run(asked(PEER, new Command.Describe(), answers));
        return ((Answer.Description) answers.get(0))
                .self().capacity().stream().mapToLong(NodeView.Capacity::free).sum();
    }

    private long events(String kind) {
        List<Answer> answers = new ArrayList<>();
        run(asked(AUDITOR, new Command.ReadEvents(0), answers));
        return ((Answer.Events) answers.get(0))
                .events().stream().map(EventView::kind).filter(kind::equals).count();
    }

    private void addBallast(int chars) throws LedgerException {
        Requirement wish = new Requirement(
                ResourceKind.MEMORY, 1, Optional.empty(), 1_000, 0, ForcedEndEffect.FATAL, Optional.empty(), 1);
        LoanId id = new LoanId(77, ballast.size());
        LoanRow row = new LoanRow(id, wish, LoanState.ENDED, List.of(), "x".repeat(chars));
        ledger.commit(List.of(new Effect.SaveLoan(row)), 1);
        ballast.add(id);
    }

    private void fill() {
        // Large rows until they do not fit, then small ones: not even a byte may be left.
        for (int chars : new int[] {1_000, 1}) {
            for (boolean full = false; !full; ) {
                try {
                    addBallast(chars);
                } catch (LedgerException e) {
                    full = true;
                }
            }
        }
        for (boolean full = false; !full; ) {
            try {
                ledger.commit(List.of(audit()), 1);
            } catch (LedgerException e) {
                full = true;
            }
        }
    }

    private static Effect audit() {
        return new Effect.Audit("d", "t", "s", "");
    }

    private void empty() throws LedgerException {
        for (LoanId id : ballast) {
            ledger.commit(List.of(new Effect.ForgetLoan(id)), 1);
        }
    }
}
