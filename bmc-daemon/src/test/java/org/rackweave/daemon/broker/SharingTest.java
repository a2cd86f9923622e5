package org.rackweave.daemon.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.ResourceKind;

class SharingTest {
    private static HostReport.Vm vm(String name, int priority, long guaranteed, long normal) {
        return OneHost.vm(name, priority, OneHost.cores(guaranteed, normal, 0), OneHost.memory(5, 50, 5, 0));
    }

    private static AskView ask(int id, String vm, int priority, long fromHost) {
        return ask(id, vm, ResourceKind.CORES, priority, fromHost);
    }

    private static AskView ask(int id, String vm, ResourceKind kind, int priority, long fromHost) {
        return new AskView(new AskId(0, id), vm, kind, 100, priority, 1, AskState.DONE, fromHost, 0, "");
    }

    private static Sharing sharing(long cores, List<HostReport.Vm> vms, List<AskView> asks) {
        return new Sharing(
                new HostReport(
                        List.of(
                                new HostReport.Capacity(ResourceKind.MEMORY, 1_000),
                                new HostReport.Capacity(ResourceKind.CORES, cores)),
                        vms,
                        List.of()),
                ResourceKind.CORES,
                asks);
    }

    // ---- examples --------------------------------------------------------------------------------------------------

    @Test
    void a_host_may_guarantee_all_that_it_has_and_no_more() {
        List<HostReport.Vm> vms = List.of(vm("a", 1, 2, 2), vm("b", 1, 3, 3));
        assertThat(sharing(5, vms, List.of()).isSound()).isTrue();
        assertThat(sharing(4, vms, List.of()).isSound()).isFalse();
    }

    @Test
    void what_was_asked_for_counts_before_what_is_normal_at_the_same_priority() {
        List<HostReport.Vm> vms = List.of(vm("a", 5, 1, 3), vm("b", 5, 1, 1));
        assertThat(sharing(4, vms, List.of(ask(1, "b", 5, 2))).shares()).isEqualTo(Map.of("a", 1L, "b", 3L));
    }

    @Test
    void of_equals_the_one_with_most_to_give_is_short_and_of_equal_amounts_the_last_by_name() {
        List<HostReport.Vm> vms = List.of(vm("c", 5, 0, 2), vm("b", 5, 0, 1), vm("a", 5, 0, 2));
        assertThat(sharing(1, vms, List.of()).shares()).isEqualTo(Map.of("a", 0L, "b", 1L, "c", 0L));
        assertThat(sharing(3, vms, List.of()).shares()).isEqualTo(Map.of("a", 2L, "b", 1L, "c", 0L));
    }

    @Test
    void a_vm_has_room_above_lower_priorities_but_not_above_its_equals_or_itself() {
        List<HostReport.Vm> vms = List.of(vm("low", 1, 1, 4), vm("same", 5, 0, 2), vm("own", 3, 0, 1));
        Sharing sharing = sharing(10, vms, List.of());
        // 10, without 1 that is guaranteed, 2 of its equal, and 1 of its own.
        assertThat(sharing.room("own", 5)).isEqualTo(6);
        // Its equal is a lower one now, but what it has itself would go first.
        assertThat(sharing.room("own", 6)).isEqualTo(6);
        assertThat(sharing.room("low", 6)).isEqualTo(3);
        assertThat(sharing.room("own", 1)).isEqualTo(3);
        assertThat(sharing.free()).isEqualTo(3);
    }

    @Test
    void where_more_is_promised_than_there_is_nothing_is_free_and_there_is_no_room() {
        Sharing sharing = sharing(3, List.of(vm("a", 5, 2, 9), vm("b", 5, 2, 2)), List.of());
        assertThat(sharing.shares()).isEqualTo(Map.of("a", 2L, "b", 2L));
        assertThat(sharing.room("a", 9)).isZero();
        assertThat(sharing.free()).isZero();
    }

    @Test
    void asks_of_other_kinds_and_of_vms_that_have_none_of_it_are_left_out() {
        List<HostReport.Vm> vms = List.of(vm("a", 5, 1, 1), OneHost.vm("b", 5, OneHost.memory(5, 50, 5, 0)));
        Sharing sharing =
                sharing(9, vms, List.of(ask(1, "a", ResourceKind.MEMORY, 5, 3), ask(2, "b", 5, 3), ask(3, "z", 5, 3)));
        assertThat(sharing.shares()).isEqualTo(Map.of("a", 1L));
        assertThat(sharing.free()).isEqualTo(8);
        assertThat(sharing.knows("a")).isTrue();
        assertThat(sharing.knows("b")).isFalse();
    }

