package org.rackweave.daemon.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
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
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.OrderOutcome;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.UnusedView;

/** What is hardly used of a loan of four leases of 100 goes back when the host has let go of it. */
class GivingBackTest {
    private static final NodeId OWNER = BorrowedMemory.OWNER;
    private static final LoanId LOAN = new LoanId(8, 8);
    private static final AskId ASK = new AskId(8, 8);
    private static final long STEP = 30_000;
    private static final long SEEDS = Long.getLong("rackweave.broker.seeds", 600) / 2;
    private static final BrokerPolicy OFFERING = BrokerPolicy.USUAL;
    private static final BrokerPolicy GIVING_BACK =
            OFFERING.with(OFFERING.underusedMillis(), BrokerPolicy.Unused.GIVE_BACK);

    private final Map<LeaseId, Long> held = new LinkedHashMap<>();
    private final List<Effect> effects = new ArrayList<>();
    private BrokerCore core = new BrokerCore(GIVING_BACK, 1, List.of());
    private long least = 100;
    private long vmNormal = 200;
    private long now;

    GivingBackTest() {
        for (int i = 1; i <= 4; i++) {
            held.put(new LeaseId(i, 0), 100L);
        }
    }

    private void begin(BrokerPolicy policy, AskView... asks) {
        core = new BrokerCore(policy, 1, List.of(asks));
        step(new BrokerEvent.Started(List.of(loan(LoanState.ACTIVE))));
        report(100);
        obey(OrderOutcome.DONE);
        effects.clear();
    }

    // ---- when it is noticed

    @Test
    void what_is_hardly_used_for_long_is_told_once_and_shown_and_in_the_audit_trail() {
        begin(OFFERING);
        report(15);
        reportFor(OFFERING.underusedMillis() - STEP, 3);
        assertThat(told("loan.underused")).isZero();
        report(3);
        assertThat(told("loan.underused")).isEqualTo(1);
        assertThat(audited("loan.underused")).isEqualTo(1);
        assertThat(unused()).containsExactly(new UnusedView(LOAN, ResourceKind.MEMORY, 400, 15, 200));

        reportFor(OFFERING.underusedMillis() * 3, 15);
        assertThat(told("loan.underused")).isEqualTo(1);
        assertThat(core.orders(now)).as("it is only told").isEmpty();
        report(20);
        assertThat(unused()).isEmpty();
    }

    @Test
    void use_in_between_or_a_report_that_is_missing_or_late_begins_the_time_anew() {
        List<Runnable> breaks = List.of(
                () -> report(20),
                this::reportWithoutTheLoan,
                () -> now += OFFERING.reportGapMillis() + 1,
                () -> begin(OFFERING));
        for (Runnable broken : breaks) {
            begin(OFFERING);
            reportFor(OFFERING.underusedMillis() - STEP, 0);
            broken.run();
            reportFor(OFFERING.underusedMillis(), 0);
            assertThat(told("loan.underused")).isZero();
            report(0);
            assertThat(told("loan.underused")).isEqualTo(1);
        }
    }

    @Test
    void whoever_wants_to_hear_nothing_of_it_hears_nothing() {
        begin(OFFERING.with(OFFERING.underusedMillis(), BrokerPolicy.Unused.IGNORE));
        reportFor(OFFERING.underusedMillis() * 3, 0);
        assertThat(effects).noneMatch(effect -> effect instanceof Effect.Tell || effect instanceof Effect.Audit);
        assertThat(unused()).isEmpty();
    }

    // ---- how it goes back

