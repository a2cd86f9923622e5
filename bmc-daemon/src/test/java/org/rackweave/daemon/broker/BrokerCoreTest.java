package org.rackweave.daemon.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.HostOrder;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.ResourceKind;

class BrokerCoreTest {
    private static final AskId FIRST = new AskId(1, 1);
    private static final AskId SECOND = new AskId(2, 2);

    /** One VM with all that the host has, of which one core is guaranteed, and one with nothing. */
    private static SmallHost two() {
        SmallHost host = new SmallHost(2, new SmallHost.Vm("low", 1, 1, 2), new SmallHost.Vm("high", 5, 0, 0));
        host.report();
        return host;
    }

    // ---- examples --------------------------------------------------------------------------------------------------

    @Test
    void a_vm_of_lower_priority_is_scaled_down_first_and_gets_its_own_back_at_the_end() {
        SmallHost host = two();

        host.ask(FIRST, "high", 1, 5);
        assertThat(host.state(FIRST)).isEqualTo(AskState.SCALING_DOWN);
        host.obey();
        assertThat(host.real).isEqualTo(Map.of("low", 1L, "high", 0L));
        assertThat(host.state(FIRST)).isEqualTo(AskState.ORDERED);
        host.obey();
        assertThat(host.real).isEqualTo(Map.of("low", 1L, "high", 1L));
        assertThat(host.state(FIRST)).isEqualTo(AskState.DONE);

        host.say(new Command.ReturnAsk(FIRST));
        assertThat(host.state(FIRST)).isEqualTo(AskState.RETURNING);
        host.obey();
        assertThat(host.state(FIRST)).isEqualTo(AskState.RETURNED);
        host.obey();
        assertThat(host.real).isEqualTo(Map.of("low", 2L, "high", 0L));
    }

    @Test
    void what_is_free_is_taken_before_anybody_loses_anything() {
        SmallHost host = new SmallHost(4, new SmallHost.Vm("low", 1, 1, 2), new SmallHost.Vm("high", 5, 1, 1));
        host.report();

        host.ask(FIRST, "high", 1, 5);
        host.obey();

        assertThat(host.real).isEqualTo(Map.of("low", 2L, "high", 2L));
        assertThat(host.view(FIRST).explanation()).contains("1 cores more");
    }

    @Test
    void an_equal_priority_is_never_scaled_down_and_neighbours_are_asked_instead() {
        SmallHost host = two();

        host.ask(FIRST, "high", 1, 1);

        assertThat(host.state(FIRST)).isEqualTo(AskState.BORROWING);
        assertThat(host.oldestOrder()).isEmpty();
        host.loans(SmallHost.Neighbours.LEND);
        assertThat(host.state(FIRST)).isEqualTo(AskState.DONE);
        assertThat(host.view(FIRST).borrowed()).isEqualTo(1);
        assertThat(host.real).isEqualTo(Map.of("low", 2L, "high", 0L));
    }

    @Test
    void nobody_loses_anything_for_an_ask_that_neighbours_then_refuse() {
        SmallHost host = two();

        host.ask(FIRST, "high", 2, 5);
        assertThat(host.oldestOrder()).isEmpty();
        host.loans(SmallHost.Neighbours.REFUSE);

        assertThat(host.state(FIRST)).isEqualTo(AskState.REFUSED);
        assertThat(host.view(FIRST).explanation()).contains("nobody has it");
        host.settle();
        assertThat(host.real).isEqualTo(Map.of("low", 2L, "high", 0L));
    }

    @Test
    void the_lowest_priority_gives_first_and_of_equals_the_one_with_most_to_give() {
        SmallHost host = new SmallHost(
                12,
                new SmallHost.Vm("a", 1, 1, 3),
                new SmallHost.Vm("b", 2, 1, 3),
                new SmallHost.Vm("c", 2, 1, 5),
                new SmallHost.Vm("top", 7, 1, 1));
        host.report();

        host.ask(FIRST, "top", 4, 7);
        host.settle();

        assertThat(host.real).isEqualTo(Map.of("a", 1L, "b", 3L, "c", 3L, "top", 5L));
    }

