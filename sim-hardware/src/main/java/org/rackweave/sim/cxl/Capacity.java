package org.rackweave.sim.cxl;

import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.rackweave.hal.cxl.CxlLimits;
import org.rackweave.hal.cxl.DcExtent;
import org.rackweave.hal.cxl.DcReference;
import org.rackweave.hal.mctp.Octets;

/** Dynamic capacity that one command gave out: its extents, and which hosts have it. */
final class Capacity {
    /** The most extents of a device: what one answer about a host can hold. */
    static final int MOST_EXTENTS = CxlLimits.MOST_EXTENTS;

    private final int region;
    private final Octets tag;
    private final List<DcExtent> extents;
    private final NavigableMap<Integer, Share> shares = new TreeMap<>();
    private DcReference.Change lastReference = DcReference.Change.REMOVE;
    private boolean isWipedWhenFree;

    /**
     * How far a host is with it.
     *
     * <pre>
     * PENDING -> HELD -> RELEASING -> gone
     * PENDING -> gone, when the host refuses; from anywhere, by force
     * </pre>
     */
    static final class Share {
        private State state = State.PENDING;
        private CxlSwitch.Honesty honesty;
        private long dueMillis;

        /** See {@link Share}. */
        enum State {
            PENDING,
            HELD,
            RELEASING
        }

        /** @param dueMillis when the host answers */
        Share(CxlSwitch.Honesty honesty, long dueMillis) {
            this.honesty = honesty;
            this.dueMillis = dueMillis;
        }

        State state() {
            return state;
        }

        CxlSwitch.Honesty honesty() {
            return honesty;
        }

        /** Whether the host has something to answer by now. */
        boolean isDue(long nowMillis) {
            return state != State.HELD && nowMillis >= dueMillis;
        }

        void accepted() {
            state = State.HELD;
        }

        void releasing(CxlSwitch.Honesty how, long due) {
            state = State.RELEASING;
            honesty = how;
            dueMillis = due;
        }

        /** Another host, or the same after a restart, takes its own time. */
        void askAgain(long due) {
            dueMillis = due;
        }
    }

    Capacity(int region, Octets tag, List<DcExtent> extents) {
        this.region = region;
        this.tag = tag;
        this.extents = List.copyOf(extents);
    }

    int region() {
        return region;
    }

    Octets tag() {
        return tag;
    }

    List<DcExtent> extents() {
        return extents;
    }

    long bytes() {
        return extents.stream().mapToLong(DcExtent::bytes).sum();
    }

    /** By logical device. */
    NavigableMap<Integer, Share> shares() {
        return shares;
    }

    /** What its memory is called: its tag, or where it starts when it has none. */
    String name() {
        return tag.zeroFrom(0) ? Long.toHexString(extents.get(0).dpa()) : tag.toString();
    }

    boolean isHeldBy(int host) {
        Share share = shares.get(host);
        return share != null && share.state() != Share.State.PENDING;
    }

    IntStream holders() {
        return shares.keySet().stream().mapToInt(Integer::intValue).filter(this::isHeldBy);
    }

    IntStream pending() {
        return shares.keySet().stream().mapToInt(Integer::intValue).filter(host -> !isHeldBy(host));
    }

    void refer(DcReference.Change change) {
        lastReference = change;
    }

    boolean isReferred() {
        return lastReference == DcReference.Change.ADD;
    }

    void wipeWhenFree() {
        isWipedWhenFree = true;
    }

    boolean isWipedWhenFree() {
        return isWipedWhenFree;
    }
}