    @Test
    void the_host_is_told_to_let_go_and_only_what_it_let_go_of_goes_back() {
        begin(GIVING_BACK);
        becomeUnderused(15);

        List<HostOrder.LetGo> orders = letGoes();
        assertThat(orders).hasSize(2).allSatisfy(order -> {
            assertThat(order.why()).isEqualTo(HostOrder.LetGo.Why.UNUSED);
            assertThat(order.withinMillis()).isEqualTo(BrokerPolicy.LET_GO_MILLIS);
        });
        done(orders.get(0), OrderOutcome.DONE);
        assertThat(parts()).isEmpty();
        done(orders.get(1), OrderOutcome.DONE);
        assertThat(parts())
                .containsExactly(new Effect.GiveBackPart(
                        LOAN, Set.of(orders.get(0).lease(), orders.get(1).lease())));
        assertThat(core.orders(now))
                .as("nothing is brought on line that is going")
                .isEmpty();
        assertThat(audited("loan.let-go")).isEqualTo(1);

        orders.forEach(order -> held.remove(order.lease()));
        step(new BrokerEvent.LoanChanged(loan(LoanState.ACTIVE)));
        reportFor(GIVING_BACK.underusedMillis() * 3, 30);
        assertThat(core.orders(now)).isEmpty();
        assertThat(unused()).isEmpty();
    }

    @Test
    void what_is_not_used_at_all_is_released() {
        least = 400;
        begin(GIVING_BACK);
        becomeUnderused(0);
        letGoes().forEach(order -> done(order, OrderOutcome.DONE));
        assertThat(released()).containsExactly(LOAN);
        assertThat(parts()).isEmpty();
    }

    @Test
    void a_loan_that_is_all_or_nothing_loses_no_part() {
        least = 400;
        begin(GIVING_BACK);
        becomeUnderused(1);
        assertThat(core.orders(now)).isEmpty();
        assertThat(unused()).containsExactly(new UnusedView(LOAN, ResourceKind.MEMORY, 400, 1, 0));
    }

    @Test
    void what_the_host_cannot_let_go_of_stays_and_the_rest_goes() {
        begin(GIVING_BACK);
        becomeUnderused(15);
        List<HostOrder.LetGo> orders = letGoes();
        done(orders.get(0), OrderOutcome.FAILED);
        done(orders.get(1), OrderOutcome.DONE);

        assertThat(parts())
                .containsExactly(
                        new Effect.GiveBackPart(LOAN, Set.of(orders.get(1).lease())));
        assertThat(audited("loan.kept")).isEqualTo(1);
        assertThat(core.orders(now))
                .as("what it kept is brought on line again")
                .singleElement()
                .isInstanceOfSatisfying(HostOrder.BringOnLine.class, bring -> assertThat(bring.lease())
                        .isEqualTo(orders.get(0).lease()));
    }

    @Test
    void a_host_that_lets_go_of_nothing_is_left_alone_with_it_for_a_while() {
        held.keySet().removeIf(lease -> lease.high() > 2);
        begin(GIVING_BACK);
        becomeUnderused(15);
        HostOrder.LetGo only = letGoes().get(0);
        done(only, OrderOutcome.FAILED);
        long told = now;
        assertThat(parts()).isEmpty();

        Set<LeaseId> asked = new HashSet<>();
        while (!asked.contains(only.lease())) {
            reportFor(STEP, 15);
            letGoes().forEach(order -> asked.add(order.lease()));
            obey(OrderOutcome.FAILED);
        }
        assertThat(asked).as("the other one was asked for meanwhile").hasSize(2);
        assertThat(now - told)
                .isBetween(
                        GIVING_BACK.restMillis(),
                        GIVING_BACK.restMillis() + 2 * (GIVING_BACK.underusedMillis() + STEP));
    }

    @Test
    void beside_what_the_host_keeps_stays_what_makes_up_the_least() {
        least = 300;
        begin(GIVING_BACK);
        becomeUnderused(15);
        HostOrder.LetGo kept = letGoes().get(0);
        done(kept, OrderOutcome.FAILED);
        becomeUnderused(0);
        assertThat(letGoes()).singleElement().satisfies(order -> assertThat(order.lease())
                .isNotEqualTo(kept.lease()));
    }

