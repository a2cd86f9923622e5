package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rackweave.daemon.lease.OneOwner.A;
import static org.rackweave.daemon.lease.OneOwner.AMOUNT;
import static org.rackweave.daemon.lease.OneOwner.EPOCH;
import static org.rackweave.daemon.lease.OneOwner.KEY;
import static org.rackweave.daemon.lease.OneOwner.LEASE;
import static org.rackweave.daemon.lease.OneOwner.OPERATOR;
import static org.rackweave.daemon.lease.OneOwner.TERM;
import static org.rackweave.daemon.lease.OneOwner.row;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WipeCertificate;

/** What becomes of a slice when its hardware answers, when it does not, and when time passes. */
class OwnerProgressTest {
    private static final Command COMMIT = new Command.Commit(LEASE, EPOCH);
    private static final Command RELEASE = new Command.Release(LEASE, EPOCH);
    private static final long LIMIT = OneOwner.POLICY.hardwareLimitMillis();

    /** A slice that is being taken from its host, and whose hardware has just been told. */
    private static OneOwner taking(FenceKind fence) {
        SliceRow lent = row(SliceState.ACTIVE);
        OneOwner owner = new OneOwner(lent.withFacts(OneOwner.facts(ForcedEndEffect.TOLERATED, fence)));
        owner.ask(A, RELEASE);
        return owner;
    }

    private static OneOwner wiping() {
        OneOwner owner = taking(FenceKind.HARDWARE_EPOCH);
        owner.done(new HardwareResult.Detached());
        owner.done(new HardwareResult.Read(new RouteReading.Unbound(EPOCH)));
        return owner;
    }

    // ---- hardware answers ------------------------------------------------------------------------------------------

    @Test
    void whatIsGivenBackIsUnboundReadBackWipedAndThenFree() {
        OneOwner owner = taking(FenceKind.HARDWARE_EPOCH);
        owner.done(new HardwareResult.Detached());
        assertThat(owner.ordered()).isEqualTo(new HardwareOrder.ReadRoute());
        owner.done(new HardwareResult.Read(new RouteReading.Unbound(EPOCH)));
        assertThat(owner.state()).isEqualTo(SliceState.SANITISING);
        assertThat(owner.ordered()).isEqualTo(new HardwareOrder.Sanitise());
        assertThat(owner.audited()).containsExactly("daemon: slice.fenced " + KEY);
        owner.done(new HardwareResult.Wiped("zeroes", AMOUNT, AMOUNT));
        assertThat(owner.state()).isEqualTo(SliceState.FREE);
        assertThat(owner.row().wipe()).contains(new WipeCertificate("zeroes", AMOUNT, AMOUNT, EPOCH));
        assertThat(owner.audited()).containsExactly("daemon: slice.wiped " + KEY);
        assertThat(owner.only(Effect.Audit.class).detail())
                .contains("zeroes", "\"wipedBytes\":8", "\"verifiedBytes\":8");
        assertThat(owner.all(Effect.Drive.class)).isEmpty();
        assertThat(owner.core().nextDeadline()).as("nothing is due").isEmpty();
    }

    @Test
    void anUnbindWhoseOutcomeIsUnknownIsReadBackToo() {
        OneOwner owner = taking(FenceKind.HARDWARE_EPOCH);
        owner.done(new HardwareResult.Unknown("the cable was pulled"));
        assertThat(owner.ordered()).isEqualTo(new HardwareOrder.ReadRoute());
        assertThat(owner.state()).isEqualTo(SliceState.RECLAIMING);
    }

    @Test
    void aFenceThatTheHardwareDoesNotHoldIsNotBelievedWhereItCouldHoldOne() {
        for (FenceKind fence : FenceKind.values()) {
            for (long held = 3; held <= 5; held++) {
                OneOwner owner = taking(fence);
                owner.done(new HardwareResult.Detached());
                owner.done(new HardwareResult.Read(new RouteReading.Unbound(new Epoch(held))));
                boolean isLost = fence == FenceKind.HARDWARE_EPOCH && held < 4;
                assertThat(owner.state())
                        .as(fence + " holds " + held)
                        .isEqualTo(isLost ? SliceState.QUARANTINED : SliceState.SANITISING);
            }
        }
    }

