package org.rackweave.protocol.message;

import java.util.List;
import java.util.Objects;

/**
 * A loan as its borrower sees it.
 *
 * @param id which
 * @param requirement what was asked for
 * @param state where it is in its life
 * @param leases the leases that make it up; at most 64
 * @param explanation why these lenders, or why none: for people, at most 1024 characters
 */
public record LoanView(
        LoanId id, Requirement requirement, LoanState state, List<LeaseView> leases, String explanation) {
    public static final int MAX_LEASES = 64;
    public static final int MAX_EXPLANATION_CHARS = 1024;

    public LoanView {
        Objects.requireNonNull(id);
        Objects.requireNonNull(requirement);
        Objects.requireNonNull(state);
        leases = List.copyOf(leases);
        if (leases.size() > MAX_LEASES || explanation.length() > MAX_EXPLANATION_CHARS) {
            throw new IllegalArgumentException("loan out of limits: " + id);
        }
    }
}
