package org.rackweave.daemon.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

class AllowancesTest {
    private static final int ROUNDS = Integer.getInteger("rackweave.rounds", 2_000);
    private static final NodeId A = new NodeId(0, 1);
    private static final NodeId B = new NodeId(0, 2);

    @Test
    void aLenderWhoseRulesLeaveTooLittleIsPassedOverForOneThatHasNone() {
        List<SliceView> slices = List.of(slice(A, "a", 4), slice(B, "b", 4));

        Plan plan = new Allowances(Map.of(A, 2L)).match(wish(4, 1), lenders(slices), Setting.USUAL);

        assertThat(keys(plan)).containsExactly("b");
        assertThat(plan.explanation()).contains("the rules of " + A.brief() + " leave you 2B");
    }

    @Test
    void partsOfAQuotaThatOwnersWereHandedMakeUpALoanTogether() {
        List<SliceView> slices =
                List.of(slice(A, "a0", 2), slice(A, "a1", 2), slice(A, "a2", 2), slice(B, "b0", 2), slice(B, "b1", 2));

        Plan plan = new Allowances(Map.of(A, 4L, B, 2L)).match(wish(6, 2), lenders(slices), Setting.USUAL);

        assertThat(keys(plan)).containsExactlyInAnyOrder("a0", "a1", "b0");
    }

    @Test
    void whatIsLeftSmallIsTakenWhereTheLargestIsNotNeeded() {
        List<SliceView> slices = List.of(slice(A, "large", 4), slice(A, "small", 2));

        assertThat(keys(new Allowances(Map.of(A, 5L)).match(wish(2, 1), lenders(slices), Setting.USUAL)))
                .containsExactly("small");
    }

    @Test
    void whatIsTooLargeToBeAllowedIsNotWeighedAtAll() {
        List<SliceView> slices = List.of(slice(A, "a8", 8), slice(A, "a4", 4), slice(A, "a3", 3), slice(B, "b5", 5));

        Plan plan = new Allowances(Map.of(A, 5L)).match(wish(8, 2), lenders(slices), Setting.USUAL);

        assertThat(keys(plan)).containsExactlyInAnyOrder("a3", "b5");
    }

    @Test
    void onlyRulesThatLeaveTooLittleAreTold() {
        Plan plan = new Allowances(Map.of(A, 2L, B, 4L))
                .match(wish(4, 1), lenders(List.of(slice(A, "a", 4), slice(B, "b", 4))), Setting.USUAL);

        assertThat(plan.explanation().split("the rules of", -1)).hasSize(2);
        assertThat(plan.explanation()).endsWith("leave you 2B");
    }

    @Test
    void whoIsLeftNothingIsToldWhoseRulesItAre() {
        Plan plan = new Allowances(Map.of(A, 0L)).match(wish(1, 1), lenders(List.of(slice(A, "a", 1))), Setting.USUAL);

        assertThat(plan).isInstanceOf(Plan.NoMatch.class);
        assertThat(plan.explanation()).contains("the rules of " + A.brief() + " leave you 0");
    }

    @Test
    void noPlanTakesMoreThanIsAllowedAndOneIsFoundWheneverSizesThatDivideOneAnotherAllowIt() {
        Random random = new Random(7);
        for (int round = 0; round < ROUNDS; round++) {
            List<SliceView> slices = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                slices.add(slice(random.nextBoolean() ? A : B, "s" + i, 1L << random.nextInt(3)));
            }
            Map<NodeId, Long> amounts = Map.of(A, (long) random.nextInt(8), B, (long) random.nextInt(8));
            long amount = 1 + random.nextInt(10);

            Plan plan = new Allowances(amounts).match(wish(amount, 2), lenders(slices), Setting.USUAL);

            Map<NodeId, Long> taken = new TreeMap<>();
            if (plan instanceof Plan.Found found) {
                found.slices().forEach(each -> taken.merge(each.id().owner(), each.amount(), Long::sum));
            }
            assertThat(taken).as("round %d", round).allSatisfy((owner, sum) -> assertThat(sum)
                    .isLessThanOrEqualTo(amounts.get(owner)));
            assertThat(plan instanceof Plan.Found).as("round %d", round).isEqualTo(canBe(slices, amounts, amount));
        }
    }

    private static boolean canBe(List<SliceView> slices, Map<NodeId, Long> amounts, long amount) {
        for (int set = 1; set < 1 << slices.size(); set++) {
            long ofA = sum(slices, set, A);
            long ofB = sum(slices, set, B);
            if (ofA <= amounts.get(A) && ofB <= amounts.get(B) && ofA + ofB >= amount) {
                return true;
            }
        }
        return false;
    }

    private static long sum(List<SliceView> slices, int set, NodeId owner) {
        long sum = 0;
        for (int i = 0; i < slices.size(); i++) {
            boolean isIn = (set & 1 << i) != 0 && slices.get(i).id().owner().equals(owner);
            sum += isIn ? slices.get(i).amount() : 0;
        }
        return sum;
    }

    private static Lenders lenders(List<SliceView> slices) {
        return Lenders.of(Setting.USUAL.power(), slices);
    }

    private static List<String> keys(Plan plan) {
        return ((Plan.Found) plan)
                .slices().stream().map(slice -> slice.id().key()).toList();
    }

    private static Requirement wish(long amount, int maxLenders) {
        return new Requirement(
                ResourceKind.MEMORY,
                amount,
                Optional.empty(),
                60_000,
                5,
                ForcedEndEffect.TOLERATED,
                Optional.empty(),
                maxLenders);
    }

    private static SliceView slice(NodeId owner, String key, long amount) {
        return new SliceView(
                new SliceId(owner, key),
                ResourceKind.MEMORY,
                amount,
                Set.of(),
                SliceState.FREE,
                Epoch.NONE,
                ForcedEndEffect.TOLERATED,
                FenceKind.HARDWARE_EPOCH,
                Optional.empty(),
                Optional.empty(),
                "",
                new SlicePlace("x", "", LatencyClass.SWITCH),
                Set.of(),
                OptionalInt.empty());
    }
}