    @Test
    void what_stays_may_be_exactly_the_least_and_not_less() {
        for (long each : List.of(100L, 101L)) {
            least = each;
            begin(GIVING_BACK);
            becomeUnderused(0);
            List<HostOrder.LetGo> orders = letGoes();
            assertThat(orders).hasSize(4);
            done(orders.get(0), OrderOutcome.FAILED);
            orders.subList(1, 4).forEach(order -> done(order, OrderOutcome.DONE));
            assertThat(parts()).hasSize(each == 100 ? 1 : 0);
            assertThat(detail("loan.let-go"))
                    .isEqualTo(each == 100 ? "{\"leases\":3,\"amount\":300,\"usedPercent\":0}" : "");
        }
    }

    @Test
    void what_the_host_keeps_is_asked_for_again_at_the_moment_when_its_rest_is_over() {
        BrokerPolicy policy = new BrokerPolicy(20, 40_000, 1, BrokerPolicy.Unused.GIVE_BACK);
        for (long early : List.of(0L, 1L)) {
            now = 0;
            begin(policy);
            while (letGoes().isEmpty() && now <= 2 * policy.underusedMillis()) {
                step(reporting(0, 100));
                now += 10_000;
            }
            now -= 10_000;
            obey(OrderOutcome.FAILED);
            long kept = now;
            for (now = kept; now < kept + policy.restMillis(); now += 10_000) {
                step(reporting(0, 100));
                assertThat(letGoes()).isEmpty();
            }
            now = kept + policy.restMillis() - early;
            step(new BrokerEvent.Tick());
            now = kept + policy.restMillis();
            step(reporting(0, 100));
            assertThat(letGoes()).hasSize(early == 0 ? 4 : 0);
        }
    }

    @Test
    void a_loan_that_ends_meanwhile_takes_its_orders_with_it_and_the_agent_looks_again() {
        begin(GIVING_BACK);
        becomeUnderused(15);
        effects.clear();
        step(new BrokerEvent.LoanChanged(loan(LoanState.ENDED)));
        assertThat(core.orders(now)).isEmpty();
        assertThat(core.nextDeadline()).isEmpty();
        assertThat(effects).containsExactly(new Effect.OrdersChanged());
    }

    @Test
    void what_went_back_is_forgotten_in_silence() {
        begin(GIVING_BACK);
        becomeUnderused(15);
        List<HostOrder.LetGo> orders = letGoes();
        orders.forEach(order -> done(order, OrderOutcome.DONE));
        orders.forEach(order -> held.remove(order.lease()));
        effects.clear();
        step(new BrokerEvent.LoanChanged(loan(LoanState.ACTIVE)));
        assertThat(effects).isEmpty();
        assertThat(core.nextDeadline()).isEmpty();
    }

    @Test
    void whatever_is_kept_is_told_with_why_and_what_goes_is_told_too() {
        begin(GIVING_BACK);
        becomeUnderused(15);
        List<HostOrder.LetGo> orders = letGoes();
        assertThat(texts("host.order"))
                .containsExactly("let go of it, unless it is needed", "let go of it, unless it is needed");
        done(orders.get(0), OrderOutcome.FAILED);
        assertThat(texts("loan.kept")).containsExactly(orders.get(0).lease() + ": it is in use");
        done(orders.get(1), OrderOutcome.DONE);
        assertThat(texts("loan.let-go")).containsExactly("the host does not need 1 of 4 leases");
        effects.clear();

        now += BrokerPolicy.LET_GO_MILLIS - 1;
        step(new BrokerEvent.Tick());
        assertThat(effects).isEmpty();
        now++;
        step(new BrokerEvent.Tick());
        assertThat(texts("loan.kept")).containsExactly(orders.get(1).lease() + ": the loan was busy");
        assertThat(audited("loan.kept")).isEqualTo(1);
    }

    @Test
    void a_host_that_does_not_answer_or_whose_loan_changes_keeps_all_that_it_was_asked_for() {
        begin(GIVING_BACK);
        becomeUnderused(15);
        now += BrokerPolicy.LET_GO_MILLIS;
        step(new BrokerEvent.Tick());
        assertThat(texts("loan.kept")).hasSize(2).allMatch(text -> text.endsWith(": the host did not let go in time"));

        begin(GIVING_BACK);
        becomeUnderused(15);
        held.put(new LeaseId(9, 0), 100L);
        effects.clear();
        step(new BrokerEvent.LoanChanged(loan(LoanState.ACTIVE)));
        assertThat(texts("loan.kept")).hasSize(2).allMatch(text -> text.endsWith(": the loan has changed"));
    }

