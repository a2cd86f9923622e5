package org.rackweave.daemon.matching;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.SliceView;

/**
 * Finds slices for a requirement. One lender that can do all of it first, then as few as will do; among those whatever
 * {@link Candidate#BEST_FIRST} says, of which the last criterion is what {@link Placement} says that it strands. Where less would do too ({@link Requirement#leastAmount}) and there is not enough, it is as
 * much as there is.
 */
public final class Matching {
    private Matching() {}

    /** With what is usual. */
    public static Plan match(Requirement wish, Collection<SliceView> slices) {
        return match(wish, slices, Setting.USUAL);
    }

    /** @param slices whatever is known of the rack; those that are not free or do not fit are passed over */
    public static Plan match(Requirement wish, Collection<SliceView> slices, Setting setting) {
        return match(wish, Lenders.of(setting.power(), slices), setting);
    }

    /** @param known whatever is known of the rack, sorted already for the same power */
    public static Plan match(Requirement wish, Lenders known, Setting setting) {
        Field field = new Field(wish, known, setting);
        Explanation explanation = new Explanation(wish, known, setting, field);
        return field.best()
                .<Plan>map(taken -> new Plan.Found(taken.slices(), () -> explanation.found(taken)))
                .orElseGet(() -> new Plan.NoMatch(explanation::noMatch));
    }

    /**
     * Which of the slices of a loan are to stay when it becomes smaller: enough, and as little more as can be.
     *
     * @return empty when they are not enough together
     */
    public static Optional<List<SliceView>> keep(long amount, Collection<SliceView> held) {
        Piece[] kept = new Fit(amount, LoanView.MAX_LEASES)
                .asGood(Stock.of(held.stream().map(Piece::of).toList()));
        return kept.length == 0
                ? Optional.empty()
                : Optional.of(Arrays.stream(kept).map(Piece::slice).toList());
    }

    /** How much one lender could ever give for this, whatever the state of its slices is now. */
    public static long everOf(Requirement wish, Collection<SliceView> ofOneLender) {
        return ofOneLender.stream()
                .filter(slice -> slice.kind() == wish.kind()
                        && Obstacle.between(wish, slice)
                                .filter(Obstacle::isLasting)
                                .isEmpty())
                .mapToLong(SliceView::amount)
                .reduce(0, Fit::plus);
    }
}
