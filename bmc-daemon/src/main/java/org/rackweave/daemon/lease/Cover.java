package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.rackweave.protocol.message.SliceView;

/** Which slices make up an amount. */
final class Cover {
    private static final Comparator<SliceView> LARGEST_FIRST = Comparator.comparingLong(SliceView::amount)
            .reversed()
            .thenComparing(slice -> slice.id().key());

    private Cover() {}

    static long sum(List<SliceView> slices) {
        return slices.stream().mapToLong(SliceView::amount).sum();
    }

    /**
     * The fewest that are enough: the largest ones, and the last as small as will do.
     *
     * @param need how much, at least 1
     * @param most how much at most, for a rule's sake; slices are not cut
     */
    static Optional<List<SliceView>> fewest(List<SliceView> slices, long need, long most) {
        List<SliceView> chosen = largest(slices, need, most);
        return sum(chosen) >= need ? Optional.of(chosen) : Optional.empty();
    }

    /** The largest ones until they are enough, or until there are no more. */
    static List<SliceView> largest(List<SliceView> slices, long need, long most) {
        List<SliceView> left = new ArrayList<>(slices);
        left.sort(LARGEST_FIRST);
        List<SliceView> chosen = new ArrayList<>();
        long missing = need;
        long room = most;
        while (missing > 0) {
            long still = missing;
            long fits = room;
            left.removeIf(slice -> slice.amount() > fits);
            if (left.isEmpty()) {
                break;
            }
            SliceView next = left.stream()
                    .filter(slice -> slice.amount() >= still)
                    .reduce((larger, smaller) -> smaller.amount() < larger.amount() ? smaller : larger)
                    .orElse(left.get(0));
            chosen.add(next);
            left.remove(next);
            missing -= next.amount();
            room -= next.amount();
        }
        return chosen;
    }
}