    @Test
    void what_is_not_on_line_yet_is_not_brought_on_line_when_it_is_to_go_and_the_rest_is() {
        core = new BrokerCore(GIVING_BACK, 1, List.of());
        step(new BrokerEvent.Started(List.of(loan(LoanState.ACTIVE))));
        becomeUnderused(15);
        assertThat(letGoes()).hasSize(2);
        assertThat(core.orders(now)).hasSize(4);
        assertThat(core.orders(now).stream()
                        .map(order -> order instanceof HostOrder.BringOnLine bring
                                ? bring.lease()
                                : ((HostOrder.LetGo) order).lease())
                        .toList())
                .doesNotHaveDuplicates();
    }

    @Test
    void of_what_is_all_or_nothing_all_goes_or_nothing() {
        least = 400;
        begin(GIVING_BACK);
        becomeUnderused(0);
        List<HostOrder.LetGo> orders = letGoes();
        assertThat(orders).hasSize(4);
        done(orders.get(0), OrderOutcome.FAILED);
        orders.subList(1, 4).forEach(order -> done(order, OrderOutcome.DONE));
        assertThat(parts()).isEmpty();
        assertThat(released()).isEmpty();
        assertThat(core.orders(now)).hasSize(4).allMatch(order -> order.kind() == HostOrder.Kind.BRING_ON_LINE);
    }

    @Test
    void an_agent_that_does_not_answer_in_time_keeps_it() {
        begin(GIVING_BACK);
        becomeUnderused(15);
        HostOrder.LetGo late = letGoes().get(0);
        assertThat(core.nextDeadline()).hasValue(now + BrokerPolicy.LET_GO_MILLIS);
        now += BrokerPolicy.LET_GO_MILLIS;
        step(new BrokerEvent.Tick());
        assertThat(letGoes()).isEmpty();
        assertThat(core.orders(now)).hasSize(2).allMatch(order -> order.kind() == HostOrder.Kind.BRING_ON_LINE);
        done(late, OrderOutcome.DONE);
        assertThat(parts()).isEmpty();
        assertThat(released()).isEmpty();
    }

    @Test
    void an_owner_that_wants_the_loan_back_counts_more() {
        begin(GIVING_BACK);
        becomeUnderused(15);
        step(new BrokerEvent.Recalled(OWNER, held.keySet().iterator().next(), 5_000));
        assertThat(letGoes()).hasSize(4).allSatisfy(order -> {
            assertThat(order.why()).isEqualTo(HostOrder.LetGo.Why.RECALLED);
            assertThat(order.withinMillis()).isEqualTo(5_000);
        });
        letGoes().forEach(order -> done(order, OrderOutcome.DONE));
        assertThat(released()).containsExactly(LOAN);
        assertThat(parts()).isEmpty();
    }

    @Test
    void a_loan_that_becomes_another_meanwhile_is_not_touched() {
        begin(GIVING_BACK);
        becomeUnderused(15);
        List<HostOrder.LetGo> orders = letGoes();
        List<LeaseId> kept = new ArrayList<>(held.keySet());
        orders.forEach(order -> kept.remove(order.lease()));
        held.remove(kept.get(0));
        step(new BrokerEvent.LoanChanged(loan(LoanState.ACTIVE)));
        orders.forEach(order -> done(order, OrderOutcome.DONE));
        assertThat(parts()).isEmpty();
    }

    @Test
    void what_the_borrowers_side_did_not_give_back_is_brought_on_line_again() {
        begin(GIVING_BACK);
        becomeUnderused(15);
        letGoes().forEach(order -> done(order, OrderOutcome.DONE));
        now += BrokerPolicy.LET_GO_MILLIS;
        step(new BrokerEvent.Tick());
        assertThat(core.orders(now)).hasSize(2).allMatch(order -> order.kind() == HostOrder.Kind.BRING_ON_LINE);
    }

