package org.rackweave.daemon.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
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

/** Every field of a requirement has its effect, and of what would do the best is taken. */
class MatchingChoiceTest {
    private static final int ROUNDS = Integer.getInteger("rackweave.rounds", 3_000);
    private static final NodeId B = new NodeId(0, 2);
    private static final NodeId C = new NodeId(0, 3);
    private static final NodeId D = new NodeId(0, 4);

    /** A requirement of which a test says what matters to it. */
    private static final class Wish {
        long amount = 4;
        long least = 4;
        int lenders = 1;
        int priority;
        Locality locality = Locality.ANY;
        Optional<LatencyClass> latency = Optional.empty();
        Optional<String> configuration = Optional.empty();

        Requirement build() {
            return new Requirement(
                    ResourceKind.MEMORY,
                    amount,
                    Optional.empty(),
                    1_000,
                    priority,
                    ForcedEndEffect.TOLERATED,
                    Optional.empty(),
                    lenders,
                    configuration,
                    latency,
                    locality,
                    Math.min(least, amount));
        }
    }

    /** A slice of which a test says what matters to it. */
    private static final class Piece {
        final NodeId owner;
        final String key;
        long amount = 4;
        String fabric = "";
        String device = "";
        LatencyClass latency = LatencyClass.SWITCH;
        SliceState state = SliceState.FREE;
        Set<String> configurations = Set.of();
        OptionalInt heldAt = OptionalInt.empty();

        Piece(NodeId owner, String key) {
            this.owner = owner;
            this.key = key;
        }

        Piece of(long newAmount) {
            amount = newAmount;
            return this;
        }

        Piece behind(String newFabric) {
            fabric = newFabric;
            return this;
        }

        Piece on(String newDevice) {
            device = newDevice;
            return this;
        }

        Piece at(LatencyClass newLatency) {
            latency = newLatency;
            return this;
        }

        Piece in(SliceState newState) {
            state = newState;
            return this;
        }

        Piece heldAt(int priority) {
            state = SliceState.ACTIVE;
            heldAt = OptionalInt.of(priority);
            return this;
        }

        Piece loads(String configuration) {
            configurations = Set.of(configuration);
            return this;
        }

        SliceView view() {
            return new SliceView(
                    new SliceId(owner, key),
                    ResourceKind.MEMORY,
                    amount,
                    Set.of(),
                    state,
                    Epoch.NONE,
                    ForcedEndEffect.TOLERATED,
                    FenceKind.HARDWARE_EPOCH,
                    Optional.empty(),
                    Optional.empty(),
                    "",
                    new SlicePlace(fabric, device, latency),
                    configurations,
                    heldAt);
        }
    }

    @Test
    void aConfigurationIsLoadedOnlyWhereItsOwnerHasIt() {
        Wish wish = new Wish();
        wish.configuration = Optional.of("aes.bit");
        assertThat(taken(wish, piece(B, "m0"), piece(C, "m0").loads("aes.bit"))).containsExactly("3/m0");
        assertThat(why(wish, piece(B, "m0"))).contains("cannot load aes.bit");
    }

    @Test
    void whatIsFartherThanWillDoIsNotTakenAndTheNearestIsTakenFirst() {
        Wish wish = new Wish();
        Piece far = piece(B, "m0").at(LatencyClass.WINDOW);
        Piece near = piece(C, "m0").of(8).at(LatencyClass.SWITCH);
        assertThat(taken(wish, far, near)).containsExactly("3/m0");
        wish.latency = Optional.of(LatencyClass.SWITCH);
        assertThat(why(wish, far)).contains("accept latency window").contains("too far (window)");
    }

    @Test
    void oneFabricMeansOneFabricThatIsKnown() {
        Wish wish = new Wish();
        wish.amount = 8;
        wish.least = 8;
        wish.lenders = 2;
        wish.locality = Locality.ONE_FABRIC;
        Piece unknown = piece(D, "m0").of(8);
        assertThat(why(wish, unknown, piece(B, "m0").behind("x"), piece(C, "m0").behind("y")))
                .contains("locality any");
        assertThat(taken(
                        wish,
                        unknown,
                        piece(B, "m0").behind("x"),
                        piece(C, "m0").behind("x")))
                .containsExactlyInAnyOrder("2/m0", "3/m0");
    }

    @Test
    void lessIsTakenOnlyWhereLessWillDoAndThenAsMuchAsThereIs() {
        Wish wish = new Wish();
        wish.amount = 12;
        wish.lenders = 2;
        wish.least = 9;
        assertThat(why(wish, piece(B, "m0"), piece(C, "m0"), piece(D, "m0"))).contains("ask for 8B");
        wish.least = 8;
        assertThat(taken(
                        wish,
                        piece(B, "m0"),
                        piece(C, "m0").of(5),
                        piece(D, "m0").of(3)))
                .containsExactlyInAnyOrder("2/m0", "3/m0");
        assertThat(why(wish, piece(B, "m0"), piece(C, "m0"))).contains("8B of the 12B asked for");
    }

