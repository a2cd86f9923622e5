package org.rackweave.daemon.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
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

/** What the host's agent is told of a loan of two lenders, and how much of it is used. */
class BorrowedPartTest {
    private static final NodeId OWNER = BorrowedMemory.OWNER;
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
    void a_recall_of_what_this_node_does_not_borrow_is_not_passed_on() {
        obeyAll();

        core.step(new BrokerEvent.Recalled(OWNER, new LeaseId(3, 0), GRACE_MILLIS), now);

        assertThat(core.orders(now)).isEmpty();
    }

    @Test
    void a_second_recall_gives_no_more_time_and_time_does_not_become_negative() {
        obeyAll();
        now += 5_000;
        List<Effect> told = core.step(new BrokerEvent.Recalled(OWNER, ONE, GRACE_MILLIS), now);
        assertThat(told).contains(new Effect.Tell("host.order", ONE.toString(), "let go within 30000 ms"));
        now += 10_000;
        core.step(new BrokerEvent.Recalled(OWNER, TWO, GRACE_MILLIS), now);
        assertThat(withinMillis()).containsExactly(20_000L, 20_000L);

        now += 30_000;
        assertThat(withinMillis()).containsExactly(0L, 0L);
    }

    @Test
    void a_recall_that_is_older_than_its_time_leaves_the_host_none() {
        BrokerCore late = new BrokerCore(GIVING_BACK, 1, List.of());
        late.step(new BrokerEvent.LoanChanged(loan(LoanState.ACTIVE)), now);
        late.step(new BrokerEvent.Asked(SmallHost.AGENT, reporting(100), 1), now);
        late.step(new BrokerEvent.Recalled(OWNER, ONE, -1), now);

        assertThat(late.orders(now)).hasSize(2).allMatch(order -> ((HostOrder.LetGo) order).withinMillis() == 0);
    }

    @Test
    void what_is_recalled_before_it_is_on_line_is_never_brought_on_line() {
        BrokerCore early = new BrokerCore(GIVING_BACK, 1, List.of());
        early.step(new BrokerEvent.LoanChanged(loan(LoanState.ACTIVE)), now);
        early.step(new BrokerEvent.Recalled(OWNER, ONE, GRACE_MILLIS), now);
        early.step(new BrokerEvent.Asked(SmallHost.AGENT, reporting(100), 1), now);

        assertThat(early.orders(now)).isEmpty();
    }

    @Test
    void a_recall_of_what_is_not_on_line_yet_withdraws_the_order_to_bring_it() {
        core.step(new BrokerEvent.Recalled(OWNER, ONE, GRACE_MILLIS), now);

        assertThat(core.orders(now)).hasSize(2).allMatch(order -> order.kind() == HostOrder.Kind.LET_GO);
    }

    @Test
    void the_host_keeps_its_time_to_let_go_when_the_loan_is_gone_before() {
        obeyAll();
        core.step(new BrokerEvent.Recalled(OWNER, ONE, GRACE_MILLIS), now);
        core.step(new BrokerEvent.LoanChanged(loan(LoanState.LOST)), now);
        now += 10_000;
        assertThat(withinMillis()).containsExactly(20_000L, 20_000L);
    }

    @Test
    void a_recall_is_forgotten_when_the_host_has_let_go_and_the_loan_is_gone_whatever_else_is_to_go() {
        LeaseId three = new LeaseId(3, 0);
        core.step(new BrokerEvent.LoanChanged(loan(new LoanId(9, 9), LoanState.ACTIVE, three)), now);
        obeyAll();
        core.step(new BrokerEvent.Recalled(OWNER, ONE, GRACE_MILLIS), now);
        obeyAll();
        core.step(new BrokerEvent.Recalled(OWNER, three, GRACE_MILLIS), now);
        core.step(new BrokerEvent.LoanChanged(loan(LoanState.ACTIVE)), now);
        assertThat(core.orders(now)).as("it is still the loan that is to go").hasSize(1);

        core.step(new BrokerEvent.LoanChanged(loan(LoanState.ENDED)), now);
        core.step(new BrokerEvent.LoanChanged(loan(LoanState.ACTIVE)), now);
        assertThat(core.orders(now))
                .extracting(HostOrder::kind)
                .containsExactly(HostOrder.Kind.LET_GO, HostOrder.Kind.BRING_ON_LINE, HostOrder.Kind.BRING_ON_LINE);
    }

    @Test
    void a_host_that_cannot_let_go_is_told_of_and_what_it_let_go_of_goes_back_all_the_same() {
        obeyAll();
        core.step(new BrokerEvent.Recalled(OWNER, ONE, GRACE_MILLIS), now);
        List<HostOrder> orders = core.orders(now);

        List<Effect> failed = outcome(orders.get(0), OrderOutcome.FAILED);
        assertThat(failed)
                .contains(
                        new Effect.Tell("host.failed", "order " + orders.get(0).number(), ""));
        assertThat(released(failed)).isEmpty();
        assertThat(released(done(orders.get(1)))).containsExactly(LOAN);
    }

