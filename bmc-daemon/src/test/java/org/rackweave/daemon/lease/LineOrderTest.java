package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rackweave.daemon.lease.OwnerRig.loan;
import static org.rackweave.daemon.lease.OwnerRig.memory;
import static org.rackweave.daemon.lease.OwnerRig.node;
import static org.rackweave.daemon.lease.OwnerRig.wish;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;

/** Who of those who wait is served, with what, when they rest, and what the rules leave them. */
class LineOrderTest {
    private static final long EARMARK = OwnerRig.LINE.earmarkMillis();

    private static LendingRules rules(Map<ResourceKind, Long> floors, Map<NodeId, Map<ResourceKind, Long>> quotas) {
        return new LendingRules(floors, Map.of(), quotas, Map.of(), 64);
    }

    private static OwnerRig rig(LendingRules rules, SliceFacts... owned) {
        return new OwnerRig(OwnerRig.policy(rules, OwnerRig.LINE), owned);
    }

    /** Two slices of four, both lent to somebody from whom nothing is taken back. */
    private static OwnerRig full() {
        OwnerRig rig = rig(LendingRules.NONE, memory("a", 4), memory("b", 4));
        rig.grant(8, 80, "a", 9);
        rig.grant(8, 81, "b", 9);
        return rig;
    }

    private static List<String> told(OwnerRig rig, String kind) {
        return rig.last(Effect.Tell.class).stream()
                .filter(tell -> tell.kind().equals(kind))
                .map(Effect.Tell::text)
                .toList();
    }

    /** What people heard when what is kept for the only want lapsed. */
    private static String lapse(OwnerRig rig) {
        rig.now += EARMARK;
        rig.letHardwareGo();
        List<String> told = told(rig, "want.lapsed");
        assertThat(told).hasSize(1);
        return told.get(0);
    }

    // ---- the order -------------------------------------------------------------------------------------------------

    @Test
    void whoeverRestsStandsBehindItsEqualsUntilItHasRested() {
        OwnerRig rig = full();
        rig.want(1, 1, 4, 5);
        rig.want(2, 2, 4, 5);
        assertThat(rig.line()).containsExactly(loan(1), loan(2));
        rig.release("a");
        lapse(rig);
        assertThat(rig.line()).containsExactly(loan(2), loan(1));
        assertThat(rig.reserve(2, 2, "a", 5)).isInstanceOf(Answer.Lease.class);
        rig.want(3, 3, 4, 5);
        assertThat(rig.line().indexOf(loan(1)))
                .as("it rests")
                .isGreaterThan(rig.line().indexOf(loan(3)));
        rig.pass(EARMARK);
        assertThat(rig.line().indexOf(loan(1)))
                .as("it has rested, and came first")
                .isLessThan(rig.line().indexOf(loan(3)));
    }

    @Test
    void whatIsKeptForOneIsNotHandedToWhoeverCameEarlierAndHasRested() {
        OwnerRig rig = full();
        rig.want(1, 1, 4, 5);
        rig.release("a");
        lapse(rig);
        rig.pass(EARMARK / 2);
        rig.want(1, 1, 4, 5);
        rig.want(2, 2, 4, 5);
        rig.pass(EARMARK / 2);
        rig.want(1, 1, 4, 5);
        assertThat(rig.line()).as("it has rested").containsExactly(loan(2), loan(1));
        assertThat(rig.reserve(1, 1, "a", 5)).isInstanceOf(Answer.Refused.class);
        assertThat(rig.reserve(2, 2, "a", 5)).isInstanceOf(Answer.Lease.class);
    }

    @Test
    void aLeaseIsNoYoungerForBeingRenewed() {
        OwnerRig rig = rig(LendingRules.NONE, memory("a", 4));
        rig.grant(1, 1, "a", 1);
        Holding held = rig.row("a").holding().orElseThrow();
        for (int number = 1; number <= 6; number++) {
            rig.pass(1_000);
            rig.ask(node(1), new Command.Renew(held.lease(), rig.row("a").epoch(), number));
        }
        rig.want(2, 2, 4, 5);
        assertThat(rig.revokedKeys()).containsExactly("a");
    }

