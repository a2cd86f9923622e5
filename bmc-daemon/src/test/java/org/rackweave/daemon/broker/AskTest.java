package org.rackweave.daemon.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.HostOrder;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.OrderOutcome;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;

/** What becomes of what is asked for, and what is said and written of it. */
class AskTest {
    private static final String AGENT = SmallHost.AGENT.name() + " " + SmallHost.AGENT.id();

    private final OneHost host = new OneHost();

    private static String name(long id) {
        return new AskId(id, id).toString();
    }

    private static HostReport.Vm one(String name, long held) {
        return OneHost.vm(name, 5, OneHost.cores(1, 1, held), OneHost.memory(1, 1, 1, 100));
    }

    private static LoanView loan(long id, LoanState state, String explanation) {
        Requirement requirement = new Requirement(
                ResourceKind.CORES, 1, Optional.empty(), 60_000, 5, ForcedEndEffect.FATAL, Optional.empty(), 8);
        return new LoanView(new AskId(id, id).loan(), requirement, state, List.of(), explanation);
    }

    private void lent(long id) {
        host.step(new BrokerEvent.Borrowed(new AskId(id, id), new Answer.Loan(loan(id, LoanState.ACTIVE, ""))));
    }

    // ---- what is taken ---------------------------------------------------------------------------------------------

    @Test
    void what_is_asked_for_twice_is_there_once_and_says_how_far_it_is() {
        host.ask(1, "a", 1, 5);
        Answer again = host.ask(1, "a", 7, 9);

        assertThat(again).isEqualTo(new Answer.VmAsk(host.view(1)));
        assertThat(host.view(1).amount()).isEqualTo(1);
        assertThat(host.core.asks()).hasSize(1);
    }