    @Test
    void other_orders_do_not_keep_a_recalled_loan_from_going_back() {
        obeyAll();
        LoanId other = new LoanId(9, 9);
        core.step(new BrokerEvent.LoanChanged(loan(other, LoanState.ACTIVE, new LeaseId(3, 0))), now);
        core.step(new BrokerEvent.Recalled(OWNER, ONE, GRACE_MILLIS), now);
        core.step(new BrokerEvent.Recalled(OWNER, new LeaseId(3, 0), GRACE_MILLIS), now);
        core.step(new BrokerEvent.LoanChanged(loan(new LoanId(10, 10), LoanState.ACTIVE, new LeaseId(4, 0))), now);
        List<HostOrder> mine = core.orders(now).stream()
                .filter(order ->
                        order instanceof HostOrder.LetGo go && go.loan().equals(LOAN))
                .toList();
        assertThat(core.orders(now)).hasSize(4);

        assertThat(released(done(mine.get(0)))).isEmpty();
        assertThat(released(done(mine.get(1)))).containsExactly(LOAN);
    }

    @Test
    void a_loan_that_ended_is_not_brought_on_line_any_more() {
        List<Effect> effects = core.step(new BrokerEvent.LoanChanged(loan(LoanState.LOST)), now);

        assertThat(core.orders(now)).isEmpty();
        assertThat(effects).as("the agent looks again").contains(new Effect.OrdersChanged());
    }

    @Test
    void what_a_loan_has_no_more_is_not_brought_on_line_and_what_it_has_instead_is() {
        LeaseId three = new LeaseId(3, 0);
        core.step(new BrokerEvent.LoanChanged(loan(LOAN, LoanState.ACTIVE, ONE, three)), now);

        assertThat(core.orders(now))
                .extracting(order -> ((HostOrder.BringOnLine) order).lease())
                .containsExactly(ONE, three);
    }

    @Test
    void a_lease_that_the_host_cannot_reach_yet_is_brought_on_line_when_it_can() {
        LeaseId three = new LeaseId(3, 0);
        LoanView loan = loan(LOAN, LoanState.ACTIVE, ONE, TWO, three);
        List<LeaseView> leases = new ArrayList<>(loan.leases());
        leases.set(2, lease(LOAN, three, Optional.empty()));
        core.step(
                new BrokerEvent.LoanChanged(new LoanView(LOAN, loan.requirement(), LoanState.ACTIVE, leases, "")), now);
        assertThat(core.orders(now)).hasSize(2);

        core.step(new BrokerEvent.LoanChanged(loan), now);
        assertThat(core.orders(now)).hasSize(3);
    }

    @Test
    void what_was_borrowed_for_a_vm_is_brought_on_line_for_it_when_it_has_all_of_it() {
        AskId id = new AskId(LOAN.high(), LOAN.low());
        OneHost host = new OneHost();
        host.report(0, OneHost.vm("db", 5, OneHost.memory(100, 100, 100, 100)));
        host.ask(LOAN.low(), "db", ResourceKind.MEMORY, 902, 5);
        host.step(new BrokerEvent.LoanChanged(loan(LoanState.ACTIVE)));
        host.step(new BrokerEvent.Borrowed(id, new Answer.Loan(loan(LoanState.ACTIVE))));
        assertThat(host.shares()).containsExactly("db 1000");
        assertThat(host.orders()).as("no host sees part of it").hasSize(1);

        host.done(host.orders().get(0), OrderOutcome.DONE);
        assertThat(host.orders()).hasSize(2).allSatisfy(order -> assertThat(((HostOrder.BringOnLine) order).vm())
                .contains("db"));
        assertThat(host.told()).contains("host.order " + ONE + " bring on line file-window");
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
        return outcome(order, OrderOutcome.DONE);
    }

    private List<Effect> outcome(HostOrder order, OrderOutcome outcome) {
        return core.step(
                new BrokerEvent.Asked(SmallHost.AGENT, new Command.OrderDone(order.number(), outcome, ""), 2), now);
    }

    private List<Long> withinMillis() {
        return core.orders(now).stream()
                .map(order -> ((HostOrder.LetGo) order).withinMillis())
                .toList();
    }

    private static List<LoanId> released(List<Effect> effects) {
        return effects.stream()
                .filter(Effect.AskOwnLoans.class::isInstance)
                .map(effect -> ((Command.ReleaseLoan) ((Effect.AskOwnLoans) effect).command()).loan())
                .toList();
    }

    private static LoanView loan(LoanState state) {
        return loan(LOAN, state, ONE, TWO);
    }

    private static LoanView loan(LoanId id, LoanState state, LeaseId... leases) {
        Requirement requirement = new Requirement(
                ResourceKind.MEMORY, 2, Optional.empty(), 60_000, 4, ForcedEndEffect.FATAL, Optional.empty(), 2);
        List<LeaseView> all = new ArrayList<>();
        for (LeaseId lease : leases) {
            Attachment attachment = new Attachment("file-window", "/run/window" + lease.high(), 1);
            all.add(lease(id, lease, Optional.of(attachment)));
        }
        return new LoanView(id, requirement, state, all, "");
    }

    private static LeaseView lease(LoanId loan, LeaseId id, Optional<Attachment> attachment) {
        return BorrowedMemory.lease(id, loan, 1, attachment);
    }
}
