package org.rackweave.daemon.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

class MatchingTest {
    private static final int ROUNDS = Integer.getInteger("rackweave.rounds", 500);
    private static final NodeId B = new NodeId(0, 2);
    private static final NodeId C = new NodeId(0, 3);

    @Test
    void takesTheSmallestSliceThatIsEnoughByItself() {
        Plan plan = Matching.match(wish(3, 1), List.of(free(B, "m0", 8), free(B, "m1", 4), free(C, "m0", 5)));
        assertThat(names(plan)).containsExactly("2/m1");
    }

    @Test
    void prefersOneLenderToACombination() {
        Plan plan = Matching.match(
                wish(4, 8), List.of(free(B, "m0", 3), free(C, "m0", 2), free(C, "m1", 2), free(C, "m2", 2)));
        assertThat(names(plan)).containsExactly("3/m0", "3/m1");
    }

    @Test
    void combinesLendersWhenNoneHasEnoughAndSeveralAreAllowed() {
        List<SliceView> slices = List.of(free(B, "m0", 3), free(C, "m0", 2));
        assertThat(names(Matching.match(wish(5, 2), slices))).containsExactlyInAnyOrder("2/m0", "3/m0");
        assertThat(Matching.match(wish(5, 1), slices))
                .isInstanceOfSatisfying(
                        Plan.NoMatch.class, no -> assertThat(no.explanation()).contains("allow 2 lenders"));
    }

    @Test
    void takesOnlyWhatIsFreeFitsAndSurvivesAForcedEnd() {
        SliceView fatal = slice(B, "m0", 8, SliceState.FREE, ForcedEndEffect.FATAL, Set.of());
        SliceView held = slice(B, "m1", 8, SliceState.ACTIVE, ForcedEndEffect.TOLERATED, Set.of());
        assertThat(Matching.match(wish(1, 1), List.of(fatal, held))).isInstanceOf(Plan.NoMatch.class);
        Requirement bold = new Requirement(
                ResourceKind.MEMORY, 1, Optional.empty(), 1000, 0, ForcedEndEffect.FATAL, Optional.empty(), 1);
        assertThat(names(Matching.match(bold, List.of(fatal, held)))).containsExactly("2/m0");
    }

    @Test
    void asksForTheCapabilityAndTheLenderThatWereNamed() {
        SliceView plain = slice(B, "f0", 1, SliceState.FREE, ForcedEndEffect.TOLERATED, Set.of());
        SliceView aes = slice(C, "f0", 1, SliceState.FREE, ForcedEndEffect.TOLERATED, Set.of("crypto/aes"));
        Requirement crypto = new Requirement(
                ResourceKind.MEMORY,
                1,
                Optional.of("crypto/aes"),
                1000,
                0,
                ForcedEndEffect.TOLERATED,
                Optional.empty(),
                1);
        assertThat(names(Matching.match(crypto, List.of(plain, aes)))).containsExactly("3/f0");
        Requirement fromC = new Requirement(
                ResourceKind.MEMORY, 1, Optional.empty(), 1000, 0, ForcedEndEffect.TOLERATED, Optional.of(C), 1);
        assertThat(names(Matching.match(fromC, List.of(aes, plain)))).containsExactly("3/f0");
    }

    @Test
    void asksForTheConfigurationThatIsToBeLoaded() {
        SliceView plain = free(B, "m0", 1);
        SliceView loadable = loading(Set.of("firmware-2"), free(C, "m0", 1));
        Requirement wish = new Requirement(
                ResourceKind.MEMORY,
                1,
                Optional.empty(),
                1000,
                0,
                ForcedEndEffect.TOLERATED,
                Optional.empty(),
                1,
                Optional.of("firmware-2"),
                Optional.empty(),
                Locality.ANY,
                1);
        assertThat(names(Matching.match(wish, List.of(plain, loadable)))).containsExactly("3/m0");
        assertThat(Matching.match(wish, List.of(plain)).explanation()).contains("cannot load firmware-2");
    }

