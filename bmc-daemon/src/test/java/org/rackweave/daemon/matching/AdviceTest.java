package org.rackweave.daemon.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/** What an explanation says: why these, why not those, and exactly which changes would do. */
class AdviceTest {
    private static final NodeId B = new NodeId(0, 2);
    private static final NodeId C = new NodeId(0, 3);
    private static final NodeId D = new NodeId(0, 4);
    private static final String BY_SWITCH = ", reached by " + LatencyClass.SWITCH.word();
    private static final String WAIT = "wait until something is given back";

    private long amount = 4;
    private int priority = 2;
    private int mostLenders = 1;
    private ForcedEndEffect worst = ForcedEndEffect.TOLERATED;
    private Optional<NodeId> from = Optional.empty();
    private Optional<LatencyClass> latency = Optional.empty();
    private Locality locality = Locality.ANY;
    private Setting setting = Setting.USUAL;

    private Requirement wish() {
        return new Requirement(
                ResourceKind.MEMORY,
                amount,
                Optional.empty(),
                1_000,
                priority,
                worst,
                from,
                mostLenders,
                Optional.empty(),
                latency,
                locality,
                amount);
    }

    private static SliceView slice(NodeId owner, String key, long amount) {
        return slice(owner, key, amount, SliceState.FREE, OptionalInt.empty(), "x", "d", LatencyClass.SWITCH);
    }

    private static SliceView held(NodeId owner, String key, long amount, SliceState state, int priority) {
        return slice(owner, key, amount, state, OptionalInt.of(priority), "x", "d", LatencyClass.SWITCH);
    }

    private static SliceView in(SliceState state, NodeId owner, long amount) {
        return slice(owner, "m0", amount, state, OptionalInt.empty(), "x", "d", LatencyClass.SWITCH);
    }

    private static SliceView behind(String fabric, NodeId owner, String key, long amount) {
        return slice(owner, key, amount, SliceState.FREE, OptionalInt.empty(), fabric, "d", LatencyClass.SWITCH);
    }

    private static SliceView on(String device, NodeId owner, String key, long amount) {
        return slice(owner, key, amount, SliceState.FREE, OptionalInt.empty(), "x", device, LatencyClass.SWITCH);
    }

    private static SliceView slice(
            NodeId owner,
            String key,
            long amount,
            SliceState state,
            OptionalInt heldAt,
            String fabric,
            String device,
            LatencyClass latency) {
        return of(
                ResourceKind.MEMORY,
                ForcedEndEffect.TOLERATED,
                owner,
                key,
                amount,
                state,
                heldAt,
                new SlicePlace(fabric, device, latency));
    }

    private static SliceView of(
            ResourceKind kind,
            ForcedEndEffect forcedEnd,
            NodeId owner,
            String key,
            long amount,
            SliceState state,
            OptionalInt heldAt,
            SlicePlace place) {
        return new SliceView(
                new SliceId(owner, key),
                kind,
                amount,
                Set.of(),
                state,
                Epoch.NONE,
                forcedEnd,
                FenceKind.HARDWARE_EPOCH,
                Optional.empty(),
                Optional.empty(),
                "",
                place,
                Set.of(),
                heldAt);
    }

    private static SliceView cores(NodeId owner, String key, SliceState state) {
        return of(
                ResourceKind.CORES,
                ForcedEndEffect.TOLERATED,
                owner,
                key,
                1,
                state,
                OptionalInt.empty(),
                new SlicePlace("x", "", LatencyClass.SWITCH));
    }

    private List<String> changes(SliceView... slices) {
        return new Advice(wish(), Lenders.of(setting.power(), List.of(slices)), setting).changes();
    }

    private String explained(SliceView... slices) {
        return Matching.match(wish(), List.of(slices), setting).explanation();
    }

    private List<String> taken(SliceView... slices) {
        Plan plan = Matching.match(wish(), List.of(slices), setting);
        assertThat(plan).as(plan.explanation()).isInstanceOf(Plan.Found.class);
        return ((Plan.Found) plan)
                .slices().stream()
                        .map(slice ->
                                slice.id().owner().low() + "/" + slice.id().key())
                        .toList();
    }

    // ---- what would have to change ---------------------------------------------------------------------------------

