package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rackweave.daemon.lease.OwnerRig.LINE;
import static org.rackweave.daemon.lease.OwnerRig.loan;
import static org.rackweave.daemon.lease.OwnerRig.memory;
import static org.rackweave.daemon.lease.OwnerRig.wish;

import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;

/** What a higher priority takes back from lower ones, and what it does not. */
class ReclaimTest {
    /** Four slices of four, held for long enough at priorities 1 to 4 by nodes 1 to 4. */
    private static OwnerRig held(LinePolicy line) {
        OwnerRig rig = new OwnerRig(
                OwnerRig.policy(LendingRules.NONE, line),
                memory("a", 4),
                memory("b", 4),
                memory("c", 4),
                memory("d", 4));
        int node = 1;
        for (String key : rig.slices.keySet()) {
            rig.grant(node, 100 + node, key, node);
            node++;
        }
        rig.pass(line.minHoldMillis());
        return rig;
    }

    @Test
    void aHigherPriorityTakesBackWithNoticeAndHasItFirst() {
        OwnerRig rig = held(LINE);
        Answer.Place place = (Answer.Place) rig.want(9, 9, 4, 7);
        assertThat(place.place().coming()).isEqualTo(4);
        assertThat(rig.revokedKeys()).containsExactly("a");
        assertThat(rig.recalled)
                .containsExactly(rig.row("a").holding().orElseThrow().lease());
        assertThat(rig.row("a").reason())
                .isEqualTo("revoked: for " + rig.wants.get(loan(9)).brief() + " at priority 7");
        assertThat(rig.last(Effect.Audit.class))
                .anyMatch(row ->
                        row.action().equals("lease.revoke") && row.detail().contains("at priority 7"));
        assertThat(rig.last(Effect.Reclaimed.class)).hasSize(1);
        // An equal one that comes meanwhile, and has the same share, does not get it.
        rig.want(8, 8, 4, 7);
        assertThat(rig.revokedKeys()).as("another one for that one").containsExactly("a", "b");
        rig.pass(1_999);
        assertThat(rig.state("a")).as("within the grace").isEqualTo(SliceState.RECLAIMING);
        rig.pass(1);
        assertThat(rig.state("a")).isEqualTo(SliceState.FREE);
        assertThat(rig.freed).containsExactly(loan(9), loan(8));
        assertThat(rig.reserve(8, 8, "a", 7)).isInstanceOf(Answer.Refused.class);
        assertThat(rig.reserve(9, 9, "a", 7)).isInstanceOf(Answer.Lease.class);
    }

    @Test
    void nothingIsTakenFromAnEqualOrHigherPriority() {
        for (int priority = 0; priority <= 5; priority++) {
            OwnerRig rig = held(LINE);
            rig.want(9, 9, 4, priority);
            assertThat(rig.revokedKeys().isEmpty()).as("priority " + priority).isEqualTo(priority <= 1);
            rig.withdraw(9, 9);
            rig.want(9, 9, 16, priority);
            assertThat(rig.revokedKeys())
                    .as("all at priority " + priority)
                    .hasSize(priority <= 1 ? 0 : priority == 5 ? 4 : 1);
        }
    }

    @Test
    void nothingIsTakenBackThatServesNobody() {
        OwnerRig rig = held(LINE);
        rig.want(9, 9, 12, 3);
        assertThat(rig.revokedKeys()).as("two of the three that it needs").isEmpty();
        rig.withdraw(9, 9);
        rig.want(9, 9, wish(ResourceKind.MEMORY, 12, 3, 8));
        assertThat(rig.revokedKeys()).as("it would begin with two").containsExactly("a", "b");
    }

    @Test
    void whatIsFreeOrComingIsCountedFirst() {
        OwnerRig rig = held(LINE);
        rig.holdsHardware = true;
        rig.release("d");
        rig.want(9, 9, 4, 7);
        assertThat(rig.revokedKeys()).as("one is on its way already").isEmpty();
        rig.want(9, 9, 8, 7);
        assertThat(rig.revokedKeys()).containsExactly("a");
        rig.want(9, 9, 8, 7);
        assertThat(rig.revokedKeys()).as("asked again").containsExactly("a");
        rig.letHardwareGo();
        rig.pass(2_000);
        assertThat(rig.freed).containsExactly(loan(9));
        assertThat(rig.coming(9)).isEqualTo(8);
    }

    @Test
    void aLeaseIsLeftAloneForAWhileAfterItsGrant() {
        OwnerRig rig = held(LINE);
        rig.release("a");
        rig.grant(1, 11, "a", 0);
        rig.want(9, 9, 4, 1);
        assertThat(rig.revokedKeys()).isEmpty();
        rig.pass(LINE.minHoldMillis() - 1);
        rig.want(9, 9, 4, 1);
        assertThat(rig.revokedKeys()).isEmpty();
        rig.pass(LINE.earmarkMillis());
        rig.want(9, 9, 4, 1);
        assertThat(rig.revokedKeys())
                .as("looked at again no more often than that")
                .containsExactly("a");
    }