    @Test
    void aSliceThatIsLentAnewIsLeftAloneAnew() {
        OwnerRig rig = rig(LendingRules.NONE, memory("a", 4));
        rig.grant(1, 1, "a", 1);
        rig.pass(6_000);
        rig.release("a");
        rig.grant(1, 2, "a", 1);
        rig.want(2, 3, 4, 5);
        assertThat(rig.revokedKeys()).isEmpty();
    }

    @Test
    void aWantRestsTwiceAsLongEachTimeAndAsBeforeOnceItWasServed() {
        OwnerRig rig = full();
        Requirement half = wish(ResourceKind.MEMORY, 8, 5, 4);
        rig.want(1, 1, half);
        rig.release("a");
        assertThat(lapse(rig)).contains("it rests " + EARMARK + " ms");
        rig.want(1, 1, half);
        rig.pass(EARMARK);
        assertThat(lapse(rig)).contains("it rests " + 2 * EARMARK + " ms");
        rig.want(1, 1, half);
        rig.pass(2 * EARMARK);
        rig.grant(1, 1, "a", 5);
        rig.want(1, 1, half);
        rig.release("b");
        assertThat(lapse(rig)).contains("it rests " + EARMARK + " ms");
    }

    @Test
    void aWantOfAHigherPriorityTakesWhatNobodyHasBeforeWhatIsKeptForALowerOne() {
        OwnerRig rig = full();
        rig.want(2, 2, 4, 3);
        rig.release("a");
        rig.release("b");
        rig.want(1, 1, 4, 5);
        assertThat(rig.reserve(3, 3, "a", 3)).as("kept for the lower one").isInstanceOf(Answer.Refused.class);
        assertThat(rig.reserve(2, 2, "a", 3)).isInstanceOf(Answer.Lease.class);
        assertThat(rig.reserve(1, 1, "b", 5)).isInstanceOf(Answer.Lease.class);
    }

    @Test
    void aPlaceIsOneAmongThoseWhoWaitForTheSameKind() {
        OwnerRig rig = rig(
                LendingRules.NONE,
                memory("a", 4),
                OwnerRig.facts("c", ResourceKind.CORES, 4, ForcedEndEffect.TOLERATED));
        rig.grant(8, 80, "a", 9);
        rig.grant(8, 81, "c", 9);
        rig.want(1, 1, 4, 9);
        Answer.Place cores = (Answer.Place) rig.want(2, 2, wish(ResourceKind.CORES, 4, 1, 4));
        assertThat(cores.place().place()).isEqualTo(1);
        assertThat(cores.place().of()).isEqualTo(1);
        Answer.Place second = (Answer.Place) rig.want(3, 3, 4, 5);
        assertThat(second.place().place()).isEqualTo(2);
        assertThat(second.place().of()).isEqualTo(2);
    }

    @Test
    void aWantKeepsItsTimeOverARestartAndBeginsItAnewAfterAReboot() {
        OwnerRig rig = full();
        rig.want(1, 1, 4, 5);
        long came = rig.now;
        rig.now += 700;
        assertThat(rig.core.wants(rig.now).get(0).waitingMillis()).isEqualTo(700);
        rig.restart(LeaseEvent.Boot.SAME);
        assertThat(rig.wants.get(loan(1)).sinceMillis()).isEqualTo(came);
        rig.restart(LeaseEvent.Boot.NEW);
        assertThat(rig.wants.get(loan(1)).sinceMillis()).isEqualTo(rig.now);
    }

    @Test
    void whoeverLeavesTheLineIsNotInTheLedgerAndPeopleHearWhy() {
        OwnerRig rig = full();
        rig.want(1, 1, 4, 5);
        assertThat(told(rig, "want.stands").get(0)).contains("waits for 4 of memory at priority 5");
        rig.withdraw(1, 1);
        assertThat(told(rig, "want.ended")).containsExactly("withdrawn by its borrower");
        assertThat(rig.wants).isEmpty();
        rig.want(1, 1, 4, 5);
        rig.pass(OwnerRig.LINE.validMillis());
        assertThat(rig.wants).isEmpty();
    }

    // ---- what the rules leave --------------------------------------------------------------------------------------