    // ---- what must always hold -------------------------------------------------------------------------------------

    @Test
    void nobody_has_less_than_its_guarantee_or_more_than_its_due_and_nothing_is_left_while_somebody_is_short() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<HostReport.Vm> vms = vms(random);
            List<AskView> asks = asks(random);
            long guaranteed = vms.stream().mapToLong(SharingTest::guaranteed).sum();
            long capacity = guaranteed + random.nextInt(20);
            Map<String, Long> shares = sharing(capacity, vms, asks).shares();
            long due = 0;
            for (HostReport.Vm vm : vms) {
                long ofIt = due(vm, asks);
                assertThat(shares.get(vm.name())).as("seed %d", seed).isBetween(guaranteed(vm), ofIt);
                due += ofIt;
            }
            assertThat(sum(shares)).as("seed %d", seed).isEqualTo(Math.min(capacity, due));
            assertThat(sharing(capacity, vms, asks).free()).as("seed %d", seed).isEqualTo(capacity - sum(shares));
            Collections.shuffle(vms, random);
            Collections.shuffle(asks, random);
            assertThat(sharing(capacity, vms, asks).shares())
                    .as("seed %d, another order", seed)
                    .isEqualTo(shares);
        }
    }

    @Test
    void a_vm_that_is_given_its_room_has_all_of_it_and_no_equal_or_better_one_has_less_and_one_more_would_not_do() {
        int withRoom = 0;
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<HostReport.Vm> vms = vms(random);
            List<AskView> asks = asks(random);
            long capacity = vms.stream().mapToLong(SharingTest::guaranteed).sum() + random.nextInt(40);
            int priority = random.nextInt(10);
            Sharing before = sharing(capacity, vms, asks);
            long room = before.room("a", priority);
            if (room == 0) {
                continue;
            }
            withRoom++;
            assertThat(harm(capacity, vms, asks, priority, room))
                    .as("seed %d", seed)
                    .isZero();
            assertThat(harm(capacity, vms, asks, priority, room + 1))
                    .as("seed %d", seed)
                    .isPositive();
        }
        assertThat(withRoom).isGreaterThan(100);
    }

    /** How much this VM has less than it was to have then, and its equals and betters less than before. */
    private static long harm(long capacity, List<HostReport.Vm> vms, List<AskView> asks, int priority, long given) {
        List<AskView> more = new ArrayList<>(asks);
        more.add(ask(99, "a", priority, given));
        Map<String, Long> before = sharing(capacity, vms, asks).shares();
        Map<String, Long> after = sharing(capacity, vms, more).shares();
        long harm = before.get("a") + given - after.get("a");
        for (HostReport.Vm vm : vms) {
            // What it has at this priority and above: the rest of it may be taken.
            long kept = guaranteed(vm)
                    + (vm.priority() >= priority ? normal(vm) - guaranteed(vm) : 0)
                    + asks.stream()
                            .filter(ask -> ask.vm().equals(vm.name()) && ask.priority() >= priority)
                            .mapToLong(AskView::fromHost)
                            .sum();
            harm += Math.max(0, Math.min(kept, before.get(vm.name())) - after.get(vm.name()));
        }
        return harm;
    }

    private static List<HostReport.Vm> vms(Random random) {
        List<HostReport.Vm> vms = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            long guaranteed = random.nextInt(4);
            vms.add(vm(name, random.nextInt(10), guaranteed, guaranteed + random.nextInt(5)));
        }
        return vms;
    }

    private static List<AskView> asks(Random random) {
        List<AskView> asks = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            asks.add(ask(i, List.of("a", "b", "c", "d").get(random.nextInt(4)), random.nextInt(10), random.nextInt(4)));
        }
        return asks;
    }

    private static long due(HostReport.Vm vm, List<AskView> asks) {
        return normal(vm)
                + asks.stream()
                        .filter(ask -> ask.vm().equals(vm.name()))
                        .mapToLong(AskView::fromHost)
                        .sum();
    }

    private static long guaranteed(HostReport.Vm vm) {
        return vm.shares().get(0).guaranteed();
    }

    private static long normal(HostReport.Vm vm) {
        return vm.shares().get(0).normal();
    }

    private static long sum(Map<String, Long> shares) {
        return shares.values().stream().mapToLong(Long::longValue).sum();
    }
}
