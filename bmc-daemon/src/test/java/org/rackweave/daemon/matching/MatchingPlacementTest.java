package org.rackweave.daemon.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
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
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/** Of lenders that are alike in all that was asked for, the one is taken whose other resources lose least by it. */
class MatchingPlacementTest {
    private static final int ROUNDS = Integer.getInteger("rackweave.rounds", 500);
    private static final NodeId B = new NodeId(0, 2);
    private static final NodeId C = new NodeId(0, 3);

    @Test
    void whatIsNearlyFullIsFilledFirst() {
        List<SliceView> rack = new ArrayList<>();
        rack.addAll(memory(B, 5, 0));
        rack.addAll(memory(C, 2, 3));
        assertThat(lenders(Matching.match(wish(ResourceKind.MEMORY, 1), rack))).containsExactly(C);
    }

    @Test
    void theMemoryOfALenderWhoseCoresWouldBeLeftWithoutItIsSpared() {
        // Two of memory go with a core in this rack. B has just that; C has memory to spare.
        List<SliceView> rack = new ArrayList<>();
        rack.addAll(memory(B, 4, 0));
        rack.addAll(slices(B, ResourceKind.CORES, 2, "", SliceState.FREE));
        rack.addAll(memory(C, 6, 0));
        rack.addAll(slices(C, ResourceKind.CORES, 2, "", SliceState.FREE));
        rack.addAll(slices(C, ResourceKind.CORES, 1, "", SliceState.ACTIVE));
        assertThat(lenders(Matching.match(wish(ResourceKind.CORES, 1), rack)))
                .as("a core, where memory is left over anyway")
                .containsExactly(B);
        Plan plan = Matching.match(wish(ResourceKind.MEMORY, 1), rack);
        assertThat(lenders(plan)).containsExactly(C);
        assertThat(plan.explanation()).contains("not " + B.brief() + ": what it has left would be of less use");
    }

    @Test
    void aDeviceThatIsInPartUseIsFilledBeforeAWholeOneIsBroken() {
        List<SliceView> rack = new ArrayList<>();
        rack.addAll(slices(B, ResourceKind.FUNCTION, 4, "nic0", SliceState.FREE));
        rack.addAll(slices(B, ResourceKind.FUNCTION, 1, "nic1", SliceState.ACTIVE));
        rack.addAll(slices(C, ResourceKind.FUNCTION, 2, "nic0", SliceState.FREE));
        rack.addAll(slices(C, ResourceKind.FUNCTION, 2, "nic0", SliceState.ACTIVE));
        Setting spread = new Setting(Setting.Power.SPREAD, List.of());
        assertThat(lenders(Matching.match(wish(ResourceKind.FUNCTION, 1), rack)))
                .containsExactly(C);
        assertThat(lenders(Matching.match(wish(ResourceKind.FUNCTION, 1), rack, spread)))
                .as("power weighs more than what is stranded")
                .containsExactly(B);
    }

    @Test
    void aLoanGrowsAlsoWhenALenderOfItShowsNothingOfItsKindAnyMore() {
        List<SliceView> rack = new ArrayList<>();
        rack.addAll(slices(B, ResourceKind.CORES, 2, "", SliceState.FREE));
        rack.addAll(memory(C, 2, 1));
        rack.addAll(slices(C, ResourceKind.CORES, 2, "", SliceState.FREE));
        List<SliceView> held = List.of(memory(B, 1, 0).get(0));
        Requirement wish = new Requirement(
                ResourceKind.MEMORY, 2, Optional.empty(), 1_000, 0, ForcedEndEffect.TOLERATED, Optional.empty(), 2);
        Plan plan = Matching.match(wish, rack, new Setting(Setting.Power.FILL, held));
        assertThat(lenders(plan)).containsExactly(C);
    }

