package org.rackweave.protocol.message;

import java.util.Objects;
import java.util.Optional;
import org.rackweave.crypto.NodeId;

/**
 * One lease, as either side sees it.
 *
 * @param id which
 * @param loan the group that it belongs to
 * @param slice what is lent
 * @param borrower to whom
 * @param state the slice's state under this lease; {@link SliceState#FREE} once it has ended
 * @param epoch its epoch
 * @param kind what is lent
 * @param amount how much
 * @param priority 0 to 9
 * @param termMillis what each renewal gives
 * @param remainingMillis until it expires by the clock of the side that answers; negative when it is past
 * @param forcedEnd what a forced end does
 * @param fence how late commands are kept away
 * @param attachment how the host reaches it, once routed
 * @param wipe what was done to the slice before it was granted
 * @param reason why it is where it is, for people: at most 256 characters, may be empty
 * @param configuration what is loaded into it; at most 64 characters
 */
public record LeaseView(
        LeaseId id,
        LoanId loan,
        SliceId slice,
        NodeId borrower,
        SliceState state,
        Epoch epoch,
        ResourceKind kind,
        long amount,
        int priority,
        long termMillis,
        long remainingMillis,
        ForcedEndEffect forcedEnd,
        FenceKind fence,
        Optional<Attachment> attachment,
        Optional<WipeCertificate> wipe,
        String reason,
        Optional<String> configuration) {
    public static final int MAX_REASON_CHARS = 256;

    public LeaseView {
        Objects.requireNonNull(id);
        Objects.requireNonNull(loan);
        Objects.requireNonNull(slice);
        Objects.requireNonNull(borrower);
        Objects.requireNonNull(state);
        Objects.requireNonNull(epoch);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(forcedEnd);
        Objects.requireNonNull(fence);
        Objects.requireNonNull(attachment);
        Objects.requireNonNull(wipe);
        Objects.requireNonNull(configuration);
        if (amount < 1 || termMillis < 1 || priority < 0 || priority > Requirement.MAX_PRIORITY) {
            throw new IllegalArgumentException("lease out of limits: " + id);
        }
        if (reason.length() > MAX_REASON_CHARS) {
            throw new IllegalArgumentException("reason is too long");
        }
        if (configuration.isPresent() && configuration.get().length() > Requirement.MAX_CONFIGURATION_CHARS) {
            throw new IllegalArgumentException("configuration is too long");
        }
    }

    /** The same, wiped as this says. */
    public LeaseView withWipe(Optional<WipeCertificate> newWipe) {
        return new LeaseView(
                id,
                loan,
                slice,
                borrower,
                state,
                epoch,
                kind,
                amount,
                priority,
                termMillis,
                remainingMillis,
                forcedEnd,
                fence,
                attachment,
                newWipe,
                reason,
                configuration);
    }

    /** The same without the proof of its wipe, for lists. */
    public LeaseView inBrief() {
        return withWipe(wipe.map(WipeCertificate::inBrief));
    }

    /** A lease with nothing loaded. */
    public LeaseView(
            LeaseId id,
            LoanId loan,
            SliceId slice,
            NodeId borrower,
            SliceState state,
            Epoch epoch,
            ResourceKind kind,
            long amount,
            int priority,
            long termMillis,
            long remainingMillis,
            ForcedEndEffect forcedEnd,
            FenceKind fence,
            Optional<Attachment> attachment,
            Optional<WipeCertificate> wipe,
            String reason) {
        this(
                id,
                loan,
                slice,
                borrower,
                state,
                epoch,
                kind,
                amount,
                priority,
                termMillis,
                remainingMillis,
                forcedEnd,
                fence,
                attachment,
                wipe,
                reason,
                Optional.empty());
    }
}