    @Test
    void saysOfWhatAForcedEndWouldBeFatalTo() {
        SliceView fatal = slice(B, "m0", 4, SliceState.FREE, ForcedEndEffect.FATAL, Set.of());
        assertThat(Matching.match(wish(4, 1), List.of(fatal)).explanation())
                .contains("its forced end would be fatal", "accept a forced end that is fatal");
    }

    @Test
    void whatALenderCouldEverGiveIsOfItsKindAndAbleWhoeverHoldsItNow() {
        Requirement crypto = new Requirement(
                ResourceKind.MEMORY,
                1,
                Optional.of("crypto/aes"),
                1000,
                0,
                ForcedEndEffect.TOLERATED,
                Optional.empty(),
                1);
        SliceView held = slice(B, "f0", 1, SliceState.ACTIVE, ForcedEndEffect.TOLERATED, Set.of("crypto/aes"));
        SliceView free = slice(B, "f1", 2, SliceState.FREE, ForcedEndEffect.TOLERATED, Set.of("crypto/aes"));
        SliceView unable = slice(B, "f2", 4, SliceState.FREE, ForcedEndEffect.TOLERATED, Set.of());
        assertThat(Matching.everOf(crypto, List.of(held, free, unable))).isEqualTo(3);
        assertThat(Matching.everOf(
                        new Requirement(
                                ResourceKind.CORES,
                                1,
                                Optional.empty(),
                                1000,
                                0,
                                ForcedEndEffect.TOLERATED,
                                Optional.empty(),
                                1),
                        List.of(held, free, unable)))
                .isZero();
    }