    @Test
    void theFullerOfTwoDevicesOfALenderIsTaken() {
        List<SliceView> rack = new ArrayList<>();
        rack.addAll(slices(B, ResourceKind.FUNCTION, 3, "nic0", SliceState.FREE));
        rack.addAll(slices(B, ResourceKind.FUNCTION, 1, "nic0", SliceState.ACTIVE));
        rack.addAll(slices(B, ResourceKind.FUNCTION, 1, "nic1", SliceState.FREE));
        rack.addAll(slices(B, ResourceKind.FUNCTION, 3, "nic1", SliceState.ACTIVE));
        Plan plan = Matching.match(wish(ResourceKind.FUNCTION, 1), rack);
        assertThat(((Plan.Found) plan).slices())
                .extracting(slice -> slice.place().device())
                .containsExactly("nic1");
    }

    @Test
    void theLenderIsTheOneThatPlacingTheSameAsADemandWouldChoose() {
        Random random = new Random(3);
        int others = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<SliceView> rack = new ArrayList<>();
            for (int node = 1; node <= 5; node++) {
                NodeId owner = new NodeId(0, node);
                rack.addAll(memory(owner, 3 + random.nextInt(6), random.nextInt(4)));
                rack.addAll(slices(owner, ResourceKind.CORES, random.nextInt(5), "", SliceState.FREE));
                rack.addAll(slices(owner, ResourceKind.LANES, random.nextInt(5), "", SliceState.FREE));
                rack.addAll(slices(owner, ResourceKind.CORES, random.nextInt(5), "", SliceState.ACTIVE));
            }
            long amount = 1 + random.nextInt(3);
            Lenders known = Lenders.of(Setting.Power.FILL, rack);
            List<Placement.Candidate> candidates = known.byId().stream()
                    .map(lender -> new Placement.Candidate(lender.id().toString(), "", supply(lender.id(), rack)))
                    .toList();
            Optional<Placement.Choice> choice = new Placement(known.mix(ResourceKind.MEMORY))
                    .choose(new Demand(Set.of(), List.of(amount, 0L, 0L, 0L, 0L, 0L), 0, 0), candidates, "");
            NodeId chosen = lenders(Matching.match(wish(ResourceKind.MEMORY, amount), rack))
                    .get(0);
            assertThat(chosen)
                    .as("round %d", round)
                    .hasToString(choice.orElseThrow().candidate().lender());
            others += chosen.low() == 1 ? 0 : 1;
        }
        assertThat(others).as("rounds in which the lowest id was not the best").isGreaterThan(ROUNDS / 5);
    }

    @Test
    void aWholeDeviceIsSparedThoughItIsAwakeAnyway() {
        List<SliceView> rack = new ArrayList<>();
        rack.addAll(slices(B, ResourceKind.FUNCTION, 4, "nic0", SliceState.FREE));
        rack.addAll(slices(B, ResourceKind.ACCELERATOR, 1, "nic0", SliceState.ACTIVE));
        rack.addAll(slices(C, ResourceKind.FUNCTION, 2, "nic0", SliceState.FREE));
        rack.addAll(slices(C, ResourceKind.FUNCTION, 2, "nic0", SliceState.ACTIVE));
        assertThat(lenders(Matching.match(wish(ResourceKind.FUNCTION, 1), rack)))
                .containsExactly(C);
    }

    @Test
    void theLenderOfAFunctionIsTheOneThatPlacingAShareOfADeviceWouldChoose() {
        Random random = new Random(4);
        int others = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<SliceView> rack = new ArrayList<>();
            List<Placement.Candidate> candidates = new ArrayList<>();
            for (int node = 1; node <= 4; node++) {
                NodeId owner = new NodeId(0, node);
                List<Integer> shares = new ArrayList<>();
                for (int device = 0; device < 1 + random.nextInt(2); device++) {
                    int free = random.nextInt(5);
                    rack.addAll(slices(owner, ResourceKind.FUNCTION, free, "nic" + device, SliceState.FREE));
                    rack.addAll(slices(owner, ResourceKind.FUNCTION, 4 - free, "nic" + device, SliceState.ACTIVE));
                    // All are awake, so that power decides nothing.
                    rack.addAll(slices(owner, ResourceKind.ACCELERATOR, 1, "nic" + device, SliceState.ACTIVE));
                    shares.add(Supply.WHOLE * free / 4);
                }
                candidates.add(new Placement.Candidate(
                        owner.toString(), "", new Supply("", List.of(0L, 0L, 0L, 0L, 0L), shares)));
            }
            Lenders known = Lenders.of(Setting.Power.FILL, rack);
            Optional<Placement.Choice> choice = new Placement(known.mix(ResourceKind.FUNCTION))
                    .choose(new Demand(Set.of(), List.of(0L, 0L, 0L, 0L, 0L), 1, Supply.WHOLE / 4), candidates, "");
            Plan plan = Matching.match(wish(ResourceKind.FUNCTION, 1), rack);
            assertThat(plan instanceof Plan.Found).as("round %d", round).isEqualTo(choice.isPresent());
            if (choice.isPresent()) {
                NodeId chosen = lenders(plan).get(0);
                assertThat(chosen)
                        .as("round %d", round)
                        .hasToString(choice.get().candidate().lender());
                others += chosen.low() == 1 ? 0 : 1;
            }
        }
        assertThat(others).as("rounds in which the lowest id was not the best").isGreaterThan(ROUNDS / 5);
    }

    @Test
    void ofPairsOfLendersTheOneIsTakenThatCostsTheRackLeast() {
        Random random = new Random(5);
        int others = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<SliceView> rack = new ArrayList<>();
            for (int node = 1; node <= 4; node++) {
                NodeId owner = new NodeId(0, node);
                rack.addAll(memory(owner, 1, random.nextInt(4)));
                rack.addAll(slices(owner, ResourceKind.LANES, random.nextInt(9), "", SliceState.FREE));
                rack.addAll(slices(owner, ResourceKind.CORES, random.nextInt(5), "", SliceState.FREE));
                rack.addAll(slices(owner, ResourceKind.CORES, random.nextInt(3), "", SliceState.ACTIVE));
            }
            Lenders known = Lenders.of(Setting.Power.FILL, rack);
            Placement placement = new Placement(known.mix(ResourceKind.MEMORY));
            double[] costs = known.byId().stream()
                    .mapToDouble(lender ->
                            placement.cost(supply(lender.id(), rack), withMemory(supply(lender.id(), rack), 0)))
                    .toArray();
            List<NodeId> cheapest = List.of();
            long least = Long.MAX_VALUE;
            for (int one = 0; one < costs.length; one++) {
                for (int other = one + 1; other < costs.length; other++) {
                    long steps = Placement.steps(costs[one] + costs[other]);
                    if (steps < least) {
                        least = steps;
                        cheapest = List.of(new NodeId(0, one + 1), new NodeId(0, other + 1));
                    }
                }
            }
            Requirement wish = new Requirement(
                    ResourceKind.MEMORY, 2, Optional.empty(), 1_000, 0, ForcedEndEffect.TOLERATED, Optional.empty(), 2);
            assertThat(lenders(Matching.match(wish, rack)))
                    .as("round %d", round)
                    .isEqualTo(cheapest);
            others += cheapest.contains(new NodeId(0, 1)) && cheapest.contains(B) ? 0 : 1;
        }
        assertThat(others)
                .as("rounds in which the lowest ids were not the best")
                .isGreaterThan(ROUNDS / 5);
    }

    @Test
    void whatIsLentOfAKindCountsTwiceInWhatGoesWithAnother() {
        List<SliceView> rack = new ArrayList<>();
        rack.addAll(slices(B, ResourceKind.MEMORY, 4, "", SliceState.FREE));
        rack.addAll(slices(B, ResourceKind.MEMORY, 40, "", SliceState.ACTIVE));
        rack.addAll(slices(C, ResourceKind.CORES, 2, "", SliceState.FREE));
        // 84 of memory are typical and 2 cores: 42 for each.
        Supply oneCore = supply(C, slices(C, ResourceKind.CORES, 1, "", SliceState.FREE));
        assertThat(Lenders.of(Setting.Power.FILL, rack).mix(ResourceKind.MEMORY).shortage(withMemory(oneCore, 84)))
                .isCloseTo(42, org.assertj.core.api.Assertions.within(1e-9));
    }

    @Test
    void eachOneMoreOfADeviceCostsMoreThanTheOneBeforeWherePowerIsSpread() {
        List<SliceView> rack = new ArrayList<>();
        rack.addAll(slices(B, ResourceKind.FUNCTION, 5, "nic0", SliceState.FREE));
        rack.addAll(slices(B, ResourceKind.FUNCTION, 3, "nic1", SliceState.FREE));
        rack.addAll(slices(B, ResourceKind.FUNCTION, 1, "nic1", SliceState.ACTIVE));
        Plan plan = Matching.match(wish(ResourceKind.FUNCTION, 4), rack, new Setting(Setting.Power.SPREAD, List.of()));
        assertThat(((Plan.Found) plan).slices())
                .extracting(slice -> slice.place().device())
                .containsExactlyInAnyOrder("nic0", "nic0", "nic1", "nic1");
    }

    @Test
    void whatALenderSaysLeavesWhatOthersSaidAsItWas() {
        Lenders known =
                Lenders.none(Setting.Power.FILL).with(C, memory(C, 2, 0)).with(B, memory(B, 3, 1));
        List<SliceView> all = new ArrayList<>(memory(B, 3, 1));
        all.addAll(memory(C, 2, 0));
        assertThat(known.slices()).isEqualTo(Lenders.of(Setting.Power.FILL, all).slices());
    }

    @Test
    void whatALenderSaysAnewTakesThePlaceOfWhatItSaidBefore() {
        Lenders known = Lenders.none(Setting.Power.FILL)
                .with(C, memory(C, 2, 0))
                .with(B, memory(B, 3, 1))
                .with(C, memory(C, 1, 1));
        List<SliceView> all = new ArrayList<>(memory(B, 3, 1));
        all.addAll(memory(C, 1, 1));
        assertThat(known.slices()).isEqualTo(Lenders.of(Setting.Power.FILL, all).slices());
        assertThat(known.slices()).hasSize(6);
    }

    /** Memory, cores and lanes, counted by hand; of the mix only these are looked at, as there are no more. */
    private static Supply supply(NodeId owner, List<SliceView> rack) {
        List<Long> free = new ArrayList<>();
        for (ResourceKind kind : Lenders.dimensions(ResourceKind.MEMORY)) {
            free.add(rack.stream()
                    .filter(slice -> slice.id().owner().equals(owner)
                            && slice.kind() == kind
                            && slice.state() == SliceState.FREE)
                    .count());
        }
        return new Supply("", free, List.of());
    }

    private static Supply withMemory(Supply supply, long amount) {
        List<Long> free = new ArrayList<>(List.of(amount));
        for (int i = 1; i < Lenders.dimensions(ResourceKind.MEMORY).size(); i++) {
            free.add(supply.shared(i));
        }
        return new Supply("", free, List.of());
    }

    private static List<NodeId> lenders(Plan plan) {
        assertThat(plan).as(plan.explanation()).isInstanceOf(Plan.Found.class);
        return ((Plan.Found) plan)
                .slices().stream().map(slice -> slice.id().owner()).distinct().toList();
    }

    private static Requirement wish(ResourceKind kind, long amount) {
        return new Requirement(
                kind, amount, Optional.empty(), 1_000, 0, ForcedEndEffect.TOLERATED, Optional.empty(), 1);
    }

    private static List<SliceView> memory(NodeId owner, int free, int held) {
        List<SliceView> slices = new ArrayList<>(slices(owner, ResourceKind.MEMORY, free, "dram", SliceState.FREE));
        slices.addAll(slices(owner, ResourceKind.MEMORY, Math.max(1, held), "dram", SliceState.ACTIVE));
        return slices;
    }

    private static List<SliceView> slices(NodeId owner, ResourceKind kind, int count, String device, SliceState state) {
        List<SliceView> slices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            slices.add(new SliceView(
                    new SliceId(owner, kind.word() + "-" + device + "-" + state.word() + i),
                    kind,
                    1,
                    Set.of(),
                    state,
                    Epoch.NONE,
                    ForcedEndEffect.TOLERATED,
                    FenceKind.HARDWARE_EPOCH,
                    Optional.empty(),
                    Optional.empty(),
                    "",
                    new SlicePlace("", device, LatencyClass.SWITCH),
                    Set.of(),
                    OptionalInt.empty()));
        }
        return slices;
    }
}
