package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rackweave.daemon.lease.OneBorrower.AGENT;
import static org.rackweave.daemon.lease.OneBorrower.EPOCH;
import static org.rackweave.daemon.lease.OneBorrower.LENDER;
import static org.rackweave.daemon.lease.OneBorrower.LOAN;
import static org.rackweave.daemon.lease.OneBorrower.OTHER;
import static org.rackweave.daemon.lease.OneBorrower.POLICY;
import static org.rackweave.daemon.lease.OneBorrower.TERM;
import static org.rackweave.daemon.lease.OneBorrower.owner;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;

/** What a borrower answers its clients and its lenders, when, and what the audit trail keeps of it. */
class BorrowerAnswersTest {
    private static final Command RENEW = new Command.RenewLoan(LOAN);
    private static final Command RELEASE = new Command.ReleaseLoan(LOAN);
    private static final String BY_ME = "me " + AGENT.id() + ": ";

    private final OneBorrower me = new OneBorrower();

    // ---- borrow ----------------------------------------------------------------------------------------------------

    @Test
    void aLoanIsPlannedReservedAndCommittedAndItsClientIsAnsweredOnceItIsWhole() {
        long token = me.borrow(LOAN, 2, LENDER);
        me.grantOnce();
        assertThat(me.audited()).containsExactly(BY_ME + "loan.plan " + LOAN);
        assertThat(me.said()).containsExactly("loan.reserving");
        me.grantOnce();
        assertThat(me.said()).containsExactly("loan.committing");
        assertThat(me.isAnswered(token)).isFalse();
        me.grantOnce();
        assertThat(me.told(token)).isEqualTo(LoanState.ACTIVE);
        assertThat(me.audited()).containsExactly("daemon: loan.active " + LOAN);
        assertThat(me.all(Effect.Audit.class).get(0).detail()).contains("\"amount\":2", "\"leases\":2", "memory");
        assertThat(me.asked(Command.Renew.class))
                .as("the first terms are short")
                .hasSize(2);
        assertThat(me.core.loans(me.now)).hasSize(1);
    }

    @Test
    void whoAsksForALoanThatIsThereIsShownIt() {
        me.active(LOAN, 1, LENDER);
        assertThat(me.told(me.borrow(LOAN, 1, LENDER))).isEqualTo(LoanState.ACTIVE);
        assertThat(me.effects).hasSize(1);
    }

    @Test
    void aDryRunShowsThePlanAndReservesNothing() {
        me.mode = Command.Borrow.Mode.DRY_RUN;
        long token = me.borrow(LOAN, 2, LENDER);
        me.grantOnce();
        Answer.Loan loan = (Answer.Loan) me.answer(token);
        assertThat(loan.loan().explanation()).startsWith("dry run, nothing was reserved: ");
        assertThat(loan.loan().leases()).hasSize(2);
        assertThat(me.asked).isEmpty();
        assertThat(me.disk).isEmpty();
    }

    @Test
    void withoutAPlanTheClientHearsWhyAndWhoWasSilent() {
        assertThat(me.refused(me.borrow(LOAN, 1)).detail()).contains("no other node is alive", "memory");
        long tooMuch = me.borrow(LOAN, 5, LENDER);
        me.grantOnce();
        assertThat(me.refused(tooMuch).code()).isEqualTo(RefusalCode.NO_MATCH);
        assertThat(me.refused(tooMuch).detail()).doesNotContain("did not answer");
        long silent = me.borrow(LOAN, 5, LENDER, OTHER);
        me.say(me.asked.get(0), me.granting(me.asked.get(0)));
        long asked = me.now;
        me.tickAt(asked + POLICY.gatherMillis() - 1);
        assertThat(me.isAnswered(silent)).as("lenders have their time").isFalse();
        assertThat(me.core.nextDeadline()).hasValue(asked + POLICY.gatherMillis());
        me.tickAt(asked + POLICY.gatherMillis());
        assertThat(me.refused(silent).detail()).startsWith("1 of 2 lenders did not answer; ");
        assertThat(me.disk).isEmpty();
    }

