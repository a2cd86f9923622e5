package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/** What a borrower does in places that are rare, with lenders that answer as the test says. */
class LoanCoreTest {
    private static final LoanPolicy POLICY = new LoanPolicy(1, 500, 200, 1_000);
    private static final NodeId SELF = new NodeId(9, 9);
    private static final NodeId LENDER = new NodeId(1, 1);
    private static final Principal AGENT = new Principal("me", SELF, Role.NODE, Optional.empty());
    private static final LoanId LOAN = new LoanId(3, 3);
    private static final long TERM = 6_000;

    private long drawn;
    private long now = 1_000_000;
    private long token;
    private final LoanCore core = new LoanCore(SELF, POLICY, () -> new LeaseId(7, ++drawn), 1, List.of());
    private final List<Effect.Ask> asked = new ArrayList<>();
    private final List<Answer> replies = new ArrayList<>();
    private final Map<LeaseId, String> keys = new HashMap<>();
    private ForcedEndEffect forcedEnd = ForcedEndEffect.TOLERATED;

    @Test
    void whatAForcedEndWouldKillIsKeptAndRenewedThroughAnOutageAndReleasedUntilItIsHeard() {
        forcedEnd = ForcedEndEffect.FATAL;
        activeLoan(LOAN, 1);
        for (int i = 0; i < 200; i++) {
            passToNextDeadline();
            answerAll(unreachable());
        }
        assertThat(now).isGreaterThan(1_000_000 + 3 * TERM);
        assertThat(core.loan(LOAN, now).orElseThrow().state()).isEqualTo(LoanState.ACTIVE);

        step(new LoanEvent.Asked(AGENT, new Command.ReleaseLoan(LOAN), List.of(), ++token));
        for (int i = 0; i < 200; i++) {
            answerAll(unreachable());
            passToNextDeadline();
        }
        assertThat(core.isSettled()).isFalse();
        assertThat(asked).hasSize(1);
        answerAll(new Answer.Done());
        assertThat(core.isSettled()).isTrue();
    }

    @Test
    void aLoanThatWasGivenBackIsNotBroughtBackByThePlanThatWasBeingMade() {
        borrow(LOAN, 1);
        answerAll(offers(2));
        answerAll(refused(RefusalCode.CONFLICT));
        assertThat(asked).extracting(Effect.Ask::command).allMatch(c -> c instanceof Command.ListSlices);
        replies.clear();
        step(new LoanEvent.Asked(AGENT, new Command.ReleaseLoan(LOAN), List.of(), ++token));
        assertThat(replies).hasSize(2);
        answerAll(offers(2));
        assertThat(asked).isEmpty();
        assertThat(core.loan(LOAN, now).orElseThrow().state()).isEqualTo(LoanState.ENDED);
    }

    @Test
    void aDaemonThatStopsGivesBackWhatIsNotWholeYet() {
        borrow(LOAN, 1);
        answerAll(offers(2));
        step(new LoanEvent.GiveAllBack("it stops"));
        assertThat(core.loan(LOAN, now).orElseThrow().state()).isEqualTo(LoanState.RELEASING);
        LoanId planned = new LoanId(4, 4);
        borrow(planned, 1);
        step(new LoanEvent.GiveAllBack("it stops"));
        asked.removeIf(ask -> ask.command() instanceof Command.Reserve);
        answerAll(new Answer.Done());
        assertThat(core.isSettled()).isTrue();
        assertThat(core.loan(planned, now)).isEmpty();
    }

    @Test
    void loansThatWereLostOrNeverCameToBeAreForgottenToo() {
        for (int i = 0; i < 100; i++) {
            LoanId id = new LoanId(5, i);
            if (i % 2 == 0) {
                activeLoan(id, 1);
                now += 2 * TERM;
                step(new LoanEvent.Tick());
                asked.clear();
            } else {
                borrow(id, 1);
                answerAll(offers(1));
                answerAll(refused(RefusalCode.DENIED));
            }
            assertThat(core.loan(id, now).orElseThrow().state()).isIn(LoanState.LOST, LoanState.ENDED);
        }
        assertThat(core.loans(now)).hasSizeLessThan(40);
    }

    @Test
    void manyAttemptsWithManyLeasesCanStillBeShown() {
        borrow(LOAN, 20);
        for (int attempt = 0; attempt < 8; attempt++) {
            answerAll(offers(40));
            // The first says no; what the others say does not matter any more.
            Effect.Ask first = asked.remove(0);
            step(new LoanEvent.Answered(first.exchange(), refused(RefusalCode.CONFLICT)));
            asked.removeIf(ask -> !(ask.command() instanceof Command.ListSlices));
        }
        assertThat(core.loan(LOAN, now).orElseThrow().leases()).hasSize(64);
        assertThat(replies).hasSize(1);
    }