    @Test
    void slicesBehindOneSwitchAndOnOneDeviceAreTakenTogetherWhereTheyAreAlikeElse() {
        for (boolean byFabric : List.of(true, false)) {
            List<SliceView> mixed = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String where = i % 2 == 0 ? "y" : "x";
                mixed.add(at(byFabric ? where : "", byFabric ? "" : where, free(B, "m" + i, 1)));
            }
            assertThat(names(Matching.match(wish(2, 1), mixed))).containsExactly("2/m1", "2/m3");
        }
    }

    @Test
    void aLoanThatHasNearlyAsManyPartsAsItMayGrowsByNoMore() {
        List<SliceView> held = new ArrayList<>();
        for (int i = 0; i < LoanView.MAX_LEASES - 2; i++) {
            held.add(slice(B, "h" + i, 1, SliceState.ACTIVE, ForcedEndEffect.TOLERATED, Set.of()));
        }
        Setting setting = new Setting(Setting.Power.FILL, held);
        List<SliceView> rack = List.of(free(B, "m0", 1), free(B, "m1", 1), free(B, "m2", 1));
        assertThat(Matching.match(wish(2, 1), rack, setting)).isInstanceOf(Plan.Found.class);
        assertThat(Matching.match(wish(3, 1), rack, setting)).isInstanceOf(Plan.NoMatch.class);
    }

    @Test
    void wherePartWouldDoALoanThatGrowsStaysWithinItsLenders() {
        Setting setting = new Setting(
                Setting.Power.FILL,
                List.of(slice(new NodeId(0, 1), "h", 1, SliceState.ACTIVE, ForcedEndEffect.TOLERATED, Set.of())));
        Plan plan = Matching.match(partly(10, 2, Locality.ANY), List.of(free(B, "m0", 2), free(C, "m0", 3)), setting);
        assertThat(names(plan)).containsExactly("3/m0");
    }

    @Test
    void wherePartWouldDoTheBetterOfTwoThatAreAsMuchIsTaken() {
        // What is behind x sleeps, and would have to be woken.
        List<SliceView> rack = List.of(
                at("x", "d", free(B, "m0", 2)),
                at("y", "d", free(C, "m0", 2)),
                at("y", "d", slice(C, "m1", 2, SliceState.ACTIVE, ForcedEndEffect.TOLERATED, Set.of())));
        assertThat(names(Matching.match(partly(9, 1, Locality.ONE_FABRIC), rack)))
                .containsExactly("3/m0");
    }

    private static Requirement partly(long amount, int lenders, Locality locality) {
        return new Requirement(
                ResourceKind.MEMORY,
                amount,
                Optional.empty(),
                1000,
                0,
                ForcedEndEffect.TOLERATED,
                Optional.empty(),
                lenders,
                Optional.empty(),
                Optional.empty(),
                locality,
                1);
    }

    @Test
    void saysWhatWouldHaveToChange() {
        assertThat(Matching.match(wish(1, 1), List.of()).explanation()).contains("no memory is lent");
        assertThat(Matching.match(wish(9, 1), List.of(free(B, "m0", 4))).explanation())
                .contains("9B asked for, 4B of 4B free", "ask for 4B");
    }

    @Test
    void theOrderInWhichLendersAnswerDoesNotMatterAndAPlanIsAlwaysEnough() {
        Random random = new Random(5);
        for (int round = 0; round < ROUNDS; round++) {
            List<SliceView> slices = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(12); i++) {
                slices.add(free(new NodeId(0, 1 + random.nextInt(4)), "m" + i, 1 + random.nextInt(6)));
            }
            Requirement wish = wish(1 + random.nextInt(20), 1 + random.nextInt(4));
            Plan plan = Matching.match(wish, slices);
            Collections.shuffle(slices, random);
            assertSame(Matching.match(wish, slices), plan);
            if (plan instanceof Plan.Found found) {
                assertThat(found.slices().stream().mapToLong(SliceView::amount).sum())
                        .isGreaterThanOrEqualTo(wish.amount());
                assertThat(found.slices().stream()
                                .map(s -> s.id().owner())
                                .distinct()
                                .count())
                        .isLessThanOrEqualTo(wish.maxLenders());
            }
        }
    }

    private static void assertSame(Plan other, Plan plan) {
        assertThat(other).hasSameClassAs(plan);
        assertThat(other.explanation()).isEqualTo(plan.explanation());
        if (plan instanceof Plan.Found found) {
            assertThat(((Plan.Found) other).slices()).isEqualTo(found.slices());
        }
    }

    private static List<String> names(Plan plan) {
        assertThat(plan).isInstanceOf(Plan.Found.class);
        return ((Plan.Found) plan)
                .slices().stream()
                        .map(slice ->
                                slice.id().owner().low() + "/" + slice.id().key())
                        .toList();
    }

    private static Requirement wish(long amount, int lenders) {
        return new Requirement(
                ResourceKind.MEMORY,
                amount,
                Optional.empty(),
                1000,
                0,
                ForcedEndEffect.TOLERATED,
                Optional.empty(),
                lenders);
    }

    private static SliceView free(NodeId owner, String key, long amount) {
        return slice(owner, key, amount, SliceState.FREE, ForcedEndEffect.TOLERATED, Set.of());
    }

    private static SliceView slice(
            NodeId owner, String key, long amount, SliceState state, ForcedEndEffect forcedEnd, Set<String> can) {
        return new SliceView(
                new SliceId(owner, key),
                ResourceKind.MEMORY,
                amount,
                can,
                state,
                Epoch.NONE,
                forcedEnd,
                FenceKind.HARDWARE_EPOCH,
                Optional.empty(),
                Optional.empty(),
                "");
    }

    private static SliceView at(String fabric, String device, SliceView slice) {
        return like(slice, new SlicePlace(fabric, device, LatencyClass.SWITCH), Set.of());
    }

    private static SliceView loading(Set<String> configurations, SliceView slice) {
        return like(slice, slice.place(), configurations);
    }

    private static SliceView like(SliceView slice, SlicePlace place, Set<String> configurations) {
        return new SliceView(
                slice.id(),
                slice.kind(),
                slice.amount(),
                slice.capabilities(),
                slice.state(),
                slice.epoch(),
                slice.forcedEnd(),
                slice.fence(),
                Optional.empty(),
                Optional.empty(),
                "",
                place,
                configurations,
                OptionalInt.empty());
    }
}
