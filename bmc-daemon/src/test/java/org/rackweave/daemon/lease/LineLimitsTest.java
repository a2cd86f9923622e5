package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rackweave.daemon.lease.OwnerRig.facts;
import static org.rackweave.daemon.lease.OwnerRig.loan;
import static org.rackweave.daemon.lease.OwnerRig.memory;
import static org.rackweave.daemon.lease.OwnerRig.node;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Allowance;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;

/** What may stand in a line at all, and what the rules leave to whom. */
class LineLimitsTest {
    private static final long SHORTEST = OwnerRig.POLICY.minTermMillis();
    private static final long LONGEST = OwnerRig.POLICY.maxTermMillis();

    private static Requirement wish(long amount, long termMillis, Optional<NodeId> from, Locality locality) {
        return new Requirement(
                ResourceKind.MEMORY,
                amount,
                Optional.empty(),
                termMillis,
                5,
                ForcedEndEffect.FATAL,
                from,
                8,
                Optional.empty(),
                Optional.empty(),
                locality,
                amount);
    }

    private static LendingRules quota(ResourceKind kind, long amount) {
        return new LendingRules(Map.of(), Map.of(kind, amount), Map.of(), Map.of(), 64);
    }

    private static RefusalCode code(Answer answer) {
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return ((Answer.Refused) answer).code();
    }

    private static OwnerRig full(LendingRules rules, SliceFacts... owned) {
        OwnerRig rig = new OwnerRig(OwnerRig.policy(rules, OwnerRig.LINE), owned);
        for (SliceFacts each : owned) {
            rig.grant(8, 80 + each.key().hashCode(), each.key(), 9);
        }
        return rig;
    }

    @Test
    void aWantMayHaveTheShortestAndTheLongestTermAndNoneBeyond() {
        for (long term : List.of(SHORTEST, LONGEST)) {
            OwnerRig rig = full(LendingRules.NONE, memory("a", 4));
            assertThat(rig.want(1, 1, wish(4, term, Optional.empty(), Locality.ANY)))
                    .isInstanceOf(Answer.Place.class);
        }
        for (long term : List.of(SHORTEST - 1, LONGEST + 1)) {
            OwnerRig rig = full(LendingRules.NONE, memory("a", 4));
            assertThat(code(rig.want(1, 1, wish(4, term, Optional.empty(), Locality.ANY))))
                    .isEqualTo(RefusalCode.INVALID);
        }
    }

    @Test
    void whoIsAskedByNameWaitsOnlyThere() {
        OwnerRig rig = full(LendingRules.NONE, memory("a", 4));
        assertThat(rig.want(1, 1, wish(4, SHORTEST, Optional.of(OwnerRig.SELF), Locality.ANY)))
                .isInstanceOf(Answer.Place.class);
        assertThat(code(rig.want(1, 2, wish(4, SHORTEST, Optional.of(new NodeId(7, 7)), Locality.ANY))))
                .isEqualTo(RefusalCode.NO_MATCH);
    }

    @Test
    void whatIsOwnedOfOtherKindsIsNotCounted() {
        OwnerRig rig =
                full(LendingRules.NONE, memory("a", 4), facts("c", ResourceKind.CORES, 100, ForcedEndEffect.TOLERATED));
        Answer.Refused no = (Answer.Refused) rig.want(1, 1, 8, 5);
        assertThat(no.code()).isEqualTo(RefusalCode.NO_MATCH);
        assertThat(no.detail()).contains("8", "4 here fit", "0 of 4 are never lent");
    }

    @Test
    void aQuotaThatIsJustEnoughLetsAWantStand() {
        assertThat(full(quota(ResourceKind.MEMORY, 4), memory("a", 4)).want(1, 1, 4, 5))
                .isInstanceOf(Answer.Place.class);
        // Whoever holds what is there held it before the rule was signed.
        OwnerRig rig = new OwnerRig(OwnerRig.policy(quota(ResourceKind.MEMORY, 3), OwnerRig.LINE), memory("a", 4));
        Answer.Refused no = (Answer.Refused) rig.want(1, 1, 4, 5);
        assertThat(no.code()).isEqualTo(RefusalCode.NO_MATCH);
        assertThat(no.detail()).contains("your quota here is 3");
    }

    @Test
    void aWantThatBecomesOneThatCanNeverBeMetLeavesTheLine() {
        OwnerRig rig = full(LendingRules.NONE, memory("a", 4));
        rig.want(1, 1, 4, 5);
        assertThat(code(rig.want(1, 1, 400, 5))).isEqualTo(RefusalCode.NO_MATCH);
        assertThat(rig.line()).isEmpty();
        assertThat(rig.wants).isEmpty();
    }

    @Test
    void whatOneBorrowerMayHaveInALineIsItsOwn() {
        OwnerRig rig = full(LendingRules.NONE, memory("a", 4));
        for (int i = 1; i <= Line.MAX_WANTS_OF_BORROWER; i++) {
            rig.want(1, i, 4, 5);
        }
        assertThat(rig.want(2, 100, 4, 5)).isInstanceOf(Answer.Place.class);
        assertThat(code(rig.want(1, 101, 4, 5))).isEqualTo(RefusalCode.BUSY);
    }

