package org.rackweave.daemon.lease;

import java.util.Comparator;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;

/**
 * What there is of one kind, kept as rows change, so that saying what a node offers does not look at every slice.
 *
 * @param totalAmount of all slices
 * @param unheldAmount of those that are sound and that no lease holds, wiped or not: what a floor is measured against
 * @param freeAmount of those that are free
 * @param free the keys of those that are free, the largest first
 */
record Shelf(long totalAmount, long unheldAmount, long freeAmount, Versioned<Size, String> free) {
    static final Shelf EMPTY = new Shelf(0, 0, 0, Versioned.empty(Size.LARGEST_FIRST));

    /** How large a free slice is. */
    record Size(long amount, String key) {
        static final Comparator<Size> LARGEST_FIRST =
                Comparator.comparingLong(Size::amount).reversed().thenComparing(Size::key);
    }

    Shelf with(SliceRow row) {
        long amount = row.facts().amount();
        long unheld = Lent.isUnheld(row) ? amount : 0;
        return row.state() == SliceState.FREE
                ? new Shelf(
                        totalAmount + amount,
                        unheldAmount + unheld,
                        freeAmount + amount,
                        free.with(size(row), row.key()))
                : new Shelf(totalAmount + amount, unheldAmount + unheld, freeAmount, free);
    }

    Shelf without(SliceRow row) {
        long amount = row.facts().amount();
        long unheld = Lent.isUnheld(row) ? amount : 0;
        return row.state() == SliceState.FREE
                ? new Shelf(totalAmount - amount, unheldAmount - unheld, freeAmount - amount, free.without(size(row)))
                : new Shelf(totalAmount - amount, unheldAmount - unheld, freeAmount, free);
    }

    /** @param floor what is never lent: it is not said to be free */
    NodeView.Capacity capacity(ResourceKind kind, long floor) {
        long lendable = Math.max(0, unheldAmount - floor);
        Size largest = free.from(new Size(lendable, ""));
        return largest == null
                ? new NodeView.Capacity(kind, totalAmount, 0, 0)
                : new NodeView.Capacity(kind, totalAmount, Math.min(freeAmount, lendable), largest.amount());
    }

    private static Size size(SliceRow row) {
        return new Size(row.facts().amount(), row.key());
    }
}
