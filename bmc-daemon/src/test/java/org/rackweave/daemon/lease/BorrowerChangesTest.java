package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rackweave.daemon.lease.OneBorrower.AGENT;
import static org.rackweave.daemon.lease.OneBorrower.LENDER;
import static org.rackweave.daemon.lease.OneBorrower.LOAN;
import static org.rackweave.daemon.lease.OneBorrower.OTHER;
import static org.rackweave.daemon.lease.OneBorrower.POLICY;
import static org.rackweave.daemon.lease.OneBorrower.owner;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Allowance;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LinePlace;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;

/** What a borrower answers when a loan is to become another, or has to wait, and what the audit trail keeps of it. */
class BorrowerChangesTest {
    private static final String BY_ME = "me " + AGENT.id() + ": ";
    private static final Principal COORDINATOR = new Principal("c", new NodeId(0, 1), Role.NODE, Optional.empty());

    private final OneBorrower me = new OneBorrower();

    private long resize(long amount) {
        return me.ask(new Command.ResizeLoan(LOAN, amount), LENDER);
    }

    // ---- resize ----------------------------------------------------------------------------------------------------

    @Test
    void whoMakesALoanLargerIsAnsweredWhenAllHasJoinedAndOnlyThatIsRenewed() {
        me.active(LOAN, 1, LENDER);
        long token = resize(3);
        me.grantOnce();
        assertThat(me.audited()).containsExactly(BY_ME + "loan.grow " + LOAN);
        me.reserveJoining();
        me.grantOnce();
        assertThat(me.told(token)).isEqualTo(LoanState.ACTIVE);
        assertThat(me.audited()).containsExactly("daemon: loan.resized " + LOAN);
        assertThat(me.said()).containsExactly("loan.resized");
        assertThat(me.asked(Command.Renew.class)).hasSize(2);
        assertThat(me.shown(LOAN).requirement().amount()).isEqualTo(3);
        long again = resize(4);
        me.grantAll();
        assertThat(me.told(again)).isEqualTo(LoanState.ACTIVE);
        assertThat(me.leases(LOAN)).hasSize(4);
    }

    @Test
    void whoMakesALoanSmallerIsAnsweredAtOnceAndTheRestGoesBack() {
        me.active(LOAN, 3, LENDER);
        long token = resize(1);
        assertThat(me.told(token)).isEqualTo(LoanState.ACTIVE);
        assertThat(me.leases(LOAN)).hasSize(1);
        assertThat(me.asked(Command.Release.class)).hasSize(2);
        assertThat(me.audited()).containsExactly(BY_ME + "loan.resized " + LOAN);
        assertThat(me.said()).containsExactly("loan.resized");
        assertThat(me.all(Effect.Tell.class).get(0).text()).isEqualTo("gave back 2 of 3 leases");
        me.grantAll();
        assertThat(me.disk.get(LOAN).legs())
                .as("what has gone back is not kept")
                .hasSize(1);
    }

    @Test
    void whatLendersRefuseOfALargerLoanLeavesItAsItWas() {
        me.active(LOAN, 1, LENDER);
        long token = resize(3);
        me.grantOnce();
        me.refuseAll(RefusalCode.DENIED);
        assertThat(me.refused(token).code()).isEqualTo(RefusalCode.DENIED);
        me.grantAll();
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
        assertThat(me.shown(LOAN).requirement().amount()).isEqualTo(1);
        assertThat(me.leases(LOAN)).hasSize(1);
        resize(2);
        me.grantAll();
        assertThat(me.leases(LOAN)).as("it can be tried again").hasSize(2);
    }

    @Test
    void whoLendsToALoanAlreadyIsAskedForMoreEvenIfNobodyElseIsKnown() {
        me.active(LOAN, 1, LENDER);
        long token = me.ask(new Command.ResizeLoan(LOAN, 2));
        me.grantAll();
        assertThat(me.told(token)).isEqualTo(LoanState.ACTIVE);
        assertThat(me.leases(LOAN)).hasSize(2);
    }

    // ---- an ask that is repeated -----------------------------------------------------------------------------------