    @Test
    void when_one_that_is_to_give_cannot_the_others_get_theirs_back() {
        SmallHost host = new SmallHost(
                5, new SmallHost.Vm("a", 1, 1, 2), new SmallHost.Vm("b", 1, 1, 3), new SmallHost.Vm("top", 7, 0, 0));
        host.report();

        host.ask(FIRST, "top", 3, 7);
        host.obey();
        host.fail();

        assertThat(host.state(FIRST)).isEqualTo(AskState.REFUSED);
        host.settle();
        assertThat(host.real).isEqualTo(Map.of("a", 2L, "b", 3L, "top", 0L));
    }

    @Test
    void an_ask_takes_nothing_from_the_vm_that_it_is_for_and_neighbours_are_asked_instead() {
        SmallHost host = new SmallHost(
                12,
                new SmallHost.Vm("own", 1, 0, 4),
                new SmallHost.Vm("mid", 3, 0, 6),
                new SmallHost.Vm("low", 0, 0, 2));
        host.report();

        host.ask(FIRST, "own", 3, 5);
        host.loans(SmallHost.Neighbours.LEND);
        host.settle();

        assertThat(host.view(FIRST).borrowed()).isEqualTo(1);
        assertThat(host.real).isEqualTo(Map.of("own", 6L, "mid", 6L, "low", 0L));
    }

    @Test
    void a_lost_loan_returns_the_host_part_too() {
        SmallHost host = two();
        host.ask(FIRST, "high", 2, 5);
        host.loans(SmallHost.Neighbours.LEND);
        host.settle();
        assertThat(host.real).isEqualTo(Map.of("low", 1L, "high", 1L));

        host.lose(FIRST);
        host.settle();

        assertThat(host.state(FIRST)).isEqualTo(AskState.RETURNED);
        assertThat(host.real).isEqualTo(Map.of("low", 2L, "high", 0L));
    }

    @Test
    void orders_wait_for_an_agent_that_is_away_and_numbers_grow_over_restarts() {
        SmallHost host = two();
        host.ask(FIRST, "high", 1, 5);
        HostOrder order = host.oldestOrder().orElseThrow();

        host.pass(86_400_000);
        assertThat(host.oldestOrder()).contains(order);
        host.crash();
        assertThat(host.oldestOrder()).isEmpty();
        host.report();

        HostOrder again = host.oldestOrder().orElseThrow();
        assertThat(again.number()).isGreaterThan(order.number());
        assertThat(again).usingRecursiveComparison().ignoringFields("number").isEqualTo(order);
    }

