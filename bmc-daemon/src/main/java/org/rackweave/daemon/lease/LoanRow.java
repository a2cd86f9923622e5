package org.rackweave.daemon.lease;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.Printable;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Requirement;

/**
 * A loan: what the ledger stores of it.
 *
 * @param id drawn by whoever asked for it
 * @param requirement what was asked for
 * @param state where it is in its life
 * @param legs its leases
 * @param explanation for people
 */
public record LoanRow(LoanId id, Requirement requirement, LoanState state, List<Leg> legs, String explanation) {
    public LoanRow {
        Objects.requireNonNull(id);
        Objects.requireNonNull(requirement);
        Objects.requireNonNull(state);
        legs = List.copyOf(legs);
        explanation = Printable.of(explanation);
        if (explanation.length() > LoanView.MAX_EXPLANATION_CHARS) {
            explanation = explanation.substring(0, LoanView.MAX_EXPLANATION_CHARS);
        }
    }

    boolean isOver() {
        return state == LoanState.ENDED || state == LoanState.LOST;
    }

    /** Whether nothing is owed to any lender any more. */
    boolean isSettled() {
        return legs.stream().allMatch(leg -> leg.state() == Leg.State.ENDED);
    }

    /** The leases of the newest attempt: those that are not being given back. */
    List<Leg> current() {
        return legs.stream()
                .filter(leg -> leg.state() != Leg.State.RELEASING && leg.state() != Leg.State.ENDED)
                .toList();
    }

    Optional<Leg> leg(LeaseId lease) {
        return legs.stream().filter(leg -> leg.lease().equals(lease)).findFirst();
    }

    /** What a client sees: of a loan that lives, only the leases that make it up. */
    LoanRow shown() {
        return isOver() || current().isEmpty() ? this : new LoanRow(id, requirement, state, current(), explanation);
    }

    LoanRow to(LoanState next, String why) {
        return new LoanRow(id, requirement, next, legs, why);
    }

    LoanRow with(Leg changed) {
        return each(leg -> leg.lease().equals(changed.lease()) ? changed : leg);
    }

    LoanRow each(UnaryOperator<Leg> change) {
        return new LoanRow(id, requirement, state, legs.stream().map(change).toList(), explanation);
    }

    LoanView view(NodeId self, long nowMillis) {
        return new LoanView(
                id,
                requirement,
                state,
                // Attempts before this one may have left more than a view holds; the newest are what counts.
                legs.stream()
                        .skip(Math.max(0, legs.size() - LoanView.MAX_LEASES))
                        .map(leg -> leg.view(self, id, state, requirement, nowMillis))
                        .toList(),
                explanation);
    }
}