    @Test
    void noMoreLoansAreHeldThanANodeMayHave() {
        for (int i = 0; i < 63; i++) {
            me.active(new LoanId(5, i), 1, LENDER);
        }
        LoanId last = new LoanId(5, 63);
        me.borrow(last, 1, LENDER);
        me.asked.clear();
        assertThat(me.refused(me.borrow(LOAN, 1, LENDER)).code())
                .as("one that is being planned counts")
                .isEqualTo(RefusalCode.BUSY);
        me.ask(new Command.ReleaseLoan(last));
        long token = me.borrow(LOAN, 1, LENDER);
        me.grantAll();
        assertThat(me.told(token)).isEqualTo(LoanState.ACTIVE);
    }

    @Test
    void whoWaitsForOneLoanIsOneOfFew() {
        List<Long> waiting = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            waiting.add(me.borrow(LOAN, 1, LENDER));
        }
        assertThat(me.refused(me.borrow(LOAN, 1, LENDER)).code()).isEqualTo(RefusalCode.BUSY);
        me.grantAll();
        waiting.forEach(token -> assertThat(me.told(token)).isEqualTo(LoanState.ACTIVE));
    }

    @Test
    void whatALenderRefusesForItsSliceIsTriedElsewhereAndWhatItRefusesForItsAskerIsNot() {
        Set<RefusalCode> elsewhere = EnumSet.of(
                RefusalCode.CONFLICT,
                RefusalCode.QUARANTINED,
                RefusalCode.NOT_FOUND,
                RefusalCode.UNREACHABLE,
                RefusalCode.UNAVAILABLE,
                RefusalCode.BUSY);
        for (RefusalCode code : RefusalCode.values()) {
            OneBorrower each = new OneBorrower();
            long token = each.borrow(LOAN, 1, LENDER);
            each.grantOnce();
            each.refuseAll(code);
            if (elsewhere.contains(code)) {
                each.asked.removeIf(ask -> ask.command() instanceof Command.Release);
                each.grantOnce();
                assertThat(each.asked(Command.Reserve.class))
                        .as(code.word())
                        .extracting(Command.Reserve::sliceKey)
                        .containsExactly("mem1");
            } else {
                assertThat(each.refused(token).code()).isEqualTo(code);
                assertThat(each.refused(token).detail()).contains(code.word(), "the test says so", "mem0");
                assertThat(each.state(LOAN)).isEqualTo(LoanState.ENDED);
            }
        }
    }

    @Test
    void aLoanIsTriedSoOftenAndThenItsClientHearsTheLastReason() {
        long token = me.borrow(LOAN, 1, LENDER, OTHER);
        int attempts = 0;
        while (!me.isAnswered(token)) {
            me.grantOnce();
            attempts += me.asked(Command.Reserve.class).size();
            me.refuseAll(RefusalCode.CONFLICT);
        }
        assertThat(attempts).isEqualTo(8);
        assertThat(me.refused(token).code()).isEqualTo(RefusalCode.CONFLICT);
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ENDED);
    }

    @Test
    void whatIsNotGrantedToTheEndIsGivenBackAndItsClientHearsWhoSaidNo() {
        long token = me.borrow(LOAN, 2, LENDER);
        me.reserveAll();
        Effect.Ask first = me.asked.remove(0);
        me.say(first, me.granting(first));
        me.refuseAll(RefusalCode.UNAVAILABLE);
        assertThat(me.refused(token).code()).isEqualTo(RefusalCode.UNAVAILABLE);
        assertThat(me.refused(token).detail()).contains("lender " + LENDER.brief(), "did not grant mem");
        assertThat(me.state(LOAN)).isEqualTo(LoanState.RELEASING);
        assertThat(me.asked(Command.Release.class)).hasSize(2);
        me.grantAll();
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ENDED);
        assertThat(me.audited()).containsExactly("daemon: loan.ended " + LOAN);
    }

    @Test
    void whereTheFirstTermOfALeaseRanOutBeforeAllWereGrantedNothingIsKept() {
        for (long early = 0; early <= 1; early++) {
            OneBorrower each = new OneBorrower();
            long token = each.borrow(LOAN, 2, LENDER);
            each.reserveAll();
            long sent = each.now;
            Effect.Ask first = each.asked.remove(0);
            each.say(first, each.granting(first));
            // What the borrower counts of a term of 6,000 ms with clocks that run apart by one percent.
            each.now = sent + 5_880 - early;
            Effect.Ask second = each.asked.remove(0);
            each.say(second, each.granting(second));
            if (early == 0) {
                assertThat(each.refused(token).detail()).contains("ran out before all were granted");
                assertThat(each.state(LOAN)).isEqualTo(LoanState.RELEASING);
            } else {
                assertThat(each.told(token)).isEqualTo(LoanState.ACTIVE);
            }
        }
    }

    // ---- renew -----------------------------------------------------------------------------------------------------

    @Test
    void aClientThatRenewsIsAnsweredByTheFirstLenderThatIs() {
        assertThat(me.refused(me.ask(RENEW)).code()).isEqualTo(RefusalCode.NOT_FOUND);
        me.active(LOAN, 2, LENDER);
        long token = me.ask(RENEW);
        assertThat(me.asked(Command.Renew.class)).hasSize(2);
        assertThat(me.isAnswered(token)).isFalse();
        me.grantOnce();
        assertThat(me.told(token)).isEqualTo(LoanState.ACTIVE);
        long busy = me.ask(RENEW);
        me.refuseAll(RefusalCode.BUSY);
        assertThat(me.refused(busy).code()).isEqualTo(RefusalCode.BUSY);
    }

    @Test
    void aClientThatRenewsAndNobodyAnswersIsShownTheLoanAsItIs() {
        me.active(LOAN, 1, LENDER);
        long token = me.ask(RENEW);
        assertThat(me.core.nextDeadline()).hasValue(me.now + POLICY.answerMillis());
        me.tickAt(me.now + POLICY.answerMillis() - 1);
        assertThat(me.isAnswered(token)).isFalse();
        me.tickAt(me.now + 1);
        assertThat(me.told(token)).isEqualTo(LoanState.ACTIVE);
        me.tickAt(me.now + 1);
        assertThat(me.all(Effect.Reply.class)).as("once").isEmpty();
    }

    @Test
    void whatIsNotActiveIsNotRenewed() {
        me.active(LOAN, 1, LENDER);
        me.ask(RELEASE);
        Answer.Refused no = me.refused(me.ask(RENEW));
        assertThat(no.code()).isEqualTo(RefusalCode.CONFLICT);
        assertThat(no.detail()).contains("releasing", "given back by me");
    }

    @Test
    void aLeaseIsRenewedAfterAThirdOfItsTermCountedFromWhatWasAsked() {
        me.active(LOAN, 1, LENDER);
        assertThat(me.core.nextDeadline()).hasValue(me.now + TERM / 3);
        me.tickAt(me.now + TERM / 3 - 1);
        assertThat(me.asked).isEmpty();
        me.tickAt(me.now + 1);
        assertThat(me.asked(Command.Renew.class)).hasSize(1);
        long sent = me.now;
        me.now += 700;
        me.grantOnce();
        assertThat(me.core.nextDeadline()).hasValue(sent + TERM / 3);
        assertThat(me.shown(LOAN).leases().get(0).remainingMillis()).isEqualTo(5_880 - 700);
    }

    @Test
    void aRenewalThatIsNotAnsweredIsRepeatedAndOneThatCouldNotBeDoneIsSoon() {
        me.active(LOAN, 1, LENDER);
        me.tickAt(me.now + TERM / 3);
        me.asked.clear();
        assertThat(me.core.nextDeadline()).hasValue(me.now + TERM / 3);
        me.tickAt(me.now + TERM / 3);
        assertThat(me.asked(Command.Renew.class)).hasSize(1);
        me.refuseAll(RefusalCode.UNREACHABLE);
        assertThat(me.core.nextDeadline()).hasValue(me.now + POLICY.retryMillis());
    }

    @Test
    void numbersOfRenewalsGrowAlsoOverARestart() {
        me.borrow(LOAN, 1, LENDER);
        me.reserveAll();
        me.grantOnce();
        assertThat(me.asked(Command.Renew.class).get(0).number()).isEqualTo((1L << 30) + 1);
        me.restart(LeaseEvent.Boot.SAME);
        assertThat(me.asked(Command.Renew.class).get(0).number()).isEqualTo((2L << 30) + 1);
    }

    @Test
    void whatALenderSaysToARenewalEndsTheLeaseOrIsARecallOrIsTriedAgain() {
        Set<RefusalCode> lost =
                EnumSet.of(RefusalCode.STALE_EPOCH, RefusalCode.NOT_FOUND, RefusalCode.DENIED, RefusalCode.QUARANTINED);
        for (RefusalCode code : RefusalCode.values()) {
            OneBorrower each = new OneBorrower();
            each.active(LOAN, 2, LENDER);
            long token = each.ask(RENEW);
            Effect.Ask first = each.take().get(0);
            each.say(first, Answer.Refused.of(code, "the test says so"));
            if (lost.contains(code)) {
                assertThat(each.state(LOAN)).as(code.word()).isEqualTo(LoanState.LOST);
                assertThat(each.told(token)).isEqualTo(LoanState.LOST);
                assertThat(each.shown(LOAN).explanation()).contains("lost mem", "the test says so");
                assertThat(each.audited()).containsExactly("daemon: loan.lost " + LOAN);
                assertThat(each.asked(Command.Release.class))
                        .as("the other lease")
                        .hasSize(1);
            } else if (code == RefusalCode.CONFLICT) {
                assertThat(each.state(LOAN)).isEqualTo(LoanState.RELEASING);
                assertThat(each.shown(LOAN).explanation()).contains("recalled by its owner");
            } else {
                assertThat(each.state(LOAN)).as(code.word()).isEqualTo(LoanState.ACTIVE);
                assertThat(each.refused(token).code()).isEqualTo(code);
            }
        }
    }

    @Test
    void aTermThatRanOutIsLostToTheMillisecond() {
        me.active(LOAN, 1, LENDER);
        long granted = me.now;
        me.tickAt(granted + 5_879);
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
        me.asked.clear();
        assertThat(me.core.nextDeadline()).hasValue(granted + 5_880);
        long token = me.ask(RENEW);
        me.tickAt(granted + 5_880);
        assertThat(me.state(LOAN)).isEqualTo(LoanState.LOST);
        assertThat(me.told(token)).isEqualTo(LoanState.LOST);
        assertThat(me.said()).contains("loan.lost");
    }

    // ---- release ---------------------------------------------------------------------------------------------------

    @Test
    void whoGivesALoanBackIsAnsweredWhenItsLendersHaveHeard() {
        me.active(LOAN, 2, LENDER);
        long token = me.ask(RELEASE);
        assertThat(me.audited()).containsExactly(BY_ME + "loan.release " + LOAN);
        assertThat(me.said()).containsExactly("loan.releasing");
        assertThat(me.isAnswered(token)).isFalse();
        long again = me.ask(RELEASE);
        assertThat(me.audited()).as("only once").isEmpty();
        me.grantAll();
        assertThat(me.told(token)).isEqualTo(LoanState.ENDED);
        assertThat(me.told(again)).isEqualTo(LoanState.ENDED);
        assertThat(me.told(me.ask(RELEASE))).as("at once").isEqualTo(LoanState.ENDED);
        assertThat(me.core.nextDeadline()).isEmpty();
        assertThat(me.core.isSettled()).isTrue();
    }

    @Test
    void whoGivesBackWhatLendersDoNotHearOfIsShownThatAfterAWhile() {
        me.active(LOAN, 1, LENDER);
        long token = me.ask(RELEASE);
        me.tickAt(me.now + POLICY.answerMillis());
        assertThat(me.told(token)).isEqualTo(LoanState.RELEASING);
    }

    @Test
    void whatIsGivenBackBeforeThereIsAPlanIsNotPlanned() {
        long borrowing = me.borrow(LOAN, 1, LENDER);
        assertThat(me.refused(me.ask(RELEASE)).code()).isEqualTo(RefusalCode.NOT_FOUND);
        assertThat(me.refused(borrowing).code()).isEqualTo(RefusalCode.CONFLICT);
        assertThat(me.refused(borrowing).detail()).contains("before there was a plan");
        me.grantAll();
        assertThat(me.core.loans(me.now)).isEmpty();
    }

    @Test
    void aReleaseIsRepeatedUntilItIsHeardOrItsOwnerHasSurelyActed() {
        me.active(LOAN, 1, LENDER);
        long granted = me.now;
        me.ask(RELEASE);
        me.asked.clear();
        long repeated = granted + POLICY.answerMillis() + POLICY.retryMillis();
        me.tickAt(repeated - 1);
        assertThat(me.asked).isEmpty();
        me.tickAt(repeated);
        assertThat(me.asked(Command.Release.class)).hasSize(1);
        me.refuseAll(RefusalCode.UNREACHABLE);
        assertThat(me.core.nextDeadline()).hasValue(repeated + POLICY.retryMillis());
        // 6,000 ms, two percent of it, and one repetition: by then its owner has taken it back.
        long forced = granted + 6_120 + POLICY.retryMillis();
        while (me.core.nextDeadline().orElseThrow() < forced) {
            me.tickAt(me.core.nextDeadline().orElseThrow());
            assertThat(me.state(LOAN)).isEqualTo(LoanState.RELEASING);
            me.refuseAll(RefusalCode.UNREACHABLE);
        }
        me.tickAt(forced);
        while (me.core.nextDeadline().isPresent()) {
            me.tickAt(me.core.nextDeadline().orElseThrow());
        }
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ENDED);
        assertThat(me.now).isBetween(forced, forced + POLICY.retryMillis());
    }

    @Test
    void aRefusedReleaseEndsTheLeaseOnlyWhereItsLenderHasNothingOfItAnyMore() {
        Set<RefusalCode> gone =
                EnumSet.of(RefusalCode.STALE_EPOCH, RefusalCode.NOT_FOUND, RefusalCode.DENIED, RefusalCode.QUARANTINED);
        for (RefusalCode code : RefusalCode.values()) {
            OneBorrower each = new OneBorrower();
            each.active(LOAN, 1, LENDER);
            each.ask(RELEASE);
            each.refuseAll(code);
            assertThat(each.state(LOAN))
                    .as(code.word())
                    .isEqualTo(gone.contains(code) ? LoanState.ENDED : LoanState.RELEASING);
        }
    }

    @Test
    void aReservationThatComesAfterItsReleaseIsReleasedAgainUnderItsEpoch() {
        me.borrow(LOAN, 1, LENDER);
        me.grantOnce();
        Effect.Ask reserve = me.take().get(0);
        me.ask(RELEASE);
        assertThat(me.asked(Command.Release.class).get(0).epoch()).isEqualTo(Epoch.NONE);
        me.asked.clear();
        me.say(reserve, me.granting(reserve));
        assertThat(me.asked(Command.Release.class).get(0).epoch()).isEqualTo(EPOCH);
    }

    // ---- recall ----------------------------------------------------------------------------------------------------

    @Test
    void aRecallIsBelievedOnlyOfTheOwner() {
        me.active(LOAN, 1, LENDER);
        LeaseId lease = me.leases(LOAN).get(0);
        LeaseId unknown = new LeaseId(8, 8);
        assertThat(me.refused(me.askAs(owner(LENDER), recall(unknown, 1_000))).code())
                .isEqualTo(RefusalCode.NOT_FOUND);
        assertThat(me.refused(me.askAs(owner(OTHER), recall(lease, 0))).code()).isEqualTo(RefusalCode.DENIED);
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
        assertThat(me.answer(me.askAs(owner(LENDER), recall(lease, 1_000)))).isEqualTo(new Answer.Done());
        assertThat(me.said()).containsExactly("loan.recalled");
    }

    private static Command recall(LeaseId lease, long graceMillis) {
        return new Command.Recall(lease, EPOCH, graceMillis, "wanted");
    }

    @Test
    void theHostHasMostOfTheGraceAndALongerOneThatComesLaterDoesNotCount() {
        me.active(LOAN, 1, LENDER);
        LeaseId lease = me.leases(LOAN).get(0);
        me.askAs(owner(LENDER), recall(lease, 1_500));
        // One percent less, as clocks may run apart, and time for the release to be repeated.
        long until = me.now + 1_485 - POLICY.retryMillis();
        assertThat(me.core.nextDeadline()).hasValue(until);
        me.askAs(owner(LENDER), recall(lease, 1_500));
        me.askAs(owner(LENDER), recall(lease, 9_000));
        assertThat(me.said()).isEmpty();
        me.tickAt(until - 1);
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
        me.tickAt(until);
        assertThat(me.state(LOAN)).isEqualTo(LoanState.RELEASING);
        assertThat(me.asked(Command.Release.class)).hasSize(1);
    }

    @Test
    void whatAHostWouldNotSurviveToLoseIsNotGivenBackUnasked() {
        me.forcedEnd = ForcedEndEffect.FATAL;
        me.active(LOAN, 1, LENDER);
        me.askAs(owner(LENDER), recall(me.leases(LOAN).get(0), 0));
        assertThat(me.said()).as("people are told").containsExactly("loan.recalled");
        me.tickAt(me.now + 1);
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
    }

    @Test
    void whatIsToJoinALoanAndIsRecalledDoesNotJoin() {
        me.active(LOAN, 1, LENDER);
        long token = me.ask(new Command.ResizeLoan(LOAN, 2), LENDER);
        me.grantOnce();
        LeaseId joining = me.asked(Command.Reserve.class).get(0).lease();
        assertThat(me.answer(me.askAs(owner(LENDER), recall(joining, 1_000)))).isEqualTo(new Answer.Done());
        assertThat(me.refused(token).detail()).contains("recalled by its owner");
        assertThat(me.leases(LOAN)).hasSize(1);
    }

    // ---- the whole node --------------------------------------------------------------------------------------------

    @Test
    void aNodeThatStopsGivesAllBackAndTellsWhoeverWaitsForAPlan() {
        me.active(LOAN, 1, LENDER);
        LoanId planned = new LoanId(4, 4);
        long token = me.borrow(planned, 1, LENDER);
        me.step(new LoanEvent.GiveAllBack("it stops"));
        assertThat(me.refused(token).code()).isEqualTo(RefusalCode.UNAVAILABLE);
        assertThat(me.refused(token).detail()).isEqualTo("it stops");
        assertThat(me.state(LOAN)).isEqualTo(LoanState.RELEASING);
        int releases = me.asked(Command.Release.class).size();
        me.step(new LoanEvent.GiveAllBack("it stops"));
        assertThat(me.asked(Command.Release.class)).as("once").hasSize(releases);
        me.grantAll();
        me.step(new LoanEvent.GiveAllBack("it stops"));
        assertThat(me.effects).isEmpty();
        assertThat(me.core.loan(planned, me.now)).isEmpty();
    }

    @Test
    void soManyLoansThatEndedStayReadableAndTheOldestIsForgotten() {
        for (int i = 0; i < 34; i++) {
            LoanId loan = new LoanId(5, i);
            me.active(loan, 1, LENDER);
            me.ask(new Command.ReleaseLoan(loan));
            me.grantAll();
        }
        me.active(LOAN, 1, LENDER);
        assertThat(me.core.loans(me.now)).hasSize(33);
        assertThat(me.disk.keySet())
                .doesNotContain(new LoanId(5, 0), new LoanId(5, 1))
                .contains(new LoanId(5, 2), LOAN);
    }

    @Test
    void aStepThatTheLedgerRefusedIsAsIfItHadNotBeen() {
        me.active(LOAN, 1, LENDER);
        LoanCore.Mark mark = me.core.mark();
        me.ask(RELEASE);
        assertThat(me.state(LOAN)).isEqualTo(LoanState.RELEASING);
        me.core.back(mark);
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
        assertThat(me.core.nextDeadline()).hasValue(me.now + TERM / 3);
    }

    @Test
    void afterARestartWhatWasNotWholeIsGivenBackAndWhatIsActiveIsRenewedAtOnce() {
        me.active(LOAN, 1, LENDER);
        LoanId half = new LoanId(4, 4);
        me.borrow(half, 1, LENDER);
        me.grantOnce();
        me.restart(LeaseEvent.Boot.SAME);
        assertThat(me.asked(Command.Renew.class)).hasSize(1);
        assertThat(me.asked(Command.Release.class)).hasSize(1);
        assertThat(me.state(half)).isEqualTo(LoanState.RELEASING);
        me.restart(LeaseEvent.Boot.SAME);
        assertThat(me.asked(Command.Release.class)).as("what nobody heard of").hasSize(1);
        me.grantAll();
        assertThat(me.state(half)).isEqualTo(LoanState.ENDED);
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
        assertThat(me.shown(half).explanation()).contains("this node restarted");
    }

    @Test
    void afterARebootALoanIsLostWhenItsLenderCannotBeAskedInTime() {
        me.active(LOAN, 1, LENDER);
        me.restart(LeaseEvent.Boot.NEW);
        long booted = me.now;
        assertThat(me.shown(LOAN).leases().get(0).remainingMillis()).isZero();
        me.tickAt(booted + POLICY.answerMillis() - 1);
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
        me.tickAt(booted + POLICY.answerMillis());
        assertThat(me.state(LOAN)).isEqualTo(LoanState.LOST);
    }

    @Test
    void afterARebootALoanWhoseLenderAnswersGoesOn() {
        me.active(LOAN, 1, LENDER);
        me.restart(LeaseEvent.Boot.NEW);
        me.grantAll();
        me.tickAt(me.now + POLICY.answerMillis());
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
    }

    @Test
    void onlyWhatADemandThatStandsWaitsForIsLookedFor() {
        me.active(LOAN, 1, LENDER);
        assertThat(me.core.lookedFor()).isEmpty();
        me.mode = Command.Borrow.Mode.STANDING;
        me.borrow(new LoanId(4, 4), 9, LENDER);
        me.grantOnce();
        assertThat(me.core.lookedFor()).containsExactly(ResourceKind.MEMORY);
        assertThat(me.core.isSettled()).as("a lease is held").isFalse();
    }

    @Test
    void whatIsNotForABorrowerIsABugOfOurs() {
        assertThatThrownBy(() -> me.ask(new Command.ListNodes())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anAnswerThatDoesNotFitIsNotBelieved() {
        long token = me.borrow(LOAN, 1, LENDER);
        me.grantOnce();
        Effect.Ask reserve = me.take().get(0);
        me.say(reserve, new Answer.Done());
        assertThat(me.refused(token).code()).isEqualTo(RefusalCode.UNAVAILABLE);
        assertThat(me.refused(token).detail()).contains("an answer that does not fit");
        me.say(reserve, me.lease(new LeaseId(7, 1), SliceState.RESERVED));
        assertThat(me.effects).as("answered already").isEmpty();
    }

    // ---- the numbers -----------------------------------------------------------------------------------------------

    @Test
    void theBorrowerIsOutBeforeItsOwnerActsHoweverFarTheirClocksRunApart() {
        for (int drift = 0; drift <= 25; drift++) {
            LoanPolicy policy = new LoanPolicy(drift, 500, 200, 1_000);
            long out = policy.borrowerDeadline(1_000, 10_000);
            assertThat(out).isEqualTo(1_000 + 100L * (100 - 2 * drift));
            assertThat(policy.forcedDeadline(1_000, 10_000, ForcedEndEffect.TOLERATED))
                    .isEqualTo(1_000 + 100L * (100 + 2 * drift) + 200);
        }
        assertThat(POLICY.forcedDeadline(1_000, 10_000, ForcedEndEffect.FATAL)).isEqualTo(Long.MAX_VALUE);
        assertThat(POLICY.forcedDeadline(1_000, -5, ForcedEndEffect.TOLERATED)).isEqualTo(1_200);
        assertThat(POLICY.borrowerDeadline(0, Long.MAX_VALUE)).isPositive();
        assertThat(POLICY.borrowerDeadline(0, Long.MIN_VALUE)).isNegative();
    }

    @Test
    void numbersOutOfTheirRangeAreRefused() {
        new LoanPolicy(0, 1, 1, 1);
        new LoanPolicy(25, 1, 1, 1);
        for (int[] each : List.of(
                new int[] {-1, 1, 1, 1},
                new int[] {26, 1, 1, 1},
                new int[] {0, 0, 1, 1},
                new int[] {0, 1, 0, 1},
                new int[] {0, 1, 1, 0})) {
            assertThatThrownBy(() -> new LoanPolicy(each[0], each[1], each[2], each[3]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whatTheLedgerStoresIsReadAsItWasWritten() {
        for (Leg.State state : Leg.State.values()) {
            assertThat(Leg.State.ofCode(state.code())).isEqualTo(state);
        }
        for (Leg.Part part : Leg.Part.values()) {
            assertThat(Leg.Part.ofCode(part.code())).isEqualTo(part);
        }
        for (End end : End.values()) {
            assertThat(End.ofCode(end.code())).isEqualTo(end);
        }
        assertThat(List.of(Leg.State.PLANNED.code(), Leg.State.ENDED.code())).containsExactly(1, 5);
        assertThat(List.of(Leg.Part.MEMBER.code(), Leg.Part.JOINING.code())).containsExactly(0, 1);
        assertThatThrownBy(() -> Leg.State.ofCode(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Leg.Part.ofCode(2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> End.ofCode(5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anExplanationIsCutToWhatAViewCanShow() {
        String longest = "x".repeat(org.rackweave.protocol.message.LoanView.MAX_EXPLANATION_CHARS);
        for (String text : List.of(longest, longest + "y")) {
            assertThat(new LoanRow(LOAN, OneBorrower.wish(1), LoanState.WAITING, List.of(), text).explanation())
                    .isEqualTo(longest);
        }
    }
}