    @Test
    void anAskThatIsRepeatedIsAnsweredWithWhatBecameOfTheFirst() {
        long first = me.borrow(LOAN, 1, LENDER);
        long second = me.borrow(LOAN, 1, LENDER);
        assertThat(me.asked(Command.ListSlices.class)).hasSize(1);
        me.grantAll();
        assertThat(me.told(first)).isEqualTo(LoanState.ACTIVE);
        assertThat(me.told(second)).isEqualTo(LoanState.ACTIVE);
        me.ask(new Command.ReleaseLoan(LOAN));
        me.grantAll();
        assertThat(me.told(me.borrow(LOAN, 1, LENDER))).isEqualTo(LoanState.ENDED);
        assertThat(me.asked).as("it is not borrowed again").isEmpty();
    }

    @Test
    void aDemandThatStandsIsShownToWhoAsksForItAgain() {
        stand(9, LENDER);
        long again = me.borrow(LOAN, 9, LENDER);
        assertThat(me.told(again)).isEqualTo(LoanState.WAITING);
        assertThat(me.asked(Command.ListSlices.class)).isEmpty();
    }

    @Test
    void aDemandThatNobodyCouldServeIsPlannedForOnceSomebodyIsKnown() {
        me.mode = Command.Borrow.Mode.STANDING;
        assertThat(me.told(me.borrow(LOAN, 1))).isEqualTo(LoanState.WAITING);
        me.tickAt(me.now + POLICY.replanMillis());
        me.tickAt(me.now + POLICY.replanMillis());
        assertThat(me.state(LOAN)).isEqualTo(LoanState.WAITING);
        me.borrow(new LoanId(3, 4), 1, LENDER);
        me.grantAll();
        me.tickAt(me.now + POLICY.replanMillis());
        assertThat(me.asked(Command.ListSlices.class)).hasSize(1);
        me.grantAll();
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
    }

    @Test
    void asManyLoansAreHeldAsMayBeAndThoseThatEndedAreNotCounted() {
        for (int i = 1; i <= 64; i++) {
            me.active(new LoanId(5, i), 1, LENDER);
        }
        assertThat(me.refused(me.borrow(LOAN, 1, LENDER)).code()).isEqualTo(RefusalCode.BUSY);
        me.ask(new Command.ReleaseLoan(new LoanId(5, 1)));
        assertThat(me.refused(me.borrow(LOAN, 1, LENDER)).code())
                .as("not heard by its lender yet")
                .isEqualTo(RefusalCode.BUSY);
        me.grantAll();
        me.active(LOAN, 1, LENDER);
    }

    @Test
    void whatALendersRulesLeaveIsNotExceeded() {
        long token = me.borrow(LOAN, 2, LENDER);
        me.take()
                .forEach(ask -> me.say(
                        ask,
                        new Answer.Slices(
                                ((Answer.Slices) me.granting(ask)).slices(),
                                List.of(new Allowance(ResourceKind.MEMORY, 1)))));
        assertThat(me.refused(token).detail()).contains("the rules of " + LENDER.brief() + " leave you 1B");
    }

    // ---- renewals --------------------------------------------------------------------------------------------------

    @Test
    void renewalsAreNumberedUpwardsAndALateAnswerTakesNothingAway() {
        me.active(LOAN, 1, LENDER);
        me.tickAt(me.now + OneBorrower.TERM / 3);
        Effect.Ask first = me.take().get(0);
        me.tickAt(me.now + OneBorrower.TERM / 3);
        Effect.Ask second = me.take().get(0);
        assertThat(((Command.Renew) second.command()).number())
                .isGreaterThan(((Command.Renew) first.command()).number());
        me.say(second, me.granting(second));
        long left = me.shown(LOAN).leases().get(0).remainingMillis();
        assertThat(left).isBetween(OneBorrower.TERM * 9 / 10, OneBorrower.TERM);
        me.say(first, me.granting(first));
        assertThat(me.shown(LOAN).leases().get(0).remainingMillis()).isEqualTo(left);
    }

    @Test
    void aGrantLastsForATermFromWhenItWasAskedFor() {
        me.borrow(LOAN, 1, LENDER);
        me.reserveAll();
        long askedMillis = me.now;
        me.now += 400;
        me.grantOnce();
        assertThat(me.shown(LOAN).leases().get(0).remainingMillis())
                .isEqualTo(POLICY.borrowerDeadline(askedMillis, OneBorrower.TERM) - me.now);
    }

    // ---- recalls ---------------------------------------------------------------------------------------------------

