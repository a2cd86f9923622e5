package org.rackweave.daemon.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.HostOrder;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.OrderOutcome;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;

/** What the host's agent is told of a loan of two lenders, and how much of it is used. */
class BorrowedPartTest {
    private static final NodeId OWNER = new NodeId(7, 7);
    private static final LoanId LOAN = new LoanId(8, 8);
    private static final LeaseId ONE = new LeaseId(1, 0);
    private static final LeaseId TWO = new LeaseId(2, 0);
    private static final long GRACE_MILLIS = 30_000;
    private static final BrokerPolicy GIVING_BACK =
            new BrokerPolicy(20, 600_000, 30_000, BrokerPolicy.Unused.GIVE_BACK);

    private final BrokerCore core = new BrokerCore(GIVING_BACK, 1, List.of());
    private long now;

    @BeforeEach
    void anAgentAndALoan() {
        report(100);
        core.step(new BrokerEvent.LoanChanged(loan(LoanState.ACTIVE)), now);
    }

    @Test
    void it_is_brought_on_line_and_again_after_a_restart() {
        assertThat(core.orders(now)).hasSize(2).allMatch(order -> order.kind() == HostOrder.Kind.BRING_ON_LINE);

        BrokerCore restarted = new BrokerCore(GIVING_BACK, 2, List.of());
        restarted.step(new BrokerEvent.Started(List.of(loan(LoanState.ACTIVE))), now);
        assertThat(restarted.orders(now)).as("nobody is there yet to be told").isEmpty();
        restarted.step(new BrokerEvent.Asked(SmallHost.AGENT, reporting(100), 1), now);
        assertThat(restarted.orders(now)).hasSize(2);
    }

    @Test
    void a_recall_is_passed_on_with_what_is_left_of_the_grace_and_given_back_when_the_host_has_let_go_of_all() {
        obeyAll();
        core.step(new BrokerEvent.Recalled(OWNER, ONE, GRACE_MILLIS), now);
        now += 10_000;

        List<HostOrder> orders = core.orders(now);
        assertThat(orders).hasSize(2).allSatisfy(order -> assertThat(((HostOrder.LetGo) order).withinMillis())
                .isEqualTo(20_000));
        assertThat(released(done(orders.get(0)))).isEmpty();
        assertThat(released(done(orders.get(1)))).containsExactly(LOAN);
    }

    @Test
    void a_recall_by_somebody_else_is_not_passed_on() {
        obeyAll();

        core.step(new BrokerEvent.Recalled(new NodeId(6, 6), ONE, GRACE_MILLIS), now);

        assertThat(core.orders(now)).isEmpty();
    }

    @Test
    void a_loan_that_ended_is_not_brought_on_line_any_more() {
        core.step(new BrokerEvent.LoanChanged(loan(LoanState.LOST)), now);

        assertThat(core.orders(now)).isEmpty();
    }

    // ----------------------------------------------------------------------------------------------------------------

    private List<Effect> report(int usedPercent) {
        return core.step(new BrokerEvent.Asked(SmallHost.AGENT, reporting(usedPercent), 1), now);
    }

    private static Command reporting(int usedPercent) {
        return new Command.ReportHost(
                new HostReport(List.of(), List.of(), List.of(new HostReport.LoanUse(LOAN, usedPercent))));
    }

    private void obeyAll() {
        core.orders(now).forEach(this::done);
    }

    private List<Effect> done(HostOrder order) {
        return core.step(
                new BrokerEvent.Asked(SmallHost.AGENT, new Command.OrderDone(order.number(), OrderOutcome.DONE, ""), 2),
                now);
    }

    private static List<LoanId> released(List<Effect> effects) {
        return effects.stream()
                .filter(Effect.AskOwnLoans.class::isInstance)
                .map(effect -> ((Command.ReleaseLoan) ((Effect.AskOwnLoans) effect).command()).loan())
                .toList();
    }

    private static LoanView loan(LoanState state) {
        Requirement requirement = new Requirement(
                ResourceKind.MEMORY, 2, Optional.empty(), 60_000, 4, ForcedEndEffect.FATAL, Optional.empty(), 2);
        return new LoanView(LOAN, requirement, state, List.of(lease(ONE), lease(TWO)), "");
    }

    private static LeaseView lease(LeaseId id) {
        return new LeaseView(
                id,
                LOAN,
                new SliceId(OWNER, "window" + id.high()),
                new NodeId(5, 5),
                SliceState.ACTIVE,
                new Epoch(1),
                ResourceKind.MEMORY,
                1,
                4,
                60_000,
                60_000,
                ForcedEndEffect.FATAL,
                FenceKind.HARDWARE_EPOCH,
                Optional.of(new Attachment("file-window", "/run/window" + id.high(), 1)),
                Optional.empty(),
                "");
    }
}
