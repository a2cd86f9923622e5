package org.rackweave.daemon.lease;

import java.util.Optional;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.RefusalCode;

/** What a loan makes of what its lenders answer. */
final class LoanAnswers {
    private final LoanBook book;
    private final LoanPolicy policy;
    private final LoanPlanning planning;

    LoanAnswers(LoanBook book, LoanPolicy policy, LoanPlanning planning) {
        this.book = book;
        this.policy = policy;
        this.planning = planning;
    }

    void answered(LoanEvent.Answered answered) {
        LoanBook.Exchange exchange = book.state().exchanges.remove(answered.exchange());
        if (exchange == null) {
            return;
        }
        LoanBook.Gathering gathering = book.state().gatherings.get(exchange.loan());
        if (exchange.lease().isEmpty()) {
            if (gathering != null && gathering.silent().contains(exchange.to())) {
                planning.gathered(gathering, exchange.to(), answered.answer());
            }
            return;
        }
        LoanRow row = book.state().loans.get(exchange.loan());
        Optional<Leg> leg =
                Optional.ofNullable(row).flatMap(r -> r.leg(exchange.lease().get()));
        if (row == null || leg.isEmpty()) {
            return;
        }
        switch (exchange.command().kind()) {
            case RESERVE -> reserved(row, leg.get(), answered.answer());
            case COMMIT -> committed(row, leg.get(), exchange, answered.answer());
            case RENEW -> renewed(row, leg.get(), exchange, answered.answer());
            case RELEASE -> released(row, leg.get(), answered.answer());
            default ->
                throw new IllegalStateException(
                        "this core does not ask " + exchange.command().kind());
        }
    }

    private void reserved(LoanRow row, Leg leg, Answer answer) {
        if (row.state() != LoanState.RESERVING || leg.state() != Leg.State.PLANNED) {
            if (answer instanceof Answer.Lease late && leg.state() == Leg.State.RELEASING) {
                // The release may have overtaken the reservation; with its epoch it is sure to be understood.
                Leg known = leg.answered(Leg.State.RELEASING, late.lease(), book.now(), leg.forcedMillis());
                book.save(row.with(known));
                book.due(known, book.now());
            }
            return;
        }
        if (!(answer instanceof Answer.Lease lease)) {
            planning.tryAnother(row, leg, answer);
            return;
        }
        LoanRow after = row.with(leg.answered(
                Leg.State.RESERVED,
                lease.lease(),
                book.now(),
                policy.forcedDeadline(
                        book.now(), lease.lease().remainingMillis(), leg.slice().forcedEnd())));
        if (!after.current().stream().allMatch(l -> l.state() == Leg.State.RESERVED)) {
            book.save(after);
            return;
        }
        LoanRow committing = after.to(LoanState.COMMITTING, after.explanation());
        book.save(committing);
        committing
                .current()
                .forEach(l -> book.send(
                        committing.id(), Optional.of(l.lease()), l.owner(), new Command.Commit(l.lease(), l.epoch())));
    }

    private void committed(LoanRow row, Leg leg, LoanBook.Exchange exchange, Answer answer) {
        if (row.state() != LoanState.COMMITTING || leg.state() != Leg.State.RESERVED) {
            return;
        }
        if (!(answer instanceof Answer.Lease lease)) {
            String why = "lender " + leg.owner().brief() + " did not grant "
                    + leg.slice().id().key() + ": " + LoanBook.reasonOf(answer);
            fallApart(row, answer instanceof Answer.Refused refused ? refused.code() : RefusalCode.UNAVAILABLE, why);
            return;
        }
        LoanRow after = row.with(granted(leg, exchange, lease.lease()));
        if (!after.current().stream().allMatch(l -> l.state() == Leg.State.GRANTED)) {
            book.save(after);
            return;
        }
        // The first terms are short: while the last lease was waited for, the term of another may have run out.
        Optional<Leg> over = after.current().stream()
                .filter(l -> book.now() >= l.deadlineMillis())
                .findFirst();
        if (over.isPresent()) {
            String key = over.get().slice().id().key();
            fallApart(after, RefusalCode.UNAVAILABLE, "the first term of " + key + " ran out before all were granted");
            return;
        }
        LoanRow active = after.to(LoanState.ACTIVE, after.explanation());
        book.state().attempts.remove(row.id());
        book.save(active);
        book.audit(LoanBook.SELF, "loan.active", active);
        book.answerWaiting(active.id(), new Answer.Loan(active.shown().view(book.self(), book.now())));
        // The first term is short; the whole one comes with the first renewal.
        active.current().forEach(l -> book.renew(active, l));
    }

    private void fallApart(LoanRow row, RefusalCode code, String why) {
        book.answerWaiting(row.id(), Answer.Refused.of(code, why));
        book.giveBack(row, LoanState.RELEASING, why);
    }

    private void renewed(LoanRow row, Leg leg, LoanBook.Exchange exchange, Answer answer) {
        if (row.state() != LoanState.ACTIVE || leg.state() != Leg.State.GRANTED) {
            return;
        }
        long term = row.requirement().termMillis();
        if (answer instanceof Answer.Lease lease) {
            LoanRow after = row.with(granted(leg, exchange, lease.lease()));
            book.save(after);
            book.due(leg, exchange.sentMillis() + term / 3);
            book.answerWaiting(row.id(), new Answer.Loan(after.shown().view(book.self(), book.now())));
            return;
        }
        Answer.Refused refused = answer instanceof Answer.Refused no
                ? no
                : new Answer.Refused(RefusalCode.UNAVAILABLE, "an answer that does not fit", 0);
        switch (refused.code()) {
            case STALE_EPOCH, NOT_FOUND, DENIED, QUARANTINED -> book.lose(row, leg, refused.detail());
            case CONFLICT -> {
                // Told by a recall already, it has the grace of that.
                if (!book.state().recalls.containsKey(leg.lease())) {
                    book.recalled(row, leg, 0, refused.detail());
                }
            }
            case UNREACHABLE, UNAVAILABLE, BUSY, INVALID, NO_MATCH -> {
                book.due(leg, book.now() + Math.min(policy.retryMillis(), Math.max(1, term / 12)));
                book.answerWaiting(row.id(), refused);
            }
        }
    }

    private Leg granted(Leg leg, LoanBook.Exchange exchange, LeaseView view) {
        long deadline = policy.borrowerDeadline(exchange.sentMillis(), view.remainingMillis());
        return leg.answered(
                Leg.State.GRANTED,
                view,
                leg.state() == Leg.State.GRANTED ? Math.max(leg.deadlineMillis(), deadline) : deadline,
                policy.forcedDeadline(
                        book.now(), view.remainingMillis(), leg.slice().forcedEnd()));
    }

    private void released(LoanRow row, Leg leg, Answer answer) {
        if (leg.state() != Leg.State.RELEASING) {
            return;
        }
        boolean heard = answer instanceof Answer.Done || (answer instanceof Answer.Refused no && endsLease(no.code()));
        // What was never reserved, as far as this side knows, lapses at its owner by itself.
        if (heard || leg.epoch().equals(Epoch.NONE)) {
            book.end(row, leg);
        } else {
            book.due(leg, book.now() + policy.retryMillis());
        }
    }

    /** Whether a refused release still says that the lender holds nothing for this borrower any more. */
    private static boolean endsLease(RefusalCode code) {
        return switch (code) {
            case STALE_EPOCH, NOT_FOUND, DENIED, QUARANTINED -> true;
            case CONFLICT, UNREACHABLE, UNAVAILABLE, BUSY, INVALID, NO_MATCH -> false;
        };
    }
}