    @Test
    void whatIsRecalledOfOneLoanLeavesTheOthersAlone() {
        me.forcedEnd = ForcedEndEffect.TOLERATED;
        LoanId other = new LoanId(3, 4);
        me.active(LOAN, 1, LENDER);
        me.active(other, 1, LENDER);
        me.askAs(
                owner(LENDER),
                new Command.Recall(me.leases(other).get(0), OneBorrower.EPOCH, 1_000, "the test says so"));
        me.tickAt(me.now + 1_000);
        assertThat(me.state(other)).isEqualTo(LoanState.RELEASING);
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
    }

    @Test
    void whoAsksForTheSizeThatALoanHasIsShownIt() {
        me.active(LOAN, 2, LENDER);
        assertThat(me.told(resize(2))).isEqualTo(LoanState.ACTIVE);
        assertThat(me.asked).isEmpty();
    }

    @Test
    void aSizeThatNoWholeSlicesMakeIsRefusedWithThoseThatTheyDo() {
        me.size = 4;
        me.active(LOAN, 8, LENDER);
        Answer.Refused no = me.refused(resize(6));
        assertThat(no.code()).isEqualTo(RefusalCode.NO_MATCH);
        assertThat(no.detail())
                .endsWith("it can have 4 " + OneBorrower.wish(1).kind().unit());
        assertThat(me.told(resize(4))).isEqualTo(LoanState.ACTIVE);
        assertThat(me.refused(resize(3)).detail()).endsWith("no other size, and can only be released");
    }

    @Test
    void onlyWhatIsActiveAndNotChangingIsResized() {
        assertThat(me.refused(resize(2)).code()).isEqualTo(RefusalCode.NOT_FOUND);
        me.active(LOAN, 1, LENDER);
        resize(2);
        assertThat(me.refused(resize(3)).code()).isEqualTo(RefusalCode.BUSY);
        me.grantAll();
        me.ask(new Command.ReleaseLoan(LOAN));
        Answer.Refused no = me.refused(resize(1));
        assertThat(no.code()).isEqualTo(RefusalCode.CONFLICT);
        assertThat(no.detail()).contains("releasing");
    }

    @Test
    void whoMakesALoanLargerThatIsGivenBackMeanwhileHearsOfIt() {
        me.active(LOAN, 1, LENDER);
        long token = resize(2);
        me.ask(new Command.ReleaseLoan(LOAN));
        assertThat(me.refused(token).code()).isEqualTo(RefusalCode.CONFLICT);
        assertThat(me.refused(token).detail()).contains("is being given back");
    }

    // ---- what its host would not survive to lose -------------------------------------------------------------------

