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
 * @param configuration what is loaded into it before it is routed
 * @param term for how long
 * @param attachment how the host reaches it, once routed
 * @param told what the device said of itself when it was granted
 */
public record Holding(
        LeaseId lease,
        LoanId loan,
        NodeId borrower,
        String hostPort,
        int priority,
        Optional<String> configuration,
        Term term,
        Optional<Attachment> attachment,
        DeviceTold told) {
    /** One whose device told nothing. */
    public Holding(
            LeaseId lease,
            LoanId loan,
            NodeId borrower,
            String hostPort,
            int priority,
            Optional<String> configuration,
            Term term,
            Optional<Attachment> attachment) {
        this(lease, loan, borrower, hostPort, priority, configuration, term, attachment, DeviceTold.NOTHING);
    }

    public Holding {
        Objects.requireNonNull(lease);
        Objects.requireNonNull(loan);
        Objects.requireNonNull(borrower);
        Objects.requireNonNull(hostPort);
        Objects.requireNonNull(configuration);
        Objects.requireNonNull(term);
        Objects.requireNonNull(attachment);
        Objects.requireNonNull(told);
    }

    public long termMillis() {
        return term.millis();
    }

    /** See {@link Term#deadlineMillis()}. */
    public long deadlineMillis() {
        return term.deadlineMillis();
    }

    public long renewal() {
        return term.renewal();
    }

    public End end() {
        return term.end();
    }

    public int rebootGraces() {
        return term.rebootGraces();
    }

    /** What the hardware is told first: a configuration is loaded while no host can reach the slice. */
    HardwareOrder firstOrder() {
        return configuration
                .<HardwareOrder>map(HardwareOrder.Load::new)
                .orElseGet(() -> new HardwareOrder.Bind(hostPort));
    }

    Holding until(long newDeadlineMillis) {
        return on(term.until(newDeadlineMillis));
    }

    Holding renewed(long number, long newDeadlineMillis) {
        return on(term.renewed(number, newDeadlineMillis));
    }

    Holding ending(End newEnd) {
        return on(term.ending(newEnd));
    }

    Holding afterReboot(long newDeadlineMillis) {
        return on(term.afterReboot(newDeadlineMillis));
    }

    Holding attached(Attachment newAttachment, long newDeadlineMillis, DeviceTold newTold) {
        return new Holding(
                lease,
                loan,
                borrower,
                hostPort,
                priority,
                configuration,
                term.until(newDeadlineMillis),
                Optional.of(newAttachment),
                newTold);
    }

    /** An operator has looked at the device: what it said at the grant is not compared with any more. */
    Holding lookedAt() {
        return new Holding(
                lease, loan, borrower, hostPort, priority, configuration, term, attachment, DeviceTold.NOTHING);
    }

    private Holding on(Term newTerm) {
        return new Holding(lease, loan, borrower, hostPort, priority, configuration, newTerm, attachment, told);
    }
}