    @Test
    void bigSlicesAreKeptWholeWhereSmallOnesLeaveLessOver() {
        assertThat(taken(
                        new Wish(),
                        piece(B, "m0").of(8),
                        piece(B, "m1").of(3),
                        piece(B, "m2").of(1)))
                .containsExactlyInAnyOrder("2/m1", "2/m2");
    }

    @Test
    void fillingLeavesIdleDevicesAsleepAndSpreadingTakesThem() {
        List<SliceView> slices = views(
                piece(B, "m0").on("cxl0"),
                piece(B, "m1").on("cxl1").in(SliceState.ACTIVE),
                piece(B, "m2").on("cxl1"));
        assertThat(names(Matching.match(new Wish().build(), slices))).containsExactly("2/m2");
        Setting spread = new Setting(Setting.Power.SPREAD, List.of());
        assertThat(names(Matching.match(new Wish().build(), slices, spread))).containsExactly("2/m0");
    }

    @Test
    void aLoanThatGrowsStaysWithItsLendersAndBehindItsFabric() {
        Wish wish = new Wish();
        wish.locality = Locality.ONE_FABRIC;
        SliceView held = piece(B, "m0").behind("x").in(SliceState.ACTIVE).view();
        Setting setting = new Setting(Setting.Power.FILL, List.of(held));
        List<SliceView> slices = views(
                piece(C, "m0").behind("x"),
                piece(B, "m1").of(6).behind("x"),
                piece(B, "m2").behind("y"));
        assertThat(names(Matching.match(wish.build(), slices, setting))).containsExactly("2/m1");
        assertThat(Matching.match(wish.build(), slices.subList(0, 1), setting))
                .as("a second lender, where one is allowed")
                .isInstanceOf(Plan.NoMatch.class);
    }

    @Test
    void anExplanationSaysWhyNotTheOthersAndWhatPriorityWouldTakeBack() {
        Wish wish = new Wish();
        wish.priority = 2;
        assertThat(why(
                        wish,
                        piece(B, "m0").heldAt(5),
                        piece(C, "m0").in(SliceState.QUARANTINED),
                        piece(D, "m0").of(2)))
                .contains("priority above 5 would take back 4B at " + B.brief())
                .contains("not " + B.brief() + ": 4B held at priority 5")
                .contains("not " + C.brief() + ": 4B quarantined")
                .contains("not " + D.brief() + ": too small, 2B fits");
        assertThat(why(wish, piece(B, "m0"), piece(C, "m0").at(LatencyClass.NETWORK), piece(D, "m0")))
                .contains("not " + C.brief() + ": farther")
                .contains("not " + D.brief() + ": no better");
    }

