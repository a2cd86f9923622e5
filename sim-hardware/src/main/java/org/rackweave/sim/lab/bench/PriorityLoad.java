package org.rackweave.sim.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Who asks one owner for memory, how much, for how long and how urgently: the same for every way to choose victims.
 *
 * @param demands in the order in which they arrive
 * @param hours from the first to the last
 */
record PriorityLoad(List<Demand> demands, double hours) {
    static final long GIB = 1L << 30;
    /** Slices of several sizes, as a pool has them once it was cut: fewest and cheapest are then not the same. */
    static final List<Long> SLICES_GIB =
            List.of(16L, 16L, 8L, 8L, 8L, 8L, 4L, 4L, 4L, 4L, 4L, 4L, 4L, 4L, 2L, 2L, 2L, 2L);

    private static final int COPIES = 3;
    private static final int BORROWERS = 16;
    private static final int SMALLEST_GIB = 2;
    private static final int DOUBLINGS = 5;

    /** How many are asked for on average, as a part of what there is. */
    private static final double LOAD = 1.15;

    /** The classes of the mix. */
    enum Urgency {
        BATCH(2, 0.6, 90),
        SERVICE(4, 0.3, 60),
        URGENT(7, 0.1, 30);

        private final int priority;
        private final double part;
        private final double meanMinutes;

        Urgency(int priority, double part, double meanMinutes) {
            this.priority = priority;
            this.part = part;
            this.meanMinutes = meanMinutes;
        }

        int priority() {
            return priority;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One who asks.
     *
     * @param atMillis when
     * @param holdMillis for how long, from its grant, if nobody takes it back
     */
    record Demand(long atMillis, int borrower, Urgency urgency, long bytes, long holdMillis) {}

    PriorityLoad {
        demands = List.copyOf(demands);
    }

    static List<Long> slices() {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < COPIES; i++) {
            SLICES_GIB.forEach(gib -> all.add(gib * GIB));
        }
        return all;
    }

    static PriorityLoad of(long seed, double hours) {
        Random random = new Random(seed);
        double capacity = slices().stream().mapToLong(Long::longValue).sum() / (double) GIB;
        double perMinute = LOAD * capacity / meanGibMinutes();
        List<Demand> demands = new ArrayList<>();
        double minutes = 0;
        while (true) {
            minutes += exponential(random, 1 / perMinute);
            if (minutes > hours * 60) {
                return new PriorityLoad(demands, hours);
            }
            Urgency urgency = drawn(random.nextDouble());
            demands.add(new Demand(
                    Math.round(minutes * 60_000),
                    random.nextInt(BORROWERS),
                    urgency,
                    (GIB * SMALLEST_GIB) << random.nextInt(DOUBLINGS),
                    Math.max(1_000, Math.round(exponential(random, urgency.meanMinutes) * 60_000))));
        }
    }

    private static double meanGibMinutes() {
        double gib = SMALLEST_GIB * (Math.pow(2, DOUBLINGS) - 1) / DOUBLINGS;
        double minutes = 0;
        for (Urgency urgency : Urgency.values()) {
            minutes += urgency.part * urgency.meanMinutes;
        }
        return gib * minutes;
    }

    private static Urgency drawn(double at) {
        double left = at;
        for (Urgency urgency : Urgency.values()) {
            left -= urgency.part;
            if (left < 0) {
                return urgency;
            }
        }
        return Urgency.URGENT;
    }

    private static double exponential(Random random, double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }
}