    @Test
    void whatCannotBeTakenBackIsQuarantinedAndPeopleReadWhy() {
        Map<HardwareResult, String> whys = Map.of(
                new HardwareResult.Read(new RouteReading.Bound("port-a", EPOCH)), "it still reads as bound to port-a",
                new HardwareResult.Read(new RouteReading.Unreadable("busy")), "could not be taken back: busy",
                new HardwareResult.Refused("no such port"), "could not be taken back: no such port",
                new HardwareResult.Wiped("zeroes", 1, 1), "an answer that does not fit the order");
        whys.forEach((result, why) -> {
            OneOwner owner = taking(FenceKind.HARDWARE_EPOCH);
            owner.done(result);
            assertThat(owner.state()).isEqualTo(SliceState.QUARANTINED);
            assertThat(owner.row().reason()).contains(why);
            assertThat(owner.audited()).containsExactly("daemon: slice.quarantined " + KEY);
            assertThat(owner.only(Effect.Audit.class).detail()).contains("quarantined", "\"epoch\":4");
            assertThat(owner.only(Effect.Tell.class).text()).contains(LEASE.brief(), why);
        });
    }

    @Test
    void whatCannotBeWipedIsQuarantinedAndPeopleReadWhy() {
        Map<HardwareResult, String> whys = Map.of(
                new HardwareResult.Wiped("zeroes", AMOUNT - 1, AMOUNT - 1), "its wipe is not whole",
                new HardwareResult.Refused("no"), "it could not be wiped: no",
                new HardwareResult.Unknown("no answer"), "it could not be wiped: outcome unknown: no answer",
                new HardwareResult.Read(new RouteReading.Unbound(EPOCH)), "it reads as unbound");
        whys.forEach((result, why) -> {
            OneOwner owner = wiping();
            owner.done(result);
            assertThat(owner.state()).isEqualTo(SliceState.QUARANTINED);
            assertThat(owner.row().reason()).contains(why);
        });
    }

    @Test
    void aBindThatFailsIsFencedAndAllWhoWaitHearWhy() {
        OneOwner owner = new OneOwner(SliceState.RESERVED);
        owner.send(A, COMMIT);
        Effect.Drive bind = owner.only(Effect.Drive.class);
        owner.send(A, COMMIT);
        owner.step(new LeaseEvent.HardwareDone(KEY, EPOCH, bind.order(), new HardwareResult.Refused("no such port")));
        assertThat(owner.all(Effect.Reply.class)).hasSize(2).allSatisfy(reply -> {
            Answer.Refused no = (Answer.Refused) reply.answer();
            assertThat(no.code()).isEqualTo(RefusalCode.UNAVAILABLE);
            assertThat(no.detail()).contains("no such port");
        });
        assertThat(owner.state()).isEqualTo(SliceState.FENCING);
        assertThat(owner.holding().end()).isEqualTo(End.FAILED);
        assertThat(owner.ordered()).isEqualTo(new HardwareOrder.Unbind());
    }

    @Test
    void whatWasGivenBackWhileItWasRoutedIsFencedAndEndsAsReleased() {
        OneOwner owner = new OneOwner(SliceState.RESERVED);
        owner.send(A, COMMIT);
        Effect.Drive bind = owner.only(Effect.Drive.class);
        owner.ask(A, RELEASE);
        owner.step(new LeaseEvent.HardwareDone(KEY, EPOCH, bind.order(), new HardwareResult.Refused("no")));
        assertThat(owner.holding().end()).isEqualTo(End.RELEASED);
        assertThat(owner.row().reason()).contains("given back while it was being routed");
    }

