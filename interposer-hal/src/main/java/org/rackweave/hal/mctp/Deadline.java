package org.rackweave.hal.mctp;

/**
 * When waiting ends, on the clock of {@link System#nanoTime}.
 *
 * @param atNanos on that clock
 */
public record Deadline(long atNanos) {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** So long from now. */
    public static Deadline inMillis(long millis) {
        return new Deadline(System.nanoTime() + millis * NANOS_PER_MILLI);
    }

    /** What is left, rounded up; 0 when it is over. */
    public long leftMillis() {
        long leftNanos = atNanos - System.nanoTime();
        return leftNanos <= 0 ? 0 : (leftNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    }
}
