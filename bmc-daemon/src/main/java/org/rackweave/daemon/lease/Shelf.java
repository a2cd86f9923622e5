package org.rackweave.daemon.lease;

import java.util.Comparator;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;

/**
 * What there is of one kind, kept as rows change, so that saying what a node offers does not look at every slice.
 *
 * @param totalAmount of all slices
 * @param freeAmount of those that are free
 * @param free the keys of those that are free, the largest first
 */
record Shelf(long totalAmount, long freeAmount, Versioned<Size, String> free) {
    static final Shelf EMPTY = new Shelf(0, 0, Versioned.empty(Size.LARGEST_FIRST));

    /** How large a free slice is. */
    record Size(long amount, String key) {
        static final Comparator<Size> LARGEST_FIRST =
                Comparator.comparingLong(Size::amount).reversed().thenComparing(Size::key);
    }

    Shelf with(SliceRow row) {
        long amount = row.facts().amount();
        return row.state() == SliceState.FREE
                ? new Shelf(totalAmount + amount, freeAmount + amount, free.with(size(row), row.key()))
                : new Shelf(totalAmount + amount, freeAmount, free);
    }

    Shelf without(SliceRow row) {
        long amount = row.facts().amount();
        return row.state() == SliceState.FREE
                ? new Shelf(totalAmount - amount, freeAmount - amount, free.without(size(row)))
                : new Shelf(totalAmount - amount, freeAmount, free);
    }

    NodeView.Capacity capacity(ResourceKind kind) {
        Size largest = free.first();
        return new NodeView.Capacity(kind, totalAmount, freeAmount, largest == null ? 0 : largest.amount());
    }

    private static Size size(SliceRow row) {
        return new Size(row.facts().amount(), row.key());
    }
}
