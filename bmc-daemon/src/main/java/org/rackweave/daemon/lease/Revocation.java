package org.rackweave.daemon.lease;

import org.rackweave.daemon.Detail;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.SliceState;

/** Taking a lease back before its term is over, whoever orders it. */
final class Revocation {
    private final LeaseBook book;
    private final LeasePolicy policy;

    Revocation(LeaseBook book, LeasePolicy policy) {
        this.book = book;
        this.policy = policy;
    }

    /**
     * Asks the borrower to give it back within the grace; what can be forced is taken then.
     *
     * @param row active or overdue
     * @param actor who orders it, for the audit trail
     */
    SliceRow begin(SliceRow row, String actor, long graceMillis, String reason) {
        Holding holding = LeaseBook.held(row);
        SliceRow reclaiming = row.holding(holding.ending(End.REVOKED).until(policy.graceEnd(book.now(), graceMillis)))
                .to(SliceState.RECLAIMING, "revoked: " + reason);
        book.put(reclaiming);
        book.audit(
                actor,
                "lease.revoke",
                holding.lease().toString(),
                new Detail()
                        .with("slice", row.key())
                        .with("graceMillis", graceMillis)
                        .with("reason", reason)
                        .toString());
        book.emit(new Effect.AskBack(
                holding.borrower(), new Command.Recall(holding.lease(), row.epoch(), graceMillis, reason)));
        return reclaiming;
    }
}
