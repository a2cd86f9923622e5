package org.rackweave.sim.world;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Virtual time, and what is to happen in it. Two things planned for the same moment happen in the order of planning. */
final class Agenda {
    static final long MICROS_PER_MILLI = 1_000;

    private final PriorityQueue<Planned> queue =
            new PriorityQueue<>(Comparator.comparingLong(Planned::atMicros).thenComparingLong(Planned::number));
    private long nowMicros;
    private long planned;

    private record Planned(long atMicros, long number, Runnable act) {}

    long nowMicros() {
        return nowMicros;
    }

    long nowMillis() {
        return nowMicros / MICROS_PER_MILLI;
    }

    void inMicros(long micros, Runnable act) {
        queue.add(new Planned(nowMicros + Math.max(0, micros), planned++, act));
    }

    void inMillis(long millis, Runnable act) {
        inMicros(millis * MICROS_PER_MILLI, act);
    }

    /** Does the next thing, if it comes before the end; else time is at the end. */
    boolean next(long endMicros) {
        Planned next = queue.peek();
        if (next == null || next.atMicros() > endMicros) {
            nowMicros = Math.max(nowMicros, endMicros);
            return false;
        }
        queue.remove();
        nowMicros = next.atMicros();
        next.act().run();
        return true;
    }
}
