package org.rackweave.daemon.matching;

import java.util.Arrays;
import java.util.List;

/** What one lender has free: amounts of shared dimensions, and the free share of each of its devices in permille. */
public final class Supply {
    /** All of a device, in permille. */
    public static final int WHOLE = 1000;

    /** Of a lender that has nothing of what is counted. */
    static final Supply NOTHING = new Supply("", new long[1], new int[0]);

    private final String kind;
    private final long[] shared;
    private final int[] devices;
    private final long deviceLeft;

    /**
     * @param kind what a demand may ask for by name (a model of device), or empty
     * @param shared free amounts, at least 0 each
     * @param devices the free share of each device, 0 to 1000; empty when the lender has none
     */
    public Supply(String kind, List<Long> shared, List<Integer> devices) {
        this(
                kind,
                shared.stream().mapToLong(Long::longValue).toArray(),
                devices.stream().mapToInt(Integer::intValue).toArray());
        if (shared.stream().anyMatch(amount -> amount < 0)
                || devices.stream().anyMatch(free -> free < 0 || free > WHOLE)) {
            throw new IllegalArgumentException("a supply out of its range: " + this);
        }
    }

    /** The arrays are the supply's own from now on. */
    Supply(String kind, long[] shared, int[] devices) {
        this.kind = kind;
        this.shared = shared;
        this.devices = devices;
        long sum = 0;
        for (int free : devices) {
            sum += free;
        }
        this.deviceLeft = sum;
    }

    /** The same with other devices. */
    Supply withDevices(int[] changed) {
        return new Supply(kind, shared, changed);
    }

    /** How much of a shared dimension is free. */
    public long shared(int dimension) {
        return shared[dimension];
    }

    /** How many shared dimensions there are: of who has nothing of what is counted only that one. */
    int dimensions() {
        return shared.length;
    }

    /** How many devices there are, free or not. */
    public int devices() {
        return devices.length;
    }

    /** How much of a device is free, in permille. */
    public int device(int index) {
        return devices[index];
    }

    /** The free shares of all devices together, in permille of one. */
    public long deviceLeft() {
        return deviceLeft;
    }

    /** Whether all of the demand can be met here. */
    public boolean fits(Demand demand) {
        for (int i = 0; i < shared.length; i++) {
            if (shared[i] < demand.shared(i)) {
                return false;
            }
        }
        return demand.accepts(kind) && roomy(demand.permille()) >= demand.devices();
    }

    private int roomy(int permille) {
        int count = 0;
        for (int free : devices) {
            if (free >= permille) {
                count++;
            }
        }
        return count;
    }

    /** What lies on devices that have less free than the demand wants of each. */
    long tooSmallFor(Demand demand) {
        long sum = 0;
        for (int free : devices) {
            if (free < demand.permille()) {
                sum += free;
            }
        }
        return sum;
    }

    /**
     * What is left when the demand is met, its first device being this one and the others the fullest that have room.
     *
     * @param first an index of a device with room; any number when the demand wants no device
     */
    public Supply without(Demand demand, int first) {
        long[] sharedLeft = shared.clone();
        for (int i = 0; i < sharedLeft.length; i++) {
            sharedLeft[i] -= demand.shared(i);
        }
        int[] left = devices.clone();
        if (demand.devices() > 0) {
            left[first] -= demand.permille();
        }
        for (int taken = 1; taken < demand.devices(); taken++) {
            left[fullestWithRoom(left, demand.permille())] -= demand.permille();
        }
        return new Supply(kind, sharedLeft, left);
    }

    /** A device serves one demand once, so only those that the demand has not touched yet count. */
    private int fullestWithRoom(int[] left, int permille) {
        int best = -1;
        for (int i = 0; i < left.length; i++) {
            boolean untouched = left[i] == devices[i];
            if (untouched && left[i] >= permille && (best < 0 || left[i] < left[best])) {
                best = i;
            }
        }
        if (best < 0) {
            throw new IllegalArgumentException("no room for another device at " + permille + " permille: " + this);
        }
        return best;
    }

    /** The same with its devices in order of what they have free: for tables in which their names do not matter. */
    public Supply sorted() {
        int[] inOrder = devices.clone();
        Arrays.sort(inOrder);
        return new Supply(kind, shared, inOrder);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Supply that
                && Arrays.equals(shared, that.shared)
                && Arrays.equals(devices, that.devices)
                && kind.equals(that.kind);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(shared) + Arrays.hashCode(devices)) + kind.hashCode();
    }

    @Override
    public String toString() {
        return Arrays.toString(shared) + ", devices " + Arrays.toString(devices)
                + (kind.isEmpty() ? "" : " of " + kind);
    }
}