    @Test
    void anExplanationOfAWholeRackIsStillShortEnough() {
        List<SliceView> slices = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            slices.add(piece(new NodeId(0, i + 1), "m0")
                    .of(1 + i % 7)
                    .heldAt(i % 10)
                    .view());
        }
        Wish wish = new Wish();
        wish.amount = 1_000;
        assertThat(Matching.match(wish.build(), slices).explanation())
                .hasSizeLessThanOrEqualTo(LoanView.MAX_EXPLANATION_CHARS)
                .contains(" more");
    }

    @Test
    void whatLendersSayOfTheirSizeDoesNotOverflow() {
        Wish wish = new Wish();
        wish.lenders = 8;
        wish.amount = Long.MAX_VALUE;
        wish.least = Long.MAX_VALUE;
        assertThat(Matching.match(
                        wish.build(),
                        views(
                                piece(B, "m0").of(Long.MAX_VALUE - 1),
                                piece(C, "m0").of(Long.MAX_VALUE - 2))))
                .isInstanceOf(Plan.Found.class);
    }

    @Test
    void aLoanThatShrinksKeepsEnoughAndAsLittleMoreAsCanBe() {
        List<SliceView> held =
                views(piece(B, "m0").of(4), piece(B, "m1").of(3), piece(C, "m0").of(1));
        assertThat(Matching.keep(5, held).orElseThrow())
                .extracting(SliceView::amount)
                .containsExactly(4L, 1L);
        assertThat(Matching.keep(8, held).orElseThrow()).hasSize(3);
        assertThat(Matching.keep(9, held)).isEmpty();
    }

    @Test
    void aPlanIsFoundWhereverThereIsOneAndNoneWithFewerLendersOrNearerOrWithLessLeftOverIsMissed() {
        Random random = new Random(11);
        int found = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<SliceView> slices = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(9); i++) {
                slices.add(piece(new NodeId(0, 1 + random.nextInt(4)), "m" + i)
                        .of(1 + random.nextInt(7))
                        .behind(List.of("", "x", "y").get(random.nextInt(3)))
                        .on("d" + random.nextInt(2))
                        .at(LatencyClass.values()[random.nextInt(4)])
                        .in(random.nextInt(5) == 0 ? SliceState.ACTIVE : SliceState.FREE)
                        .view());
            }
            Wish wish = new Wish();
            wish.amount = 1 + random.nextInt(18);
            wish.least = random.nextInt(3) == 0 ? 1 + random.nextInt(18) : wish.amount;
            wish.lenders = 1 + random.nextInt(4);
            wish.locality = random.nextInt(3) == 0 ? Locality.ONE_FABRIC : Locality.ANY;
            wish.latency =
                    random.nextInt(3) == 0 ? Optional.of(LatencyClass.values()[random.nextInt(4)]) : Optional.empty();
            Requirement requirement = wish.build();
            Plan plan = Matching.match(requirement, slices);
            Optional<long[]> best = bruteForce(requirement, slices);
            assertThat(plan instanceof Plan.Found)
                    .as("%s among %s", requirement, slices)
                    .isEqualTo(best.isPresent());
            if (plan instanceof Plan.Found chosen) {
                found++;
                assertThat(measure(requirement, chosen.slices()).orElseThrow())
                        .as("%s among %s", requirement, slices)
                        .isEqualTo(best.orElseThrow());
            }
            Collections.shuffle(slices, random);
            assertSame(Matching.match(requirement, slices), plan);
        }
        assertThat(found).isBetween(ROUNDS / 6, ROUNDS * 29 / 30);
    }

    /** Missing, lenders, farthest, left over, slices: the smallest of all subsets. */
    private static Optional<long[]> bruteForce(Requirement wish, List<SliceView> slices) {
        Optional<long[]> best = Optional.empty();
        for (int bits = 1; bits < 1 << slices.size(); bits++) {
            List<SliceView> subset = new ArrayList<>();
            for (int i = 0; i < slices.size(); i++) {
                if ((bits >> i & 1) != 0) {
                    subset.add(slices.get(i));
                }
            }
            Optional<long[]> measured = measure(wish, subset);
            if (measured.isPresent() && (best.isEmpty() || java.util.Arrays.compare(measured.get(), best.get()) < 0)) {
                best = measured;
            }
        }
        return best;
    }

    private static Optional<long[]> measure(Requirement wish, List<SliceView> subset) {
        Set<NodeId> owners = new HashSet<>();
        Set<String> fabrics = new HashSet<>();
        long sum = 0;
        int farthest = 0;
        for (SliceView slice : subset) {
            boolean near = wish.worstLatency()
                    .map(worst -> slice.place().latency().isWithin(worst))
                    .orElse(true);
            if (slice.state() != SliceState.FREE || !near) {
                return Optional.empty();
            }
            owners.add(slice.id().owner());
            fabrics.add(slice.place().fabric());
            sum += slice.amount();
            farthest = Math.max(farthest, slice.place().latency().code());
        }
        boolean together = wish.locality() == Locality.ANY || (fabrics.size() == 1 && !fabrics.contains(""));
        if (sum < wish.leastAmount() || owners.size() > wish.maxLenders() || !together) {
            return Optional.empty();
        }
        long missing = Math.max(0, wish.amount() - sum);
        return Optional.of(
                missing > 0
                        ? new long[] {missing, 0, 0, 0, 0}
                        : new long[] {0, owners.size(), farthest, sum - wish.amount(), subset.size()});
    }

    private static Piece piece(NodeId owner, String key) {
        return new Piece(owner, key);
    }

    private static List<SliceView> views(Piece... pieces) {
        return List.of(pieces).stream().map(Piece::view).toList();
    }

    private static String why(Wish wish, Piece... pieces) {
        return Matching.match(wish.build(), views(pieces)).explanation();
    }

    private static List<String> taken(Wish wish, Piece... pieces) {
        return names(Matching.match(wish.build(), views(pieces)));
    }

    private static void assertSame(Plan other, Plan plan) {
        assertThat(other).hasSameClassAs(plan);
        assertThat(other.explanation()).isEqualTo(plan.explanation());
        if (plan instanceof Plan.Found found) {
            assertThat(((Plan.Found) other).slices()).isEqualTo(found.slices());
        }
    }

    private static List<String> names(Plan plan) {
        assertThat(plan).as(plan.explanation()).isInstanceOf(Plan.Found.class);
        return ((Plan.Found) plan)
                .slices().stream()
                        .map(slice ->
                                slice.id().owner().low() + "/" + slice.id().key())
                        .toList();
    }
}