    @Test
    void theShortestOfSeveralRecallsCounts() {
        List<LeaseId> leases = activeLoan(LOAN, 2);
        Principal lender = new Principal("l", LENDER, Role.NODE, Optional.empty());
        recall(lender, leases.get(0), Long.MAX_VALUE);
        recall(lender, leases.get(1), 1_000);
        now += 1_000;
        step(new LoanEvent.Tick());
        assertThat(core.loan(LOAN, now).orElseThrow().state()).isEqualTo(LoanState.RELEASING);
    }

    // ---- the rig ---------------------------------------------------------------------------------------------------

    private List<LeaseId> activeLoan(LoanId loan, int slices) {
        borrow(loan, slices);
        answerAll(offers(slices));
        List<LeaseId> leases = new ArrayList<>();
        for (Effect.Ask ask : take()) {
            Command.Reserve reserve = (Command.Reserve) ask.command();
            leases.add(reserve.lease());
            step(new LoanEvent.Answered(ask.exchange(), lease(reserve.lease(), loan, SliceState.RESERVED)));
        }
        for (Effect.Ask ask : take()) {
            LeaseId lease = ((Command.Commit) ask.command()).lease();
            step(new LoanEvent.Answered(ask.exchange(), lease(lease, loan, SliceState.ACTIVE)));
        }
        assertThat(core.loan(loan, now).orElseThrow().state()).isEqualTo(LoanState.ACTIVE);
        return leases;
    }

    private void borrow(LoanId loan, int slices) {
        Requirement wish = new Requirement(
                ResourceKind.MEMORY, slices, Optional.empty(), TERM, 0, ForcedEndEffect.FATAL, Optional.empty(), 1);
        step(new LoanEvent.Asked(
                AGENT, new Command.Borrow(loan, wish, Command.Borrow.Mode.APPLY), List.of(LENDER), ++token));
    }

    private void recall(Principal owner, LeaseId lease, long graceMillis) {
        step(new LoanEvent.Asked(
                owner, new Command.Recall(lease, new Epoch(1), graceMillis, "wanted"), List.of(), ++token));
    }

    private void passToNextDeadline() {
        long next = core.nextDeadline().orElse(now + 10_000);
        assertThat(next)
                .as("a deadline that is past would be waited for in a loop")
                .isGreaterThan(now);
        now = next;
        step(new LoanEvent.Tick());
    }

    private List<Effect.Ask> take() {
        List<Effect.Ask> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    private void answerAll(Answer answer) {
        take().forEach(ask -> step(new LoanEvent.Answered(ask.exchange(), answer)));
    }

    private void step(LoanEvent event) {
        for (Effect effect : core.step(event, now)) {
            if (effect instanceof Effect.Ask ask) {
                asked.add(ask);
                if (ask.command() instanceof Command.Reserve reserve) {
                    keys.put(reserve.lease(), reserve.sliceKey());
                }
            } else if (effect instanceof Effect.Reply reply) {
                replies.add(reply.answer());
            }
        }
    }

    private Answer offers(int count) {
        return new Answer.Slices(IntStream.range(0, count)
                .mapToObj(i -> new SliceView(
                        new SliceId(LENDER, "mem" + i),
                        ResourceKind.MEMORY,
                        1,
                        Set.of(),
                        SliceState.FREE,
                        Epoch.NONE,
                        forcedEnd,
                        FenceKind.HARDWARE_EPOCH,
                        Optional.empty(),
                        Optional.empty(),
                        ""))
                .toList());
    }

    private Answer lease(LeaseId lease, LoanId loan, SliceState state) {
        return lease(lease, loan, keys.getOrDefault(lease, "mem0"), state);
    }

    private Answer lease(LeaseId lease, LoanId loan, String key, SliceState state) {
        return new Answer.Lease(new LeaseView(
                lease,
                loan,
                new SliceId(LENDER, key),
                SELF,
                state,
                new Epoch(1),
                ResourceKind.MEMORY,
                1,
                0,
                TERM,
                TERM,
                forcedEnd,
                FenceKind.HARDWARE_EPOCH,
                Optional.empty(),
                Optional.empty(),
                ""));
    }

    private static Answer unreachable() {
        return refused(RefusalCode.UNREACHABLE);
    }

    private static Answer refused(RefusalCode code) {
        return Answer.Refused.of(code, "the test says so");
    }
}