    @Test
    void a_vm_that_the_agent_does_not_know_can_be_asked_for_only_while_no_agent_has_said_so() {
        host.ask(1, "later", 1, 5);
        assertThat(host.state(1)).isEqualTo(AskState.RECEIVED);

        host.report(4, one("a", 1));
        assertThat(host.state(1)).isEqualTo(AskState.RETURNED);
        assertThat(host.ask(2, "later", 1, 5)).isInstanceOfSatisfying(Answer.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(RefusalCode.NOT_FOUND);
            assertThat(refused.detail()).contains("knows no VM later");
        });
        assertThat(host.core.find(new AskId(2, 2))).isEmpty();
    }

    @Test
    void as_many_may_be_asked_for_as_are_allowed_and_the_oldest_that_are_over_are_forgotten() {
        for (int i = 1; i <= 256; i++) {
            assertThat(host.ask(i, i % 2 == 0 ? "stays" : "goes", 1, 5)).isInstanceOf(Answer.VmAsk.class);
        }
        assertThat(host.ask(257, "stays", 1, 5))
                .isInstanceOfSatisfying(Answer.Refused.class, refused -> assertThat(refused.code())
                        .isEqualTo(RefusalCode.BUSY));
        assertThat(host.ask(256, "stays", 1, 5)).as("this one is known").isInstanceOf(Answer.VmAsk.class);

        host.report(1_000, one("stays", 1));

        // 128 are over, of which twice as many as a host has VMs can still be read.
        List<AskId> forgotten = host.effects(Effect.ForgetAsk.class).stream()
                .map(Effect.ForgetAsk::ask)
                .toList();
        assertThat(forgotten).hasSize(128 - 48).startsWith(new AskId(1, 1), new AskId(3, 3));
        assertThat(forgotten).endsWith(new AskId(159, 159));
        assertThat(host.core.asks()).hasSize(128 + 48).noneMatch(ask -> forgotten.contains(ask.id()));
        assertThat(host.ask(257, "stays", 1, 5)).isInstanceOf(Answer.VmAsk.class);
    }

    @Test
    void the_oldest_is_forgotten_with_the_last_one_that_ends() {
        for (int i = 1; i <= 49; i++) {
            host.ask(i, "goes", 1, 5);
        }
        host.report(4, one("a", 1));
        assertThat(host.effects(Effect.ForgetAsk.class)).containsExactly(new Effect.ForgetAsk(new AskId(1, 1)));
        assertThat(host.core.asks()).hasSize(48);
    }

    @Test
    void the_last_one_that_fits_is_taken_as_soon_as_one_is_over() {
        for (int i = 1; i <= 256; i++) {
            host.ask(i, i == 7 ? "goes" : "stays", 1, 5);
        }
        host.report(1_000, one("stays", 1));

        assertThat(host.ask(257, "stays", 1, 5)).isInstanceOf(Answer.VmAsk.class);
        assertThat(host.ask(258, "stays", 1, 5)).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void what_was_never_asked_for_cannot_be_returned_and_what_is_over_stays_as_it_ended() {
        assertThat(host.giveBack(1)).isInstanceOfSatisfying(Answer.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(RefusalCode.NOT_FOUND);
            assertThat(refused.detail()).contains(name(1));
        });

        host.ask(1, "gone", 1, 5);
        host.report(4, one("a", 1));
        AskView over = host.view(1);
        assertThat(host.giveBack(1)).isEqualTo(new Answer.VmAsk(over));
        assertThat(host.view(1)).isEqualTo(over);
    }

    @Test
    void what_is_no_business_of_the_broker_is_a_fault_of_ours() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> host.step(new BrokerEvent.Asked(SmallHost.AGENT, new Command.ListWants(), 1)));
    }

    // ---- where it comes from ---------------------------------------------------------------------------------------

    @Test
    void the_highest_priority_finds_room_first_whoever_asked_first() {
        host.ask(1, "a", 1, 3);
        host.ask(2, "b", 1, 7);
        host.ask(3, "c", 1, 5);
        host.report(4, one("a", 1), one("b", 1), one("c", 1));

        assertThat(List.of(
                        host.view(1).fromHost(),
                        host.view(2).fromHost(),
                        host.view(3).fromHost()))
                .isEqualTo(List.of(0L, 1L, 0L));
    }

    @Test
    void it_says_what_is_free_what_others_give_up_and_what_neighbours_are_asked_for() {
        host.report(5, OneHost.vm("low", 1, OneHost.cores(1, 3, 3)), one("a", 1));
        host.ask(1, "a", 6, 5);

        assertThat(host.view(1).explanation())
                .isEqualTo("of 6 cores 1 are free, 2 come from VMs of lower priority, 3 from neighbours");
        assertThat(host.view(1).fromHost()).isEqualTo(3);
        assertThat(host.view(1).borrowed()).isEqualTo(3);
        assertThat(host.askedOfLoans())
                .singleElement()
                .isInstanceOfSatisfying(Command.Borrow.class, borrow -> assertThat(borrow.requirement())
                        .isEqualTo(new Requirement(
                                ResourceKind.CORES,
                                3,
                                Optional.empty(),
                                60_000,
                                5,
                                ForcedEndEffect.FATAL,
                                Optional.empty(),
                                Requirement.MAX_LENDERS)));
    }

    @Test
    void cores_and_memory_are_taken_from_running_vms_and_devices_are_not() {
        for (ResourceKind kind : ResourceKind.values()) {
            OneHost each = new OneHost();
            each.say(new Command.ReportHost(new HostReport(
                    List.of(new HostReport.Capacity(kind, 3)),
                    List.of(
                            OneHost.vm("low", 1, new HostReport.Share(kind, 0, 2, 2, 100)),
                            OneHost.vm("a", 5, new HostReport.Share(kind, 0, 0, 0, 100))),
                    List.of())));
            each.ask(1, "a", kind, 3, 9);
            boolean canBeCut = kind == ResourceKind.CORES || kind == ResourceKind.MEMORY;
            assertThat(each.view(1).fromHost()).as("%s", kind).isEqualTo(canBeCut ? 3 : 1);
        }
    }

    @Test
    void a_vm_that_has_nothing_of_a_kind_borrows_all_of_it() {
        host.report(4, OneHost.vm("a", 5, OneHost.memory(1, 1, 1, 100)));
        host.ask(1, "a", 2, 5);
        assertThat(host.view(1).borrowed()).isEqualTo(2);
        lent(1);
        assertThat(host.state(1)).isEqualTo(AskState.DONE);
        assertThat(host.orders()).isEmpty();
    }

    // ---- when the agent cannot -------------------------------------------------------------------------------------

    /** Two VMs that are each given two cores that are free. */
    private void twoThatAreGivenMore() {
        host.report(10, one("a", 1), one("b", 1));
        host.ask(1, "a", 2, 5);
        host.ask(2, "b", 2, 5);
        assertThat(host.shares()).containsExactly("a 3", "b 3");
    }

    @Test
    void one_that_cannot_be_given_more_is_refused_and_others_get_theirs() {
        twoThatAreGivenMore();
        host.ask(3, "a", ResourceKind.MEMORY, 9, 5);
        host.ask(4, "a", 100, 1);
        assertThat(host.state(4)).isEqualTo(AskState.BORROWING);

        host.done(host.orders().get(0), OrderOutcome.FAILED);

        assertThat(host.state(1)).isEqualTo(AskState.REFUSED);
        assertThat(host.view(1).explanation()).isEqualTo("the agent could not set a to 3 cores: it says so");
        assertThat(host.askedOfLoans()).as("it had borrowed nothing").isEmpty();
        assertThat(host.state(2)).isEqualTo(AskState.ORDERED);
        assertThat(host.state(3)).as("of another kind").isEqualTo(AskState.ORDERED);
        assertThat(host.state(4)).as("neighbours have not answered yet").isEqualTo(AskState.BORROWING);
    }

    @Test
    void what_a_vm_has_already_stays_when_it_cannot_be_given_more() {
        twoThatAreGivenMore();
        host.done(host.orders().get(0), OrderOutcome.DONE);
        host.ask(3, "a", 1, 5);
        assertThat(host.shares()).containsExactly("b 3", "a 4");

        host.done(host.orders().get(1), OrderOutcome.FAILED);

        assertThat(host.state(1)).isEqualTo(AskState.DONE);
        assertThat(host.state(3)).isEqualTo(AskState.REFUSED);
    }

    @Test
    void what_neighbours_lend_alone_is_not_refused_because_the_host_cannot_give() {
        twoThatAreGivenMore();
        host.ask(3, "a", 50, 5);
        host.ask(4, "a", 50, 5);
        assertThat(host.view(4).fromHost()).isZero();
        lent(4);
        assertThat(host.state(4)).as("its VM is told to have more").isEqualTo(AskState.ORDERED);

        host.done(host.orders().get(0), OrderOutcome.FAILED);

        assertThat(host.state(1)).isEqualTo(AskState.REFUSED);
        assertThat(host.state(4).isLive()).isTrue();
    }

    @Test
    void an_agent_that_has_done_it_and_says_that_it_failed_harms_only_the_vm_that_it_names() {
        twoThatAreGivenMore();
        host.report(10, one("a", 3), one("b", 1));

        host.done(host.orders().get(0), OrderOutcome.FAILED);

        assertThat(host.state(1)).isEqualTo(AskState.REFUSED);
        assertThat(host.state(2)).isEqualTo(AskState.ORDERED);
    }

    @Test
    void an_agent_that_says_not_yet_is_told_the_same_again() {
        twoThatAreGivenMore();
        HostOrder order = host.orders().get(0);

        assertThat(host.done(order, OrderOutcome.NOT_YET)).isEqualTo(new Answer.Done());

        assertThat(host.told()).containsExactly("host.not-yet order " + order.number() + " it says so");
        assertThat(host.audited()).isEmpty();
        assertThat(host.orders()).contains(order);
    }

    @Test
    void an_outcome_that_nobody_waits_for_is_answered_and_changes_nothing() {
        twoThatAreGivenMore();
        List<HostOrder> before = host.orders();

        assertThat(host.say(new Command.OrderDone(99, OrderOutcome.FAILED, ""))).isEqualTo(new Answer.Done());

        assertThat(host.audited()).isEmpty();
        assertThat(host.orders()).isEqualTo(before);
    }

    // ---- neighbours ------------------------------------------------------------------------------------------------

    @Test
    void a_loan_that_did_not_become_active_is_no_loan_and_is_given_back() {
        host.report(1, one("a", 1));
        host.ask(1, "a", 1, 5);
        host.step(new BrokerEvent.Borrowed(new AskId(1, 1), new Answer.Loan(loan(1, LoanState.RESERVING, ""))));

        assertThat(host.state(1)).isEqualTo(AskState.REFUSED);
        assertThat(host.view(1).explanation())
                .isEqualTo("neighbours do not lend the rest: the loan did not become active");
        assertThat(host.askedOfLoans()).containsExactly(new Command.ReleaseLoan(new AskId(1, 1).loan()));
    }

    @Test
    void an_answer_to_what_is_over_changes_nothing() {
        host.report(1, one("a", 1));
        host.ask(1, "a", 1, 5);
        host.giveBack(1);
        AskView over = host.view(1);
        lent(1);
        lent(9);
        assertThat(host.view(1)).isEqualTo(over);
        assertThat(host.core.asks()).hasSize(1);
    }

    @Test
    void a_loan_that_is_lost_ended_or_going_back_takes_its_ask_with_it_and_no_other_state_does() {
        for (LoanState state : LoanState.values()) {
            OneHost each = new OneHost();
            each.report(1, one("a", 1));
            each.ask(1, "a", 1, 5);
            each.step(new BrokerEvent.LoanChanged(loan(1, LoanState.LOST, "of an earlier try")));
            assertThat(each.state(1)).as("not borrowed yet").isEqualTo(AskState.BORROWING);
            each.step(new BrokerEvent.Borrowed(new AskId(1, 1), new Answer.Loan(loan(1, LoanState.ACTIVE, ""))));

            each.step(new BrokerEvent.LoanChanged(loan(1, state, "its owner is gone")));

            boolean isOver = state == LoanState.LOST || state == LoanState.ENDED || state == LoanState.RELEASING;
            assertThat(each.state(1)).as("%s", state).isEqualTo(isOver ? AskState.RETURNED : AskState.DONE);
            if (isOver) {
                assertThat(each.view(1).explanation()).isEqualTo("what was borrowed for it is gone: its owner is gone");
            }
        }
    }

    @Test
    void after_a_restart_what_is_borrowed_for_nobody_goes_back_and_what_is_asked_of_neighbours_is_asked_again() {
        OneHost again = new OneHost(
                BrokerPolicy.USUAL,
                stored(1, AskState.RETURNED),
                stored(2, AskState.DONE),
                stored(3, AskState.REFUSED),
                stored(4, AskState.BORROWING));
        again.step(new BrokerEvent.Started(List.of(
                loan(1, LoanState.ACTIVE, ""),
                loan(2, LoanState.ACTIVE, ""),
                loan(3, LoanState.RELEASING, ""),
                loan(5, LoanState.ACTIVE, ""))));

        assertThat(again.askedOfLoans()).hasSize(2);
        assertThat(again.askedOfLoans().get(0))
                .isInstanceOfSatisfying(Command.Borrow.class, borrow -> assertThat(borrow.loan())
                        .isEqualTo(new AskId(4, 4).loan()));
        assertThat(again.askedOfLoans().get(1)).isEqualTo(new Command.ReleaseLoan(new AskId(1, 1).loan()));
    }

    private static AskView stored(long id, AskState state) {
        return new AskView(new AskId(id, id), "a", ResourceKind.CORES, 1, 5, 60_000, state, 0, 1, "");
    }

    // ---- what is said and written ----------------------------------------------------------------------------------

    @Test
    void each_step_is_told_and_in_the_audit_trail_with_who_did_it() {
        host.ask(1, "a", 1, 5);
        assertThat(host.audited()).containsExactly(AGENT + " ask.received " + name(1));
        assertThat(host.told())
                .containsExactly("ask.received " + name(1) + " a: asked for by " + SmallHost.AGENT.name());

        host.report(2, one("a", 1));
        long number = host.orders().get(0).number();
        assertThat(host.audited())
                .containsExactly(
                        AGENT + " host.report " + SmallHost.AGENT.name(),
                        "daemon ask.scaling-down " + name(1),
                        "daemon host.order a",
                        "daemon ask.ordered " + name(1));
        assertThat(host.told())
                .contains(
                        "host.report " + SmallHost.AGENT.name() + " 1 VMs",
                        "host.order a have 2 cores, instead of 1",
                        "ask.ordered " + name(1) + " a: the agent was told to give it to a");
        assertThat(host.effects(Effect.OrdersChanged.class)).hasSize(1);

        host.done(host.orders().get(0), OrderOutcome.DONE);
        assertThat(host.audited()).containsExactly("agent host.done order " + number, "daemon ask.done " + name(1));
        assertThat(host.told()).containsExactly("ask.done " + name(1) + " a: a has 1 cores more");

        host.giveBack(1);
        assertThat(host.audited()).startsWith(AGENT + " ask.returning " + name(1));
        assertThat(host.told()).contains("ask.returning " + name(1) + " a: returned by " + SmallHost.AGENT.name());
        number = host.orders().get(0).number();
        host.done(host.orders().get(0), OrderOutcome.FAILED);
        assertThat(host.audited()).containsExactly("agent host.failed order " + number);
    }

    @Test
    void a_report_is_told_when_it_promises_something_else_than_the_last_and_not_for_what_changes_all_the_time() {
        host.report(4, one("a", 1));
        assertThat(host.told()).hasSize(1);
        assertThat(host.audited()).hasSize(1);

        host.report(4, OneHost.vm("a", 5, OneHost.cores(1, 1, 1), OneHost.memory(1, 1, 1, 3)));
        assertThat(host.told()).isEmpty();
        assertThat(host.audited()).isEmpty();

        host.report(4, OneHost.vm("a", 6, OneHost.cores(1, 1, 1), OneHost.memory(1, 1, 1, 3)));
        assertThat(host.told()).hasSize(1);
        assertThat(host.audited()).hasSize(1);
    }

    @Test
    void whoever_looks_at_the_host_sees_the_last_report_how_old_it_is_and_how_much_is_to_be_done() {
        assertThat(host.core.host(host.now)).isEmpty();
        twoThatAreGivenMore();

        Answer.Host seen = host.core.host(host.now + 250).orElseThrow();
        assertThat(seen).isEqualTo(new Answer.Host(seen.report(), 250, 2, List.of()));
        assertThat(host.core.host(host.now - 1).orElseThrow())
                .as("a clock that was set back")
                .isEqualTo(new Answer.Host(seen.report(), 0, 2, List.of()));
    }

    @Test
    void the_numbers_of_orders_begin_anew_above_those_of_all_boots_before() {
        host.report(1, OneHost.vm("a", 5, OneHost.cores(1, 1, 0)), OneHost.vm("b", 5, OneHost.memory(1, 1, 0, 0)));
        assertThat(host.orders()).extracting(HostOrder::number).containsExactly((1L << 24) + 1, (1L << 24) + 2);
    }
}
