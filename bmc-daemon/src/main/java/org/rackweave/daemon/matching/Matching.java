package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.rackweave.config.ByteSize;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/**
 * Finds slices for a requirement. Within a lender: the smallest slice that is enough by itself, else the fewest that are
 * enough together. Between lenders: the one with the least left over, then with the fewest slices, then the lowest node id.
 */
public final class Matching {
    private static final Comparator<SliceView> LARGEST_FIRST = Comparator.comparingLong(SliceView::amount)
            .reversed()
            .thenComparing(slice -> slice.id().owner())
            .thenComparing(slice -> slice.id().key());

    private Matching() {}

    /** @param slices whatever is known of the rack; those that are not free or do not fit are passed over */
    public static Plan match(Requirement wish, Collection<SliceView> slices) {
        Map<NodeId, List<SliceView>> byOwner = new TreeMap<>();
        for (SliceView slice : slices) {
            if (fits(wish, slice)) {
                byOwner.computeIfAbsent(slice.id().owner(), owner -> new ArrayList<>())
                        .add(slice);
            }
        }
        byOwner.values().forEach(owned -> owned.sort(LARGEST_FIRST));
        Optional<Plan> single = byOwner.values().stream()
                .flatMap(owned -> enough(wish.amount(), owned).stream())
                .min(Comparator.<List<SliceView>>comparingLong(Matching::sum).thenComparingInt(List::size))
                .map(chosen -> new Plan.Found(
                        chosen, chosen.size() + " slice(s) of one lender, the least left over of " + byOwner.size()));
        return single.orElseGet(() -> combine(wish, byOwner, slices));
    }

    private static boolean fits(Requirement wish, SliceView slice) {
        return slice.state() == SliceState.FREE
                && slice.kind() == wish.kind()
                && wish.from().map(slice.id().owner()::equals).orElse(true)
                && wish.capability().map(slice.capabilities()::contains).orElse(true)
                && (wish.worstForcedEnd() == ForcedEndEffect.FATAL || slice.forcedEnd() == ForcedEndEffect.TOLERATED);
    }

    /** The smallest single slice that is enough, else the largest ones until they are, the last as small as will do. */
    private static Optional<List<SliceView>> enough(long amount, List<SliceView> largestFirst) {
        List<SliceView> chosen = new ArrayList<>();
        List<SliceView> left = new ArrayList<>(largestFirst);
        long missing = amount;
        while (missing > 0 && !left.isEmpty() && chosen.size() < LoanView.MAX_LEASES) {
            long need = missing;
            Optional<SliceView> last = left.stream()
                    .filter(slice -> slice.amount() >= need)
                    .reduce((larger, smaller) -> smaller.amount() < larger.amount() ? smaller : larger);
            SliceView next = last.orElse(left.get(0));
            chosen.add(next);
            left.remove(next);
            missing -= next.amount();
        }
        return missing <= 0 ? Optional.of(chosen) : Optional.empty();
    }

    private static Plan combine(
            Requirement wish, Map<NodeId, List<SliceView>> byOwner, Collection<SliceView> everything) {
        List<List<SliceView>> lenders = byOwner.values().stream()
                .sorted(Comparator.<List<SliceView>>comparingLong(Matching::sum).reversed())
                .limit(wish.maxLenders())
                .toList();
        List<SliceView> pool = new ArrayList<>();
        lenders.forEach(pool::addAll);
        pool.sort(LARGEST_FIRST);
        Optional<List<SliceView>> chosen = lenders.size() > 1 ? enough(wish.amount(), pool) : Optional.empty();
        return chosen.<Plan>map(slices ->
                        new Plan.Found(slices, slices.size() + " slices of several lenders; no single one has enough"))
                .orElseGet(() -> new Plan.NoMatch(whyNot(wish, byOwner, everything)));
    }

    private static String whyNot(
            Requirement wish, Map<NodeId, List<SliceView>> byOwner, Collection<SliceView> everything) {
        long ofKind = everything.stream()
                .filter(slice -> slice.kind() == wish.kind())
                .mapToLong(SliceView::amount)
                .sum();
        long fitting = byOwner.values().stream().mapToLong(Matching::sum).sum();
        long best = byOwner.values().stream().mapToLong(Matching::sum).max().orElse(0);
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
        return slices.stream().mapToLong(SliceView::amount).sum();
    }
}
