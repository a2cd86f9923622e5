package org.rackweave.sim.withstand;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a state of another process by looking again, because a process cannot be asked to tell. */
final class Soon {
    private static final long LOOK_AGAIN_MILLIS = 20;

    private Soon() {}

    /** Looks until there is something; what is not there in time is a failed test. */
    static <T> T get(String what, Duration limit, Supplier<Optional<T>> look) {
        long endNanos = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> seen = look.get();
            if (seen.isPresent()) {
                return seen.get();
            }
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("not seen within " + limit.toMillis() + " ms: " + what);
            }
            pause();
        }
    }

    /** Looks until it is so. */
    static void is(String what, Duration limit, BooleanSupplier look) {
        get(what, limit, () -> look.getAsBoolean() ? Optional.of(what) : Optional.empty());
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
