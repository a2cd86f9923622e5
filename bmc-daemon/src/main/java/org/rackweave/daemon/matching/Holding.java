package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/**
 * What one lender has of one kind. Here slices become what a {@link Supply} counts: of memory, cores and lanes any part will do,
 * and their amounts are summed; devices, functions and accelerator slices are shares, in permille, of the device that they are on.
 */
final class Holding {
    static final Holding NOTHING = new Holding(ResourceKind.MEMORY, List.of(), Setting.Power.FILL);

    private final ResourceKind kind;
    private final Stock free;
    private final Stock tolerated;
    private final Map<Device, Units> units = new LinkedHashMap<>();
    private final long owned;
    private final long left;

    /** What has power of its own, whatever kinds of slices are on it. Two of them are never equal. */
    static final class Device {
        private final NodeId owner;
        /** How many of its slices are not free. */
        int inUse;

        Device(NodeId owner) {
            this.owner = owner;
        }

        /** One and the same object for all devices of one owner, so that owners are compared at once. */
        NodeId owner() {
            return owner;
        }
    }

    /** A slice, and the device that it is on. */
    record Placed(SliceView slice, Device device) {}

    /** How much of the kind is on one device. */
    private static final class Units {
        private long owned;
        private long free;
        private long ranked;

        private int shareWithout(long taken) {
            return (int) (Supply.WHOLE * ((free - taken) / (double) owned));
        }
    }

    /** @param placed all of the kind, in the order of their keys */
    Holding(ResourceKind kind, List<Placed> placed, Setting.Power power) {
        this.kind = kind;
        for (Placed each : placed) {
            Units on = units.computeIfAbsent(each.device(), unseen -> new Units());
            on.owned = Fit.plus(on.owned, each.slice().amount());
            on.free = Fit.plus(on.free, isFree(each) ? each.slice().amount() : 0);
        }
        List<Piece> pieces = new ArrayList<>();
        for (Placed each : placed) {
            if (isFree(each)) {
                pieces.add(piece(each, units.getOrDefault(each.device(), new Units()), power));
            }
        }
        this.free = Stock.of(pieces);
        this.tolerated = free.where(piece -> piece.slice().forcedEnd() == ForcedEndEffect.TOLERATED);
        long ownedSum = 0;
        long leftSum = 0;
        for (Units on : units.values()) {
            ownedSum = Fit.plus(ownedSum, isShare(kind) ? Supply.WHOLE : on.owned);
            leftSum = Fit.plus(leftSum, isShare(kind) ? on.shareWithout(0) : on.free);
        }
        this.owned = ownedSum;
        this.left = leftSum;
    }

    private static boolean isFree(Placed placed) {
        return placed.slice().state() == SliceState.FREE;
    }

    private static Piece piece(Placed placed, Units on, Setting.Power power) {
        boolean wakes = placed.device().inUse == 0;
        long powerRank =
                switch (power) {
                    case FILL -> wakes ? 1 : 0;
                    // Each one more costs more than the one before.
                    case SPREAD -> placed.device().inUse + on.ranked++;
                };
        return Piece.of(placed.slice(), placed.device(), wakes, powerRank, on.free);
    }

    /** Whether what is lent of a kind are shares of devices. */
    static boolean isShare(ResourceKind kind) {
        return switch (kind) {
            case PCIE_DEVICE, FUNCTION, ACCELERATOR -> true;
            case MEMORY, LANES, CORES -> false;
        };
    }

    /** What is free, with a forced end that is no worse. */
    Stock free(ForcedEndEffect worst) {
        return switch (worst) {
            case FATAL -> free;
            case TOLERATED -> tolerated;
        };
    }

    /** How much there is, free or not: the unit of the kind, or permille of devices. */
    long owned() {
        return owned;
    }

    /** How much of that is free. */
    long left() {
        return left;
    }

    static long sum(Piece... pieces) {
        long sum = 0;
        for (Piece piece : pieces) {
            sum = Fit.plus(sum, piece.amount());
        }
        return sum;
    }

    /** The free share of each device; none of what is not shared so. */
    int[] shares() {
        return isShare(kind) ? sharesWithout() : new int[0];
    }

    int[] sharesWithout(Piece... taken) {
        int[] shares = new int[units.size()];
        int index = 0;
        for (Map.Entry<Device, Units> each : units.entrySet()) {
            long here = 0;
            for (Piece piece : taken) {
                here = Fit.plus(here, piece.device() == each.getKey() ? piece.amount() : 0);
            }
            shares[index++] = each.getValue().shareWithout(here);
        }
        return shares;
    }
}
