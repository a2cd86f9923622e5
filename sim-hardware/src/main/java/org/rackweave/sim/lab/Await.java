package org.rackweave.sim.lab;

import java.time.Duration;
import java.util.Optional;

/** Waits for a state of something outside by looking again, because a process cannot be asked to tell. */
public final class Await {
    private static final long LOOK_AGAIN_MILLIS = 20;

    private Await() {}

    /** One look. */
    @FunctionalInterface
    public interface Look<T> {
        /** What is there; empty when it is not there yet. */
        Optional<T> look() throws LabFailure;
    }

    /**
     * Looks until there is something.
     *
     * @param what it is, for the failure: "node b is dead in c's view"
     */
    public static <T> T until(String what, Duration limit, Look<T> look) throws LabFailure {
        return within(limit, look)
                .orElseThrow(() -> new LabFailure("not seen within " + limit.toMillis() + " ms: " + what));
    }

    /** Looks until there is something, or not any longer. */
    public static <T> Optional<T> within(Duration limit, Look<T> look) throws LabFailure {
        long endNanos = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> seen = look.look();
            if (seen.isPresent() || System.nanoTime() - endNanos > 0) {
                return seen;
            }
            pause();
        }
    }

    private static void pause() throws LabFailure {
        try {
            Thread.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted", interrupted);
        }
    }
}
