package org.rackweave.sim.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.daemon.matching.Demand;
import org.rackweave.daemon.matching.Placement;
import org.rackweave.daemon.matching.Supply;
import org.rackweave.sim.lab.Distribution;
import org.rackweave.sim.lab.LabFailure;

class OpenbRunTest {
    private static final OpenbTrace TRACE = new OpenbTrace(
            Collections.nCopies(6, new Supply("", List.of(16_000L, 64_000L), List.of(1000, 1000))),
            List.of(
                    new Demand(Set.of(), List.of(4_000L, 8_000L), 1, 1000),
                    new Demand(Set.of(), List.of(2_000L, 4_000L), 1, 300),
                    new Demand(Set.of(), List.of(9_000L, 4_000L), 0, 0)),
            List.of(0, 1, 1, 0, 2, 1, 0, 1));

    @Test
    void eachPolicyPlacesAllThatItCanAndNoMore() {
        for (OpenbPolicy policy : List.of(
                new OpenbPolicy.Anywhere(new Random(3)),
                new OpenbPolicy.BestFit(),
                new OpenbPolicy.GradientDescent(OpenbBenchmark.mixOf(TRACE)),
                new OpenbPolicy.Ours(new Placement(OpenbBenchmark.mixOf(TRACE))))) {
            OpenbRun.Memory memory =
                    policy instanceof OpenbPolicy.Anywhere ? OpenbRun.Memory.NONE : OpenbRun.Memory.KEPT;
            OpenbRun.Result result = new OpenbRun(TRACE, policy, memory).place(TRACE.arrivals(1, 3));
            long left = result.left().stream().mapToLong(Supply::deviceLeft).sum();
            assertThat(result.percent())
                    .isEqualTo(100.0 * (12_000 - left) / 12_000)
                    .isGreaterThan(50);
            assertThat(result.left()).hasSize(6).allMatch(free -> free.shared(0) >= 0 && free.shared(1) >= 0);
            // Three times the capacity arrived, so no small demand can still fit anywhere.
            assertThat(result.left())
                    .noneMatch(free -> free.fits(TRACE.demands().get(1)));
        }
    }

    @Test
    void theSameSeedGivesTheSameRunAlsoWhenWhatWasLearnedIsKept() {
        OpenbRun run = new OpenbRun(
                TRACE, new OpenbPolicy.Ours(new Placement(OpenbBenchmark.mixOf(TRACE))), OpenbRun.Memory.KEPT);
        assertThat(run.place(TRACE.arrivals(5, 1.3))).isEqualTo(run.place(TRACE.arrivals(5, 1.3)));
        assertThat(TRACE.arrivals(5, 1.3)).isNotEqualTo(TRACE.arrivals(6, 1.3));
    }

    @Test
    void aTraceThatIsAbsentIsSaidAndNotMet(@TempDir Path empty) throws LabFailure {
        Settings settings = new Settings(new Distribution(empty), Benchmark.Effort.QUICK, empty, Optional.empty());
        for (Benchmark benchmark : List.of(new OpenbBenchmark(), new LendingBenchmark())) {
            assertThat(benchmark.run(settings)).singleElement().satisfies(figure -> {
                assertThat(figure.text()).contains("not met").contains("trace in " + empty);
                assertThat(figure.json()).contains("\"met\":false");
            });
        }
    }

    @Test
    void arrivalsAreAllPodsAndMoreUpToThePartAskedFor() {
        List<Integer> arrivals = TRACE.arrivals(1, 3);
        long asked = arrivals.stream()
                .mapToLong(pod -> TRACE.demands().get(pod).devicePermille())
                .sum();
        assertThat(asked).isBetween(35_000L, 36_000L);
        assertThat(IntStream.range(0, 3).filter(demand -> !arrivals.contains(demand)))
                .isEmpty();
    }
}
