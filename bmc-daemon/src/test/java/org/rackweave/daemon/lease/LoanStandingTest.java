package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.daemon.matching.Setting;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LinePlace;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/** Demands that stand and loans that are resized, at lenders that keep a simple line each. */
class LoanStandingTest {
    private static final LoanPolicy POLICY = new LoanPolicy(1, 500, 200, 1_000);
    private static final NodeId SELF = new NodeId(9, 9);
    private static final Principal AGENT = new Principal("me", SELF, Role.NODE, Optional.empty());
    private static final Principal PROPOSER = new Principal("c", new NodeId(0, 1), Role.NODE, Optional.empty());
    private static final LoanId LOAN = new LoanId(3, 3);
    private static final long TERM = 600_000;

    private final Map<NodeId, Lender> lenders = new TreeMap<>();
    private final Map<LoanId, LoanRow> disk = new LinkedHashMap<>();
    private final Deque<Effect.Ask> asked = new ArrayDeque<>();
    private final List<Answer> replies = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private long drawn;
    private long now = 1_000_000;
    private long stepsUntilCrash = Long.MAX_VALUE;
    private LoanPolicy policy = POLICY;
    private LoanCore core = core(1);

    /** Who owns slices and answers at once. */
    private final class Lender {
        final NodeId id;
        final Map<String, Long> sizes = new TreeMap<>();
        final Map<String, LeaseId> held = new HashMap<>();
        final Set<LoanId> line = new LinkedHashSet<>();
        ForcedEndEffect forcedEnd = ForcedEndEffect.TOLERATED;
        Optional<RefusalCode> commitRefusal = Optional.empty();
        Optional<RefusalCode> renewRefusal = Optional.empty();
        boolean hasTooMuch;
        long wants;

        Lender(long number, long... amounts) {
            id = new NodeId(1, number);
            for (long amount : amounts) {
                sizes.put("mem" + sizes.size(), amount);
            }
            lenders.put(id, this);
        }

        void holdAll() {
            sizes.keySet().forEach(key -> held.put(key, new LeaseId(77, 77)));
        }

        Answer answer(Command command) {
            if (command instanceof Command.ListSlices list
                    && hasTooMuch
                    && list.resource().isEmpty()) {
                return Answer.Refused.of(RefusalCode.UNAVAILABLE, "the answer has 70000 bytes and 65536 fit");
            } else if (command instanceof Command.ListSlices) {
                return new Answer.Slices(sizes.keySet().stream().map(this::view).toList());
            } else if (command instanceof Command.Reserve reserve) {
                LeaseId holder = held.putIfAbsent(reserve.sliceKey(), reserve.lease());
                return holder == null || holder.equals(reserve.lease())
                        ? lease(reserve.lease(), SliceState.RESERVED)
                        : Answer.Refused.of(RefusalCode.BUSY, "kept for another");
            } else if (command instanceof Command.Commit commit) {
                return commitRefusal
                        .<Answer>map(code -> Answer.Refused.of(code, "as the test says"))
                        .orElseGet(() -> lease(commit.lease(), SliceState.ACTIVE));
            } else if (command instanceof Command.Renew renew) {
                return renewRefusal
                        .<Answer>map(code -> Answer.Refused.of(code, "as the test says"))
                        .orElseGet(() -> lease(renew.lease(), SliceState.ACTIVE));
            } else if (command instanceof Command.Release release) {
                held.values().removeIf(release.lease()::equals);
                return new Answer.Done();
            } else if (command instanceof Command.Want want) {
                line.add(want.loan());
                wants++;
                return new Answer.Place(new LinePlace(line.size(), line.size(), 0), 30_000);
            } else {
                line.remove(((Command.WithdrawWant) command).loan());
                return new Answer.Done();
            }
        }

        private SliceView view(String key) {
            return new SliceView(
                    new SliceId(id, key),
                    ResourceKind.MEMORY,
                    sizes.getOrDefault(key, 1L),
                    Set.of(),
                    held.containsKey(key) ? SliceState.ACTIVE : SliceState.FREE,
                    Epoch.NONE,
                    forcedEnd,
                    FenceKind.HARDWARE_EPOCH,
                    Optional.empty(),
                    Optional.empty(),
                    "",
                    new SlicePlace("x", "", LatencyClass.SWITCH),
                    Set.of(),
                    OptionalInt.empty());
        }

