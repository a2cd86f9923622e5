package org.rackweave.daemon.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.UnusedView;

/** What is noticed as hardly used: of what the host itself gives, and of loans that are not known, not whole or many. */
class UsageTest {
    private static final BrokerPolicy POLICY = BrokerPolicy.USUAL.with(40_000, BrokerPolicy.Unused.OFFER);
    private static final long STEP = POLICY.reportGapMillis();

    private static AskView ask(long id, AskState state, long fromHost, long borrowed) {
        return new AskView(
                new AskId(id, id),
                "db",
                ResourceKind.MEMORY,
                fromHost + borrowed,
                5,
                60_000,
                state,
                fromHost,
                borrowed,
                "");
    }

    private static LoanView loan(long id, long amount) {
        Requirement requirement = new Requirement(
                ResourceKind.MEMORY, amount, Optional.empty(), 60_000, 4, ForcedEndEffect.FATAL, Optional.empty(), 2);
        LeaseView lease = BorrowedMemory.lease(new LeaseId(id, 0), new LoanId(id, id), amount, Optional.empty());
        return new LoanView(new LoanId(id, id), requirement, LoanState.ACTIVE, List.of(lease), "");
    }

    private static HostReport.LoanUse use(long id, int percent) {
        return new HostReport.LoanUse(new LoanId(id, id), percent);
    }

    /** A VM that holds 200 of memory, of which 100 are its own. */
    private static Command report(int usedPercent, HostReport.LoanUse... uses) {
        return new Command.ReportHost(new HostReport(
                List.of(new HostReport.Capacity(ResourceKind.MEMORY, 1_000)),
                List.of(
                        OneHost.vm("other", 5, OneHost.memory(0, 0, 0, 100)),
                        OneHost.vm("db", 5, OneHost.cores(0, 0, 0), OneHost.memory(100, 100, 200, usedPercent))),
                List.of(uses)));
    }

    private static List<String> underused(OneHost host, Command report) {
        List<String> told = new ArrayList<>();
        for (int i = 0; i <= POLICY.underusedMillis() / STEP; i++) {
            host.say(report);
            host.told().stream().filter(text -> text.contains("underused")).forEach(told::add);
            host.now += STEP;
        }
        return told;
    }

    /** How much of the last 100 is used, rounded up, when so much of all 200 is. */
    @ParameterizedTest
    @CsvSource({"0, 0", "50, 0", "51, 2", "55, 10", "59, 18"})
    void what_the_host_gives_for_an_ask_is_the_idle_part_of_its_vm(int ofAll, int ofTheAsk) {
        OneHost host = new OneHost(POLICY, ask(1, AskState.DONE, 100, 0));
        assertThat(underused(host, report(ofAll)))
                .containsExactly("ask.underused " + new AskId(1, 1) + " at most " + ofTheAsk
                        + " % were used for 40000 ms; the host gives it");
        assertThat(host.audited()).containsExactly("daemon ask.underused " + new AskId(1, 1));
        assertThat(host.effects(Effect.Audit.class).get(0).detail())
                .isEqualTo("{\"held\":100,\"usedPercent\":" + ofTheAsk + ",\"spare\":0}");
        assertThat(unused(host)).as("nobody lent it").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"60", "61", "100"})
    void from_a_fifth_on_it_is_used(int ofAll) {
        assertThat(underused(new OneHost(POLICY, ask(1, AskState.DONE, 100, 0)), report(ofAll)))
                .isEmpty();
    }

    @Test
    void a_part_of_a_percent_counts_as_one() {
        OneHost host = new OneHost(POLICY, ask(1, AskState.DONE, 150, 0));
        // 26 % of 200 are 52, and 50 of these it would have anyway: 2 of 150 are 1.3 %.
        assertThat(underused(host, report(26))).singleElement().asString().contains("at most 2 % were used");
    }

    @Test
    void a_vm_that_does_not_say_how_much_it_has_uses_all_of_it() {
        OneHost host = new OneHost(POLICY, ask(1, AskState.DONE, 100, 0));
        Command silent = new Command.ReportHost(
                new HostReport(List.of(), List.of(OneHost.vm("db", 5, OneHost.cores(0, 0, 0))), List.of()));
        assertThat(underused(host, silent)).isEmpty();
    }

    @Test
    void what_is_not_there_yet_is_not_under_used() {
        OneHost host = new OneHost(POLICY, ask(1, AskState.BORROWING, 100, 300));
        host.step(new BrokerEvent.LoanChanged(loan(1, 300)));
        assertThat(underused(host, report(0, use(1, 0)))).isEmpty();
    }

    @Test
    void of_an_ask_that_both_give_the_busier_part_counts() {
        for (int loanPercent : List.of(3, 12)) {
            OneHost host = new OneHost(POLICY, ask(1, AskState.DONE, 100, 300));
            host.step(new BrokerEvent.LoanChanged(loan(1, 300)));
            assertThat(underused(host, report(54, use(1, loanPercent))))
                    .containsExactly("ask.underused " + new AskId(1, 1) + " at most " + Math.max(8, loanPercent)
                            + " % were used for 40000 ms; nothing of it can go back");
        }
    }

    @Test
    void what_only_neighbours_give_is_used_as_much_as_its_loan() {
        OneHost host = new OneHost(POLICY, ask(1, AskState.DONE, 0, 300));
        host.step(new BrokerEvent.LoanChanged(loan(1, 300)));
        assertThat(underused(host, report(100, use(1, 0))))
                .containsExactly("ask.underused " + new AskId(1, 1)
                        + " at most 0 % were used for 40000 ms; 300 bytes could go back");
    }

    @Test
    void a_loan_that_is_not_known_is_not_noticed() {
        OneHost host = new OneHost(POLICY);
        assertThat(underused(host, report(100, use(1, 0)))).isEmpty();
        assertThat(unused(host)).isEmpty();
    }

    @Test
    void it_is_told_again_when_something_else_could_go_back() {
        OneHost host = new OneHost(POLICY);
        host.step(new BrokerEvent.LoanChanged(loan(1, 300)));
        assertThat(underused(host, report(100, use(1, 5)))).hasSize(1);
        assertThat(underused(host, report(100, use(1, 6)))).as("the same").isEmpty();
        underused(host, report(100, use(1, 0)));
        assertThat(underused(host, report(100, use(1, 0))))
                .as("all of it, when the last time of 6 % is over")
                .hasSize(1);
    }

    @Test
    void whoever_looks_sees_them_by_their_names_and_no_more_than_an_answer_holds() {
        OneHost host = new OneHost(POLICY);
        List<Long> ids = new ArrayList<>();
        for (long id = 1; id <= HostReport.MAX_LOANS + 2; id++) {
            ids.add(id);
        }
        Collections.reverse(ids);
        ids.forEach(id -> host.step(new BrokerEvent.LoanChanged(loan(id, 10 + id))));
        HostReport.LoanUse[] first = new HostReport.LoanUse[HostReport.MAX_LOANS];
        for (int i = 0; i < first.length; i++) {
            first[i] = use(i + 1, 0);
        }
        underused(host, report(100, first));
        List<UnusedView> seen = unused(host);
        assertThat(seen).extracting(view -> view.loan().low()).isSorted().hasSize(HostReport.MAX_LOANS);
        assertThat(seen.get(0)).isEqualTo(new UnusedView(new LoanId(1, 1), ResourceKind.MEMORY, 11, 0, 11));
    }

    private static List<UnusedView> unused(OneHost host) {
        return host.core.host(host.now).map(Answer.Host::unused).orElseThrow();
    }
}
