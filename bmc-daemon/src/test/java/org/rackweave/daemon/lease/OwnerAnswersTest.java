package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rackweave.daemon.lease.OneOwner.A;
import static org.rackweave.daemon.lease.OneOwner.B;
import static org.rackweave.daemon.lease.OneOwner.EPOCH;
import static org.rackweave.daemon.lease.OneOwner.KEY;
import static org.rackweave.daemon.lease.OneOwner.LEASE;
import static org.rackweave.daemon.lease.OneOwner.LOAN;
import static org.rackweave.daemon.lease.OneOwner.OPERATOR;
import static org.rackweave.daemon.lease.OneOwner.OTHER_LEASE;
import static org.rackweave.daemon.lease.OneOwner.TERM;
import static org.rackweave.daemon.lease.OneOwner.row;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.SliceState;

/** What an owner answers to each question in each state of a slice, what it does, and what the audit trail keeps of it. */
class OwnerAnswersTest {
    private static final Command COMMIT = new Command.Commit(LEASE, EPOCH);
    private static final Command RENEW = new Command.Renew(LEASE, EPOCH, 1);
    private static final Command RELEASE = new Command.Release(LEASE, EPOCH);
    private static final Command REVOKE = new Command.Revoke(LEASE, 700, "wanted");
    private static final Command END_QUARANTINE = new Command.EndQuarantine(KEY, "looked at");
    private static final String BY_A = "a " + A.id() + ": ";
    private static final String BY_OPERATOR = "op " + OPERATOR.id() + ": ";
    private static final HardwareResult ATTACHED =
            new HardwareResult.Attached(new Attachment("test", "/x", OneOwner.AMOUNT));

    private static Set<SliceState> allBut(SliceState... those) {
        return EnumSet.complementOf(EnumSet.copyOf(List.of(those)));
    }