    @Test
    void a_restart_in_between_forgets_it_and_begins_the_time_anew() {
        begin(GIVING_BACK);
        becomeUnderused(15);
        List<HostOrder.LetGo> before = letGoes();
        begin(GIVING_BACK);
        before.forEach(order -> done(order, OrderOutcome.DONE));
        reportFor(GIVING_BACK.underusedMillis(), 15);
        assertThat(parts()).isEmpty();
        assertThat(letGoes()).isEmpty();
        report(15);
        assertThat(letGoes()).hasSize(2);
    }

    // ---- what VMs asked for

    @Test
    void an_ask_goes_back_as_a_whole_and_only_when_neither_part_of_it_is_used() {
        least = 400;
        vmNormal = 100;
        for (int hostPercent : List.of(100, 50)) {
            begin(GIVING_BACK, ask(100));
            long until = now + GIVING_BACK.underusedMillis();
            for (; now <= until; now += STEP) {
                step(reporting(0, hostPercent));
            }
            // The VM has 200, and 100 of these were asked for: half of all is what it would have anyway.
            assertThat(letGoes()).hasSize(hostPercent == 50 ? 4 : 0);
        }
        letGoes().forEach(order -> done(order, OrderOutcome.DONE));
        assertThat(core.find(ASK).orElseThrow().state()).isEqualTo(AskState.RETURNING);
        assertThat(released()).containsExactly(LOAN);
    }

    // ---- what must always hold