    @Test
    void whatIsBeingRoutedToAMemberThatIsExpelledIsNotGranted() {
        OneOwner owner = new OneOwner(SliceState.RESERVED);
        owner.send(A, COMMIT);
        Effect.Drive bind = owner.only(Effect.Drive.class);
        owner.step(new LeaseEvent.Expelled(A.id(), "its key was stolen"));
        HardwareResult attached = new HardwareResult.Attached(new Attachment("test", "at 0", AMOUNT), Optional.empty());
        owner.step(new LeaseEvent.HardwareDone(KEY, EPOCH, bind.order(), attached));
        assertThat(owner.state()).isEqualTo(SliceState.FENCING);
        assertThat(owner.holding().end()).isEqualTo(End.REVOKED);
        assertThat(owner.row().reason()).contains("revoked while it was being routed");
        assertThat(owner.audited()).noneMatch(row -> row.contains("lease.grant"));
    }

    @Test
    void aResultThatNobodyWaitsForIsCountedAndDropped() {
        HardwareResult gone = new HardwareResult.Detached();
        for (LeaseEvent late : List.of(
                new LeaseEvent.HardwareDone(KEY, new Epoch(3), new HardwareOrder.Unbind(), gone),
                new LeaseEvent.HardwareDone(KEY, EPOCH, new HardwareOrder.Sanitise(), gone),
                new LeaseEvent.HardwareDone("mem7", EPOCH, new HardwareOrder.Unbind(), gone))) {
            OneOwner owner = taking(FenceKind.HARDWARE_EPOCH);
            owner.step(late);
            assertThat(owner.effects).hasSize(1).allMatch(effect -> effect instanceof Effect.DroppedResult);
        }
    }

    // ---- hardware does not answer ----------------------------------------------------------------------------------

    @Test
    void anOrderThatHangsIsFoundAtItsLimitAndNotBeforeAndWhoWaitsHearsOfIt() {
        OneOwner owner = new OneOwner(row(SliceState.RESERVED));
        owner.send(A, COMMIT);
        assertThat(owner.core().nextDeadline()).hasValue(owner.now + LIMIT);
        long told = owner.now;
        owner.tickAt(told + LIMIT - 1);
        assertThat(owner.effects).isEmpty();
        owner.tickAt(told + LIMIT);
        assertThat(owner.state()).isEqualTo(SliceState.QUARANTINED);
        assertThat(owner.row().reason()).isEqualTo("bind has not returned after " + LIMIT + " ms");
        assertThat(((Answer.Refused) owner.only(Effect.Reply.class).answer()).code())
                .isEqualTo(RefusalCode.UNAVAILABLE);
        assertThat(owner.core().nextDeadline()).isEmpty();
        owner.step(new LeaseEvent.HardwareDone(
                KEY, EPOCH, new HardwareOrder.Bind("port-a"), new HardwareResult.Refused("late")));
        assertThat(owner.state()).isEqualTo(SliceState.QUARANTINED);
        assertThat(owner.all(Effect.DroppedResult.class)).hasSize(1);
    }

    @Test
    void everyOrderHasAWordByWhichPeopleKnowIt() {
        assertThat(List.of(
                        new HardwareOrder.Load("aes.bit"),
                        new HardwareOrder.Bind("p"),
                        new HardwareOrder.Unbind(),
                        new HardwareOrder.ReadRoute(),
                        new HardwareOrder.Sanitise()))
                .extracting(HardwareOrder::word)
                .containsExactly("load", "bind", "unbind", "read route", "sanitise");
    }

    // ---- time passes -----------------------------------------------------------------------------------------------

    @Test
    void nothingEndsBeforeItsTime() {
        for (SliceState state : SliceState.values()) {
            OneOwner owner = new OneOwner(row(state, End.REVOKED, ForcedEndEffect.TOLERATED));
            owner.tickAt(owner.now + TERM - 1);
            assertThat(owner.effects).as(state.word()).isEmpty();
        }
    }

