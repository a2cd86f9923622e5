package org.rackweave.daemon.matching;

import java.util.Arrays;
import java.util.List;
import org.rackweave.protocol.message.SliceView;

/**
 * Which slices of a few are enough together, with the least left over, and then the fewest. The first answer is a greedy one;
 * a search that is cut off after a number of steps betters it where amounts are uneven.
 *
 * <p>It is asked for one lender after the other and remembers the best that it found, so that one who cannot do as well is left
 * at once.
 */
final class Fit {
    /** Steps of the search for less left over: complete for a dozen uneven slices, and some microseconds long. */
    private static final int MAX_STEPS = 1_024;

    private static final Piece[] NONE = {};

    private final long amount;
    private final Piece[] path;
    private long bestSum = Long.MAX_VALUE;
    /** So many pieces at most may what leaves as little over as the best have. */
    private int most;

    private Stock stock = Stock.NONE;
    private Piece[] found = NONE;
    private int steps;

    /**
     * @param amount that is wanted, at least 1
     * @param mostPieces that may be taken, at least 0
     */
    Fit(long amount, int mostPieces) {
        this.amount = amount;
        this.path = new Piece[mostPieces];
        this.most = mostPieces;
    }

    /** The best of these; none when they are not enough, or not as good as what was found before. */
    Piece[] asGood(Stock of) {
        stock = of;
        found = NONE;
        int fewest = fewest();
        if (fewest > (bestSum == amount ? most : path.length)) {
            return NONE;
        }
        int mostBefore = most;
        long sum = greedy(fewest);
        if (sum < bestSum || (sum == bestSum && fewest <= most)) {
            take(sum, fewest);
        }
        if (sum > amount) {
            steps = 0;
            search(0, 0, 0);
        }
        // Another lender may be as good as this one.
        most = found.length == 0 ? mostBefore : found.length;
        return found;
    }

    private void take(long sum, int size) {
        found = Arrays.copyOf(path, size);
        bestSum = sum;
        most = size - 1;
    }

    /** No fewer are enough, and nothing is when all are not. */
    private int fewest() {
        if (stock.sum() < amount) {
            return Integer.MAX_VALUE;
        }
        int count = 1;
        while (stock.sum(0, count) < amount) {
            count++;
        }
        return count;
    }

    /** The largest ones, and the last as small as will do. @return how much they are */
    private long greedy(int fewest) {
        long sum = 0;
        for (int i = 0; i < fewest - 1; i++) {
            path[i] = stock.piece(i);
            sum = plus(sum, stock.amount(i));
        }
        // Of those that are enough the last is the smallest, and the first that is as large is preferred.
        int afterEnough = firstWithin(fewest - 1, amount - sum - 1);
        path[fewest - 1] = stock.piece(firstWithin(fewest - 1, stock.amount(afterEnough - 1)));
        return plus(sum, path[fewest - 1].amount());
    }

    private void search(int from, int size, long sum) {
        if (sum >= amount) {
            if (sum < bestSum || size <= most) {
                take(sum, size);
            }
            return;
        }
        for (int i = firstWithin(from, bestSum - sum); i < stock.size() && steps < MAX_STEPS; i++) {
            int further = (bestSum == amount ? most : path.length) - size;
            if (further <= 0 || plus(sum, stock.sum(i, further)) < amount) {
                return;
            }
            steps++;
            long with = plus(sum, stock.amount(i));
            boolean triedItsLike = i > from && stock.amount(i - 1) == stock.amount(i);
            if (!triedItsLike && with <= bestSum) {
                path[size] = stock.piece(i);
                search(i + 1, size + 1, with);
            }
        }
    }

    /** The first from there on that is not larger. */
    private int firstWithin(int from, long largest) {
        int low = from;
        int high = stock.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (stock.amount(middle) > largest) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
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
