package org.rackweave.daemon.lease;

import java.util.Objects;
import java.util.Optional;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;

/**
 * Who a slice is promised or granted to, and on what terms.
 *
 * @param lease drawn by the borrower
 * @param loan the borrower's group
 * @param borrower who answers for it
 * @param hostPort the host port that the slice is routed to
 * @param priority 0 to 9
 * @param termMillis what a renewal gives
 * @param deadlineMillis by the clock that counts while the machine sleeps: when the reservation lapses, the term is over by
 *     the owner's reckoning, or the grace ends, as the state says
 * @param renewal the number of the newest renewal, 0 before the first
 * @param end whether and why it is ending
 * @param rebootGraces how often a reboot of this card has given it a fresh term since it was renewed last
 * @param attachment how the host reaches it, once routed
 */
public record Holding(
        LeaseId lease,
        LoanId loan,
        NodeId borrower,
        String hostPort,
        int priority,
        long termMillis,
        long deadlineMillis,
        long renewal,
        End end,
        int rebootGraces,
        Optional<Attachment> attachment) {
    public Holding {
        Objects.requireNonNull(lease);
        Objects.requireNonNull(loan);
        Objects.requireNonNull(borrower);
        Objects.requireNonNull(hostPort);
        Objects.requireNonNull(end);
        Objects.requireNonNull(attachment);
    }

    Holding until(long newDeadlineMillis) {
        return new Holding(
                lease,
                loan,
                borrower,
                hostPort,
                priority,
                termMillis,
                newDeadlineMillis,
                renewal,
                end,
                rebootGraces,
                attachment);
    }

    /** A borrower that renews is alive: reboots are counted from here. */
    Holding renewed(long number, long newDeadlineMillis) {
        return new Holding(
                lease, loan, borrower, hostPort, priority, termMillis, newDeadlineMillis, number, end, 0, attachment);
    }

    Holding ending(End newEnd) {
        return new Holding(
                lease,
                loan,
                borrower,
                hostPort,
                priority,
                termMillis,
                deadlineMillis,
                renewal,
                newEnd,
                rebootGraces,
                attachment);
    }

    Holding attached(Attachment newAttachment, long newDeadlineMillis) {
        return new Holding(
                lease,
                loan,
                borrower,
                hostPort,
                priority,
                termMillis,
                newDeadlineMillis,
                renewal,
                end,
                rebootGraces,
                Optional.of(newAttachment));
    }

    Holding afterReboot(long newDeadlineMillis) {
        return new Holding(
                lease,
                loan,
                borrower,
                hostPort,
                priority,
                termMillis,
                newDeadlineMillis,
                renewal,
                end,
                rebootGraces + 1,
                attachment);
    }
}
