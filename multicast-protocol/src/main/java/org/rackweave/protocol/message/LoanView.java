package org.rackweave.protocol.message;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A loan as its borrower sees it.
 *
 * @param id which
 * @param requirement what was asked for
 * @param state where it is in its life
 * @param leases the leases that make it up; at most 64
 * @param explanation why these lenders, or why none: for people, at most 1024 characters
 * @param place where it stands in the line that it is nearest to the head of, while it waits
 */
public record LoanView(
        LoanId id,
        Requirement requirement,
        LoanState state,
        List<LeaseView> leases,
        String explanation,
        Optional<LinePlace> place) {
    public static final int MAX_LEASES = 64;
    public static final int MAX_EXPLANATION_CHARS = 1024;

    public LoanView {
        Objects.requireNonNull(id);
        Objects.requireNonNull(requirement);
        Objects.requireNonNull(state);
        Objects.requireNonNull(place);
        leases = List.copyOf(leases);
        if (leases.size() > MAX_LEASES || explanation.length() > MAX_EXPLANATION_CHARS) {
            throw new IllegalArgumentException("loan out of limits: " + id);
        }
    }

    /** The same without the proofs of its leases' wipes, for lists. */
    public LoanView inBrief() {
        return new LoanView(
                id, requirement, state, leases.stream().map(LeaseView::inBrief).toList(), explanation, place);
    }

    /** A loan that does not wait. */
    public LoanView(LoanId id, Requirement requirement, LoanState state, List<LeaseView> leases, String explanation) {
        this(id, requirement, state, leases, explanation, Optional.empty());
    }
}
