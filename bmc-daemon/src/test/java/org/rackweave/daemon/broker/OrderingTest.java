package org.rackweave.daemon.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.HostOrder;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.OrderOutcome;
import org.rackweave.protocol.message.ResourceKind;

/** Which VM is told to have how much, and when. */
class OrderingTest {
    private static final long RETRY = BrokerPolicy.USUAL.retryMillis();

    private final OneHost host = new OneHost();

    private static HostReport.Vm one(String name, long held) {
        return OneHost.vm(name, 5, OneHost.cores(1, 1, held));
    }

    /** A VM with one core more that it is to give back, which the agent could not take away. */
    private void oneThatCannotBeTakenAway() {
        host.report(4, one("a", 1));
        host.ask(1, "a", 1, 5);
        host.done(host.orders().get(0), OrderOutcome.DONE);
        host.giveBack(1);
        assertThat(host.shares()).containsExactly("a 1");
        host.done(host.orders().get(0), OrderOutcome.FAILED);
    }

    @Test
    void what_failed_is_tried_again_after_a_pause_and_not_before() {
        oneThatCannotBeTakenAway();
        long again = host.now + RETRY;
        assertThat(host.orders()).isEmpty();
        assertThat(host.nextDeadline()).contains(again);

        host.passTo(again - 1);
        assertThat(host.orders()).isEmpty();
        assertThat(host.state(1)).isEqualTo(AskState.RETURNING);
        host.passTo(again);
        assertThat(host.shares()).containsExactly("a 1");
        assertThat(host.nextDeadline()).isEmpty();
        host.done(host.orders().get(0), OrderOutcome.DONE);
        assertThat(host.state(1)).isEqualTo(AskState.RETURNED);
    }

    @Test
    void a_pause_is_over_when_its_vm_is_gone() {
        oneThatCannotBeTakenAway();
        host.report(4, one("b", 1));
        assertThat(host.nextDeadline()).isEmpty();
    }

    @Test
    void an_order_stands_over_reports_until_its_vm_is_gone() {
        host.report(4, one("a", 0), one("b", 0));
        List<HostOrder> orders = host.orders();
        assertThat(host.shares()).containsExactly("a 1", "b 1");

        host.report(4, one("a", 0), one("b", 0));
        assertThat(host.orders()).isEqualTo(orders);
        host.report(4, one("b", 0));
        assertThat(host.orders()).containsExactly(orders.get(1));
        host.report(4, one("a", 0), one("b", 0));
        assertThat(host.shares()).containsExactlyInAnyOrder("b 1", "a 1");
    }

    @Test
    void a_vm_may_have_all_that_the_host_has() {
        host.report(3, one("a", 1));
        host.ask(1, "a", 2, 5);
        assertThat(host.shares()).containsExactly("a 3");
    }

    @Test
    void nobody_is_given_what_another_may_have_already() {
        // Of five, a is to have three more; the agent has done it, and has not said so.
        host.report(5, one("a", 1), one("b", 1));
        host.ask(1, "a", 3, 5);
        host.report(5, one("a", 1), one("b", 1));
        host.giveBack(1);
        host.ask(2, "b", 3, 5);
        assertThat(host.shares()).as("b waits for what a may have").containsExactly("a 4");
        host.done(host.orders().get(0), OrderOutcome.DONE);
        assertThat(host.shares()).containsExactly("a 1");
        host.done(host.orders().get(0), OrderOutcome.DONE);
        assertThat(host.shares()).containsExactly("b 4");
    }

    @Test
    void an_ask_is_ordered_when_its_vm_is_told_to_have_more_and_not_while_it_is_told_to_have_less() {
        host.report(9, one("a", 1));
        host.ask(1, "a", 3, 5);
        host.done(host.orders().get(0), OrderOutcome.DONE);
        host.giveBack(1);
        host.ask(2, "a", 1, 5);
        assertThat(host.shares()).containsExactly("a 1");
        assertThat(host.state(2)).isEqualTo(AskState.SCALING_DOWN);

        // It has less already, and has not said so.
        host.report(9, one("a", 1));
        assertThat(host.state(2)).isEqualTo(AskState.SCALING_DOWN);
        host.done(host.orders().get(0), OrderOutcome.DONE);
        assertThat(host.shares()).containsExactly("a 2");
        assertThat(host.state(2)).isEqualTo(AskState.ORDERED);
    }

    @Test
    void without_a_report_nothing_is_ordered_and_nothing_is_over() {
        OneHost restarted = new OneHost(BrokerPolicy.USUAL, stored(1, AskState.ORDERED), stored(2, AskState.RETURNING));
        restarted.step(new BrokerEvent.Started(List.of()));

        assertThat(restarted.state(1)).isEqualTo(AskState.ORDERED);
        assertThat(restarted.state(2)).isEqualTo(AskState.RETURNING);
        assertThat(restarted.orders()).isEmpty();
        restarted.report(4, one("a", 1));
        assertThat(restarted.shares()).containsExactly("a 2");
    }

    private static AskView stored(long id, AskState state) {
        return new AskView(new AskId(id, id), "a", ResourceKind.CORES, 1, 5, 60_000, state, 1, 0, "");
    }
}