    @Test
    void noMoreAreTakenBackInAMinuteThanAllowed() {
        LinePolicy two = new LinePolicy(90_000, 1_000, 3_000, 2_000, 2, 60_000, 0);
        OwnerRig rig = held(two);
        rig.want(9, 9, 12, 7);
        assertThat(rig.revokedKeys())
                .as("three are more than may ever be at once")
                .isEmpty();
        rig.withdraw(9, 9);
        rig.want(9, 9, 8, 7);
        assertThat(rig.revokedKeys()).containsExactly("a", "b");
        rig.want(8, 8, 4, 7);
        rig.pass(59_999);
        rig.want(8, 8, 4, 7);
        assertThat(rig.revokedKeys()).isEmpty();
        assertThat(rig.state("c")).isEqualTo(SliceState.ACTIVE);
        rig.withdraw(9, 9);
        rig.grant(9, 99, "a", 7);
        rig.grant(9, 99, "b", 7);
        rig.pass(1);
        rig.want(8, 8, 4, 7);
        rig.pass(40_000);
        rig.want(8, 8, 4, 7);
        assertThat(rig.state("c")).isNotEqualTo(SliceState.ACTIVE);
    }

    @Test
    void aRestartIsNoWayAroundTheBounds() {
        OwnerRig rig = held(LINE);
        rig.restart(LeaseEvent.Boot.SAME);
        rig.pass(59_000);
        rig.want(9, 9, 4, 7);
        assertThat(rig.revokedKeys()).isEmpty();
        rig.pass(1_000);
        rig.want(9, 9, 4, 7);
        assertThat(rig.revokedKeys()).hasSize(1);
    }

    @Test
    void aRevocationGoesOnWhenNobodyWantsItAnyMoreAndTheNextOneHasIt() {
        OwnerRig rig = held(LINE);
        rig.want(9, 9, 4, 7);
        rig.want(8, 8, 4, 1);
        rig.withdraw(9, 9);
        assertThat(rig.revokedKeys()).containsExactly("a");
        assertThat(rig.coming(8)).isEqualTo(4);
        rig.pass(2_000);
        assertThat(rig.freed).containsExactly(loan(8));
    }

    @Test
    void aVictimThatWantsAgainWaitsBehindAndTakesNothingBack() {
        OwnerRig rig = held(LINE);
        rig.want(9, 9, 4, 7);
        rig.want(1, 101, 4, 1);
        rig.pass(2_000);
        rig.grant(9, 9, "a", 7);
        rig.pass(8_000);
        rig.want(1, 101, 4, 1);
        assertThat(rig.revokedKeys()).isEmpty();
        assertThat(rig.state("a")).isEqualTo(SliceState.ACTIVE);
        assertThat(rig.line()).containsExactly(loan(101));
    }

    @Test
    void whatCanOnlyBeAskedForIsTakenLast() {
        OwnerRig rig = new OwnerRig(
                OwnerRig.POLICY,
                OwnerRig.facts("a", ResourceKind.MEMORY, 4, ForcedEndEffect.FATAL),
                OwnerRig.facts("b", ResourceKind.MEMORY, 2, ForcedEndEffect.TOLERATED),
                OwnerRig.facts("c", ResourceKind.MEMORY, 2, ForcedEndEffect.TOLERATED));
        rig.grant(1, 101, "a", 0);
        rig.grant(2, 102, "b", 5);
        rig.grant(3, 103, "c", 5);
        rig.pass(LINE.minHoldMillis());
        rig.want(9, 9, 4, 7);
        assertThat(rig.revokedKeys())
                .as("two that can be forced, and not the one that can not")
                .containsExactly("b", "c");
    }

    @Test
    void whoDoesNotComeWhenAskedIsTheLastOneThatIsAsked() {
        OwnerRig rig = new OwnerRig(
                OwnerRig.POLICY,
                OwnerRig.facts("a", ResourceKind.MEMORY, 4, ForcedEndEffect.FATAL),
                OwnerRig.facts("b", ResourceKind.MEMORY, 4, ForcedEndEffect.FATAL));
        rig.grant(1, 101, "a", 0);
        rig.grant(2, 102, "b", 1);
        rig.pass(LINE.minHoldMillis());
        rig.want(9, 9, 4, 7);
        assertThat(rig.revokedKeys()).containsExactly("a");
        rig.pass(2_000);
        assertThat(rig.state("a")).isEqualTo(SliceState.OVERDUE);
        rig.want(9, 9, 4, 7);
        assertThat(rig.state("b")).isEqualTo(SliceState.ACTIVE);
        rig.release("a");
        assertThat(rig.freed).containsExactly(loan(9));
    }
}
