package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/**
 * What lenders have shown, by kind and by owner, what is free sorted by amount: a decision then looks at each owner, and not at
 * each slice. Kept as answers arrive. Each slice is added once.
 */
public final class Offers {
    static final Comparator<SliceView> LARGEST_FIRST = Comparator.comparingLong(SliceView::amount)
            .reversed()
            .thenComparing(slice -> slice.id().owner())
            .thenComparing(slice -> slice.id().key());

    /** By kind, then by the worst that a forced end may do: what is fatal is not among what is tolerated. */
    private final Map<ResourceKind, Map<ForcedEndEffect, TreeMap<NodeId, List<SliceView>>>> free =
            new EnumMap<>(ResourceKind.class);

    private final Map<ResourceKind, Long> amounts = new EnumMap<>(ResourceKind.class);

    /** All of these. */
    public static Offers of(Collection<SliceView> slices) {
        Offers offers = new Offers();
        slices.forEach(offers::add);
        return offers;
    }

    public void add(SliceView slice) {
        amounts.merge(slice.kind(), slice.amount(), Long::sum);
        if (slice.state() != SliceState.FREE) {
            return;
        }
        for (ForcedEndEffect worst : survivedBy(slice)) {
            List<SliceView> owned = free.computeIfAbsent(slice.kind(), kind -> new EnumMap<>(ForcedEndEffect.class))
                    .computeIfAbsent(worst, each -> new TreeMap<>())
                    .computeIfAbsent(slice.id().owner(), owner -> new ArrayList<>());
            int found = Collections.binarySearch(owned, slice, LARGEST_FIRST);
            owned.add(found < 0 ? -found - 1 : found, slice);
        }
    }

    /** Takes a free slice out that is not to be had any more. */
    public void remove(SliceView slice) {
        for (ForcedEndEffect worst : survivedBy(slice)) {
            List<SliceView> owned =
                    owners(slice.kind(), worst).getOrDefault(slice.id().owner(), List.of());
            int found = Collections.binarySearch(owned, slice, LARGEST_FIRST);
            if (found >= 0) {
                owned.remove(found);
            }
        }
        amounts.merge(slice.kind(), -slice.amount(), Long::sum);
    }

    private static List<ForcedEndEffect> survivedBy(SliceView slice) {
        return slice.forcedEnd() == ForcedEndEffect.FATAL
                ? List.of(ForcedEndEffect.FATAL)
                : List.of(ForcedEndEffect.FATAL, ForcedEndEffect.TOLERATED);
    }

    /**
     * What is free of a kind, for each owner, in order; the largest first.
     *
     * @param worst what a forced end may do at most
     */
    Map<NodeId, List<SliceView>> owners(ResourceKind kind, ForcedEndEffect worst) {
        return free.getOrDefault(kind, Map.of()).getOrDefault(worst, new TreeMap<>());
    }

    /** How much there is of a kind, free or not. */
    long amount(ResourceKind kind) {
        return amounts.getOrDefault(kind, 0L);
    }
}