    private static LeaseId leaseOf(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Lease.class);
        return ((Answer.Lease) answer).lease().id();
    }

    // ---- reserve ---------------------------------------------------------------------------------------------------

    @Test
    void whatIsFreeIsReservedForAWhileUnderANewEpochAndTheTrailSaysForWhom() {
        OneOwner owner = new OneOwner(SliceState.FREE);
        Answer.Lease answer = (Answer.Lease) owner.ask(A, OneOwner.reserve(LEASE));
        assertThat(answer.lease().epoch()).isEqualTo(EPOCH.next());
        assertThat(answer.lease().remainingMillis()).isEqualTo(OneOwner.POLICY.reservationMillis());
        assertThat(owner.state()).isEqualTo(SliceState.RESERVED);
        assertThat(owner.holding().hostPort()).isEqualTo("port-a");
        assertThat(owner.audited()).containsExactly(BY_A + "lease.reserve " + LEASE);
        assertThat(owner.only(Effect.Audit.class).detail()).contains("mem0", "port-a", "not_ending");
    }

    @Test
    void whatIsNotFreeIsNotReservedAndTheAnswerSaysWhatItIs() {
        for (SliceState state : allBut(SliceState.FREE)) {
            for (var who : List.of(A, B)) {
                Answer.Refused no = new OneOwner(state).refused(who, OneOwner.reserve(OTHER_LEASE));
                boolean isQuarantined = state == SliceState.QUARANTINED;
                assertThat(no.code()).isEqualTo(isQuarantined ? RefusalCode.QUARANTINED : RefusalCode.CONFLICT);
                assertThat(no.detail()).contains(isQuarantined ? "it was so" : state.word());
            }
        }
    }

    @Test
    void aReservationThatIsRepeatedIsAnsweredAgainAndChangesNothing() {
        OneOwner owner = new OneOwner(SliceState.RESERVED);
        assertThat(leaseOf(owner.ask(A, OneOwner.reserve(LEASE)))).isEqualTo(LEASE);
        assertThat(owner.all(Effect.SaveSlice.class)).isEmpty();
        assertThat(owner.audited()).isEmpty();
    }

    @Test
    void aLeaseIdOfAnotherBorrowerCannotBeTaken() {
        Answer.Refused no = new OneOwner(SliceState.ACTIVE).refused(B, OneOwner.reserve(LEASE));
        assertThat(no.code()).isEqualTo(RefusalCode.CONFLICT);
        assertThat(no.detail()).contains("in use; draw another");
    }

    @Test
    void aSliceThatIsNotThereCannotBeReserved() {
        Command elsewhere = new Command.Reserve(LEASE, LOAN, "mem7", TERM, 3, ForcedEndEffect.FATAL);
        Answer.Refused no = new OneOwner(SliceState.FREE).refused(A, elsewhere);
        assertThat(no.code()).isEqualTo(RefusalCode.NOT_FOUND);
        assertThat(no.detail()).contains("mem7");
    }

    @Test
    void theShortestAndTheLongestTermMayBeAskedForAndNoneBeyond() {
        for (long term : List.of(1_000L, 60_000L)) {
            assertThat(new OneOwner(SliceState.FREE).ask(A, ofTerm(term))).isInstanceOf(Answer.Lease.class);
        }
        for (long term : List.of(999L, 60_001L)) {
            Answer.Refused no = new OneOwner(SliceState.FREE).refused(A, ofTerm(term));
            assertThat(no.code()).isEqualTo(RefusalCode.INVALID);
            assertThat(no.detail()).contains("a term of " + term + " ms", "1000", "60000");
        }
    }

    private static Command ofTerm(long millis) {
        return new Command.Reserve(LEASE, LOAN, KEY, millis, 3, ForcedEndEffect.FATAL);
    }

    @Test
    void whoBearsNoFatalEndGetsNothingThatWouldEndSo() {
        for (ForcedEndEffect is : ForcedEndEffect.values()) {
            for (ForcedEndEffect worst : ForcedEndEffect.values()) {
                OneOwner owner = new OneOwner(row(SliceState.FREE, End.NOT_ENDING, is));
                Command wish = new Command.Reserve(LEASE, LOAN, KEY, TERM, 3, worst);
                boolean fits = is == ForcedEndEffect.TOLERATED || worst == ForcedEndEffect.FATAL;
                assertThat(owner.ask(A, wish) instanceof Answer.Lease)
                        .as(is + " for " + worst)
                        .isEqualTo(fits);
            }
        }
    }

    // ---- commit ----------------------------------------------------------------------------------------------------

    @Test
    void aCommitIsAnsweredWhenTheHardwareHasDoneItWithAShortFirstTerm() {
        OneOwner owner = new OneOwner(SliceState.RESERVED);
        owner.send(A, COMMIT);
        assertThat(owner.all(Effect.Reply.class)).isEmpty();
        assertThat(owner.state()).isEqualTo(SliceState.CONFIGURING);
        assertThat(owner.ordered()).isEqualTo(new HardwareOrder.Bind("port-a"));
        assertThat(owner.audited()).containsExactly(BY_A + "lease.commit " + LEASE);
        owner.done(ATTACHED);
        assertThat(owner.state()).isEqualTo(SliceState.ACTIVE);
        assertThat(leaseOf(owner.only(Effect.Reply.class).answer())).isEqualTo(LEASE);
        assertThat(owner.audited()).containsExactly("daemon: lease.grant " + LEASE);
        // 1,500 ms, and one percent that the clocks may run apart.
        assertThat(owner.holding().deadlineMillis()).isEqualTo(owner.now + 1_515);
    }

    @Test
    void aReservationLastsToItsEndAndNotLonger() {
        for (long early = 0; early <= 1; early++) {
            OneOwner owner = new OneOwner(SliceState.RESERVED);
            owner.now += TERM - early;
            owner.send(A, COMMIT);
            assertThat(owner.state()).isEqualTo(early == 0 ? SliceState.FREE : SliceState.CONFIGURING);
            if (early == 0) {
                Answer.Refused no =
                        (Answer.Refused) owner.only(Effect.Reply.class).answer();
                assertThat(no.code()).isEqualTo(RefusalCode.NOT_FOUND);
                assertThat(no.detail()).contains("lapsed; reserve again");
                assertThat(owner.all(Effect.Drive.class)).isEmpty();
            }
        }
    }

    @Test
    void whoRepeatsACommitWaitsForTheSameHardwareAndTooManyAreTurnedAway() {
        OneOwner owner = new OneOwner(SliceState.RESERVED);
        owner.send(A, COMMIT);
        Effect.Drive bind = owner.only(Effect.Drive.class);
        for (int i = 2; i <= 8; i++) {
            owner.send(A, COMMIT);
            assertThat(owner.effects).as("commit " + i).isEmpty();
        }
        assertThat(owner.code(A, COMMIT)).isEqualTo(RefusalCode.BUSY);
        owner.step(new LeaseEvent.HardwareDone(KEY, bind.epoch(), bind.order(), ATTACHED));
        assertThat(owner.all(Effect.Reply.class))
                .extracting(Effect.Reply::token)
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    }

    @Test
    void aCommitThatComesAgainAfterTheGrantIsAnsweredWithTheLease() {
        OneOwner owner = new OneOwner(SliceState.ACTIVE);
        assertThat(leaseOf(owner.ask(A, COMMIT))).isEqualTo(LEASE);
        assertThat(owner.effects).hasSize(1);
    }

    @Test
    void whatIsEndingIsNotCommittedAnyMore() {
        for (SliceState state :
                allBut(SliceState.FREE, SliceState.RESERVED, SliceState.CONFIGURING, SliceState.ACTIVE)) {
            Answer.Refused no = new OneOwner(state).refused(A, COMMIT);
            assertThat(no.code()).isEqualTo(RefusalCode.CONFLICT);
            assertThat(no.detail()).contains(state.word(), "it was so");
        }
    }

    // ---- renew -----------------------------------------------------------------------------------------------------

    @Test
    void aRenewalGivesTheWholeTermAndItsNumberCountsOnce() {
        OneOwner owner = new OneOwner(SliceState.ACTIVE);
        owner.now += 5;
        assertThat(leaseOf(owner.ask(A, RENEW))).isEqualTo(LEASE);
        // 10,000 ms, and one percent that the clocks may run apart.
        assertThat(owner.holding().deadlineMillis()).isEqualTo(owner.now + 10_100);
        assertThat(owner.audited()).isEmpty();
        owner.now += 5;
        assertThat(leaseOf(owner.ask(A, RENEW))).isEqualTo(LEASE);
        assertThat(owner.all(Effect.SaveSlice.class))
                .as("an older transmission")
                .isEmpty();
        owner.ask(A, new Command.Renew(LEASE, EPOCH, 2));
        assertThat(owner.holding().deadlineMillis()).isEqualTo(owner.now + 10_100);
    }

    @Test
    void whatIsOverdueIsHealedByARenewalAndTheTrailSaysSo() {
        OneOwner owner = new OneOwner(SliceState.OVERDUE);
        assertThat(leaseOf(owner.ask(A, RENEW))).isEqualTo(LEASE);
        assertThat(owner.state()).isEqualTo(SliceState.ACTIVE);
        assertThat(owner.audited()).containsExactly(BY_A + "lease.recovered " + LEASE);
    }

    @Test
    void whatIsBeingTakenBackOrNotYetGrantedIsNotRenewed() {
        for (SliceState state : allBut(SliceState.FREE, SliceState.ACTIVE, SliceState.OVERDUE)) {
            Answer.Refused no = new OneOwner(state).refused(A, RENEW);
            assertThat(no.code()).isEqualTo(RefusalCode.CONFLICT);
            assertThat(no.detail()).contains(state.word(), "give it back: it was so");
        }
        OneOwner revoked = new OneOwner(row(SliceState.OVERDUE, End.REVOKED, ForcedEndEffect.FATAL));
        assertThat(revoked.code(A, RENEW)).isEqualTo(RefusalCode.CONFLICT);
    }

    // ---- release ---------------------------------------------------------------------------------------------------

    @Test
    void aReservationThatIsGivenBackIsFreeAtOnce() {
        OneOwner owner = new OneOwner(SliceState.RESERVED);
        assertThat(owner.ask(A, RELEASE)).isEqualTo(new Answer.Done());
        assertThat(owner.state()).isEqualTo(SliceState.FREE);
        assertThat(owner.audited()).containsExactly(BY_A + "lease.release " + LEASE);
    }

    @Test
    void whatIsLentIsTakenFromItsHostWhenItIsGivenBack() {
        for (SliceState state : List.of(SliceState.ACTIVE, SliceState.OVERDUE, SliceState.RECLAIMING)) {
            OneOwner owner = new OneOwner(row(state, End.REVOKED, ForcedEndEffect.TOLERATED));
            assertThat(owner.ask(A, RELEASE)).isEqualTo(new Answer.Done());
            assertThat(owner.state()).isEqualTo(SliceState.RECLAIMING);
            assertThat(owner.holding().end()).isEqualTo(End.RELEASED);
            assertThat(owner.ordered()).isEqualTo(new HardwareOrder.Unbind());
            assertThat(owner.audited()).containsExactly(BY_A + "lease.release " + LEASE);
        }
    }

    @Test
    void whatIsBeingRoutedIsTakenBackOnlyWhenTheHardwareHasAnswered() {
        OneOwner owner = new OneOwner(SliceState.CONFIGURING);
        assertThat(owner.ask(A, RELEASE)).isEqualTo(new Answer.Done());
        assertThat(owner.holding().end()).isEqualTo(End.RELEASED);
        assertThat(owner.all(Effect.Drive.class)).isEmpty();
    }

    @Test
    void whatIsGivenBackTwiceIsTakenBackOnce() {
        OneOwner taking = new OneOwner(row(SliceState.RECLAIMING, End.RELEASED, ForcedEndEffect.TOLERATED));
        assertThat(taking.ask(A, RELEASE)).isEqualTo(new Answer.Done());
        assertThat(taking.effects).hasSize(1);
        for (SliceState state : List.of(SliceState.FENCING, SliceState.SANITISING, SliceState.QUARANTINED)) {
            OneOwner owner = new OneOwner(state);
            assertThat(owner.ask(A, RELEASE)).isEqualTo(new Answer.Done());
            assertThat(owner.effects).as(state.word()).hasSize(1);
        }
        assertThat(new OneOwner(SliceState.FREE).ask(A, RELEASE))
                .as("long ended")
                .isEqualTo(new Answer.Done());
    }

    // ---- whose it is -----------------------------------------------------------------------------------------------

    @Test
    void onlyTheHolderSpeaksForALeaseAndOnlyOfItsNewestEpoch() {
        Epoch older = new Epoch(3);
        List<Command> outdated = List.of(
                new Command.Commit(LEASE, older),
                new Command.Renew(LEASE, older, 1),
                new Command.Release(LEASE, older));
        for (SliceState state : allBut(SliceState.FREE)) {
            for (Command command : List.of(COMMIT, RENEW, RELEASE)) {
                assertThat(new OneOwner(state).code(B, command)).isEqualTo(RefusalCode.DENIED);
            }
            for (Command command : outdated) {
                Answer.Refused no = new OneOwner(state).refused(A, command);
                assertThat(no.code()).isEqualTo(RefusalCode.STALE_EPOCH);
                assertThat(no.detail()).contains("epoch 3", "4");
            }
        }
    }

    @Test
    void whatIsNotLentCanBeNeitherCommittedNorRenewedNorRevoked() {
        for (Command command : List.of(COMMIT, RENEW, REVOKE)) {
            Answer.Refused no = new OneOwner(SliceState.FREE).refused(A, command);
            assertThat(no.code()).isEqualTo(RefusalCode.NOT_FOUND);
            assertThat(no.detail()).contains(LEASE.toString());
        }
    }

    // ---- operators -------------------------------------------------------------------------------------------------

    @Test
    void aLeaseThatIsRevokedHasItsGraceAndItsBorrowerIsAsked() {
        for (SliceState state : List.of(SliceState.ACTIVE, SliceState.OVERDUE)) {
            OneOwner owner = new OneOwner(state);
            assertThat(leaseOf(owner.ask(OPERATOR, REVOKE))).isEqualTo(LEASE);
            assertThat(owner.state()).isEqualTo(SliceState.RECLAIMING);
            assertThat(owner.row().reason()).isEqualTo("revoked: wanted");
            assertThat(owner.holding().end()).isEqualTo(End.REVOKED);
            assertThat(owner.holding().deadlineMillis()).isEqualTo(owner.now + 700);
            assertThat(owner.audited()).containsExactly(BY_OPERATOR + "lease.revoke " + LEASE);
            assertThat(owner.only(Effect.AskBack.class))
                    .isEqualTo(new Effect.AskBack(A.id(), new Command.Recall(LEASE, EPOCH, 700, "wanted")));
            assertThat(owner.all(Effect.Drive.class))
                    .as("not before the grace is over")
                    .isEmpty();
        }
    }

    @Test
    void whatAMemberHoldsThatIsExpelledIsTakenBackAndWhatOthersHoldIsNot() {
        for (SliceState state : List.of(SliceState.ACTIVE, SliceState.OVERDUE)) {
            OneOwner owner = new OneOwner(state);
            owner.step(new LeaseEvent.Expelled(B.id(), "not this one"));
            assertThat(owner.state()).isEqualTo(state);
            owner.step(new LeaseEvent.Expelled(A.id(), "its key was stolen"));
            assertThat(owner.state()).isEqualTo(SliceState.RECLAIMING);
            assertThat(owner.row().reason()).isEqualTo("revoked: its key was stolen");
            assertThat(owner.holding().deadlineMillis())
                    .isEqualTo(owner.now + OneOwner.POLICY.line().graceMillis());
        }
        for (SliceState state : allBut(SliceState.ACTIVE, SliceState.OVERDUE)) {
            OneOwner owner = new OneOwner(state);
            owner.step(new LeaseEvent.Expelled(A.id(), "its key was stolen"));
            assertThat(owner.state()).isEqualTo(state);
        }
    }

    @Test
    void whatIsOnItsWayBackIsNotRevokedAgain() {
        for (SliceState state : List.of(SliceState.RECLAIMING, SliceState.FENCING, SliceState.SANITISING)) {
            OneOwner owner = new OneOwner(state);
            assertThat(leaseOf(owner.ask(OPERATOR, REVOKE))).isEqualTo(LEASE);
            assertThat(owner.effects).as(state.word()).hasSize(1);
        }
    }

    @Test
    void whatIsNotGrantedHasNothingToRevoke() {
        for (SliceState state : List.of(SliceState.RESERVED, SliceState.CONFIGURING, SliceState.QUARANTINED)) {
            Answer.Refused no = new OneOwner(state).refused(OPERATOR, REVOKE);
            assertThat(no.code()).isEqualTo(RefusalCode.CONFLICT);
            assertThat(no.detail()).contains(state.word());
        }
    }

    @Test
    void anOperatorEndsAQuarantineOrWhatIsOverdueAndTheSliceIsFencedFirst() {
        for (SliceState state : List.of(SliceState.QUARANTINED, SliceState.OVERDUE)) {
            OneOwner owner = new OneOwner(state);
            assertThat(owner.ask(OPERATOR, END_QUARANTINE)).isEqualTo(new Answer.Done());
            assertThat(owner.state()).isEqualTo(SliceState.FENCING);
            assertThat(owner.row().reason()).isEqualTo("declared sound by op");
            assertThat(owner.ordered()).isEqualTo(new HardwareOrder.Unbind());
            assertThat(owner.audited()).containsExactly(BY_OPERATOR + "quarantine.end " + KEY);
            assertThat(owner.only(Effect.Audit.class).detail()).contains(state.word(), "looked at");
        }
    }

    @Test
    void whatIsInOrderNeedsNoEndOfAQuarantine() {
        for (SliceState state : allBut(SliceState.QUARANTINED, SliceState.OVERDUE)) {
            Answer.Refused no = new OneOwner(state).refused(OPERATOR, END_QUARANTINE);
            assertThat(no.code()).isEqualTo(RefusalCode.CONFLICT);
            assertThat(no.detail()).contains(state.word());
        }
        Command elsewhere = new Command.EndQuarantine("mem7", "looked at");
        assertThat(new OneOwner(SliceState.FREE).code(OPERATOR, elsewhere)).isEqualTo(RefusalCode.NOT_FOUND);
    }

    @Test
    void whatIsNotForAnOwnerIsABugOfOurs() {
        assertThatThrownBy(() -> new OneOwner(SliceState.FREE).send(A, new Command.ListNodes()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oneBorrowerReservesNoMoreThanItMayAndHearsWhenToComeAgain() {
        LendingRules rules =
                new LendingRules(java.util.Map.of(), java.util.Map.of(), java.util.Map.of(), java.util.Map.of(), 1);
        OwnerRig rig =
                new OwnerRig(OwnerRig.policy(rules, OwnerRig.LINE), OwnerRig.memory("a", 1), OwnerRig.memory("b", 1));
        assertThat(rig.reserve(1, 1, "a", 1)).isInstanceOf(Answer.Lease.class);
        Answer.Refused no = (Answer.Refused) rig.reserve(1, 2, "b", 1);
        assertThat(no.code()).isEqualTo(RefusalCode.BUSY);
        assertThat(no.retryAfterMillis()).isEqualTo(2_000);
        assertThat(rig.reserve(2, 3, "b", 1)).as("another borrower").isInstanceOf(Answer.Lease.class);
    }
}