    @Test
    void whatever_is_reported_it_never_has_less_than_was_used_and_never_goes_up_and_down() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            held.clear();
            for (int i = 1 + random.nextInt(6); i > 0; i--) {
                held.put(new LeaseId(i, 0), 1L + random.nextInt(100));
            }
            least = 1 + random.nextInt((int) sum());
            begin(GIVING_BACK);
            long lastBusy = now;
            long lastChange = now;
            int period = 1 + random.nextInt(60);
            long low = random.nextInt((int) sum());
            long high = random.nextInt((int) sum());
            for (int i = 0; i < 400 && !held.isEmpty(); i++) {
                long used = Math.min(sum(), i / period % 2 == 0 ? low : high);
                int percent = (int) ((used * 100 + sum() - 1) / sum());
                if (percent >= GIVING_BACK.underusedPercent()) {
                    lastBusy = now;
                }
                report(percent);
                List<HostOrder.LetGo> orders = letGoes();
                if (orders.isEmpty()) {
                    continue;
                }
                String when = "seed " + seed + ", report " + i;
                assertThat(now - STEP - lastBusy).as(when).isGreaterThanOrEqualTo(GIVING_BACK.underusedMillis());
                assertThat(now - STEP - lastChange).as(when).isGreaterThanOrEqualTo(GIVING_BACK.underusedMillis());
                orders.forEach(order -> done(order, OrderOutcome.DONE));
                orders.forEach(order -> held.remove(order.lease()));
                lastChange = now;
                long left = sum();
                if (left > 0) {
                    assertThat(left).as(when).isGreaterThanOrEqualTo(Math.max(least, 2 * used));
                } else {
                    assertThat(used).as(when).isZero();
                }
                step(new BrokerEvent.LoanChanged(loan(left > 0 ? LoanState.ACTIVE : LoanState.ENDED)));
            }
        }
    }

    // ----------------------------------------------------------------------------------------------------------------

    private long sum() {
        return held.values().stream().mapToLong(Long::longValue).sum();
    }

    private void becomeUnderused(int usedPercent) {
        reportFor(GIVING_BACK.underusedMillis() + STEP, usedPercent);
        // It is still the moment of the last report.
        now -= STEP;
    }

    private void reportFor(long millis, int usedPercent) {
        for (long until = now + millis; now < until; ) {
            report(usedPercent);
        }
    }

    /** One report, and then its time passes. */
    private void report(int usedPercent) {
        step(reporting(usedPercent, 100));
        now += STEP;
    }

    private void reportWithoutTheLoan() {
        step(asked(new Command.ReportHost(new HostReport(List.of(), List.of(), List.of()))));
    }

    private BrokerEvent reporting(int usedPercent, int vmPercent) {
        return asked(new Command.ReportHost(new HostReport(
                List.of(new HostReport.Capacity(ResourceKind.MEMORY, 1_000)),
                List.of(new HostReport.Vm(
                        "db", 5, List.of(new HostReport.Share(ResourceKind.MEMORY, 100, vmNormal, 200, vmPercent)))),
                List.of(new HostReport.LoanUse(LOAN, usedPercent)))));
    }

    private static BrokerEvent asked(Command command) {
        return new BrokerEvent.Asked(SmallHost.AGENT, command, 1);
    }

    private void obey(OrderOutcome outcome) {
        core.orders(now).forEach(order -> done(order, outcome));
    }

    private void done(HostOrder order, OrderOutcome outcome) {
        step(asked(new Command.OrderDone(order.number(), outcome, "it is in use")));
    }

    /** The ledger refuses each step once, and nothing of that may be left. */
    private void step(BrokerEvent event) {
        BrokerCore.Mark before = core.mark();
        core.step(event, now);
        core.back(before);
        effects.addAll(core.step(event, now));
    }

    private List<HostOrder.LetGo> letGoes() {
        return core.orders(now).stream()
                .filter(HostOrder.LetGo.class::isInstance)
                .map(HostOrder.LetGo.class::cast)
                .toList();
    }

    private List<UnusedView> unused() {
        return core.host(now).map(Answer.Host::unused).orElseThrow();
    }

    private long told(String kind) {
        return effects.stream()
                .filter(effect ->
                        effect instanceof Effect.Tell tell && tell.kind().equals(kind))
                .count();
    }

    private long audited(String action) {
        return effects.stream()
                .filter(effect ->
                        effect instanceof Effect.Audit audit && audit.action().equals(action))
                .count();
    }

    private List<String> texts(String kind) {
        return effects.stream()
                .filter(effect ->
                        effect instanceof Effect.Tell tell && tell.kind().equals(kind))
                .map(effect -> ((Effect.Tell) effect).text())
                .toList();
    }

    /** Of the last audit row of this action; empty when there is none. */
    private String detail(String action) {
        return effects.stream()
                .filter(effect ->
                        effect instanceof Effect.Audit audit && audit.action().equals(action))
                .map(effect -> ((Effect.Audit) effect).detail())
                .reduce("", (first, second) -> second);
    }

    private List<Effect> parts() {
        return effects.stream().filter(Effect.GiveBackPart.class::isInstance).toList();
    }

    private List<LoanId> released() {
        return effects.stream()
                .filter(Effect.AskOwnLoans.class::isInstance)
                .map(effect -> ((Command.ReleaseLoan) ((Effect.AskOwnLoans) effect).command()).loan())
                .toList();
    }

    private static AskView ask(long fromHost) {
        return new AskView(
                ASK, "db", ResourceKind.MEMORY, fromHost + 400, 5, 60_000, AskState.DONE, fromHost, 400, "it has it");
    }

    private LoanView loan(LoanState state) {
        Requirement requirement = new Requirement(
                ResourceKind.MEMORY,
                Math.max(least, sum()),
                Optional.empty(),
                60_000,
                4,
                ForcedEndEffect.FATAL,
                Optional.empty(),
                2,
                Optional.empty(),
                Optional.empty(),
                Locality.ANY,
                least);
        return new LoanView(
                LOAN,
                requirement,
                state,
                held.entrySet().stream()
                        .map(each -> lease(each.getKey(), each.getValue()))
                        .toList(),
                "");
    }

    private static LeaseView lease(LeaseId id, long amount) {
        return BorrowedMemory.lease(
                id, LOAN, amount, Optional.of(new Attachment("file-window", "/run/window" + id.high(), 1)));
    }
}
