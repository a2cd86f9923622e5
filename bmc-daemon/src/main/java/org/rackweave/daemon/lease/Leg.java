package org.rackweave.daemon.lease;

import java.util.Objects;
import java.util.Optional;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/**
 * One lease of a loan, as its borrower holds it.
 *
 * @param lease drawn by this side with the plan
 * @param slice what the lender showed when the plan was made
 * @param state where it is
 * @param epoch given by the reservation; {@link Epoch#NONE} before it
 * @param deadlineMillis when this side must be out, by the clock that counts while the machine sleeps; counted from the first
 *     transmission of the request that was answered
 * @param forcedMillis when the owner has certainly acted, should this side never be able to tell it
 * @param granted what the owner answered last
 * @param part whether it belongs to the loan that the host sees
 */
public record Leg(
        LeaseId lease,
        SliceView slice,
        State state,
        Epoch epoch,
        long deadlineMillis,
        long forcedMillis,
        Optional<LeaseView> granted,
        Part part) {
    /** What a lease is to its loan. The code is what the ledger stores. */
    public enum Part {
        /** It makes up the loan, with the others. */
        MEMBER(0),
        /** It is to make an active loan larger: the host sees nothing of it before all that joins is granted. */
        JOINING(1);

        private final int code;

        Part(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }

        public static Part ofCode(int code) {
            for (Part part : values()) {
                if (part.code == code) {
                    return part;
                }
            }
            throw new IllegalArgumentException("no part of a loan has the code " + code);
        }
    }

    /** The steps of one lease at its borrower. The code is what the ledger stores. */
    public enum State {
        PLANNED(1),
        RESERVED(2),
        GRANTED(3),
        RELEASING(4),
        ENDED(5);

        private final int code;

        State(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }

        public static State ofCode(int code) {
            for (State state : values()) {
                if (state.code == code) {
                    return state;
                }
            }
            throw new IllegalArgumentException("no state of a leg has the code " + code);
        }
    }

    public Leg {
        Objects.requireNonNull(lease);
        Objects.requireNonNull(slice);
        Objects.requireNonNull(state);
        Objects.requireNonNull(epoch);
        Objects.requireNonNull(granted);
        Objects.requireNonNull(part);
    }

    /** One that makes up its loan. */
    public Leg(
            LeaseId lease,
            SliceView slice,
            State state,
            Epoch epoch,
            long deadlineMillis,
            long forcedMillis,
            Optional<LeaseView> granted) {
        this(lease, slice, state, epoch, deadlineMillis, forcedMillis, granted, Part.MEMBER);
    }

    /** Whether it is part of what the host sees, or will see with the others. */
    boolean isMember() {
        return part == Part.MEMBER;
    }

    /** Held, and never to be pulled from under the host that uses it. */
    boolean isVital() {
        return state == State.GRANTED && isMember() && slice.forcedEnd() == ForcedEndEffect.FATAL;
    }

    Leg as(Part newPart) {
        return new Leg(lease, slice, state, epoch, deadlineMillis, forcedMillis, granted, newPart);
    }

    NodeId owner() {
        return slice.id().owner();
    }

    Leg to(State next) {
        return new Leg(lease, slice, next, epoch, deadlineMillis, forcedMillis, granted, part);
    }

    Leg answered(State next, LeaseView view, long newDeadlineMillis, long newForcedMillis) {
        return new Leg(lease, slice, next, view.epoch(), newDeadlineMillis, newForcedMillis, Optional.of(view), part);
    }

    /** How to reach it is shown only when its loan is whole: no host sees part of a group. */
    LeaseView view(NodeId borrower, LoanId loan, LoanState loanState, Requirement requirement, long nowMillis) {
        return new LeaseView(
                lease,
                loan,
                slice.id(),
                borrower,
                sliceState(),
                epoch,
                slice.kind(),
                slice.amount(),
                requirement.priority(),
                requirement.termMillis(),
                state == State.ENDED ? 0 : deadlineMillis - nowMillis,
                slice.forcedEnd(),
                slice.fence(),
                state == State.GRANTED && loanState == LoanState.ACTIVE
                        ? granted.flatMap(LeaseView::attachment)
                        : Optional.empty(),
                granted.flatMap(LeaseView::wipe),
                "",
                requirement.configuration());
    }

    private SliceState sliceState() {
        return switch (state) {
            case PLANNED, ENDED -> SliceState.FREE;
            case RESERVED -> SliceState.RESERVED;
            case GRANTED -> SliceState.ACTIVE;
            case RELEASING -> SliceState.RECLAIMING;
        };
    }
}
