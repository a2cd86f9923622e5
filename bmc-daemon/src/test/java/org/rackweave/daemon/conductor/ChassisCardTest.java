package org.rackweave.daemon.conductor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import org.rackweave.daemon.lease.LeaseCore;
import org.rackweave.daemon.lease.LeasePolicy;
import org.rackweave.daemon.lease.LoanCore;
import org.rackweave.daemon.lease.LoanPolicy;
import org.rackweave.daemon.ledger.Ledger;
import org.rackweave.daemon.ledger.StateDirectory;
import org.rackweave.protocol.membership.Jitter;
import org.rackweave.protocol.membership.Membership;
import org.rackweave.protocol.membership.MembershipEvent;
import org.rackweave.protocol.membership.MembershipTiming;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.EventView;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.WipeProof;
import org.rackweave.protocol.multicast.NodeFlag;
import org.rackweave.protocol.multicast.Offering;

/** The card of a chassis: nobody borrows there, and what its hardware warns of is told. */
class ChassisCardTest {
    private static final Instant NEAR = Instant.EPOCH.plus(Duration.ofDays(20));
    private static final Principal SELF = new Principal("chassis", new NodeId(9, 9), Role.NODE, Optional.empty());
    private static final Principal OPERATOR = new Principal("op", new NodeId(3, 3), Role.OPERATOR, Optional.empty());

    @TempDir
    private Path directory;

    private StateDirectory state;
    private Ledger ledger;
    private Membership membership;
    private Conductor conductor;

    @BeforeEach
    void open() throws Exception {
        state = StateDirectory.take(directory);
        ledger = Ledger.open(state, 1 << 20);
        membership = new Membership(SELF.id(), MembershipTiming.withPeriod(1_000), Offering.NOTHING, Jitter.seeded(1));
        conductor = new Conductor(
                new Self(SELF, 1, "here", "test", "a chassis", true, Self.Host.NONE, NEAR),
                new LeaseCore(SELF.id(), new LeasePolicy(1_000, 60_000, 2_000, 2_000, 1, 9, 1, 30_000), List.of()),
                new LoanCore(SELF.id(), new LoanPolicy(1, 500, 200, 1_000), () -> new LeaseId(5, 5), 1, List.of()),
                new BrokerCore(BrokerPolicy.USUAL, 1, List.of()),
                new CoordinatorCore(SELF.id(), CoordinatorPolicy.USUAL),
                membership,
                ledger,
                new DeafOutside(),
                WipeProof::opened,
                work -> {},
                name -> name,
                1_000,
                () -> 7,
                List::of,
                new Revoking(RevocationShelf.NONE),
                Rekeying.none(),
                new Counters(),
                0);
        conductor.run(List.of(new Work.ForMembership(new MembershipEvent.Started())), 0);
    }

    @Test
    void aCertificateNearItsEndIsTold() {
        conductor.run(List.of(new Work.Tick()), 1);
        assertThat(told("certificate.ending")).singleElement().asString().contains(NEAR.toString());
    }

    @AfterEach
    void close() {
        ledger.close();
        state.close();
    }

    @Test
    void nobodyBorrowsForAHostThatIsNotThere() {
        Answer answer = asked(new Command.Borrow(
                new LoanId(1, 1),
                new Requirement(
                        ResourceKind.MEMORY,
                        1,
                        Optional.empty(),
                        60_000,
                        0,
                        ForcedEndEffect.TOLERATED,
                        Optional.empty(),
                        Requirement.MAX_LENDERS),
                Command.Borrow.Mode.APPLY));
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        assertThat(((Answer.Refused) answer).code()).isEqualTo(RefusalCode.DENIED);
        assertThat(((Answer.Refused) answer).detail()).contains("chassis has no host of its own (node.host)");
        assertThat(((Answer.Loans) asked(new Command.ListLoans())).loans()).isEmpty();
        assertThat(membership.ownOffering().flags()).doesNotContain(NodeFlag.BORROWER);
    }

    @Test
    void eachWarningIsToldOnceAndAgainWhenItIsOver() {
        warn("fan stands", "supply lost");
        warn("fan stands", "supply lost", "module out");
        warn("supply lost", "module out");
        assertThat(told("hardware.warning")).containsExactly("fan stands", "supply lost", "module out");
        assertThat(told("hardware.recovered")).containsExactly("no longer: fan stands");
        assertThat(((Answer.Description) asked(new Command.Describe())).hardware())
                .startsWith("a chassis; warnings: supply lost, module out; machine: ");
    }

    private void warn(String... warnings) {
        conductor.run(List.of(new Work.HardwareWarns(List.of(warnings))), 0);
    }

    private List<String> told(String kind) {
        return ((Answer.Events) asked(new Command.ReadEvents(0)))
                .events().stream()
                        .filter(event -> event.kind().equals(kind))
                        .map(EventView::text)
                        .toList();
    }

    private Answer asked(Command command) {
        List<Answer> answers = new ArrayList<>();
        conductor.run(List.of(new Work.Asked(OPERATOR, command, answers::add)), 0);
        return answers.get(0);
    }
}
