package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.SliceView;

/**
 * How much more the asker may have at those lenders that have rules for it; a lender that is not named has none.
 *
 * @param amounts in the unit of what is asked for
 */
public record Allowances(Map<NodeId, Long> amounts) {
    public static final Allowances NONE = new Allowances(Map.of());

    private static final Comparator<SliceView> LARGEST_FIRST =
            Comparator.comparingLong(SliceView::amount).reversed().thenComparing(Field.BY_ID);

    public Allowances {
        amounts = Map.copyOf(amounts);
    }

    /** {@link Matching#match} among what the rules do not keep from the asker, and which lender's rules keep how much. */
    public Plan match(Requirement wish, Lenders known, Setting setting) {
        if (amounts.isEmpty()) {
            return Matching.match(wish, known, setting);
        }
        List<SliceView> each = known.slices().stream()
                .filter(slice -> slice.kind() != wish.kind() || slice.amount() <= of(slice))
                .toList();
        Plan plan = Matching.match(wish, each, setting);
        boolean isAllowed = !(plan instanceof Plan.Found found) || isAllowed(found.slices());
        Plan allowed = isAllowed ? plan : Matching.match(wish, together(wish, each), setting);
        return allowed instanceof Plan.Found found
                ? new Plan.Found(found.slices(), () -> explained(wish, found))
                : new Plan.NoMatch(() -> explained(wish, allowed));
    }

    private long of(SliceView slice) {
        return amounts.getOrDefault(slice.id().owner(), Long.MAX_VALUE);
    }

    private boolean isAllowed(List<SliceView> slices) {
        return slices.stream()
                .collect(Collectors.groupingBy(
                        slice -> slice.id().owner(), Collectors.reducing(0L, SliceView::amount, Fit::plus)))
                .entrySet()
                .stream()
                .allMatch(entry -> entry.getValue() <= amounts.getOrDefault(entry.getKey(), Long.MAX_VALUE));
    }

    /**
     * Of each lender with rules the largest that fit and are allowed together. Where sizes divide one another, as those of slices
     * mostly do, that is as much as can be.
     */
    private List<SliceView> together(Requirement wish, Collection<SliceView> slices) {
        Map<NodeId, Long> left = new HashMap<>(amounts);
        List<SliceView> within = new ArrayList<>();
        for (SliceView slice : slices.stream().sorted(LARGEST_FIRST).toList()) {
            long most = left.getOrDefault(slice.id().owner(), Long.MAX_VALUE);
            if (slice.kind() != wish.kind()) {
                within.add(slice);
            } else if (Obstacle.between(wish, slice).isEmpty() && slice.amount() <= most) {
                left.put(slice.id().owner(), most - slice.amount());
                within.add(slice);
            }
        }
        return within;
    }

    private String explained(Requirement wish, Plan plan) {
        String rules = amounts.entrySet().stream()
                .filter(entry -> entry.getValue() < wish.amount())
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> "; the rules of " + entry.getKey().brief() + " leave you "
                        + Explanation.said(wish, entry.getValue()))
                .collect(Collectors.joining());
        String text = plan.explanation() + rules;
        return text.substring(0, Math.min(text.length(), LoanView.MAX_EXPLANATION_CHARS));
    }
}