        private Answer lease(LeaseId lease, SliceState state) {
            Optional<String> key = held.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(lease))
                    .map(Map.Entry::getKey)
                    .findFirst();
            return key.<Answer>map(at -> new Answer.Lease(new LeaseView(
                            lease,
                            LOAN,
                            new SliceId(id, at),
                            SELF,
                            state,
                            new Epoch(1),
                            ResourceKind.MEMORY,
                            sizes.getOrDefault(at, 1L),
                            0,
                            TERM,
                            TERM,
                            forcedEnd,
                            FenceKind.HARDWARE_EPOCH,
                            Optional.empty(),
                            Optional.empty(),
                            "")))
                    .orElseGet(() -> Answer.Refused.of(RefusalCode.NOT_FOUND, "not held"));
        }
    }

    // ---- standing --------------------------------------------------------------------------------------------------

    @Test
    void aDemandThatCannotBeMetIsAnsweredAtOnceAndStandsInTheLinesOfThoseWhoCouldMeetIt() {
        Lender full = new Lender(1, 4, 4);
        full.holdAll();
        Lender small = new Lender(2, 1);
        borrow(8, 1);
        assertThat(shown().state()).isEqualTo(LoanState.WAITING);
        assertThat(((Answer.Loan) replies.get(0)).loan().state()).isEqualTo(LoanState.WAITING);
        assertThat(full.line).containsExactly(LOAN);
        assertThat(small.line).containsExactly(LOAN);
        assertThat(shown().place()).contains(new LinePlace(1, 1, 0));
        assertThat(core.isSettled()).isTrue();
    }

    @Test
    void aLenderThatHasTooMuchOfEverythingForOneAnswerIsAskedForWhatIsWanted() {
        new Lender(1, 4).hasTooMuch = true;
        borrow(4, 1);
        assertThat(shown().state()).isEqualTo(LoanState.ACTIVE);
    }

    @Test
    void itIsMetAsSoonAsItsLenderSaysThatSomethingIsFreeAndLeavesEveryLine() {
        Lender full = new Lender(1, 4, 4);
        full.holdAll();
        new Lender(2, 1);
        borrow(8, 1);
        full.held.clear();
        now += POLICY.retryMillis();
        freed(full);
        assertThat(shown().state()).isEqualTo(LoanState.ACTIVE);
        assertThat(shown().place()).isEmpty();
        assertThat(lenders.values()).allMatch(lender -> lender.line.isEmpty());
    }

    @Test
    void whoeverHasNoLineForItHasNothingToSay() {
        new Lender(1, 4).holdAll();
        borrow(4, 1);
        Principal stranger = new Principal("s", new NodeId(5, 5), Role.NODE, Optional.empty());
        step(new LoanEvent.Asked(stranger, new Command.Freed(LOAN), List.of(), 1));
        assertThat(replies.get(replies.size() - 1))
                .isInstanceOfSatisfying(
                        Answer.Refused.class, no -> assertThat(no.code()).isEqualTo(RefusalCode.NOT_FOUND));
    }

    @Test
    void itIsPlannedForAgainWithoutAnybodySayingSoAndItsWantsAreRepeated() {
        Lender full = new Lender(1, 4);
        full.holdAll();
        borrow(4, 1);
        for (int i = 0; i < 20; i++) {
            passToNextDeadline();
        }
        assertThat(full.wants).isGreaterThan(2);
        assertThat(shown().state()).isEqualTo(LoanState.WAITING);
        full.held.clear();
        now += POLICY.replanMillis();
        step(new LoanEvent.Tick());
        assertThat(shown().state()).isEqualTo(LoanState.ACTIVE);
    }

    @Test
    void anAttemptThatFailsHalfWayGoesBackToWaitingAndIsNotTriedInALoop() {
        Lender lender = new Lender(1, 4);
        lender.commitRefusal = Optional.of(RefusalCode.UNAVAILABLE);
        borrow(4, 1);
        assertThat(shown().state()).isEqualTo(LoanState.WAITING);
        assertThat(lender.held).isEmpty();
        long attempts = drawn;
        now += POLICY.replanMillis() - 1;
        step(new LoanEvent.Tick());
        assertThat(drawn).isEqualTo(attempts);
        lender.commitRefusal = Optional.empty();
        now += 1;
        step(new LoanEvent.Tick());
        assertThat(shown().state()).isEqualTo(LoanState.ACTIVE);
    }

    @Test
    void aDemandThatIsGivenUpEndsAtOnceAndStandsNowhere() {
        Lender full = new Lender(1, 4);
        full.holdAll();
        borrow(4, 1);
        step(new LoanEvent.Asked(AGENT, new Command.ReleaseLoan(LOAN), List.of(), 1));
        assertThat(shown().state()).isEqualTo(LoanState.ENDED);
        assertThat(full.line).isEmpty();
        assertThat(core.nextDeadline()).isEmpty();
    }

    @Test
    void whereverTheBorrowerCrashesADemandThatStandsIsMetInTheEndAndNothingIsHeldBesides() {
        for (long crash = 1; crash < 60; crash++) {
            restartAll();
            Lender full = new Lender(1, 4, 4);
            full.holdAll();
            Lender other = new Lender(2, 2);
            stepsUntilCrash = crash;
            borrow(10, 2);
            full.held.clear();
            for (int i = 0; i < 40; i++) {
                passToNextDeadline();
            }
            if (disk.isEmpty()) {
                // It crashed before the demand was in the ledger: nobody was told that it stands.
                assertThat(replies).isEmpty();
                continue;
            }
            assertThat(shown().state()).as("crash at step %s", crash).isEqualTo(LoanState.ACTIVE);
            assertThat(full.held).hasSize(2);
            assertThat(other.held).hasSize(1);
        }
    }

    // ---- resize ----------------------------------------------------------------------------------------------------

    @Test
    void aLoanGrowsByLeasesThatJoinAllAtOnce() {
        Lender lender = new Lender(1, 4, 4, 4);
        borrow(4, 1);
        resize(12);
        assertThat(shown().leases()).hasSize(3);
        assertThat(shown().requirement().amount()).isEqualTo(12);
        assertThat(lender.held).hasSize(3);
        assertThat(lastReply()).isInstanceOf(Answer.Loan.class);
    }

    @Test
    void aHostSeesNothingOfWhatJoinsBeforeAllOfItIsGranted() {
        new Lender(1, 4, 4, 4);
        borrow(4, 1);
        only(new LoanEvent.Asked(AGENT, new Command.ResizeLoan(LOAN, 12), List.copyOf(lenders.keySet()), 2));
        while (!asked.isEmpty()) {
            assertThat(shown().leases().size()).isIn(1, 3);
            if (shown().leases().size() == 1) {
                assertThat(shown().requirement().amount()).isEqualTo(4);
            }
            answerOne();
        }
        assertThat(shown().leases()).hasSize(3);
    }

    @Test
    void aLoanThatCannotGrowStaysAsItWasAndGivesBackWhatItGotForIt() {
        Lender one = new Lender(1, 4, 4);
        borrow(4, 2);
        Lender two = new Lender(2, 4);
        two.commitRefusal = Optional.of(RefusalCode.UNAVAILABLE);
        resize(12);
        assertThat(lastReply()).isInstanceOfSatisfying(Answer.Refused.class, no -> assertThat(no.detail())
                .contains("the loan stays as it is"));
        assertThat(shown().state()).isEqualTo(LoanState.ACTIVE);
        assertThat(shown().requirement().amount()).isEqualTo(4);
        assertThat(one.held.size() + two.held.size()).isEqualTo(1);
        resize(400);
        assertThat(lastReply()).isInstanceOfSatisfying(Answer.Refused.class, no -> assertThat(no.code())
                .isEqualTo(RefusalCode.NO_MATCH));
    }

    @Test
    void aLoanShrinksByWholeLeasesAndSaysWhichSizesItCanHave() {
        Lender lender = new Lender(1, 4, 2, 1);
        borrow(7, 1);
        resize(5);
        assertThat(shown().leases()).extracting(LeaseView::amount).containsExactly(4L, 1L);
        assertThat(lender.held).hasSize(2);
        resize(4);
        assertThat(shown().leases()).extracting(LeaseView::amount).containsExactly(4L);
        resize(3);
        assertThat(lastReply()).isInstanceOfSatisfying(Answer.Refused.class, no -> assertThat(no.detail())
                .contains("no other size"));
        assertThat(shown().requirement().amount()).isEqualTo(4);
    }

    @Test
    void exactlyWhatTheHostLetGoOfGoesBackAndTheLeastThatWasAskedForStays() {
        Lender lender = new Lender(1, 4, 4, 4);
        step(borrowing(12, 1, 4));
        assertThat(shown().leases()).hasSize(3);
        letGo(lender.held.get("mem1"));
        assertThat(lender.held.keySet()).containsExactlyInAnyOrder("mem0", "mem2");
        assertThat(shown().leases()).hasSize(2);
        assertThat(shown().requirement().amount()).isEqualTo(8);
        assertThat(shown().requirement().leastAmount()).isEqualTo(4);
        letGo(lender.held.get("mem0"), lender.held.get("mem2"));
        assertThat(lender.held).as("less than the least is no loan").hasSize(2);
        letGo(lender.held.get("mem0"));
        assertThat(lender.held.keySet()).containsExactly("mem2");
        assertThat(told).contains("loan.resized");
    }

    @Test
    void nothingGoesBackOfALoanThatIsAnotherThanTheHostLetGoOf() {
        Lender lender = new Lender(1, 4, 4, 4);
        step(borrowing(8, 1, 4));
        LeaseId one = lender.held.get("mem0");
        letGo(one, new LeaseId(66, 66));
        assertThat(lender.held).as("one that it does not have").hasSize(2);
        only(new LoanEvent.Asked(AGENT, new Command.ResizeLoan(LOAN, 12), List.copyOf(lenders.keySet()), 2));
        only(new LoanEvent.LetGo(LOAN, Set.of(one)));
        answerAll();
        assertThat(lender.held).as("it is becoming larger").hasSize(3);
        step(new LoanEvent.Asked(AGENT, new Command.ReleaseLoan(LOAN), List.of(), 1));
        only(new LoanEvent.LetGo(LOAN, Set.of(one)));
        only(new LoanEvent.LetGo(new LoanId(4, 4), Set.of(one)));
        assertThat(asked).isEmpty();
    }

    @Test
    void whereverTheBorrowerCrashesWhileAPartGoesBackItIsHeldOnBothSidesOrOnNone() {
        Set<Integer> sizes = new LinkedHashSet<>();
        for (long crash = 1; crash < 5; crash++) {
            restartAll();
            stepsUntilCrash = Long.MAX_VALUE;
            Lender lender = new Lender(1, 4, 4);
            step(borrowing(8, 1, 4));
            stepsUntilCrash = crash;
            letGo(lender.held.get("mem0"));
            for (int i = 0; i < 5; i++) {
                passToNextDeadline();
            }
            assertThat(shown().state()).isEqualTo(LoanState.ACTIVE);
            assertThat(lender.held)
                    .as("crash at step %s", crash)
                    .hasSize(shown().leases().size());
            sizes.add(shown().leases().size());
        }
        assertThat(sizes).contains(1);
    }

    private void letGo(LeaseId... leases) {
        step(new LoanEvent.LetGo(LOAN, Set.of(leases)));
    }

    @Test
    void whereverTheBorrowerCrashesWhileALoanGrowsItIsWholeInTheOldSizeOrInTheNew() {
        Set<Integer> sizes = new LinkedHashSet<>();
        for (long crash = 1; crash < 30; crash++) {
            restartAll();
            Lender lender = new Lender(1, 4, 4, 4);
            borrow(4, 1);
            stepsUntilCrash = crash;
            resize(12);
            for (int i = 0; i < 5; i++) {
                passToNextDeadline();
            }
            assertThat(shown().state()).isEqualTo(LoanState.ACTIVE);
            assertThat(lender.held)
                    .as("crash at step %s", crash)
                    .hasSize(shown().leases().size());
            assertThat(shown().requirement().amount())
                    .isEqualTo(4L * shown().leases().size());
            sizes.add(shown().leases().size());
        }
        assertThat(sizes).containsExactlyInAnyOrder(1, 3);
    }

    // ---- move ------------------------------------------------------------------------------------------------------

    @Test
    void aLoanMovesAndItsHostHasTheOldSliceOrTheNewAtEachStep() {
        Lender from = new Lender(1, 4);
        borrow(4, 1);
        Lender to = new Lender(2, 4);
        only(proposing(from.held.get("mem0"), to, "mem0"));
        assertThat(lastReply()).isInstanceOf(Answer.Done.class);
        while (!asked.isEmpty()) {
            NodeId seen = shown().leases().get(0).slice().owner();
            assertThat(shown().state()).isEqualTo(LoanState.ACTIVE);
            assertThat(shown().leases()).hasSize(1);
            assertThat(from.held).as("before it has left").hasSize(seen.equals(from.id) ? 1 : from.held.size());
            assertThat(to.held).as("once it is there").hasSize(seen.equals(to.id) ? 1 : to.held.size());
            answerOne();
        }
        assertThat(shown().leases())
                .singleElement()
                .satisfies(lease -> assertThat(lease.slice().owner()).isEqualTo(to.id));
        assertThat(shown().requirement().amount()).isEqualTo(4);
        assertThat(from.held).isEmpty();
        assertThat(told).contains("loan.moved");
    }

    @Test
    void oneLeaseOfSeveralMovesAndTheOthersStay() {
        Lender from = new Lender(1, 4, 2);
        borrow(6, 2);
        Lender to = new Lender(2, 8, 3);
        propose(from.held.get("mem1"), to, "mem1");
        assertThat(shown().leases()).extracting(LeaseView::amount).containsExactly(4L, 3L);
        assertThat(from.held.keySet()).containsExactly("mem0");
        assertThat(shown().requirement().amount()).isEqualTo(6);
    }

    @Test
    void aSliceThatDoesNotDoInPlaceOfTheOldOneChangesNothing() {
        Lender from = new Lender(1, 4);
        borrow(4, 1);
        LeaseId lease = from.held.get("mem0");
        Lender small = new Lender(2, 3);
        Lender taken = new Lender(3, 4);
        taken.holdAll();
        Lender fatal = new Lender(4, 4);
        fatal.forcedEnd = ForcedEndEffect.FATAL;
        Lender unwilling = new Lender(5, 4);
        unwilling.commitRefusal = Optional.of(RefusalCode.UNAVAILABLE);
        for (Lender to : List.of(small, taken, fatal, unwilling)) {
            told.clear();
            propose(lease, to, "mem0");
            assertThat(told).contains("loan.unmoved");
            assertUnmoved(from, lease);
            assertThat(to.held.values()).doesNotContain(lease).hasSize(to == taken ? 1 : 0);
            now += POLICY.moveRestMillis();
        }
        propose(lease, unwilling, "nosuch");
        assertUnmoved(from, lease);
    }

    @Test
    void anOwnerThatDoesNotSayWhatItHasIsNoPlaceToMoveTo() {
        Lender from = new Lender(1, 4);
        borrow(4, 1);
        LeaseId lease = from.held.get("mem0");
        Lender silent = new Lender(2, 4);
        only(proposing(lease, silent, "mem0"));
        asked.clear();
        now += POLICY.gatherMillis();
        step(new LoanEvent.Tick());
        assertThat(told).contains("loan.unmoved");
        assertUnmoved(from, lease);
    }

    private void assertUnmoved(Lender from, LeaseId lease) {
        assertThat(shown().state()).isEqualTo(LoanState.ACTIVE);
        assertThat(shown().requirement().amount()).isEqualTo(4);
        assertThat(shown().leases()).extracting(LeaseView::id).containsExactly(lease);
        assertThat(from.held).containsValue(lease);
    }

    @Test
    void whatCannotMoveOrIsMovingOrHasMovedLatelyIsNotTried() {
        Lender from = new Lender(1, 4);
        Lender to = new Lender(2, 4, 4);
        borrow(4, 1);
        LeaseId lease = from.held.get("mem0");

        assertRefused(proposing(new LeaseId(1, 1), to, "mem0"), RefusalCode.NOT_FOUND);
        assertRefused(proposing(lease, from, "mem0"), RefusalCode.NO_MATCH);
        assertRefused(
                new LoanEvent.Asked(
                        PROPOSER, new Command.Propose(lease, new SliceId(SELF, "mem0"), "test"), List.of(), 9),
                RefusalCode.NO_MATCH);
        only(proposing(lease, to, "mem0"));
        assertRefused(proposing(lease, to, "mem1"), RefusalCode.BUSY);
        assertRefused(new LoanEvent.Asked(AGENT, new Command.ResizeLoan(LOAN, 8), List.of(to.id), 2), RefusalCode.BUSY);
        answerAll();
        LeaseId moved = to.held.get("mem0");
        assertThat(moved).isNotNull();
        assertRefused(proposing(moved, to, "mem1"), RefusalCode.BUSY);
        now += POLICY.moveRestMillis();
        propose(moved, to, "mem1");
        assertThat(to.held.keySet()).containsExactly("mem1");
        LeaseId last = to.held.get("mem1");
        Principal owner = new Principal("o", to.id, Role.NODE, Optional.empty());
        now += POLICY.moveRestMillis();
        step(new LoanEvent.Asked(owner, new Command.Recall(last, new Epoch(1), 60_000, "wanted"), List.of(), 5));
        assertRefused(proposing(last, from, "mem0"), RefusalCode.BUSY);
        step(new LoanEvent.Asked(AGENT, new Command.ReleaseLoan(LOAN), List.of(), 1));
        assertRefused(proposing(last, from, "mem0"), RefusalCode.NOT_FOUND);
    }

    @Test
    void whatAHostWouldNotSurviveToLoseDoesNotMove() {
        Lender from = new Lender(1, 4);
        from.forcedEnd = ForcedEndEffect.FATAL;
        borrow(4, 1);
        assertRefused(proposing(from.held.get("mem0"), new Lender(2, 4), "mem0"), RefusalCode.DENIED);
    }

    @Test
    void whoTakesNoProposalsRefusesThemAndKeepsWhatItHas() {
        policy = new LoanPolicy(1, 500, 200, 1_000, Setting.Power.FILL, LoanPolicy.Moves.REFUSED);
        core = core(1);
        Lender from = new Lender(1, 4);
        Lender to = new Lender(2, 4);
        borrow(4, 1);
        LeaseId lease = from.held.get("mem0");

        assertRefused(proposing(lease, to, "mem0"), RefusalCode.DENIED);
        assertThat(to.held).isEmpty();
        assertUnmoved(from, lease);
        assertRefused(proposing(new LeaseId(1, 1), to, "mem0"), RefusalCode.NOT_FOUND);
    }

    @Test
    void whereverTheBorrowerCrashesWhileALoanMovesItHasTheOldSliceOrTheNewAndNothingBesides() {
        Set<NodeId> owners = new LinkedHashSet<>();
        for (long crash = 1; crash < 20; crash++) {
            restartAll();
            stepsUntilCrash = Long.MAX_VALUE;
            Lender from = new Lender(1, 4);
            borrow(4, 1);
            Lender to = new Lender(2, 4);
            stepsUntilCrash = crash;
            propose(from.held.get("mem0"), to, "mem0");
            for (int i = 0; i < 5; i++) {
                passToNextDeadline();
            }
            assertThat(shown().state()).as("crash at step %s", crash).isEqualTo(LoanState.ACTIVE);
            NodeId owner = shown().leases().get(0).slice().owner();
            assertThat(shown().leases()).hasSize(1);
            assertThat(from.held).hasSize(owner.equals(from.id) ? 1 : 0);
            assertThat(to.held).hasSize(owner.equals(to.id) ? 1 : 0);
            owners.add(owner);
        }
        assertThat(owners).hasSize(2);
    }

    private static LoanEvent proposing(LeaseId lease, Lender to, String key) {
        return new LoanEvent.Asked(
                PROPOSER, new Command.Propose(lease, new SliceId(to.id, key), "for somebody"), List.of(), 7);
    }

    private void propose(LeaseId lease, Lender to, String key) {
        step(proposing(lease, to, key));
    }

    private void assertRefused(LoanEvent event, RefusalCode code) {
        int before = asked.size();
        only(event);
        assertThat(asked).hasSize(before);
        assertThat(lastReply()).isInstanceOfSatisfying(Answer.Refused.class, no -> assertThat(no.code())
                .isEqualTo(code));
    }

    // ---- gaps ------------------------------------------------------------------------------------------------------

    @Test
    void whatAHostWouldNotSurviveToLoseIsKeptWhenAnotherLeaseOfTheLoanIsLost() {
        Lender vital = new Lender(1, 4);
        vital.forcedEnd = ForcedEndEffect.FATAL;
        Lender other = new Lender(2, 4);
        borrow(8, 2);
        other.renewRefusal = Optional.of(RefusalCode.NOT_FOUND);
        now += TERM / 2;
        step(new LoanEvent.Tick());
        assertThat(shown().state()).isEqualTo(LoanState.ACTIVE);
        assertThat(shown().leases()).hasSize(1);
        assertThat(vital.held).hasSize(1);
        assertThat(told).contains("loan.reduced");
    }

    @Test
    void leasesWhoseTermsRanOutTogetherEndInOneStepBesideOneThatIsKept() {
        new Lender(1, 4).forcedEnd = ForcedEndEffect.FATAL;
        new Lender(2, 4);
        new Lender(3, 4);
        borrow(12, 3);
        assertThat(shown().leases()).hasSize(3);
        now += 2 * TERM;
        only(new LoanEvent.Tick());
        assertThat(shown().state()).isEqualTo(LoanState.ACTIVE);
        assertThat(shown().leases()).singleElement().matches(lease -> lease.forcedEnd() == ForcedEndEffect.FATAL);
    }

    @Test
    void whatAHostWouldNotSurviveToLoseIsKeptWhenAnotherLeaseOfTheLoanIsRecalled() {
        Lender vital = new Lender(1, 4);
        vital.forcedEnd = ForcedEndEffect.FATAL;
        Lender other = new Lender(2, 4);
        borrow(8, 2);
        LeaseId lease = other.held.get("mem0");
        Principal owner = new Principal("o", other.id, Role.NODE, Optional.empty());
        step(new LoanEvent.Asked(owner, new Command.Recall(lease, new Epoch(1), 1_000, "wanted"), List.of(), 5));
        now += 1_000;
        step(new LoanEvent.Tick());
        assertThat(other.held).isEmpty();
        assertThat(vital.held).hasSize(1);
        assertThat(shown().state()).isEqualTo(LoanState.ACTIVE);
    }

    @Test
    void afterARebootOfTheCardNothingIsPromisedUntilALenderHasAnswered() {
        Lender lender = new Lender(1, 4);
        borrow(4, 1);
        core = core(2);
        only(new LoanEvent.Started(LeaseEvent.Boot.NEW));
        assertThat(shown().state()).isEqualTo(LoanState.ACTIVE);
        assertThat(shown().leases()).allMatch(lease -> lease.remainingMillis() <= 0);
        answerAll();
        assertThat(shown().leases()).allMatch(lease -> lease.remainingMillis() > TERM / 2);
        assertThat(lender.held).hasSize(1);
    }

    @Test
    void anAnswerAboutAnotherLeaseIsNotBelieved() {
        Lender lender = new Lender(1, 4);
        only(borrowing(4, 1));
        answerOne();
        Effect.Ask reserve = asked.remove();
        LeaseId mine = ((Command.Reserve) reserve.command()).lease();
        lender.held.put("mem0", new LeaseId(66, 66));
        Answer foreign = lender.lease(new LeaseId(66, 66), SliceState.RESERVED);
        only(new LoanEvent.Answered(reserve.exchange(), foreign));
        assertThat(disk.get(LOAN).leg(mine).orElseThrow().state()).isEqualTo(Leg.State.RELEASING);
    }

    // ---- the rig ---------------------------------------------------------------------------------------------------

    private LoanCore core(long bootEpoch) {
        return new LoanCore(SELF, policy, () -> new LeaseId(7, ++drawn), bootEpoch, disk.values());
    }

    private void restartAll() {
        lenders.clear();
        disk.clear();
        replies.clear();
        asked.clear();
        core = core(1);
    }

    private LoanView shown() {
        return core.loan(LOAN, now).orElseThrow();
    }

    private Answer lastReply() {
        return replies.get(replies.size() - 1);
    }

    private LoanEvent borrowing(long amount, int maxLenders) {
        return borrowing(amount, maxLenders, amount);
    }

    private LoanEvent borrowing(long amount, int maxLenders, long least) {
        Requirement wish = new Requirement(
                ResourceKind.MEMORY,
                amount,
                Optional.empty(),
                TERM,
                0,
                ForcedEndEffect.FATAL,
                Optional.empty(),
                maxLenders,
                Optional.empty(),
                Optional.empty(),
                Locality.ANY,
                least);
        return new LoanEvent.Asked(
                AGENT, new Command.Borrow(LOAN, wish, Command.Borrow.Mode.STANDING), List.copyOf(lenders.keySet()), 1);
    }

    private void borrow(long amount, int maxLenders) {
        step(borrowing(amount, maxLenders));
    }

    private void resize(long amount) {
        step(new LoanEvent.Asked(AGENT, new Command.ResizeLoan(LOAN, amount), List.copyOf(lenders.keySet()), 2));
    }

    private void freed(Lender lender) {
        Principal owner = new Principal("o", lender.id, Role.NODE, Optional.empty());
        step(new LoanEvent.Asked(owner, new Command.Freed(LOAN), List.of(), 3));
    }

    private void passToNextDeadline() {
        long next = core.nextDeadline().orElse(now + 10_000);
        assertThat(next)
                .as("a deadline that is past would be waited for in a loop")
                .isGreaterThan(now);
        now = next;
        for (ResourceKind kind : core.lookedFor()) {
            step(new LoanEvent.LendersSeen(kind, List.copyOf(lenders.keySet())));
        }
        step(new LoanEvent.Tick());
    }

    private void step(LoanEvent event) {
        only(event);
        answerAll();
    }

    private void answerAll() {
        while (!asked.isEmpty()) {
            answerOne();
        }
    }

    private void answerOne() {
        Effect.Ask ask = asked.remove();
        Lender lender = lenders.get(ask.to());
        assertThat(lender).isNotNull();
        Answer answer = lender.answer(ask.command());
        only(new LoanEvent.Answered(ask.exchange(), answer));
    }

    /** A step after which nobody answers yet. */
    private void only(LoanEvent event) {
        List<Effect> effects = core.step(event, now);
        for (Effect effect : effects) {
            if (effect instanceof Effect.SaveLoan save) {
                disk.put(save.row().id(), save.row());
            } else if (effect instanceof Effect.ForgetLoan forget) {
                disk.remove(forget.loan());
            }
        }
        if (--stepsUntilCrash == 0) {
            // What was to be sent is not, and what is under way is never answered to this one.
            asked.clear();
            core = core(2);
            only(new LoanEvent.Started(LeaseEvent.Boot.SAME));
            return;
        }
        for (Effect effect : effects) {
            if (effect instanceof Effect.Ask ask) {
                asked.add(ask);
            } else if (effect instanceof Effect.Reply reply) {
                replies.add(reply.answer());
            } else if (effect instanceof Effect.Tell tell) {
                told.add(tell.kind());
            }
        }
    }
}
