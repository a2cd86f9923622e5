package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.rackweave.config.ByteSize;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceView;

/**
 * Finds slices for a requirement. Within a lender: the smallest slice that is enough by itself, else the fewest that are
 * enough together. Between lenders: the one with the least left over, then with the fewest slices, then the lowest node id.
 */
public final class Matching {
    private static final Comparator<List<SliceView>> LEAST_LEFT_OVER =
            Comparator.<List<SliceView>>comparingLong(Matching::sum).thenComparingInt(List::size);

    private Matching() {}

    /** @param slices whatever is known of the rack; those that are not free or do not fit are passed over */
    public static Plan match(Requirement wish, Collection<SliceView> slices) {
        return match(wish, Offers.of(slices));
    }

    /** The same, from what is kept sorted already. */
    public static Plan match(Requirement wish, Offers offers) {
        List<List<SliceView>> lenders = new ArrayList<>();
        offers.owners(wish.kind(), wish.worstForcedEnd()).forEach((owner, owned) -> {
            if (wish.from().isEmpty() || wish.from().get().equals(owner)) {
                List<SliceView> fitting = fitting(wish, owned);
                if (!fitting.isEmpty()) {
                    lenders.add(fitting);
                }
            }
        });
        List<SliceView> best = List.of();
        for (List<SliceView> owned : lenders) {
            List<SliceView> chosen = enough(wish.amount(), owned);
            if (!chosen.isEmpty() && (best.isEmpty() || LEAST_LEFT_OVER.compare(chosen, best) < 0)) {
                best = chosen;
            }
        }
        return best.isEmpty()
                ? combine(wish, lenders, offers)
                : new Plan.Found(
                        best, best.size() + " slice(s) of one lender, the least left over of " + lenders.size());
    }

    /** Most requirements name no capability; then there is nothing to copy. */
    private static List<SliceView> fitting(Requirement wish, List<SliceView> owned) {
        return wish.capability().isEmpty()
                ? owned
                : owned.stream()
                        .filter(slice ->
                                slice.capabilities().contains(wish.capability().get()))
                        .toList();
    }

    /** The smallest single slice that is enough, else the largest ones until they are, the last as small as will do; empty if all are not. */
    private static List<SliceView> enough(long amount, List<SliceView> largestFirst) {
        List<SliceView> chosen = new ArrayList<>();
        long missing = amount;
        while (missing > 0 && chosen.size() < Math.min(largestFirst.size(), LoanView.MAX_LEASES)) {
            // Those that were chosen are the largest ones, at the front.
            int last = smallestOfAtLeast(missing, largestFirst, chosen.size());
            SliceView next = largestFirst.get(Math.max(last, chosen.size()));
            chosen.add(next);
            missing -= next.amount();
        }
        return missing <= 0 ? chosen : List.of();
    }

    /** Where, from a place on, the first of the smallest slices that have this amount is; -1 when none has. */
    private static int smallestOfAtLeast(long amount, List<SliceView> largestFirst, int from) {
        int count = countOfAtLeast(amount, largestFirst, from);
        if (count == from) {
            return -1;
        }
        long smallest = largestFirst.get(count - 1).amount();
        return smallest == Long.MAX_VALUE ? from : countOfAtLeast(smallest + 1, largestFirst, from);
    }

    /** Where the first slice with less than this amount is. */
    private static int countOfAtLeast(long amount, List<SliceView> largestFirst, int from) {
        int low = from;
        int high = largestFirst.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (largestFirst.get(middle).amount() >= amount) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static Plan combine(Requirement wish, List<List<SliceView>> lenders, Offers offers) {
        List<List<SliceView>> largest = lenders.stream()
                .sorted(Comparator.<List<SliceView>>comparingLong(Matching::sum).reversed())
                .limit(wish.maxLenders())
                .toList();
        List<SliceView> pool = new ArrayList<>();
        largest.forEach(pool::addAll);
        pool.sort(Offers.LARGEST_FIRST);
        List<SliceView> chosen = largest.size() > 1 ? enough(wish.amount(), pool) : List.of();
        return chosen.isEmpty()
                ? new Plan.NoMatch(whyNot(wish, lenders, offers))
                : new Plan.Found(chosen, chosen.size() + " slices of several lenders; no single one has enough");
    }

    private static String whyNot(Requirement wish, List<List<SliceView>> lenders, Offers offers) {
        long ofKind = offers.amount(wish.kind());
        long fitting = lenders.stream().mapToLong(Matching::sum).sum();
        long best = lenders.stream().mapToLong(Matching::sum).max().orElse(0);
        if (ofKind == 0) {
            return "no " + wish.kind().word() + " is lent by any node that was asked";
        }
        if (fitting >= wish.amount()) {
            return "enough is free (" + amount(wish, fitting) + "), but spread over more lenders than the "
                    + wish.maxLenders() + " allowed; the largest has " + amount(wish, best) + "; allow more lenders";
        }
        return amount(wish, wish.amount()) + " asked for, " + amount(wish, fitting) + " of " + amount(wish, ofKind)
                + " free and fitting; ask for less, or wait until something is given back";
    }

    private static String amount(Requirement wish, long amount) {
        return wish.kind() == ResourceKind.MEMORY
                ? ByteSize.format(amount)
                : amount + " " + wish.kind().unit();
    }

    private static long sum(List<SliceView> slices) {
        long sum = 0;
        for (SliceView slice : slices) {
            sum += slice.amount();
        }
        return sum;
    }
}