    @Test
    void aPriorityAboveThatOfWhoHoldsItIsAdvisedUnlessTheWishHasItAlready() {
        SliceView its = held(B, "m0", 4, SliceState.ACTIVE, 5);
        String back = "take back 4B at " + B.brief();
        for (int asked : List.of(4, 5)) {
            priority = asked;
            assertThat(changes(its)).containsExactly("priority above 5 would " + back, WAIT);
        }
        priority = 6;
        assertThat(changes(its)).containsExactly("wait in line, which takes back 4B at " + B.brief(), WAIT);
    }

    @Test
    void nothingIsTakenBackFromTheHighestPriorityNorWhatIsNotActive() {
        assertThat(changes(held(B, "m0", 4, SliceState.ACTIVE, Requirement.MAX_PRIORITY)))
                .containsExactly(WAIT);
        assertThat(changes(held(B, "m0", 4, SliceState.OVERDUE, 3))).containsExactly(WAIT);
        assertThat(changes(in(SliceState.SANITISING, B, 4))).containsExactly(WAIT);
    }

    @Test
    void onlyWhatIsHeldIsTakenBackAndEachOwnerIsNamedOnce() {
        mostLenders = 2;
        assertThat(changes(slice(B, "m0", 2), held(C, "m0", 2, SliceState.ACTIVE, 3)))
                .contains("priority above 3 would take back 2B at " + C.brief());
        assertThat(changes(
                        held(B, "m0", 1, SliceState.ACTIVE, 3),
                        held(B, "m1", 1, SliceState.ACTIVE, 3),
                        held(C, "m0", 2, SliceState.ACTIVE, 5)))
                .contains("priority above 5 would take back 4B at " + B.brief() + " and " + C.brief());
    }

    @Test
    void theEndOfAQuarantineIsAdvisedOnlyWhereWaitingDoesNotHelp() {
        assertThat(changes(in(SliceState.QUARANTINED, B, 4))).containsExactly("end a quarantine");
        assertThat(changes(in(SliceState.QUARANTINED, B, 4), in(SliceState.OVERDUE, C, 4)))
                .containsExactly(WAIT);
    }

    @Test
    void eachRequirementThatIsInTheWayIsNamedAndNoOther() {
        from = Optional.of(C);
        assertThat(changes(slice(B, "m0", 4))).containsExactly("do not name the lender");
        from = Optional.empty();
        SliceView fatal = of(
                ResourceKind.MEMORY,
                ForcedEndEffect.FATAL,
                B,
                "m0",
                4,
                SliceState.FREE,
                OptionalInt.empty(),
                new SlicePlace("x", "d", LatencyClass.SWITCH));
        assertThat(changes(fatal)).containsExactly("accept a forced end that is fatal");
        locality = Locality.ONE_FABRIC;
        assertThat(changes(behind("x", B, "m0", 2), behind("y", B, "m1", 2)))
                .containsExactly("accept more than one switch (locality any)", "ask for 2B");
        locality = Locality.ANY;
        assertThat(changes(slice(B, "m0", 2), slice(C, "m0", 2))).containsExactly("allow 2 lenders", "ask for 2B");
        assertThat(changes(slice(B, "m0", 3))).containsExactly("ask for 3B");
        assertThat(changes(cores(B, "c0", SliceState.FREE))).isEmpty();
    }

    @Test
    void asManyLendersAsThereMayBeAreAdvised() {
        amount = Requirement.MAX_LENDERS;
        List<SliceView> rack = new ArrayList<>();
        for (int i = 0; i < Requirement.MAX_LENDERS; i++) {
            rack.add(slice(new NodeId(1, i), "m0", 1));
        }
        assertThat(changes(rack.toArray(SliceView[]::new))).contains("allow " + Requirement.MAX_LENDERS + " lenders");
    }

    @Test
    void theNearestLatencyThatWouldDoIsNamed() {
        List<LatencyClass> nearestFirst = List.of(LatencyClass.values()).stream()
                .sorted(Comparator.comparingInt(LatencyClass::code))
                .toList();
        latency = Optional.of(nearestFirst.get(0));
        SliceView far = slice(B, "m0", 4, SliceState.FREE, OptionalInt.empty(), "x", "d", nearestFirst.get(2));
        SliceView farther = slice(C, "m0", 4, SliceState.FREE, OptionalInt.empty(), "x", "d", nearestFirst.get(3));
        assertThat(changes(farther, far))
                .containsExactly("accept latency " + nearestFirst.get(2).word());
    }