    @Test
    void onlyWhatIsPromisedLentOrRevokedEndsByTime() {
        Set<SliceState> ending = EnumSet.noneOf(SliceState.class);
        for (SliceState state : SliceState.values()) {
            OneOwner owner = new OneOwner(row(state, End.REVOKED, ForcedEndEffect.TOLERATED));
            boolean hasDeadline = owner.core().nextDeadline().isPresent();
            owner.tickAt(owner.now + TERM);
            assertThat(owner.effects.isEmpty()).as(state.word()).isEqualTo(!hasDeadline);
            if (hasDeadline) {
                ending.add(state);
            }
        }
        assertThat(ending).containsExactlyInAnyOrder(SliceState.RESERVED, SliceState.ACTIVE, SliceState.RECLAIMING);
        OneOwner taking = new OneOwner(row(SliceState.RECLAIMING, End.RELEASED, ForcedEndEffect.TOLERATED));
        assertThat(taking.core().nextDeadline()).as("its hardware is at work").isEmpty();
    }

    @Test
    void aReservationLapsesAndTheTrailSaysSo() {
        OneOwner owner = new OneOwner(SliceState.RESERVED);
        owner.tickAt(owner.now + TERM);
        assertThat(owner.state()).isEqualTo(SliceState.FREE);
        assertThat(owner.row().reason()).isEqualTo("a reservation lapsed");
        assertThat(owner.row().wipe()).as("nobody has written to it").isPresent();
        assertThat(owner.audited()).containsExactly("daemon: lease.lapse " + LEASE);
    }

    @Test
    void aTermThatRunsOutIsForcedWhereThatIsToleratedAndElseOverdue() {
        OneOwner forced = new OneOwner(SliceState.ACTIVE);
        forced.tickAt(forced.now + TERM);
        assertThat(forced.state()).isEqualTo(SliceState.FENCING);
        assertThat(forced.holding().end()).isEqualTo(End.EXPIRED);
        assertThat(forced.row().reason()).isEqualTo("its term ran out");
        assertThat(forced.ordered()).isEqualTo(new HardwareOrder.Unbind());
        assertThat(forced.audited()).containsExactly("daemon: lease.forced " + LEASE);
        assertThat(forced.only(Effect.Audit.class).detail()).contains("\"end\":\"expired\"");

        OneOwner overdue = new OneOwner(row(SliceState.ACTIVE, End.NOT_ENDING, ForcedEndEffect.FATAL));
        overdue.tickAt(overdue.now + TERM);
        assertThat(overdue.state()).isEqualTo(SliceState.OVERDUE);
        assertThat(overdue.holding().end()).as("a renewal heals it").isEqualTo(End.NOT_ENDING);
        assertThat(overdue.row().reason()).contains("its term ran out", "would be fatal");
        assertThat(overdue.all(Effect.Drive.class)).isEmpty();
        assertThat(overdue.audited()).containsExactly("daemon: lease.overdue " + LEASE);
    }

    @Test
    void aGraceThatIsOverIsForcedWhereThatIsToleratedAndElseOverdueForGood() {
        for (ForcedEndEffect forcedEnd : ForcedEndEffect.values()) {
            OneOwner owner = new OneOwner(row(SliceState.ACTIVE, End.NOT_ENDING, forcedEnd));
            owner.ask(OPERATOR, new Command.Revoke(LEASE, 700, "wanted"));
            owner.tickAt(owner.now + 700);
            boolean isForced = forcedEnd == ForcedEndEffect.TOLERATED;
            assertThat(owner.state()).isEqualTo(isForced ? SliceState.FENCING : SliceState.OVERDUE);
            assertThat(owner.holding().end()).isEqualTo(End.REVOKED);
            assertThat(owner.row().reason()).startsWith("revoked: wanted; the grace is over");
            assertThat(owner.all(Effect.Drive.class)).hasSize(isForced ? 1 : 0);
        }
    }

    @Test
    void aGraceIsNoLongerThanTheLongestTerm() {
        OneOwner owner = new OneOwner(SliceState.ACTIVE);
        owner.ask(OPERATOR, new Command.Revoke(LEASE, 60_001, "wanted"));
        assertThat(owner.holding().deadlineMillis()).isEqualTo(owner.now + 60_000);
    }

