package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rackweave.daemon.lease.OwnerRig.LINE;
import static org.rackweave.daemon.lease.OwnerRig.loan;
import static org.rackweave.daemon.lease.OwnerRig.memory;
import static org.rackweave.daemon.lease.OwnerRig.node;

import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;

/** What an owner keeps from everybody, and from each. */
class LendingRulesTest {
    private static final Map<ResourceKind, Long> FIVE = Map.of(ResourceKind.MEMORY, 5L);

    private static OwnerRig with(LendingRules rules) {
        return new OwnerRig(
                OwnerRig.policy(rules, LINE), memory("a", 4), memory("b", 4), memory("c", 4), memory("d", 4));
    }

    @Test
    void theFloorIsNeverLent() {
        OwnerRig rig = with(new LendingRules(FIVE, Map.of(), Map.of(), Map.of(), 64));
        rig.grant(1, 1, "a", 0);
        rig.grant(2, 2, "b", 0);
        Answer.Refused no = (Answer.Refused) rig.reserve(3, 3, "c", 9);
        assertThat(no.code()).isEqualTo(RefusalCode.CONFLICT);
        assertThat(no.detail()).contains("never lends its last 5 bytes of memory, and has 8 left");
        rig.want(3, 3, 4, 0);
        assertThat(rig.coming(3)).as("nor is it kept for anybody").isZero();
        rig.release("a");
        assertThat(rig.freed).containsExactly(loan(3));
        assertThat(rig.coming(3)).isEqualTo(4);
    }

    @Test
    void whatAFloorKeepsIsNotSaidToBeFree() {
        OwnerRig rig = with(new LendingRules(FIVE, Map.of(), Map.of(), Map.of(), 64));
        assertThat(rig.core.capacities()).containsExactly(new NodeView.Capacity(ResourceKind.MEMORY, 16, 11, 4));
        rig.grant(1, 1, "a", 0);
        assertThat(rig.core.capacities()).containsExactly(new NodeView.Capacity(ResourceKind.MEMORY, 16, 7, 4));
        rig.grant(2, 2, "b", 0);
        assertThat(rig.core.capacities())
                .as("of eight three may be lent, and no slice is as small")
                .containsExactly(new NodeView.Capacity(ResourceKind.MEMORY, 16, 0, 0));
        rig.release("a");
        assertThat(rig.core.capacities()).containsExactly(new NodeView.Capacity(ResourceKind.MEMORY, 16, 7, 4));
    }

