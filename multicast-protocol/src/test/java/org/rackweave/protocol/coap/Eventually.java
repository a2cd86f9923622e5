package org.rackweave.protocol.coap;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits on a state that another thread brings about. */
final class Eventually {
    private Eventually() {}

    static void until(String what, BooleanSupplier state) {
        until(what, Duration.ofSeconds(20), state);
    }

    static void until(String what, Duration atMost, BooleanSupplier state) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!state.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + atMost + ": " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }
}
