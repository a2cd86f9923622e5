package org.rackweave.sim.lab;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongFunction;
import org.rackweave.sim.world.Setup;
import org.rackweave.sim.world.Totals;
import org.rackweave.sim.world.Violation;
import org.rackweave.sim.world.World;

/**
 * Runs racks of many seeds, several at a time. Seeds are handed out in their order, and none after one that fails: all before
 * it are run to their end, so that the failure that is told is that of the lowest seed, however many threads there are.
 */
final class SeedRuns {
    private static final long PROGRESS_NANOS = Duration.ofSeconds(5).toNanos();

    private final long firstSeed;
    private final long seeds;
    private final LongFunction<Setup> setups;
    private final PrintWriter out;
    private final Totals totals = new Totals();
    private long handedOut;
    private long done;
    private long toldNanos = System.nanoTime();
    private Optional<Failure> failure = Optional.empty();

    /** What the lowest seed that fails violates. */
    record Failure(Setup setup, Violation violation) {}

    /** @param setups from a seed to its run */
    SeedRuns(long firstSeed, long seeds, LongFunction<Setup> setups, PrintWriter out) {
        this.firstSeed = firstSeed;
        this.seeds = seeds;
        this.setups = setups;
        this.out = out;
    }

    /** @return what failed, if anything; what all others came to is in {@link #totals()} */
    Optional<Failure> run(int threads) throws InterruptedException {
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                ends.add(workers.submit(this::work));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a run ended by what is no violation", e.getCause());
        } finally {
            workers.shutdownNow();
        }
        return failure;
    }

    Totals totals() {
        return totals;
    }

    private void work() {
        for (Optional<Setup> next = next(); next.isPresent(); next = next()) {
            Setup setup = next.get();
            World world = new World(setup);
            try {
                world.run(setup.faultyMillis());
                held(world);
            } catch (Violation violation) {
                failed(new Failure(setup, violation));
            }
        }
    }

    private synchronized Optional<Setup> next() {
        return handedOut == seeds || failure.isPresent()
                ? Optional.empty()
                : Optional.of(setups.apply(firstSeed + handedOut++));
    }

    private synchronized void failed(Failure one) {
        if (failure.filter(other -> other.setup().seed() < one.setup().seed()).isEmpty()) {
            failure = Optional.of(one);
        }
    }

    private synchronized void held(World world) {
        totals.add(world.totals());
        done++;
        if (System.nanoTime() - toldNanos > PROGRESS_NANOS) {
            toldNanos = System.nanoTime();
            out.printf(Locale.ROOT, "%d of %d seeds%n", done, seeds);
            out.flush();
        }
    }
}
