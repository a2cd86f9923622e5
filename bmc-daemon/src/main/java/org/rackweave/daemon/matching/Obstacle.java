package org.rackweave.daemon.matching;

import java.util.List;
import java.util.Optional;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/** Why a slice of the right kind is not for a requirement. The order is that of the looking: the first that holds is told. */
enum Obstacle {
    /** Of a lender that was not named. */
    NOT_ASKED,
    CANNOT_DO,
    CANNOT_LOAD,
    TOO_FAR,
    FATAL,
    QUARANTINED,
    /** It would fit, and somebody holds it. */
    HELD,
    /** It would fit, and is not ready yet, or not free for this borrower. */
    BUSY;

    /** Those that are in the nature of a slice: time does not change them. */
    private static final List<Obstacle> LASTING = List.of(NOT_ASKED, CANNOT_DO, CANNOT_LOAD, TOO_FAR, FATAL);

    boolean isLasting() {
        return LASTING.contains(this);
    }

    /** @param slice of the kind that is asked for */
    static Optional<Obstacle> between(Requirement wish, SliceView slice) {
        if (wish.from().isPresent() && !wish.from().get().equals(slice.id().owner())) {
            return Optional.of(NOT_ASKED);
        }
        if (wish.capability().isPresent()
                && !slice.capabilities().contains(wish.capability().get())) {
            return Optional.of(CANNOT_DO);
        }
        if (wish.configuration().isPresent()
                && !slice.configurations().contains(wish.configuration().get())) {
            return Optional.of(CANNOT_LOAD);
        }
        if (wish.worstLatency().isPresent()
                && !slice.place().latency().isWithin(wish.worstLatency().get())) {
            return Optional.of(TOO_FAR);
        }
        if (wish.worstForcedEnd() == ForcedEndEffect.TOLERATED && slice.forcedEnd() == ForcedEndEffect.FATAL) {
            return Optional.of(FATAL);
        }
        return ofState(slice);
    }

    /** Whether of what is free nothing but a fatal forced end can be in the way. */
    static boolean isOnlyForcedEnd(Requirement wish) {
        return wish.from().isEmpty()
                && wish.capability().isEmpty()
                && wish.configuration().isEmpty()
                && wish.worstLatency().isEmpty();
    }

    private static Optional<Obstacle> ofState(SliceView slice) {
        return switch (slice.state()) {
            case FREE -> Optional.empty();
            case QUARANTINED -> Optional.of(QUARANTINED);
            case RESERVED, CONFIGURING, ACTIVE, OVERDUE -> Optional.of(HELD);
            case RECLAIMING, FENCING, SANITISING -> Optional.of(BUSY);
        };
    }

    /** What is to be said of a slice that this keeps away. */
    String of(Requirement wish, SliceView slice) {
        return switch (this) {
            case NOT_ASKED -> "not the lender that was named";
            case CANNOT_DO -> "cannot do " + wish.capability().orElse("it");
            case CANNOT_LOAD -> "cannot load " + wish.configuration().orElse("it");
            case TOO_FAR -> "too far (" + slice.place().latency().word() + ")";
            case FATAL -> "its forced end would be fatal";
            case QUARANTINED -> "quarantined";
            case HELD ->
                slice.state() == SliceState.OVERDUE
                        ? "overdue"
                        : slice.heldAtPriority().isPresent()
                                ? "held at priority " + slice.heldAtPriority().getAsInt()
                                : "held";
            case BUSY -> slice.state().word();
        };
    }
}