    /** A loan of a lease that its host would not survive to lose, and of one that it would. @return the latter */
    private LeaseId vitalAndOther() {
        me.forcedEnd = ForcedEndEffect.FATAL;
        me.active(LOAN, 1, LENDER);
        LeaseId vital = me.leases(LOAN).get(0);
        me.forcedEnd = ForcedEndEffect.TOLERATED;
        resize(2);
        me.grantAll();
        return me.leases(LOAN).stream()
                .filter(lease -> !lease.equals(vital))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aLoanThatLosesALeaseBesideAVitalOneGoesOnAndPeopleAndTheTrailKnow() {
        LeaseId other = vitalAndOther();
        long token = me.ask(new Command.RenewLoan(LOAN));
        Effect.Ask renewal = me.take().stream()
                .filter(ask -> ask.command() instanceof Command.Renew renew
                        && renew.lease().equals(other))
                .findFirst()
                .orElseThrow();
        me.say(renewal, Answer.Refused.of(RefusalCode.STALE_EPOCH, "the test says so"));
        assertThat(me.told(token)).isEqualTo(LoanState.ACTIVE);
        assertThat(me.leases(LOAN)).hasSize(1);
        assertThat(me.audited()).containsExactly("daemon: loan.reduced " + LOAN);
        assertThat(me.said()).containsExactly("loan.reduced");
        assertThat(me.shown(LOAN).explanation()).contains("the rest is kept");
    }

    @Test
    void aLoanOfWhichALeaseBesideAVitalOneIsRecalledGivesOnlyThatBack() {
        LeaseId other = vitalAndOther();
        me.askAs(owner(LENDER), new Command.Recall(other, OneBorrower.EPOCH, 0, "wanted"));
        assertThat(me.asked(Command.Release.class))
                .extracting(Command.Release::lease)
                .containsExactly(other);
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
        assertThat(me.audited()).containsExactly("daemon: loan.reduced " + LOAN);
        me.step(new LoanEvent.Tick());
        assertThat(me.asked(Command.Release.class)).as("once").hasSize(1);
    }

    // ---- move ------------------------------------------------------------------------------------------------------

    private static Command propose(LeaseId lease, NodeId to) {
        return new Command.Propose(lease, new SliceId(to, "mem3"), "for the others");
    }

    @Test
    void aLoanMovesAndTheTrailSaysSoAndTheNextHasToRest() {
        me.active(LOAN, 1, LENDER);
        long token = me.askAs(COORDINATOR, propose(me.leases(LOAN).get(0), OTHER));
        assertThat(me.answer(token)).isEqualTo(new Answer.Done());
        assertThat(me.said()).containsExactly("loan.moving");
        me.grantOnce();
        me.reserveJoining();
        me.grantOnce();
        assertThat(me.audited()).containsExactly("daemon: loan.moved " + LOAN);
        assertThat(me.said()).containsExactly("loan.moved");
        me.grantAll();
        assertThat(me.shown(LOAN).leases())
                .hasSize(1)
                .allMatch(lease -> lease.slice().owner().equals(OTHER));
        me.now += 1_000;
        Answer.Refused no =
                me.refused(me.askAs(COORDINATOR, propose(me.leases(LOAN).get(0), LENDER)));
        assertThat(no.code()).isEqualTo(RefusalCode.BUSY);
        assertThat(no.retryAfterMillis()).isEqualTo(POLICY.moveRestMillis() - 1_000);
        me.now += POLICY.moveRestMillis() - 1_000;
        assertThat(me.answer(me.askAs(COORDINATOR, propose(me.leases(LOAN).get(0), LENDER))))
                .isEqualTo(new Answer.Done());
    }

    @Test
    void aMoveThatComesToNothingIsToldToPeople() {
        me.active(LOAN, 1, LENDER);
        me.askAs(COORDINATOR, propose(me.leases(LOAN).get(0), OTHER));
        me.refuseAll(RefusalCode.DENIED);
        assertThat(me.said()).containsExactly("loan.unmoved");
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ACTIVE);
    }

    @Test
    void whatIsNotActiveOrHasNoPlaceThereDoesNotMove() {
        me.active(LOAN, 1, LENDER);
        LeaseId lease = me.leases(LOAN).get(0);
        assertThat(me.refused(me.askAs(COORDINATOR, propose(lease, OneBorrower.SELF)))
                        .code())
                .isEqualTo(RefusalCode.NO_MATCH);
        me.askAs(owner(LENDER), new Command.Recall(lease, OneBorrower.EPOCH, 5_000, "wanted"));
        assertThat(me.refused(me.askAs(COORDINATOR, propose(lease, OTHER))).code())
                .isEqualTo(RefusalCode.BUSY);
        assertThat(me.refused(me.askAs(COORDINATOR, propose(new LeaseId(8, 8), OTHER)))
                        .code())
                .isEqualTo(RefusalCode.NOT_FOUND);
    }

    // ---- wait ------------------------------------------------------------------------------------------------------

    private long stand(long amount, NodeId... lenders) {
        me.mode = Command.Borrow.Mode.STANDING;
        long token = me.borrow(LOAN, amount, lenders);
        me.grantOnce();
        return token;
    }

    private void place(Effect.Ask want, int coming) {
        me.say(want, new Answer.Place(new LinePlace(1, 1, coming), 30_000));
    }

    @Test
    void aWantIsRepeatedUntilItIsAnsweredAndThenThriceInItsTime() {
        assertThat(me.told(stand(9, LENDER))).isEqualTo(LoanState.WAITING);
        me.step(new LoanEvent.Tick());
        assertThat(me.asked(Command.Want.class)).hasSize(1);
        assertThat(me.asked(Command.Want.class).get(0).amount()).isEqualTo(4);
        me.asked.clear();
        long repeated = me.now + POLICY.answerMillis() + POLICY.retryMillis();
        assertThat(me.core.nextDeadline()).hasValue(repeated);
        me.tickAt(repeated - 1);
        assertThat(me.asked).isEmpty();
        me.tickAt(repeated);
        assertThat(me.asked(Command.Want.class)).hasSize(1);
        place(me.take().get(0), 0);
        assertThat(me.shown(LOAN).place()).contains(new LinePlace(1, 1, 0));
        long placed = me.now;
        while (me.asked(Command.Want.class).isEmpty()) {
            me.tickAt(me.core.nextDeadline().orElseThrow());
            me.asked.removeIf(ask -> ask.command() instanceof Command.ListSlices);
        }
        assertThat(me.now).isEqualTo(placed + 10_000);
    }

