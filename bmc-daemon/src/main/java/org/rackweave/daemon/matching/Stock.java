package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** Pieces to choose from, the preferred first, with sums of how much they are. It is never changed. */
final class Stock {
    static final Stock NONE = new Stock();

    private final Piece[] pieces;
    /** Beside the pieces, for a search looks at many and takes few. */
    private final long[] amounts;

    private final long[] sumBefore;
    private final int latencyCodes;

    private Stock(Piece... preferredFirst) {
        pieces = preferredFirst;
        amounts = new long[pieces.length];
        sumBefore = new long[pieces.length + 1];
        int codes = 0;
        for (int i = 0; i < pieces.length; i++) {
            amounts[i] = pieces[i].amount();
            sumBefore[i + 1] = Fit.plus(sumBefore[i], amounts[i]);
            codes |= 1 << pieces[i].latencyCode();
        }
        latencyCodes = codes;
    }

    /** Pieces in any order. */
    static Stock of(List<Piece> pieces) {
        Piece[] sorted = pieces.toArray(Piece[]::new);
        Arrays.sort(sorted, Piece.PREFERRED_FIRST);
        return sorted.length == 0 ? NONE : new Stock(sorted);
    }

    /** Of several lenders. */
    static Stock together(List<Stock> stocks) {
        List<Piece> all = new ArrayList<>();
        stocks.forEach(stock -> all.addAll(Arrays.asList(stock.pieces)));
        return of(all);
    }

    /** Those of which it holds. */
    Stock where(Predicate<Piece> holds) {
        Piece[] left = new Piece[pieces.length];
        int size = 0;
        for (Piece piece : pieces) {
            if (holds.test(piece)) {
                left[size++] = piece;
            }
        }
        return size == pieces.length ? this : new Stock(Arrays.copyOf(left, size));
    }

    int size() {
        return pieces.length;
    }

    Piece piece(int index) {
        return pieces[index];
    }

    /** Of a piece. */
    long amount(int index) {
        return amounts[index];
    }

    /** The first so many. */
    Piece[] first(int count) {
        return Arrays.copyOf(pieces, Math.min(count, pieces.length));
    }

    long sum() {
        return sumBefore[pieces.length];
    }

    /** How much so many are, from one on, as far as there are so many. */
    long sum(int from, int count) {
        long to = sumBefore[Math.min(pieces.length, from + count)];
        return to == Long.MAX_VALUE ? to : to - sumBefore[from];
    }

    /** The codes of the latency classes that these are at: a bit for each. */
    int latencyCodes() {
        return latencyCodes;
    }
}
