package org.rackweave.sim.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorldTest {
    private static final long FAULTY_MILLIS = 60_000;
    private static final long SEEDS = Long.getLong("rackweave.seeds", 200);
    private static final long FIRST_SEED = Long.getLong("rackweave.firstSeed", 1);

    @BeforeAll
    static void noLog() {
        System.setProperty("tinylog.level", "off");
    }

    @Test
    void everyInvariantHoldsWhateverFails() {
        Totals totals = new Totals();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            int nodes = 3 + (int) (seed % 3);
            World world = new World(seed, nodes);
            String replay = "rackweave-lab simulate --seeds 1 --first-seed " + seed + " --nodes " + nodes + " --trace";
            assertThatCode(() -> world.run(FAULTY_MILLIS)).as(replay).doesNotThrowAnyException();
            totals.add(world.totals());
        }
        for (Tally tally : Tally.values()) {
            System.out.printf(Locale.ROOT, "%,14d %s%n", totals.of(tally), tally.words());
        }
        System.out.println("never reached: " + totals.neverReached());
        assertThat(totals.of(Tally.GRANTS))
                .as("a run that lends little shows little")
                .isGreaterThan(5 * SEEDS);
        assertThat(totals.of(Tally.CRASHES)).isGreaterThan(SEEDS);
        assertThat(totals.of(Tally.REBOOTS)).isGreaterThan(SEEDS / 4);
        assertThat(totals.of(Tally.OVERDUE)).isGreaterThan(SEEDS / 4);
        assertThat(totals.of(Tally.FENCES)).isGreaterThan(SEEDS);
    }

    @Test
    void theSameSeedGivesTheSameHistory() {
        List<String> first = history(7);
        assertThat(first).hasSizeGreaterThan(100);
        assertThat(history(7)).isEqualTo(first);
        assertThat(history(8)).isNotEqualTo(first);
    }

    private static List<String> history(long seed) {
        List<String> lines = new ArrayList<>();
        new World(seed, 3, lines::add).run(FAULTY_MILLIS);
        return lines;
    }

    @ParameterizedTest
    @EnumSource(PlantedFault.class)
    void aPlantedFaultIsFoundSoon(PlantedFault fault) {
        Optional<String> found = Optional.empty();
        int seed = 0;
        while (found.isEmpty() && seed < fault.withinSeeds()) {
            seed++;
            found = violated(fault, seed);
        }
        System.out.printf(Locale.ROOT, "%-26s seed %3d  %-20s %s%n", fault, seed, found.orElse("-"), fault.sentence());
        assertThat(found).as(fault.sentence()).isPresent();
    }

    private static Optional<String> violated(PlantedFault fault, int seed) {
        try {
            new World(seed, 4, History.UNREAD, fault.seams()).run(FAULTY_MILLIS);
            return Optional.empty();
        } catch (Violation violation) {
            return Optional.of(violation.invariant().name());
        }
    }
}
