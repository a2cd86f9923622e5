package org.rackweave.daemon.lease;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.Printable;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WipeCertificate;

/**
 * All that the owner knows of one slice: what the ledger stores, and all that a restarted daemon needs.
 *
 * @param facts what the hardware is
 * @param state where it is in its {@link Life}
 * @param epoch its newest epoch; never goes back
 * @param holding who holds it; empty when it is free, or quarantined without a holder
 * @param wipe what was done to it after its last holder; empty as long as it was never wiped
 * @param reason why it is where it is, for people; may be empty
 */
public record SliceRow(
        SliceFacts facts,
        SliceState state,
        Epoch epoch,
        Optional<Holding> holding,
        Optional<WipeCertificate> wipe,
        String reason) {
    public SliceRow {
        Objects.requireNonNull(facts);
        Objects.requireNonNull(state);
        Objects.requireNonNull(epoch);
        Objects.requireNonNull(holding);
        Objects.requireNonNull(wipe);
        reason = Printable.startOf(Printable.of(reason), SliceView.MAX_REASON_CHARS);
        if (state == SliceState.FREE && (holding.isPresent() || wipe.isEmpty())) {
            throw new IllegalArgumentException("a free slice has no holder and was wiped: " + facts.key());
        }
    }

    String key() {
        return facts.key();
    }

    /**
     * When time moves it on; never is {@link Long#MAX_VALUE}. By the clock that counts while the machine sleeps.
     */
    long endMillis() {
        return switch (state) {
            case RESERVED, ACTIVE -> LeaseBook.held(this).deadlineMillis();
            case RECLAIMING ->
                LeaseBook.held(this).end() == End.REVOKED ? LeaseBook.held(this).deadlineMillis() : Long.MAX_VALUE;
            case FREE, CONFIGURING, FENCING, SANITISING, OVERDUE, QUARANTINED -> Long.MAX_VALUE;
        };
    }

    SliceRow to(SliceState next, String why) {
        return new SliceRow(facts, next, epoch, holding, wipe, why);
    }

    SliceRow holding(Holding newHolding) {
        return new SliceRow(facts, state, epoch, Optional.of(newHolding), wipe, reason);
    }

    SliceRow withFacts(SliceFacts newFacts) {
        return new SliceRow(newFacts, state, epoch, holding, wipe, reason);
    }

    SliceRow atLeast(Epoch witnessed) {
        return epoch.isOlderThan(witnessed) ? new SliceRow(facts, state, witnessed, holding, wipe, reason) : this;
    }

    SliceView view(NodeId owner) {
        return new SliceView(
                new SliceId(owner, facts.key()),
                facts.kind(),
                facts.amount(),
                facts.capabilities(),
                state,
                epoch,
                facts.forcedEnd(),
                facts.fence(),
                holding.map(Holding::borrower),
                holding.map(Holding::lease),
                reason,
                facts.place(),
                facts.configurations(),
                holding.map(h -> OptionalInt.of(h.priority())).orElseGet(OptionalInt::empty));
    }

    Optional<LeaseView> leaseView(NodeId owner, long nowMillis) {
        return holding.map(h -> new LeaseView(
                h.lease(),
                h.loan(),
                new SliceId(owner, facts.key()),
                h.borrower(),
                state,
                epoch,
                facts.kind(),
                facts.amount(),
                h.priority(),
                h.termMillis(),
                h.deadlineMillis() - nowMillis,
                facts.forcedEnd(),
                facts.fence(),
                h.attachment(),
                wipe,
                reason,
                h.configuration()));
    }
}
