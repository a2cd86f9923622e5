package org.rackweave.sim.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorldTest {
    private static final long FAULTY_MILLIS = 60_000;
    private static final long SEEDS = Long.getLong("rackweave.seeds", 1_000);
    private static final long FIRST_SEED = Long.getLong("rackweave.firstSeed", 1);

    /** Below so many, a tally may be low by chance. */
    private static final long FLOORS_FROM_SEEDS = 100;

    @Test
    void everyInvariantHoldsWhateverFails() {
        Totals totals = new Totals();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Setup setup = setup(seed, 3 + (int) (seed % 3), Without.NOTHING);
            Setup.Outcome outcome = setup.run(History.UNREAD);
            outcome.violation().ifPresent(violation -> {
                throw new AssertionError(
                        violation.invariant() + ": " + violation.getMessage() + "; replay it: rackweave-lab simulate "
                                + setup.options(),
                        violation);
            });
            totals.add(outcome.world().totals());
        }
        for (Tally tally : Tally.values()) {
            System.out.printf(
                    Locale.ROOT,
                    "%,14d %s, %.1f a seed, floor %.1f%n",
                    totals.of(tally),
                    tally.words(),
                    (double) totals.of(tally) / SEEDS,
                    tally.floor());
            if (SEEDS >= FLOORS_FROM_SEEDS) {
                assertThat((double) totals.of(tally) / SEEDS)
                        .as("a run with few " + tally.words() + " shows little")
                        .isGreaterThan(tally.floor());
            }
        }
        System.out.println("never reached: " + totals.neverReached());
        if (SEEDS >= FLOORS_FROM_SEEDS) {
            assertThat(totals.neverReached())
                    .as("rare paths that no run was on")
                    .isEmpty();
        }
    }

    @Test
    void theSameSeedGivesTheSameHistory() {
        List<String> first = history(7, Without.NOTHING);
        assertThat(first).hasSizeGreaterThan(100);
        assertThat(history(7, Without.NOTHING)).isEqualTo(first);
        assertThat(history(8, Without.NOTHING)).isNotEqualTo(first);
    }

    @Test
    void whatIsLeftOutDoesNotHappen() {
        Without quiet = Without.parse("kill,death,ask#0-99999");
        long crashes = 0;
        for (long seed = 1; seed <= 5; seed++) {
            crashes += totals(seed, Without.NOTHING).of(Tally.CRASHES);
            assertThat(totals(seed, quiet).of(Tally.CRASHES)).isZero();
            assertThat(totals(seed, quiet).of(Tally.GRANTS)).isZero();
        }
        assertThat(crashes).as("with all of them there are some").isPositive();
    }

    private static Totals totals(long seed, Without without) {
        return setup(seed, 4, without).run(History.UNREAD).world().totals();
    }

    @Test
    void whatIsLeftOutReadsAsItIsWritten() {
        for (String text : List.of("", "loss", "loss,kill#3", "old-ledger#0-4,old-ledger#7,ask#2")) {
            assertThat(Without.parse(Without.parse(text).toString()).toString())
                    .isEqualTo(Without.parse(text).toString());
        }
        assertThat(Without.parse("ask#1-2,ask#3")).hasToString("ask#1-3");
        assertThatThrownBy(() -> Without.parse("rain")).hasMessageContaining("foreign-hand");
        assertThatThrownBy(() -> Without.parse("ask#x")).hasMessageContaining("3-17");
    }

    @Test
    void aFailingRunIsMadeShorterAndFailsTheSameWay() {
        Setup found = new Setup(1, 4, FAULTY_MILLIS, Without.NOTHING, Optional.of(PlantedFault.WIPE_DROPPED));
        int[] runsLeft = {200};
        Shrinking shrinking = new Shrinking(found, () -> --runsLeft[0] < 0);
        Invariant invariant = shrinking.violation().invariant();
        int before = shrinking.happenings();
        Setup shortest = shrinking.shortest();
        assertThat(shrinking.happenings()).isLessThan(before);
        assertThat(shortest.nodes()).isLessThan(4);
        assertThat(shortest.faultyMillis()).isLessThan(FAULTY_MILLIS);
        assertThat(shortest.run(History.UNREAD).violation())
                .map(Violation::invariant)
                .contains(invariant);
    }

    private static List<String> history(long seed, Without without) {
        List<String> lines = new ArrayList<>();
        setup(seed, 3, without).run(lines::add);
        return lines;
    }

    private static Setup setup(long seed, int nodes, Without without) {
        return new Setup(seed, nodes, FAULTY_MILLIS, without, Optional.empty());
    }
}