    @Test
    void guarantees_above_the_capacity_are_refused() {
        SmallHost host = new SmallHost(1, new SmallHost.Vm("a", 1, 1, 1), new SmallHost.Vm("b", 1, 1, 1));

        Answer answer = host.say(new Command.ReportHost(new HostReport(
                List.of(),
                List.of(new HostReport.Vm("a", 1, List.of(new HostReport.Share(ResourceKind.CORES, 1, 1, 1, 0)))),
                List.of())));

        assertThat(answer).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void a_vm_that_is_gone_returns_what_it_asked_for() {
        SmallHost host = two();
        host.ask(FIRST, "high", 1, 5);
        host.settle();

        host.real.remove("high");
        host.say(new Command.ReportHost(new HostReport(
                List.of(new HostReport.Capacity(ResourceKind.CORES, 2)),
                List.of(new HostReport.Vm("low", 1, List.of(new HostReport.Share(ResourceKind.CORES, 1, 2, 1, 0)))),
                List.of())));

        assertThat(host.state(FIRST)).isEqualTo(AskState.RETURNED);
        host.obey();
        assertThat(host.real.get("low")).isEqualTo(2);
    }

    // ---- small worlds, completely ----------------------------------------------------------------------------------

    private static final long SEEDS = Long.getLong("rackweave.broker.seeds", 2_000);

    /** 28,561 ways in every build; -Drackweave.broker.depth=5 goes 371,293. */
    private static final int DEPTH = Integer.getInteger("rackweave.broker.depth", 4);

    private enum Act {
        ASK_HIGH {
            @Override
            void on(SmallHost host) {
                host.ask(FIRST, "high", 2, 5);
            }
        },
        ASK_HIGH_AND_CRASH {
            @Override
            void on(SmallHost host) {
                host.askAndCrash(FIRST, "high", 2, 5);
            }
        },
        ASK_LOW {
            @Override
            void on(SmallHost host) {
                host.ask(SECOND, "low", 1, 1);
            }
        },
        RETURN_HIGH {
            @Override
            void on(SmallHost host) {
                host.say(new Command.ReturnAsk(FIRST));
            }
        },
        RETURN_HIGH_AND_CRASH {
            @Override
            void on(SmallHost host) {
                host.giveBackAndCrash(FIRST);
            }
        },
        OBEY {
            @Override
            void on(SmallHost host) {
                host.obey();
            }
        },
        OBEY_SILENTLY {
            @Override
            void on(SmallHost host) {
                host.obeySilently();
            }
        },
        FAIL {
            @Override
            void on(SmallHost host) {
                host.fail();
            }
        },
        REPORT {
            @Override
            void on(SmallHost host) {
                host.report();
            }
        },
        CRASH {
            @Override
            void on(SmallHost host) {
                host.crash();
            }
        },
        LEND {
            @Override
            void on(SmallHost host) {
                host.loans(SmallHost.Neighbours.LEND);
            }
        },
        REFUSE {
            @Override
            void on(SmallHost host) {
                host.loans(SmallHost.Neighbours.REFUSE);
            }
        },
        LOSE {
            @Override
            void on(SmallHost host) {
                host.lose(FIRST);
            }
        };

        abstract void on(SmallHost host);
    }

    @Test
    void two_vms_and_two_cores_in_every_order_of_everything_that_can_happen() {
        assertThat(explore(two(), DEPTH)).isEqualTo((long) Math.pow(Act.values().length, DEPTH));
    }

    private static long explore(SmallHost host, int depth) {
        if (depth == 0) {
            assertEverythingComesBack(host);
            return 1;
        }
        long leaves = 0;
        for (Act act : Act.values()) {
            SmallHost next = new SmallHost(host);
            act.on(next);
            leaves += explore(next, depth - 1);
        }
        return leaves;
    }

    private static void assertEverythingComesBack(SmallHost host) {
        host.settle();
        host.asks().stream()
                .filter(ask -> ask.state() == AskState.DONE)
                .map(AskView::id)
                .forEach(id -> host.say(new Command.ReturnAsk(id)));
        host.settle();
        assertThat(host.real).isEqualTo(Map.of("low", 2L, "high", 0L));
        assertThat(host.borrowedNow()).as("loans that nobody wants any more").isZero();
    }

    // ---- larger ones, by chance ------------------------------------------------------------------------------------

    @Test
    void larger_hosts_keep_every_rule_and_come_to_rest() {
        for (long seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SmallHost host = new SmallHost(
                    16,
                    new SmallHost.Vm("a", 1, 1, 4),
                    new SmallHost.Vm("b", 1, 2, 3),
                    new SmallHost.Vm("c", 3, 1, 5),
                    new SmallHost.Vm("d", 7, 2, 2));
            host.report();
            for (int i = 0; i < 40; i++) {
                somethingHappens(host, random);
            }
            host.settle();
            host.asks().forEach(ask -> host.say(new Command.ReturnAsk(ask.id())));
            host.settle();
            assertThat(host.real).as("seed %s", seed).isEqualTo(Map.of("a", 4L, "b", 3L, "c", 5L, "d", 2L));
            assertThat(host.borrowedNow()).as("seed %s", seed).isZero();
        }
    }

    private static void somethingHappens(SmallHost host, SplittableRandom random) {
        String vm = List.of("a", "b", "c", "d").get(random.nextInt(4));
        AskId id = new AskId(1, random.nextInt(12));
        switch (random.nextInt(10)) {
            case 0, 1 -> host.ask(id, vm, 1 + random.nextInt(6), random.nextInt(10));
            case 2 -> host.say(new Command.ReturnAsk(id));
            case 3, 4 -> host.obey();
            case 5 -> host.obeySilently();
            case 6 -> host.fail();
            case 7 -> host.report();
            case 8 -> host.loans(random.nextBoolean() ? SmallHost.Neighbours.LEND : SmallHost.Neighbours.REFUSE);
            default -> host.crash();
        }
    }
}
