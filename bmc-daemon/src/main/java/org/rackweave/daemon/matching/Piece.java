package org.rackweave.daemon.matching;

import java.util.Comparator;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.SliceView;

/**
 * A slice that may be taken, with what is weighed of it: beside the slice, because a decision looks at thousands of them.
 *
 * @param owner of the slice
 * @param fabric of its place
 * @param amount of the slice
 * @param latencyCode of its place
 * @param device that it is on
 * @param wakes whether nothing of its device is in use
 * @param powerRank what it does to the power drawn; less is better
 * @param deviceFree how much of this kind its device has free, this one included
 */
record Piece(
        SliceView slice,
        NodeId owner,
        String fabric,
        long amount,
        int latencyCode,
        Holding.Device device,
        boolean wakes,
        long powerRank,
        long deviceFree) {
    /** The largest first; of those that are as large, those that are preferred. Of two devices the fuller one is filled. */
    static final Comparator<Piece> PREFERRED_FIRST = Comparator.comparingLong(Piece::amount)
            .reversed()
            .thenComparingInt(Piece::latencyCode)
            .thenComparingLong(Piece::powerRank)
            .thenComparing(Piece::fabric)
            .thenComparing(Piece::owner)
            .thenComparingLong(Piece::deviceFree)
            .thenComparing(piece -> piece.slice().place().device())
            .thenComparing(piece -> piece.slice().id().key());

    /** One of which nothing but its size matters. */
    static Piece of(SliceView slice) {
        return of(slice, new Holding.Device(slice.id().owner()), false, 0, slice.amount());
    }

    static Piece of(SliceView slice, Holding.Device device, boolean wakes, long powerRank, long deviceFree) {
        return new Piece(
                slice,
                device.owner(),
                slice.place().fabric(),
                slice.amount(),
                slice.place().latency().code(),
                device,
                wakes,
                powerRank,
                deviceFree);
    }
}