    @Test
    void theLargestThatIsSaidToBeFreeCanBeHadAndNothingIsFreeWhenNoSliceCan() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            SliceFacts[] all = new SliceFacts[1 + random.nextInt(6)];
            for (int i = 0; i < all.length; i++) {
                all[i] = memory("m" + i, 1 + random.nextInt(8));
            }
            Map<ResourceKind, Long> floor = Map.of(ResourceKind.MEMORY, (long) random.nextInt(20));
            OwnerRig rig =
                    new OwnerRig(OwnerRig.policy(new LendingRules(floor, Map.of(), Map.of(), Map.of(), 64), LINE), all);
            for (SliceFacts facts : all) {
                if (random.nextInt(3) == 0) {
                    rig.reserve(1, 1, facts.key(), 0);
                }
            }
            NodeView.Capacity said = rig.core.capacities().get(0);
            long largest = 0;
            for (SliceFacts facts : all) {
                if (rig.state(facts.key()) == SliceState.FREE
                        && rig.reserve(2, 2, facts.key(), 0) instanceof Answer.Lease) {
                    largest = Math.max(largest, facts.amount());
                    rig.release(facts.key());
                }
            }
            assertThat(said.largest()).as("round %d: %s", round, said).isEqualTo(largest);
            assertThat(said.free() > 0).isEqualTo(largest > 0);
        }
    }

    @Test
    void nobodyGetsPastTheLineByLeavingItNothingButTheFloor() {
        OwnerRig rig = with(new LendingRules(Map.of(ResourceKind.MEMORY, 4L), Map.of(), Map.of(), Map.of(), 64));
        rig.want(1, 1, 12, 5);
        assertThat(rig.coming(1)).isEqualTo(12);
        String left = rig.slices.keySet().stream()
                .filter(key -> rig.reserve(1, 1, key, 5) instanceof Answer.Refused)
                .findFirst()
                .orElseThrow();
        rig.slices.keySet().stream().filter(key -> !key.equals(left)).forEach(rig::release);
        assertThat(rig.coming(1)).isEqualTo(12);
        assertThat(rig.reserve(2, 2, left, 5)).isInstanceOf(Answer.Refused.class);
        assertThat(rig.reserve(2, 2, left, 6)).as("a higher priority may").isInstanceOf(Answer.Lease.class);
    }

    @Test
    void theFloorDoesNotSpareLowerPriorities() {
        OwnerRig rig = with(new LendingRules(FIVE, Map.of(), Map.of(), Map.of(), 64));
        rig.grant(1, 1, "a", 0);
        rig.grant(2, 2, "b", 0);
        rig.pass(LINE.minHoldMillis());
        rig.want(3, 3, 4, 7);
        assertThat(rig.revokedKeys()).hasSize(1);
        rig.pass(2_000);
        assertThat(rig.freed).containsExactly(loan(3));
        assertThat(rig.reserve(3, 3, "a", 7)).isInstanceOf(Answer.Lease.class);
    }

    @Test
    void aBorrowerHasNoMoreThanItsQuota() {
        OwnerRig rig = with(
                new LendingRules(Map.of(), FIVE, Map.of(node(2).id(), Map.of(ResourceKind.MEMORY, 8L)), Map.of(), 64));
        rig.grant(1, 1, "a", 0);
        Answer.Refused no = (Answer.Refused) rig.reserve(1, 3, "b", 9);
        assertThat(no.code()).isEqualTo(RefusalCode.DENIED);
        assertThat(no.detail()).contains("beside the 4 that you hold is beyond your quota here, 5");
        rig.want(1, 3, 4, 9);
        assertThat(rig.coming(3)).as("nor is it kept for it").isZero();
        rig.grant(2, 2, "b", 0);
        rig.grant(2, 2, "c", 0);
        assertThat(rig.reserve(2, 2, "d", 0)).isInstanceOf(Answer.Refused.class);
        rig.release("a");
        assertThat(rig.freed).containsExactly(loan(3));
    }

    @Test
    void severalWantsOfOneBorrowerShareItsQuota() {
        OwnerRig rig = with(new LendingRules(Map.of(), FIVE, Map.of(), Map.of(), 64));
        rig.want(1, 1, 4, 5);
        rig.want(1, 2, 4, 5);
        assertThat(rig.coming(1)).isEqualTo(4);
        assertThat(rig.coming(2)).isZero();
    }

    @Test
    void aPriorityAboveTheCapCountsAsTheCapAndIsShown() {
        OwnerRig rig = with(new LendingRules(Map.of(), Map.of(), Map.of(), Map.of(node(1).id(), 3), 64));
        Answer.Lease lease = (Answer.Lease) rig.reserve(1, 1, "a", 9);
        assertThat(lease.lease().priority()).isEqualTo(3);
        assertThat(rig.core.slices().get(0).heldAtPriority()).isEqualTo(OptionalInt.of(3));
        assertThat(rig.core.slices().get(1).heldAtPriority()).isEqualTo(OptionalInt.empty());
        rig.grant(2, 2, "b", 3);
        rig.grant(2, 2, "c", 3);
        rig.grant(2, 2, "d", 3);
        rig.pass(1_900);
        rig.want(1, 5, 12, 9);
        rig.want(3, 6, 12, 4);
        assertThat(rig.line()).containsExactly(loan(6), loan(5));
        assertThat(rig.core.wants(rig.now).get(1).requirement().priority()).isEqualTo(3);
    }

    @Test
    void nobodyReservesMoreAtOnceThanAllowed() {
        OwnerRig rig = with(new LendingRules(Map.of(), Map.of(), Map.of(), Map.of(), 2));
        rig.reserve(1, 1, "a", 0);
        rig.reserve(1, 1, "b", 0);
        Answer.Refused no = (Answer.Refused) rig.reserve(1, 2, "c", 0);
        assertThat(no.code()).isEqualTo(RefusalCode.BUSY);
        assertThat(no.detail()).contains("you have reserved 2 slices here, which is the most");
        assertThat(no.retryAfterMillis()).isPositive();
        assertThat(rig.reserve(2, 3, "c", 0)).isInstanceOf(Answer.Lease.class);
        rig.release("a");
        assertThat(rig.reserve(1, 2, "d", 0)).isInstanceOf(Answer.Lease.class);
    }
}
