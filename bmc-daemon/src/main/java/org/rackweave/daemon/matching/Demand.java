package org.rackweave.daemon.matching;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What somebody asks for: amounts of shared dimensions (cores, memory: any part of what is free will do), and a number of
 * devices or a share of one. The dimensions are the caller's; their order is that of {@link Supply}.
 */
public final class Demand {
    private final Set<String> kinds;
    private final long[] shared;
    private final int devices;
    private final int permille;

    /**
     * @param kinds the kinds of lender that will do; empty when any will
     * @param shared amounts, at least 0 each
     * @param devices how many devices, at least 0
     * @param permille of each of these devices, 1 to 1000; 0 when none is asked for
     */
    public Demand(Set<String> kinds, List<Long> shared, int devices, int permille) {
        this.kinds = Set.copyOf(kinds);
        this.shared = shared.stream().mapToLong(Long::longValue).toArray();
        this.devices = devices;
        this.permille = permille;
        if (devices < 0 || permille < 0 || permille > Supply.WHOLE || (devices == 0) != (permille == 0)) {
            throw new IllegalArgumentException(
                    "a demand for " + devices + " devices at " + permille + " permille each");
        }
        if (shared.stream().anyMatch(amount -> amount < 0)) {
            throw new IllegalArgumentException("a demand for a negative amount: " + shared);
        }
    }

    int dimensions() {
        return shared.length;
    }

    /** How much of a shared dimension. */
    public long shared(int dimension) {
        return shared[dimension];
    }

    /** How many devices. */
    public int devices() {
        return devices;
    }

    /** How much of each of these devices, in permille. */
    public int permille() {
        return permille;
    }

    /** All that it asks of devices, in permille of one. */
    public long devicePermille() {
        return (long) devices * permille;
    }

    boolean accepts(String kind) {
        return kinds.isEmpty() || kinds.contains(kind);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Demand that
                && devices == that.devices
                && permille == that.permille
                && Arrays.equals(shared, that.shared)
                && kinds.equals(that.kinds);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * Arrays.hashCode(shared) + devices) + permille) + kinds.hashCode();
    }

    @Override
    public String toString() {
        return Arrays.toString(shared) + ", " + devices + " x " + permille + (kinds.isEmpty() ? "" : " of " + kinds);
    }
}
