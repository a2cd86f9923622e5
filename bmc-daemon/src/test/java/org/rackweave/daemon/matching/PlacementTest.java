package org.rackweave.daemon.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final int RACKS = Integer.getInteger("rackweave.tries", 200);

    @Test
    void fragmentationIsWhatTheTypicalDemandsCannotUse() {
        // Three of four ask for half a device and one core, one for a whole device and four cores.
        Mix mix = Mix.of(
                List.of(share(1, 500), share(1, 500), share(1, 500), new Demand(Set.of(), List.of(4L), 1, 1000)), 1000);
        // Half a device finds 200 too small; a whole one finds 200 and 600 too small.
        assertThat(mix.fragmentation(supply(8, 200, 600, 1000))).isCloseTo(0.75 * 200 + 0.25 * 800, within(1e-9));
        // With two cores the whole one fits nowhere, so all 1800 are lost to it.
        assertThat(mix.fragmentation(supply(2, 200, 600, 1000))).isCloseTo(0.75 * 200 + 0.25 * 1800, within(1e-9));
        assertThat(mix.fragmentation(supply(2, 0, 0))).isZero();
    }

    @Test
    void shortageIsWhatIsLeftOfTheDevicesWhenTheCoresHaveRunOut() {
        Mix mix = Mix.of(List.of(new Demand(Set.of(), List.of(4L), 1, 1000)), 1000);
        assertThat(mix.shortage(supply(4, 1000, 1000))).isCloseTo(1000, within(1e-9));
        assertThat(mix.shortage(supply(8, 1000, 1000))).isCloseTo(0, within(1e-9));
    }

    @Test
    void whereNobodyAsksForDevicesTheFirstDimensionIsCounted() {
        Mix mix = Mix.of(List.of(new Demand(Set.of(), List.of(2L, 8L), 0, 0)), 2);
        assertThat(mix.shortage(new Supply("", List.of(10L, 20L), List.of()))).isCloseTo(5, within(1e-9));
    }

    @Test
    void sparesTheCoresOfALenderThatHasFewOfThemForItsDevices() {
        Mix mix = Mix.of(List.of(new Demand(Set.of(), List.of(10L), 1, 1000)), 2000);
        Placement.Candidate scarce = new Placement.Candidate("a", "", supply(40, 1000, 1000, 1000, 1000));
        Placement.Candidate ample = new Placement.Candidate("b", "", supply(80, 1000, 1000));
        Demand coresOnly = new Demand(Set.of(), List.of(20L), 0, 0);
        assertThat(lender(new Placement(mix).choose(coresOnly, List.of(scarce, ample), "")))
                .contains("b");
    }

    @Test
    void takesTheDeviceThatIsBrokenAlreadyWhereverItStands() {
        Placement placement = new Placement(Mix.of(List.of(share(1, Supply.WHOLE)), 1000));
        for (List<Integer> devices : List.of(List.of(1000, 500), List.of(500, 1000), List.of(1000, 500, 500))) {
            Supply free = new Supply("", List.of(8L), devices);
            assertThat(placement.at(new Placement.Candidate("a", "", free), share(1, 250)))
                    .as("of %s", devices)
                    .hasValueSatisfying(choice -> assertThat(choice.device()).isEqualTo(devices.indexOf(500)));
        }
    }

    @Test
    void theLowestNameDecidesBetweenTheEqualInWhateverOrderTheyCome() {
        Placement placement = new Placement(Mix.unknown());
        List<Placement.Candidate> both =
                List.of(new Placement.Candidate("b", "", supply(8)), new Placement.Candidate("a", "", supply(8)));
        assertThat(lender(placement.choose(new Demand(Set.of(), List.of(1L), 0, 0), both, "")))
                .contains("a");
    }

    @Test
    void staysInThePoolThatWasAskedForAndElseGoesElsewhere() {
        Placement placement = new Placement(Mix.unknown());
        List<Placement.Candidate> both = List.of(
                new Placement.Candidate("a", "left", supply(8)), new Placement.Candidate("b", "right", supply(9)));
        Demand small = new Demand(Set.of(), List.of(1L), 0, 0);
        assertThat(lender(placement.choose(small, both, "right"))).contains("b");
        assertThat(lender(placement.choose(small, both, ""))).contains("a");
        assertThat(lender(placement.choose(new Demand(Set.of(), List.of(9L), 0, 0), both, "left")))
                .contains("b");
    }

    @Test
    void placesWhateverFitsNeverMoreThanIsFreeAndTheSameInAnyOrder() {
        for (int seed = 0; seed < RACKS; seed++) {
            Random random = new Random(seed);
            List<Demand> demands =
                    random.ints(40, 0, 1 << 20).mapToObj(PlacementTest::demand).toList();
            Placement placement = new Placement(Mix.of(demands, 2000));
            List<Placement.Candidate> rack = rack(random);
            List<Placement.Candidate> shuffled = new ArrayList<>(rack);
            Collections.shuffle(shuffled, random);
            for (Demand demand : demands) {
                Optional<Placement.Choice> choice = placement.choose(demand, rack, "");
                assertThat(choice).as("seed %d", seed).isEqualTo(placement.choose(demand, shuffled, ""));
                assertThat(choice.isPresent())
                        .as("seed %d, %s", seed, demand)
                        .isEqualTo(rack.stream()
                                .anyMatch(candidate -> candidate.free().fits(demand)));
                choice.ifPresent(chosen -> assertTaken(chosen, demand));
            }
        }
    }

    private static void assertTaken(Placement.Choice choice, Demand demand) {
        Supply before = choice.candidate().free();
        Supply left = choice.left();
        assertThat(left.shared(0))
                .isEqualTo(before.shared(0) - demand.shared(0))
                .isNotNegative();
        assertThat(left.deviceLeft()).isEqualTo(before.deviceLeft() - demand.devicePermille());
        for (int i = 0; i < left.devices(); i++) {
            assertThat(left.device(i)).isNotNegative();
            assertThat(before.device(i) - left.device(i)).isIn(0, demand.permille());
        }
    }

    @Test
    void refusesValuesOutOfTheirRange() {
        assertThatThrownBy(() -> new Demand(Set.of(), List.of(1L), 1, 1001))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Demand(Set.of(), List.of(1L), 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> supply(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Mix.of(List.of(), 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void takesOnlyAKindThatWasAskedFor() {
        Supply fast = new Supply("fast", List.of(4L), List.of(1000));
        assertThat(fast.fits(new Demand(Set.of("fast", "slow"), List.of(1L), 1, 500)))
                .isTrue();
        assertThat(fast.fits(new Demand(Set.of("slow"), List.of(1L), 1, 500))).isFalse();
    }

    private static Demand demand(int bits) {
        int devices = bits % 3;
        int permille = devices == 0 ? 0 : devices == 2 ? 1000 : 100 + (bits >> 4) % 900;
        return new Demand(Set.of(), List.of((long) (bits >> 8) % 12), devices, permille);
    }

    private static List<Placement.Candidate> rack(Random random) {
        List<Placement.Candidate> rack = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            rack.add(new Placement.Candidate(
                    "n" + i,
                    "",
                    supply(random.nextInt(16), random.nextInt(1001), random.nextBoolean() ? 1000 : 0, 1000)));
        }
        return rack;
    }

    private static Optional<String> lender(Optional<Placement.Choice> choice) {
        return choice.map(chosen -> chosen.candidate().lender());
    }

    private static Demand share(long cores, int permille) {
        return new Demand(Set.of(), List.of(cores), 1, permille);
    }

    private static Supply supply(long cores, Integer... devices) {
        return new Supply("", List.of(cores), List.of(devices));
    }
}