    @Test
    void whoLeavesIsAnsweredAndWhoHasAllIsToldSo() {
        OwnerRig rig = full(LendingRules.NONE, memory("a", 4));
        rig.want(1, 1, 4, 5);
        rig.withdraw(1, 1);
        assertThat(rig.last(Effect.Reply.class))
                .extracting(Effect.Reply::answer)
                .containsExactly(new Answer.Done());
        rig.release("a");
        rig.grant(1, 1, "a", 5);
        assertThat(code(rig.want(1, 1, 4, 5))).isEqualTo(RefusalCode.CONFLICT);
    }

    @Test
    void whatTheRulesLeaveIsSaidOfEachKindThatHasOne() {
        LendingRules rules = new LendingRules(
                Map.of(ResourceKind.MEMORY, 2L), Map.of(ResourceKind.CORES, 3L), Map.of(), Map.of(), 64);
        OwnerRig rig = new OwnerRig(
                OwnerRig.policy(rules, OwnerRig.LINE),
                memory("a", 4),
                memory("b", 4),
                facts("c", ResourceKind.CORES, 4, ForcedEndEffect.TOLERATED),
                facts("d", ResourceKind.CORES, 1, ForcedEndEffect.TOLERATED),
                facts("l", ResourceKind.LANES, 4, ForcedEndEffect.TOLERATED));
        assertThat(rig.core.allowances(node(1).id()))
                .containsExactlyInAnyOrder(new Allowance(ResourceKind.MEMORY, 6), new Allowance(ResourceKind.CORES, 3));
        rig.grant(1, 1, "a", 5);
        rig.grant(1, 2, "d", 5);
        assertThat(rig.core.allowances(node(1).id()))
                .containsExactlyInAnyOrder(new Allowance(ResourceKind.MEMORY, 2), new Allowance(ResourceKind.CORES, 2));
    }

    @Test
    void rulesMayKeepNothingButNotLessThanNothing() {
        new LendingRules(Map.of(ResourceKind.CORES, 0L), Map.of(ResourceKind.CORES, 0L), Map.of(), Map.of(), 1);
        assertThatThrownBy(() -> new LendingRules(Map.of(ResourceKind.CORES, -1L), Map.of(), Map.of(), Map.of(), 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> quota(ResourceKind.CORES, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LendingRules(Map.of(), Map.of(), Map.of(), Map.of(), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theNumbersOfALineAreTakenToTheEdgeAndNoneBeyond() {
        new LinePolicy(1, 1, 1, 0, 0, 1, 0);
        for (int[] n : List.of(
                new int[] {0, 1, 1, 0, 0, 1, 0},
                new int[] {1, 0, 1, 0, 0, 1, 0},
                new int[] {1, 1, 0, 0, 0, 1, 0},
                new int[] {1, 1, 1, -1, 0, 1, 0},
                new int[] {1, 1, 1, 0, -1, 1, 0},
                new int[] {1, 1, 1, 0, 0, 0, 0},
                new int[] {1, 1, 1, 0, 0, 1, -1})) {
            assertThatThrownBy(() -> new LinePolicy(n[0], n[1], n[2], n[3], n[4], n[5], n[6]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aDriftOfTwoPercentIsTwiceThatOfOne() {
        LeasePolicy policy = new LeasePolicy(1_000, 60_000, 2_000, 1_500, 2, 9, 1, 30_000);
        assertThat(policy.ownerDeadline(5, 100)).isEqualTo(5 + 100 + 2);
    }

    @Test
    void whoHasTheSmallerShareOfItsLargestKindIsServedFirst() {
        OwnerRig rig = new OwnerRig(
                OwnerRig.POLICY,
                memory("a", 2),
                memory("b", 6),
                facts("c", ResourceKind.CORES, 1, ForcedEndEffect.TOLERATED),
                facts("d", ResourceKind.CORES, 1, ForcedEndEffect.TOLERATED));
        // A quarter of the memory, and half of the cores.
        rig.grant(1, 1, "a", 9);
        rig.grant(2, 2, "c", 9);
        rig.grant(8, 8, "b", 9);
        rig.want(2, 20, OwnerRig.wish(6, 5));
        rig.want(1, 10, OwnerRig.wish(6, 5));
        assertThat(rig.line()).containsExactly(loan(10), loan(20));
    }

    @Test
    void whatHasToBeBehindOneFabricIsKeptBehindTheOneThatHasMost() {
        OwnerRig rig = full(
                LendingRules.NONE, OwnerRig.behind("x", "x1"), OwnerRig.behind("y", "y1"), OwnerRig.behind("y", "y2"));
        rig.want(1, 1, wish(4, SHORTEST, Optional.empty(), Locality.ONE_FABRIC));
        rig.release("x1");
        rig.release("y1");
        assertThat(rig.freed).isEmpty();
        assertThat(rig.coming(1)).isEqualTo(2);
        rig.release("y2");
        assertThat(rig.freed).contains(loan(1));
        assertThat(code(rig.want(2, 2, wish(6, SHORTEST, Optional.empty(), Locality.ONE_FABRIC))))
                .isEqualTo(RefusalCode.NO_MATCH);
    }
}