    // ---- what may never be -----------------------------------------------------------------------------------------

    @Test
    void aSliceGoesOnlyTheWaysOfItsLife() {
        Map<SliceState, Set<SliceState>> ways = new EnumMap<>(SliceState.class);
        ways.put(SliceState.FREE, EnumSet.of(SliceState.RESERVED, SliceState.SANITISING));
        ways.put(SliceState.RESERVED, EnumSet.of(SliceState.FREE, SliceState.CONFIGURING, SliceState.SANITISING));
        ways.put(SliceState.CONFIGURING, EnumSet.of(SliceState.ACTIVE, SliceState.FENCING));
        ways.put(SliceState.ACTIVE, EnumSet.of(SliceState.RECLAIMING, SliceState.FENCING, SliceState.OVERDUE));
        ways.put(SliceState.RECLAIMING, EnumSet.of(SliceState.FENCING, SliceState.SANITISING, SliceState.OVERDUE));
        ways.put(SliceState.OVERDUE, EnumSet.of(SliceState.ACTIVE, SliceState.RECLAIMING, SliceState.FENCING));
        ways.put(SliceState.FENCING, EnumSet.of(SliceState.SANITISING));
        ways.put(SliceState.SANITISING, EnumSet.of(SliceState.FREE));
        ways.put(SliceState.QUARANTINED, EnumSet.of(SliceState.FENCING));
        for (SliceState from : SliceState.values()) {
            for (SliceState to : SliceState.values()) {
                boolean may = from == to
                        || to == SliceState.QUARANTINED
                        || ways.get(from).contains(to);
                LeaseBook book = new LeaseBook(OneOwner.OWNER, List.of(row(from)), Epoch.NONE);
                if (may) {
                    book.put(row(to));
                    assertThat(book.effects()).contains(new Effect.SaveSlice(row(to)));
                } else {
                    assertThatThrownBy(() -> book.put(row(to)))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining(from.word() + " to " + to.word());
                    assertThat(book.effects()).isEmpty();
                }
            }
        }
    }

    @Test
    void anEpochNeverGoesBack() {
        LeaseBook book = new LeaseBook(OneOwner.OWNER, List.of(row(SliceState.ACTIVE)), Epoch.NONE);
        SliceRow same = row(SliceState.ACTIVE);
        SliceRow older = new SliceRow(same.facts(), same.state(), new Epoch(3), same.holding(), same.wipe(), "");
        book.put(same);
        assertThatThrownBy(() -> book.put(older))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("its epoch went back");
    }

    @Test
    void anEpochIsAboveTheFloorThatARestoredLedgerHas() {
        SliceRow free = row(SliceState.FREE);
        List<Long> next = new ArrayList<>();
        for (long floor = 3; floor <= 6; floor++) {
            next.add(new LeaseBook(OneOwner.OWNER, List.of(free), new Epoch(floor))
                    .nextEpoch(free)
                    .value());
        }
        assertThat(next).containsExactly(5L, 5L, 6L, 7L);
    }

    @Test
    void whatIsFreeHasNoHolderAndWasWiped() {
        SliceRow held = row(SliceState.ACTIVE);
        assertThatThrownBy(() -> held.to(SliceState.FREE, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        new SliceRow(held.facts(), SliceState.FREE, EPOCH, Optional.empty(), Optional.empty(), ""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aReasonIsCutToWhatAViewCanShow() {
        String longest = "x".repeat(SliceView.MAX_REASON_CHARS);
        SliceRow row = row(SliceState.QUARANTINED);
        assertThat(row.to(SliceState.QUARANTINED, longest).reason()).isEqualTo(longest);
        assertThat(row.to(SliceState.QUARANTINED, longest + "y").reason())
                .isEqualTo("x".repeat(SliceView.MAX_REASON_CHARS - 1) + "…");
    }
}
