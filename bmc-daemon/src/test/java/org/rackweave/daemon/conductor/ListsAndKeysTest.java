package org.rackweave.daemon.conductor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.RackId;
import org.rackweave.crypto.RevocationList;
import org.rackweave.crypto.Role;
import org.rackweave.daemon.broker.BrokerCore;
import org.rackweave.daemon.broker.BrokerPolicy;
import org.rackweave.daemon.coordinator.CoordinatorCore;
import org.rackweave.daemon.coordinator.CoordinatorPolicy;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.LeaseCore;
import org.rackweave.daemon.lease.LeasePolicy;
import org.rackweave.daemon.lease.LoanCore;
import org.rackweave.daemon.lease.LoanPolicy;
import org.rackweave.daemon.ledger.Journal;
import org.rackweave.daemon.ledger.Ledger;
import org.rackweave.daemon.ledger.LedgerException;
import org.rackweave.daemon.ledger.StateDirectory;
import org.rackweave.protocol.group.GroupKeys;
import org.rackweave.protocol.group.GroupTiming;
import org.rackweave.protocol.membership.Jitter;
import org.rackweave.protocol.membership.Membership;
import org.rackweave.protocol.membership.MembershipEvent;
import org.rackweave.protocol.membership.MembershipTiming;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Carried;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.WipeProof;
import org.rackweave.protocol.multicast.Offering;

/** Lists of revocations and group keys in the conductor: in which order, and what a ledger that refuses means for them. */
class ListsAndKeysTest {
    private static final Principal SELF = new Principal("a", new NodeId(0, 1), Role.NODE, Optional.empty());
    private static final Principal OPERATOR = new Principal("ada", new NodeId(0, 3), Role.OPERATOR, Optional.empty());
    private static final NodeId NEIGHBOUR = new NodeId(0, 2);
    private static final NodeId THIEF = new NodeId(0, 9);
    private static final RackId RACK = new RackId(7, 7);
    private static final Carried LIST = Carried.of(new byte[] {1});
    private static final GroupKey ENTRY = key(1);

    @TempDir
    private Path directory;

    private final List<Work> own = new ArrayList<>();
    private StateDirectory state;
    private RefusingJournal journal;
    private Conductor conductor;
    private long now = 1_000_000;

    private static GroupKey key(long number) {
        byte[] bytes = new byte[GroupKey.KEY_BYTES];
        bytes[0] = (byte) number;
        return GroupKey.of(number, bytes);
    }

    @BeforeEach
    void open() throws Exception {
        state = StateDirectory.take(directory);
        journal = new RefusingJournal(Ledger.open(state, 1 << 20));
        conductor = new Conductor(
                new Self(SELF, 1, "here", "test", "test", true),
                new LeaseCore(SELF.id(), new LeasePolicy(1_000, 60_000, 2_000, 2_000, 1, 9, 1, 30_000), List.of()),
                new LoanCore(SELF.id(), new LoanPolicy(1, 500, 200, 1_000), () -> new LeaseId(5, 5), 1, List.of()),
                new BrokerCore(BrokerPolicy.USUAL, 1, List.of()),
                new CoordinatorCore(SELF.id(), CoordinatorPolicy.USUAL),
                new Membership(SELF.id(), MembershipTiming.withPeriod(1_000), Offering.NOTHING, Jitter.seeded(1)),
                journal,
                new DeafOutside(),
                WipeProof::opened,
                own::add,
                name -> name,
                1_000,
                () -> 7,
                List::of,
                new Revoking(new Believing()),
                Rekeying.of(
                        ENTRY,
                        new GroupKeys(SELF.id(), GroupTiming.STANDARD, List.of(MadeKey.first(ENTRY, RACK)), 0, 0, now),
                        new Drawing()),
                new Counters(),
                now);
        run(new Work.ForMembership(new MembershipEvent.Started()));
    }

    @AfterEach
    void close() {
        journal.ledger.close();
        state.close();
    }

    @Test
    void aKeyThatCameWithItsListIsTakenAtOnce() {
        MadeKey underTheList = new MadeKey(key(2), 1, NEIGHBOUR, 0);
        run(new Work.RevocationsBeside(LIST, NEIGHBOUR, List.of(underTheList)));
        Answer.Group group = (Answer.Group) asked(new Command.ReadGroup());
        assertThat(group.keys()).anyMatch(each -> each.mark().equals(underTheList.mark()));
    }

    @Test
    void whatHoldsAlthoughTheLedgerRefusedItIsInTheTrailOnceTheLedgerTakesIt() throws Exception {
        journal.refuses = true;
        assertThat(asked(new Command.InstallRevocations(LIST))).isEqualTo(new Answer.Done());
        assertThat(asked(new Command.RotateGroupKey())).isEqualTo(new Answer.Done());
        assertThat(actions()).doesNotContain("revocations.take", "group.rotate");
        journal.refuses = false;
        now += 5_000;
        run(new Work.Tick());
        assertThat(actions()).containsOnlyOnce("revocations.take", "group.rotate");
    }

    private Answer asked(Command command) {
        List<Answer> answers = new ArrayList<>();
        run(new Work.Asked(OPERATOR, command, answers::add));
        return answers.get(0);
    }

    private void run(Work work) {
        conductor.run(List.of(work), now);
        while (!own.isEmpty()) {
            List<Work> batch = List.copyOf(own);
            own.clear();
            conductor.run(batch, now);
        }
    }

    private List<String> actions() throws LedgerException {
        return journal.ledger.audit(0, 100).stream().map(AuditRow::action).toList();
    }

    /** A ledger whose disk is full at times. */
    private static final class RefusingJournal implements Journal {
        private final Ledger ledger;
        private boolean refuses;

        RefusingJournal(Ledger ledger) {
            this.ledger = ledger;
        }

        @Override
        public Commit commit(List<Effect> effects, long wallMillis) throws LedgerException {
            if (refuses) {
                throw new LedgerException(Path.of("ledger"), "the disk is full", "free some space");
            }
            return ledger.commit(effects, wallMillis);
        }

        @Override
        public List<AuditRow> audit(long after, int limit) throws LedgerException {
            return ledger.audit(after, limit);
        }

        @Override
        public long lastAuditNumber() {
            return ledger.lastAuditNumber();
        }

        @Override
        public String lastAuditHash() {
            return ledger.lastAuditHash();
        }
    }

    /** Believes one list. */
    private static final class Believing implements RevocationShelf {
        @Override
        public Optional<RevocationList> read(byte[] signed) {
            return Optional.of(new RevocationList(RACK, 1, Instant.EPOCH, new TreeSet<>(List.of(THIEF))));
        }

        @Override
        public void keep(RevocationList list, byte[] signed) {
            // Kept by nobody here.
        }
    }

    /** Draws keys that tell their numbers. */
    private static final class Drawing implements GroupKeyShelf {
        @Override
        public MadeKey make(long revocations, long number) {
            return new MadeKey(key(number), revocations, SELF.id(), 5);
        }

        @Override
        public void keep(List<MadeKey> keys) throws IOException {
            assertThat(keys).isNotEmpty();
        }
    }
}