    @Test
    void whatIsKeptForOneIsNotUndoneByLendingDownToTheFloor() {
        OwnerRig rig =
                rig(rules(Map.of(ResourceKind.MEMORY, 2L), Map.of()), memory("a", 2), memory("b", 2), memory("c", 2));
        rig.want(1, 1, 2, 5);
        assertThat(rig.reserve(2, 2, "b", 5)).as("what is left is enough").isInstanceOf(Answer.Lease.class);
        Answer.Refused no = (Answer.Refused) rig.reserve(3, 3, "c", 5);
        assertThat(no.code()).isEqualTo(RefusalCode.BUSY);
        assertThat(no.detail()).contains("c is kept for loan", "at priority 5");
        assertThat(rig.reserve(3, 3, "c", 6)).as("who is ahead of it").isInstanceOf(Answer.Lease.class);
    }

    @Test
    void aBorrowersQuotaIsSharedByItsWantsAndIsNobodyElses() {
        OwnerRig rig = rig(
                rules(Map.of(), Map.of(node(1).id(), Map.of(ResourceKind.MEMORY, 4L))),
                memory("a", 4),
                memory("b", 4),
                memory("c", 4));
        for (String key : List.of("a", "b", "c")) {
            rig.grant(8, key.charAt(0), key, 9);
        }
        rig.want(2, 2, 4, 7);
        rig.want(1, 1, 4, 5);
        rig.want(1, 3, 4, 5);
        List.of("a", "b", "c").forEach(rig::release);
        assertThat(rig.freed).contains(loan(2), loan(1)).doesNotContain(loan(3));
    }

    @Test
    void aLeaseIsTakenBackWhereTheQuotaAndTheRateJustAllowIt() {
        LinePolicy one = new LinePolicy(9_000, 1_000, 3_000, 2_000, 1, 60_000, 5_000);
        OwnerRig rig = new OwnerRig(
                OwnerRig.policy(rules(Map.of(), Map.of(node(2).id(), Map.of(ResourceKind.MEMORY, 4L))), one),
                memory("a", 4),
                memory("b", 4));
        rig.grant(1, 1, "a", 1);
        rig.grant(1, 2, "b", 1);
        rig.pass(5_000);
        rig.want(2, 3, 4, 5);
        assertThat(rig.revokedKeys()).hasSize(1);
        rig.want(3, 4, 4, 5);
        assertThat(rig.revokedKeys()).as("one in a minute").hasSize(1);
    }

    @Test
    void aLeaseIsLeftAloneForAWhileAfterItWasGranted() {
        OwnerRig rig = rig(LendingRules.NONE, memory("a", 4));
        rig.grant(1, 1, "a", 1);
        rig.want(2, 2, 4, 5);
        rig.pass(4_999);
        rig.want(2, 2, 4, 5);
        assertThat(rig.revokedKeys()).isEmpty();
        rig.pass(1_001);
        rig.want(2, 2, 4, 5);
        assertThat(rig.revokedKeys()).containsExactly("a");
    }

    // ---- behind one fabric -----------------------------------------------------------------------------------------

    @Test
    void whatHasToBeBehindOneFabricWaitsForTheOneThatItsLoanIsBehind() {
        OwnerRig rig = rig(
                LendingRules.NONE,
                OwnerRig.behind("x", "x1"),
                OwnerRig.behind("x", "x2"),
                OwnerRig.behind("y", "y1"),
                OwnerRig.behind("y", "y2"),
                OwnerRig.behind("y", "y3"));
        rig.grant(1, 1, "x1", 9);
        for (String key : List.of("x2", "y1", "y2", "y3")) {
            rig.grant(8, 80 + key.hashCode(), key, 9);
        }
        Requirement together = new Requirement(
                ResourceKind.MEMORY,
                4,
                Optional.empty(),
                60_000,
                5,
                ForcedEndEffect.FATAL,
                Optional.empty(),
                8,
                Optional.empty(),
                Optional.empty(),
                Locality.ONE_FABRIC,
                4);
        rig.want(1, 1, together);
        rig.release("y1");
        rig.release("y2");
        assertThat(rig.freed).isEmpty();
        rig.release("x2");
        assertThat(rig.freed).contains(loan(1));
    }
}
