package org.rackweave.daemon.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is asked for and what is left, counted by hand. */
class MixTest {
    private static final Demand FEW_CORES = new Demand(Set.of(), List.of(2L), 1, 1_000);
    private static final Demand MANY_CORES = new Demand(Set.of(), List.of(6L), 1, 1_000);
    private static final Demand CORES_ONLY = new Demand(Set.of(), List.of(100L), 0, 0);

    private static Supply supply(long cores, Integer... devices) {
        return new Supply("", List.of(cores), List.of(devices));
    }

    private static List<Integer> devices(Supply supply) {
        return java.util.stream.IntStream.range(0, supply.devices())
                .mapToObj(supply::device)
                .toList();
    }

    // ---- the mix ---------------------------------------------------------------------------------------------------

    @Test
    void aShortageIsTheMeanOverBatchesOfWhatTheirRatiosLeaveOver() {
        Supply supply = supply(4, 1_000, 1_000);
        Mix one = Mix.of(List.of(FEW_CORES, MANY_CORES), 1_000);
        // Two cores a device leave nothing over; six leave two thirds of 2,000 over.
        assertThat(one.shortage(supply)).isCloseTo((0 + 2_000 - 4 / 0.006) / 2, within(1e-9));
        Mix both = Mix.of(List.of(FEW_CORES, MANY_CORES), 1_001);
        assertThat(both.shortage(supply)).isCloseTo(2_000 - 4 / 0.004, within(1e-9));
    }

    @Test
    void whatAsksForNothingOfWhatIsCountedIsInNoBatch() {
        Supply supply = supply(4, 1_000, 1_000);
        Mix with = Mix.of(List.of(FEW_CORES, CORES_ONLY, MANY_CORES), 1_000);
        Mix without = Mix.of(List.of(FEW_CORES, MANY_CORES), 1_000);
        assertThat(with.shortage(supply)).isCloseTo(without.shortage(supply), within(1e-9));
        assertThat(with.bulk(supply)).isCloseTo(without.bulk(supply), within(1e-9));
    }

    @Test
    void theBulkIsWhatIsFreeOfAllDimensionsByTheMeanRatio() {
        Mix mix = Mix.of(List.of(FEW_CORES, MANY_CORES), 1_000);
        assertThat(mix.bulk(supply(4, 1_000, 1_000))).isCloseTo(2_000 + 4 / 0.004, within(1e-9));
        Supply ofTwo = new Supply("", List.of(10L, 20L), List.of());
        assertThat(Mix.unknown().bulk(ofTwo)).isCloseTo(10, within(1e-9));
        assertThat(Mix.of(new Demand(Set.of(), List.of(0L, 0L), 0, 0), 1, 4).bulk(ofTwo))
                .isCloseTo(10 + 20 / 4.0, within(1e-9));
    }

    @Test
    void whatIsFragmentedIsWeighedByHowOftenEachDemandComes() {
        Mix mix = Mix.of(List.of(FEW_CORES, FEW_CORES, FEW_CORES, MANY_CORES), 1_000);
        assertThat(mix.fragmentation(supply(4, 1_000, 500))).isCloseTo(0.75 * 500 + 0.25 * 1_500, within(1e-9));
        assertThat(Mix.unknown().fragmentation(supply(4, 1_000))).isZero();
        assertThat(Mix.unknown().shortage(supply(4, 1_000))).isZero();
        assertThat(Mix.of(List.of(CORES_ONLY), 1).fragmentation(supply(200, 1_000)))
                .as("nobody asks for devices")
                .isCloseTo(1_000, within(1e-9));
    }

    @Test
    void onlyTheDemandsThatComeMostOftenAreTypical() {
        List<Demand> demands = new java.util.ArrayList<>();
        for (long cores = 1; cores <= 200; cores++) {
            demands.add(new Demand(Set.of(), List.of(1_000 + cores), 1, 1_000));
            demands.add(FEW_CORES);
        }
        double fragmented = Mix.of(demands, 1_000).fragmentation(supply(4, 1_000));
        assertThat(fragmented).as("what comes once and cannot be met").isBetween(0.0, 400.0);
    }

    // ---- what is left ----------------------------------------------------------------------------------------------

    @Test
    void ofFurtherDevicesTheFullestWithRoomAreTakenAndEachOnce() {
        Demand two = new Demand(Set.of(), List.of(1L), 2, 400);
        assertThat(devices(supply(4, 500, 1_000, 600).without(two, 1))).containsExactly(100, 600, 600);
        assertThat(devices(supply(4, 400, 1_000).without(two, 1)))
                .as("just enough")
                .containsExactly(0, 600);
        assertThat(devices(supply(4, 500, 500, 1_000).without(two, 2)))
                .as("the first of those that are alike")
                .containsExactly(100, 500, 600);
        assertThat(supply(4, 400, 1_000).without(two, 1).shared(0)).isEqualTo(3);
        assertThatThrownBy(() -> supply(4, 399, 1_000).without(two, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("400 permille");
    }

    @Test
    void aTableNeedsNoNamesOfDevices() {
        assertThat(supply(4, 600, 100, 600).sorted()).isEqualTo(supply(4, 100, 600, 600));
    }

    @Test
    void whatIsAsMuchOfTheSameIsEqual() {
        Supply one = new Supply("fast", List.of(1L, 2L), List.of(3, 4));
        List<Supply> others = List.of(
                new Supply("slow", List.of(1L, 2L), List.of(3, 4)),
                new Supply("fast", List.of(1L, 3L), List.of(3, 4)),
                new Supply("fast", List.of(1L, 2L), List.of(4, 3)));
        assertThat(new Supply("fast", List.of(1L, 2L), List.of(3, 4)))
                .isEqualTo(one)
                .hasSameHashCodeAs(one);
        assertThat(others).doesNotContain(one);
        assertThat(new HashSet<>(others.stream().map(Supply::hashCode).toList()))
                .hasSize(3);
        assertThat(one).hasToString("[1, 2], devices [3, 4] of fast");
        assertThat(supply(1, 2)).hasToString("[1], devices [2]").isNotEqualTo("[1], devices [2]");
        assertThat(one.dimensions()).isEqualTo(2);
    }

    @Test
    void demandsForAsMuchOfTheSameAreEqual() {
        Demand one = new Demand(Set.of("fast"), List.of(1L), 2, 300);
        List<Demand> others = List.of(
                new Demand(Set.of("slow"), List.of(1L), 2, 300),
                new Demand(Set.of("fast"), List.of(2L), 2, 300),
                new Demand(Set.of("fast"), List.of(1L), 3, 300),
                new Demand(Set.of("fast"), List.of(1L), 2, 301));
        assertThat(new Demand(Set.of("fast"), List.of(1L), 2, 300))
                .isEqualTo(one)
                .hasSameHashCodeAs(one);
        assertThat(others).doesNotContain(one);
        assertThat(new HashSet<>(others.stream().map(Demand::hashCode).toList()))
                .hasSize(4);
        assertThat(one).hasToString("[1], 2 x 300 of [fast]");
        assertThat(FEW_CORES).hasToString("[2], 1 x 1000");
    }

    @Test
    void whatIsAtTheEdgeOfItsRangeIsTaken() {
        assertThat(new Demand(Set.of(), List.of(0L), 0, 0).devicePermille()).isZero();
        assertThat(supply(0, 0, 1_000).deviceLeft()).isEqualTo(1_000);
        assertThatThrownBy(() -> supply(0, 1_001)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> supply(0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Demand(Set.of(), List.of(-1L), 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