    @Test
    void aWantThatIsRefusedIsAskedAgainAtTheUsualPace() {
        stand(9, LENDER);
        me.step(new LoanEvent.Tick());
        me.refuseAll(RefusalCode.BUSY);
        long refused = me.now;
        while (me.asked(Command.Want.class).isEmpty()) {
            me.tickAt(me.core.nextDeadline().orElseThrow());
            me.asked.removeIf(ask -> ask.command() instanceof Command.ListSlices);
        }
        assertThat(me.now).isEqualTo(refused + POLICY.replanMillis());
        assertThat(me.shown(LOAN).place()).isEmpty();
    }

    @Test
    void aDemandIsPlannedForSoonWhenMoreIsComingThanBeforeAndNotOtherwise() {
        for (int coming = 0; coming <= 1; coming++) {
            OneBorrower each = new OneBorrower();
            each.mode = Command.Borrow.Mode.STANDING;
            each.borrow(LOAN, 9, LENDER);
            each.grantOnce();
            each.step(new LoanEvent.Tick());
            each.now += POLICY.retryMillis();
            Effect.Ask want = each.take().get(0);
            each.say(want, new Answer.Place(new LinePlace(1, 1, coming), 30_000));
            assertThat(each.asked(Command.ListSlices.class)).hasSize(coming);
        }
    }

    @Test
    void whoKeepsSomethingForADemandIsThankedAndItIsPlannedForButNotInALoop() {
        stand(9, LENDER);
        me.step(new LoanEvent.Tick());
        me.asked.clear();
        long planned = me.now;
        long token = me.askAs(owner(LENDER), new Command.Freed(LOAN));
        assertThat(me.answer(token)).isEqualTo(new Answer.Done());
        assertThat(me.asked).as("planned for just now").isEmpty();
        me.tickAt(planned + POLICY.retryMillis() - 1);
        assertThat(me.asked).isEmpty();
        me.tickAt(planned + POLICY.retryMillis());
        assertThat(me.asked(Command.ListSlices.class)).hasSize(1);
    }

    @Test
    void aDemandStandsInAFewLinesOnlyThoseThatCouldGiveMost() {
        NodeId[] many = new NodeId[12];
        for (int i = 0; i < many.length; i++) {
            many[i] = new NodeId(2, i);
        }
        stand(90, many);
        me.step(new LoanEvent.Tick());
        assertThat(me.asked(Command.Want.class)).hasSize(8);
    }

    @Test
    void aDemandThatIsGivenUpIsTakenOutOfItsLinesUntilThatIsHeardOrForgotten() {
        stand(9, LENDER);
        me.step(new LoanEvent.Tick());
        me.take().forEach(want -> place(want, 0));
        me.ask(new Command.ReleaseLoan(LOAN));
        assertThat(me.state(LOAN)).isEqualTo(LoanState.ENDED);
        assertThat(me.asked(Command.WithdrawWant.class)).hasSize(1);
        me.refuseAll(RefusalCode.UNREACHABLE);
        long given = me.now;
        me.tickAt(given + POLICY.answerMillis() + POLICY.retryMillis());
        assertThat(me.asked(Command.WithdrawWant.class)).hasSize(1);
        me.tickAt(given + POLICY.withdrawMillis());
        assertThat(me.core.nextDeadline()).as("forgotten there by itself").isEmpty();
    }

    @Test
    void anAttemptOfADemandThatIsRefusedLetsItWaitOn() {
        me.mode = Command.Borrow.Mode.STANDING;
        long token = me.borrow(LOAN, 1, LENDER);
        me.grantOnce();
        me.refuseAll(RefusalCode.DENIED);
        assertThat(me.told(token)).isEqualTo(LoanState.WAITING);
        assertThat(me.shown(LOAN).explanation()).contains("denied");
        me.tickAt(me.now + POLICY.replanMillis());
        assertThat(me.state(LOAN)).as("whoever owns such has to be known").isEqualTo(LoanState.WAITING);
        assertThat(me.core.lookedFor()).hasSize(1);
    }
}