    // ---- why these -------------------------------------------------------------------------------------------------

    @Test
    void aPlanSaysHowManySlicesOfWhomAndWhatIsLeftOver() {
        assertThat(explained(slice(B, "m0", 4)))
                .isEqualTo("1 slice of one lender, " + B.brief() + ", nothing left over" + BY_SWITCH);
        assertThat(explained(slice(B, "m0", 6)))
                .isEqualTo("1 slice of one lender, " + B.brief() + ", 2B left over" + BY_SWITCH);
        mostLenders = 2;
        assertThat(explained(slice(B, "m0", 1), slice(B, "m1", 1), slice(C, "m0", 2)))
                .isEqualTo("3 slices of 2 lenders, " + C.brief() + " and " + B.brief()
                        + "; no fewer have enough, nothing left over" + BY_SWITCH);
    }

    @Test
    void howFarItIsIsSaidOfTheFarthestAndNotOfTheNetwork() {
        SliceView near = slice(B, "m0", 2);
        SliceView window = slice(B, "m1", 2, SliceState.FREE, OptionalInt.empty(), "x", "d", LatencyClass.WINDOW);
        assertThat(explained(near, window)).endsWith("reached by " + LatencyClass.WINDOW.word());
        SliceView network = slice(B, "m1", 2, SliceState.FREE, OptionalInt.empty(), "x", "d", LatencyClass.NETWORK);
        assertThat(explained(near, network)).endsWith("nothing left over");
    }

    @Test
    void whoeverALoanBorrowsFromAlreadyIsNoFurtherLender() {
        mostLenders = 2;
        setting = new Setting(Setting.Power.FILL, List.of(held(B, "m9", 1, SliceState.ACTIVE, 2)));
        assertThat(explained(slice(B, "m0", 2), slice(C, "m0", 2)))
                .startsWith("2 slices of 2 lenders, ")
                .doesNotContain("no fewer have enough");
    }

    // ---- why not the others ----------------------------------------------------------------------------------------

    @Test
    void whoCouldHaveDoneItIsNamedBeforeWhoCouldNotAndWhoHasNoneOfTheKindNotAtAll() {
        String said = explained(
                slice(B, "m0", 4),
                slice(C, "m0", 3),
                slice(D, "m0", 5),
                cores(new NodeId(0, 5), "c0", SliceState.FREE));
        assertThat(said)
                .endsWith("; not " + D.brief() + ": leaves more over; not " + C.brief() + ": too small, 3B fits");
    }

    @Test
    void whoCouldHaveDoneItIsNamedBeforeWhoHasMoreButNotTogether() {
        locality = Locality.ONE_FABRIC;
        assertThat(explained(
                        behind("x", B, "m0", 4),
                        behind("x", C, "m0", 3),
                        behind("y", C, "m1", 3),
                        behind("x", D, "m0", 4)))
                .contains("; not " + D.brief() + ": no better; not " + C.brief() + ": ");
    }

    @Test
    void whatALoanHoldsIsNotTakenForItAgainThoughItsOwnerShowsItAsFree() {
        setting = new Setting(Setting.Power.FILL, List.of(slice(B, "m0", 4)));
        assertThat(taken(slice(B, "m0", 4), slice(B, "m1", 4))).containsExactly("2/m1");
        assertThat(explained(slice(B, "m0", 4))).startsWith("4B asked for, 0B of 4B free");
    }

    @Test
    void ofThoseWhoCouldNotTheOneWithMostIsNamedFirst() {
        amount = 9;
        assertThat(explained(slice(B, "m0", 2), slice(C, "m0", 3), in(SliceState.QUARANTINED, D, 9)))
                .endsWith("; not " + C.brief() + ": too small, 3B fits; not " + B.brief() + ": too small, 2B fits; not "
                        + D.brief() + ": 9B quarantined");
    }

    @Test
    void whatIsEnoughButNotBehindOneSwitchIsSaidToBeSo() {
        locality = Locality.ONE_FABRIC;
        assertThat(explained(behind("x", B, "m0", 4), behind("x", C, "m0", 2), behind("y", C, "m1", 2)))
                .endsWith("; not " + C.brief() + ": not behind one switch, 4B fits");
    }

