package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rackweave.protocol.message.SliceView;

/**
 * Which slices of a few are enough together, with the least left over, and then the fewest. The first answer is a greedy one;
 * a search that is cut off after a number of steps betters it where amounts are uneven.
 */
final class Fit {
    /** Steps of the search for less left over: complete for a dozen uneven slices, and some microseconds long. */
    private static final int MAX_STEPS = 1_024;

    private final long amount;
    private final int mostSlices;
    private final List<SliceView> slices;
    private final long[] sumFrom;
    private final List<SliceView> path = new ArrayList<>();
    private List<SliceView> best;
    private long bestSum;
    private int steps;

    private Fit(long amount, int mostSlices, List<SliceView> slices, List<SliceView> greedy) {
        this.amount = amount;
        this.mostSlices = mostSlices;
        this.slices = slices;
        this.best = greedy;
        this.bestSum = sum(greedy);
        this.sumFrom = new long[slices.size() + 1];
        for (int i = slices.size() - 1; i >= 0; i--) {
            sumFrom[i] = plus(sumFrom[i + 1], slices.get(i).amount());
        }
    }

    /** @param largestFirst of slices that are as large the ones that are preferred come first */
    static Optional<List<SliceView>> of(long amount, int mostSlices, List<SliceView> largestFirst) {
        Optional<List<SliceView>> greedy = greedy(amount, mostSlices, largestFirst);
        if (greedy.isEmpty() || sum(greedy.get()) == amount) {
            return greedy;
        }
        Fit fit = new Fit(amount, mostSlices, largestFirst, greedy.get());
        fit.search(0, 0);
        return Optional.of(fit.best);
    }

    /** The smallest single slice that is enough, else the largest ones until they are, the last as small as will do. */
    private static Optional<List<SliceView>> greedy(long amount, int mostSlices, List<SliceView> largestFirst) {
        List<SliceView> chosen = new ArrayList<>();
        long missing = amount;
        int next = 0;
        while (missing > 0 && next < largestFirst.size() && chosen.size() < mostSlices) {
            int last = next;
            while (last + 1 < largestFirst.size() && largestFirst.get(last + 1).amount() >= missing) {
                last++;
            }
            SliceView taken = largestFirst.get(firstAsLarge(largestFirst, next, last));
            chosen.add(taken);
            missing -= taken.amount();
            next++;
        }
        return missing <= 0 ? Optional.of(List.copyOf(chosen)) : Optional.empty();
    }

    private static int firstAsLarge(List<SliceView> largestFirst, int from, int index) {
        int first = index;
        while (first > from
                && largestFirst.get(first - 1).amount()
                        == largestFirst.get(index).amount()) {
            first--;
        }
        return first;
    }

    private void search(int from, long sum) {
        if (sum >= amount) {
            if (sum < bestSum || (sum == bestSum && path.size() < best.size())) {
                best = List.copyOf(path);
                bestSum = sum;
            }
            return;
        }
        if (path.size() == mostSlices || isPerfect()) {
            return;
        }
        for (int i = from; i < slices.size() && plus(sum, sumFrom[i]) >= amount && steps < MAX_STEPS; i++) {
            steps++;
            SliceView slice = slices.get(i);
            boolean triedItsLike = i > from && slices.get(i - 1).amount() == slice.amount();
            long with = plus(sum, slice.amount());
            if (triedItsLike || with > bestSum) {
                continue;
            }
            path.add(slice);
            search(i + 1, with);
            path.remove(path.size() - 1);
        }
    }

    private boolean isPerfect() {
        return bestSum == amount && best.size() <= path.size() + 1;
    }

    static long sum(List<SliceView> slices) {
        long sum = 0;
        for (SliceView slice : slices) {
            sum = plus(sum, slice.amount());
        }
        return sum;
    }

    /** Lenders say how much they have: no sum of what they say may overflow. */
    static long plus(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
}
