package org.rackweave.hal.health;

/** By how much a counter grew between two readings. */
public final class Growth {
    private Growth() {}

    /** Of a counter that starts at 0 when its device comes again: one that went back has grown by all that it shows. */
    public static long of(long before, long now) {
        return now >= before ? now - before : now;
    }

    /** Of a counter that goes on at 0 after {@code range}, and did so at most once. */
    public static long ofWrapping(long before, long now, long range) {
        return now >= before ? now - before : range - before + now;
    }
}