    @Test
    void whatKeepsMostAwayIsSaidFirst() {
        assertThat(explained(
                        slice(B, "m0", 4),
                        held(C, "m0", 1, SliceState.ACTIVE, 3),
                        held(C, "m1", 3, SliceState.OVERDUE, 3),
                        held(C, "m2", 1, SliceState.ACTIVE, 3)))
                .endsWith("; not " + C.brief() + ": 3B overdue, 2B held at priority 3");
    }

    @Test
    void anExplanationIsFilledToItsLastCharacterAndCountsWhomItLeavesOut() {
        for (int others = 1; others < 80; others++) {
            List<SliceView> rack = new ArrayList<>(List.of(slice(B, "m0", 4)));
            for (int i = 0; i < others; i++) {
                rack.add(slice(new NodeId(1, i), "m0", 3));
            }
            String said = explained(rack.toArray(SliceView[]::new));
            int named = said.split("; not ", -1).length - 1;
            assertThat(said).hasSizeLessThanOrEqualTo(org.rackweave.protocol.message.LoanView.MAX_EXPLANATION_CHARS);
            if (named < others) {
                assertThat(said).endsWith("; and " + (others - named) + " more");
            } else {
                assertThat(said).doesNotContain(" more");
            }
        }
    }

    // ---- what is chosen --------------------------------------------------------------------------------------------

    @Test
    void fewerSwitchesAreBetterWhereAllElseIsAlike() {
        assertThat(taken(
                        behind("x", B, "m0", 2),
                        behind("y", B, "m1", 2),
                        behind("y", C, "m0", 2),
                        behind("y", C, "m1", 2)))
                .containsExactlyInAnyOrder("3/m0", "3/m1");
    }

    @Test
    void fewerDevicesAreWoken() {
        assertThat(taken(on("d0", B, "m0", 2), on("d1", B, "m1", 2), on("d0", C, "m0", 2), on("d0", C, "m1", 2)))
                .containsExactlyInAnyOrder("3/m0", "3/m1");
    }

    @Test
    void ofLendersThatAreCombinedThoseAreTakenThatLoseLeastByIt() {
        // The memory of B goes with its cores; that of the others is of little use to anybody else.
        amount = 2;
        mostLenders = 2;
        assertThat(taken(
                        slice(B, "m0", 1),
                        cores(B, "c0", SliceState.FREE),
                        cores(B, "c1", SliceState.FREE),
                        slice(C, "m0", 1),
                        slice(D, "m0", 1)))
                .containsExactlyInAnyOrder("3/m0", "4/m0");
    }

    @Test
    void eachCriterionDecidesWhereThoseBeforeItAreEqual() {
        List<Piece> one = List.of(Piece.of(slice(B, "m0", 4)));
        List<Piece> two = List.of(Piece.of(slice(B, "m0", 2)), Piece.of(slice(B, "m1", 2)));
        Candidate best = new Candidate(one, 1, 1, 1, 1, 1, 1);
        List<Candidate> worse = List.of(
                new Candidate(List.of(Piece.of(slice(C, "m0", 4))), 1, 1, 1, 1, 1, 1),
                new Candidate(one, 1, 1, 1, 1, 1, 2),
                new Candidate(one, 1, 1, 1, 1, 2, 0),
                new Candidate(one, 1, 1, 1, 2, 0, 0),
                new Candidate(two, 1, 1, 1, 0, 0, 0),
                new Candidate(one, 1, 1, 2, 0, 0, 0),
                new Candidate(one, 1, 2, 0, 0, 0, 0),
                new Candidate(one, 2, 0, 0, 0, 0, 0));
        for (int i = 0; i < worse.size(); i++) {
            Candidate before = i == 0 ? best : worse.get(i - 1);
            assertThat(Candidate.BEST_FIRST.compare(before, worse.get(i)))
                    .as("%d", i)
                    .isNegative();
            assertThat(Candidate.BEST_FIRST.compare(worse.get(i), before))
                    .as("%d", i)
                    .isPositive();
        }
        assertThat(Candidate.BEST_FIRST.compare(best, best)).isZero();
        assertThat(worse.stream().map(each -> each.worseThan(best)))
                .containsExactly(
                        "no better",
                        "what it has left would be of less use",
                        "behind more switches",
                        "costs more power",
                        "in more slices",
                        "leaves more over",
                        "farther",
                        "more lenders");
    }
}
