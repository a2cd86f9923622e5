package org.rackweave.daemon.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
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
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.OrderOutcome;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;

/**
 * A host to which anything happens, in any order, whether it makes sense or not. Beside it lives a second one to which the same
 * happens, and now and then something more, which its ledger then refuses: nothing of that may be left.
 */
class RefusedStepTest {
    private static final int SEEDS = Integer.getInteger("rackweave.broker.seeds", 300) / 2;
    private static final int EVENTS = 120;
    private static final long LONG_MILLIS = 40_000;
    private static final BrokerPolicy POLICY = new BrokerPolicy(20, LONG_MILLIS, 30_000, BrokerPolicy.Unused.GIVE_BACK);
    private static final NodeId OWNER = new NodeId(7, 7);
    private static final List<String> VMS = List.of("a", "b", "c");

    @Test
    void a_step_that_the_ledger_refused_leaves_nothing_behind() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            BrokerCore calm = new BrokerCore(POLICY, 1, List.of());
            BrokerCore refused = new BrokerCore(POLICY, 1, List.of());
            long now = 0;
            for (int i = 0; i < EVENTS; i++) {
                now += random.nextInt(12_000);
                BrokerEvent event = anything(calm, random, now);
                BrokerCore.Mark before = refused.mark();
                for (int more = random.nextInt(4); more > 0; more--) {
                    refused.step(anything(refused, random, now), now);
                }
                refused.back(before);
                Supplier<String> when = when(seed, i, event);
                assertThat(refused.step(event, now)).as(when).isEqualTo(calm.step(event, now));
                assertThat(refused.asks()).as(when).isEqualTo(calm.asks());
                assertThat(refused.orders(now)).as(when).isEqualTo(calm.orders(now));
                assertThat(refused.host(now + 1)).as(when).isEqualTo(calm.host(now + 1));
                assertThat(refused.nextDeadline()).as(when).isEqualTo(calm.nextDeadline());
            }
        }
    }

    @Test
    void whatever_happens_the_host_is_never_told_two_things_about_one_and_borrows_for_nobody_in_part() {
        Map<HostOrder.Kind, Integer> seen = new TreeMap<>();
        Set<AskState> states = new HashSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            BrokerCore core = new BrokerCore(POLICY, 1, List.of());
            long now = 0;
            long newest = 0;
            Set<LeaseView> active = new HashSet<>();
            for (int i = 0; i < EVENTS; i++) {
                now += random.nextInt(12_000);
                BrokerEvent event = anything(core, random, now);
                Supplier<String> when = when(seed, i, event);
                active.removeIf(lease -> isOf(event, lease));
                active.addAll(nowActive(event));
                Set<Long> before = numbers(core.orders(now));
                List<Effect> effects = core.step(event, now);
                List<HostOrder> orders = core.orders(now);
                assertOneOrderForEach(orders, when);
                for (HostOrder order : orders) {
                    seen.merge(order.kind(), 1, Integer::sum);
                    if (!before.contains(order.number())) {
                        assertThat(order.number()).as(when).isGreaterThan(newest);
                        newest = order.number();
                        assertThat(effects).as(when).contains(new Effect.OrdersChanged());
                        assertIsWhole(core, order, when);
                    }
                    if (order instanceof HostOrder.BringOnLine bring) {
                        assertThat(active).as(when).extracting(LeaseView::id).contains(bring.lease());
                    }
                }
                core.asks().forEach(ask -> states.add(ask.state()));
            }
        }
        assertThat(seen.keySet()).containsExactly(HostOrder.Kind.values());
        assertThat(states)
                .contains(AskState.BORROWING, AskState.ORDERED, AskState.DONE, AskState.REFUSED, AskState.RETURNED);
    }

    private static Supplier<String> when(int seed, int number, BrokerEvent event) {
        return () -> "seed " + seed + ", event " + number + ": " + event;
    }

    private static boolean isOf(BrokerEvent event, LeaseView lease) {
        return event instanceof BrokerEvent.LoanChanged changed
                && lease.loan().equals(changed.loan().id());
    }

    private static List<LeaseView> nowActive(BrokerEvent event) {
        return event instanceof BrokerEvent.LoanChanged changed
                        && changed.loan().state() == LoanState.ACTIVE
                ? changed.loan().leases()
                : List.of();
    }

    private static Set<Long> numbers(List<HostOrder> orders) {
        Set<Long> numbers = new HashSet<>();
        orders.forEach(order -> numbers.add(order.number()));
        return numbers;
    }

    private static void assertOneOrderForEach(List<HostOrder> orders, Supplier<String> when) {
        List<String> about = orders.stream().map(RefusedStepTest::about).toList();
        assertThat(about).as(when).doesNotHaveDuplicates();
    }

    private static String about(HostOrder order) {
        return switch (order.kind()) {
            case SET_SHARE -> ((HostOrder.SetShare) order).vm() + " " + ((HostOrder.SetShare) order).resource();
            case BRING_ON_LINE -> ((HostOrder.BringOnLine) order).lease().toString();
            case LET_GO -> ((HostOrder.LetGo) order).lease().toString();
        };
    }

    private static void assertIsWhole(BrokerCore core, HostOrder order, Supplier<String> when) {
        if (order instanceof HostOrder.BringOnLine bring) {
            core.find(new AskId(bring.loan().high(), bring.loan().low())).ifPresent(ask -> {
                assertThat(ask.state()).as(when).isEqualTo(AskState.DONE);
                assertThat(bring.vm()).as(when).contains(ask.vm());
            });
        }
    }

    // ---- anything --------------------------------------------------------------------------------------------------

    private static BrokerEvent anything(BrokerCore core, Random random, long now) {
        AskId id = new AskId(1, 1 + random.nextInt(4));
        return switch (random.nextInt(16)) {
            case 0, 1, 2, 3, 4 -> asked(new Command.ReportHost(report(random)));
            case 5, 6 ->
                asked(new Command.AskForVm(
                        id,
                        VMS.get(random.nextInt(3)),
                        random.nextBoolean() ? ResourceKind.CORES : ResourceKind.MEMORY,
                        1 + random.nextInt(3),
                        random.nextInt(10),
                        60_000));
            case 7 -> asked(new Command.ReturnAsk(id));
            case 8, 9, 10 -> outcome(core, random, now);
            case 11 ->
                new BrokerEvent.Borrowed(
                        id,
                        random.nextInt(3) > 0
                                ? new Answer.Loan(loan(id, LoanState.ACTIVE, random))
                                : Answer.Refused.of(RefusalCode.NO_MATCH, "nobody has it"));
            case 12, 13 ->
                new BrokerEvent.LoanChanged(loan(
                        id,
                        random.nextInt(4) > 0
                                ? LoanState.ACTIVE
                                : LoanState.values()[random.nextInt(LoanState.values().length)],
                        random));
            case 14 ->
                new BrokerEvent.Recalled(
                        random.nextInt(4) > 0 ? OWNER : new NodeId(6, 6),
                        lease(id, 1 + random.nextInt(3)).id(),
                        random.nextInt(60_000));
            default -> new BrokerEvent.Tick();
        };
    }

    private static BrokerEvent outcome(BrokerCore core, Random random, long now) {
        List<HostOrder> orders = core.orders(now);
        if (orders.isEmpty()) {
            return new BrokerEvent.Tick();
        }
        OrderOutcome outcome =
                switch (random.nextInt(6)) {
                    case 0 -> OrderOutcome.FAILED;
                    case 1 -> OrderOutcome.NOT_YET;
                    default -> OrderOutcome.DONE;
                };
        return asked(
                new Command.OrderDone(orders.get(random.nextInt(orders.size())).number(), outcome, "so it is"));
    }

    private static HostReport report(Random random) {
        List<HostReport.Vm> vms = new ArrayList<>();
        for (String name : VMS) {
            if (random.nextInt(20) > 0) {
                vms.add(new HostReport.Vm(
                        name,
                        VMS.indexOf(name) * 3,
                        List.of(
                                new HostReport.Share(
                                        ResourceKind.CORES, 1, 2, random.nextInt(5), random.nextInt(2) * 100),
                                new HostReport.Share(ResourceKind.MEMORY, 1, 1, 1, random.nextInt(2) * 100))));
            }
        }
        List<HostReport.LoanUse> uses = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            if (random.nextInt(20) > 0) {
                uses.add(new HostReport.LoanUse(new LoanId(1, i), random.nextInt(22) % 21));
            }
        }
        return new HostReport(
                List.of(
                        new HostReport.Capacity(ResourceKind.CORES, 7),
                        new HostReport.Capacity(ResourceKind.MEMORY, 3 + random.nextInt(3))),
                vms,
                uses);
    }

    private static BrokerEvent asked(Command command) {
        return new BrokerEvent.Asked(SmallHost.AGENT, command, 1);
    }

    private static LoanView loan(AskId id, LoanState state, Random random) {
        int leases = random.nextInt(3) > 0 ? 3 : 1 + random.nextInt(3);
        List<LeaseView> all = new ArrayList<>();
        for (int i = 1; i <= leases; i++) {
            all.add(lease(id, i));
        }
        Requirement requirement = new Requirement(
                ResourceKind.MEMORY,
                12,
                Optional.empty(),
                60_000,
                4,
                ForcedEndEffect.FATAL,
                Optional.empty(),
                2,
                Optional.empty(),
                Optional.empty(),
                Locality.ANY,
                4);
        return new LoanView(id.loan(), requirement, state, all, "so it is");
    }

    private static LeaseView lease(AskId id, int number) {
        return new LeaseView(
                new LeaseId(id.low(), number),
                id.loan(),
                new SliceId(OWNER, "window" + number),
                new NodeId(5, 5),
                SliceState.ACTIVE,
                new Epoch(1),
                ResourceKind.MEMORY,
                4,
                4,
                60_000,
                60_000,
                ForcedEndEffect.FATAL,
                FenceKind.HARDWARE_EPOCH,
                number < 3 ? Optional.of(new Attachment("file-window", "/run/window" + number, 1)) : Optional.empty(),
                Optional.empty(),
                "");
    }
}
