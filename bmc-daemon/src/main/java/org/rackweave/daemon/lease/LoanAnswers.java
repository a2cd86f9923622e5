package org.rackweave.daemon.lease;

import java.util.List;
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
    private final LoanWaiting waiting;
    private final LoanResizing resizing;

    LoanAnswers(LoanBook book, LoanPolicy policy, LoanPlanning planning, LoanWaiting waiting, LoanResizing resizing) {
        this.book = book;
        this.policy = policy;
        this.planning = planning;
        this.waiting = waiting;
        this.resizing = resizing;
    }

    void answered(LoanEvent.Answered answered) {
        LoanBook.Exchange exchange = book.state().exchanges.remove(answered.exchange());
        if (exchange == null) {
            return;
        }
        if (exchange.lease().isEmpty()) {
            ofNoLease(exchange, answered.answer());
            return;
        }
        LoanRow row = book.state().loans.get(exchange.loan());
        Optional<Leg> leg =
                Optional.ofNullable(row).flatMap(r -> r.leg(exchange.lease().get()));
        if (row == null || leg.isEmpty()) {
            return;
        }
        Answer answer = checked(row, leg.get(), answered.answer());
        switch (exchange.command().kind()) {
            case RESERVE -> reserved(row, leg.get(), answer);
            case COMMIT -> committed(row, leg.get(), exchange, answer, answered.wipeFault());
            case RENEW -> renewed(row, leg.get(), exchange, answer);
            case RELEASE -> released(row, leg.get(), answer);
            default ->
                throw new IllegalStateException(
                        "this core does not ask " + exchange.command().kind());
        }
    }

    private void ofNoLease(LoanBook.Exchange exchange, Answer answer) {
        switch (exchange.command().kind()) {
            case LIST_SLICES -> {
                LoanBook.Gathering gathering = book.state().gatherings.get(exchange.loan());
                if (gathering != null && gathering.silent().contains(exchange.to())) {
                    planning.gathered(gathering, exchange.to(), exchange.command(), answer);
                }
            }
            case WANT -> waiting.placed(exchange, answer);
            case WITHDRAW_WANT -> waiting.withdrawn(exchange, answer);
            default ->
                throw new IllegalStateException(
                        "this core does not ask " + exchange.command().kind());
        }
    }

    /** What a lender says of anything else than what it was asked about was not said: it is as if it were not reached. */
    private Answer checked(LoanRow row, Leg leg, Answer answer) {
        if (!(answer instanceof Answer.Lease lease)) {
            return answer;
        }
        LeaseView view = lease.lease();
        boolean fits = view.id().equals(leg.lease())
                && view.loan().equals(row.id())
                && view.slice().equals(leg.slice().id())
                && view.borrower().equals(book.self())
                && view.epoch().value() >= leg.epoch().value();
        return fits
                ? answer
                : Answer.Refused.of(
                        RefusalCode.UNREACHABLE,
                        "the answer is about lease " + view.id().brief() + " of "
                                + view.slice().key() + " with epoch "
                                + view.epoch().value() + ", not about "
                                + leg.lease().brief() + " of "
                                + leg.slice().id().key());
    }

    private void reserved(LoanRow row, Leg leg, Answer answer) {
        boolean expected = row.state() == (leg.isMember() ? LoanState.RESERVING : LoanState.ACTIVE);
        if (!expected || leg.state() != Leg.State.PLANNED) {
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
        List<Leg> together = after.together(leg);
        if (!together.stream().allMatch(l -> l.state() == Leg.State.RESERVED)) {
            book.save(after);
            return;
        }
        LoanRow committing = leg.isMember() ? after.to(LoanState.COMMITTING, after.explanation()) : after;
        book.save(committing);
        together.forEach(l -> book.send(
                committing.id(), Optional.of(l.lease()), l.owner(), new Command.Commit(l.lease(), l.epoch())));
    }

    private void committed(
            LoanRow row, Leg leg, LoanBook.Exchange exchange, Answer answer, Optional<String> wipeFault) {
        boolean expected = row.state() == (leg.isMember() ? LoanState.COMMITTING : LoanState.ACTIVE);
        if (!expected || leg.state() != Leg.State.RESERVED) {
            return;
        }
        if (!(answer instanceof Answer.Lease lease)) {
            String why = "lender " + leg.owner().brief() + " did not grant "
                    + leg.slice().id().key() + ": " + LoanBook.reasonOf(answer);
            notGranted(row, leg, answer instanceof Answer.Refused no ? no.code() : RefusalCode.UNAVAILABLE, why);
            return;
        }
        LoanRow after = row.with(granted(leg, exchange, lease.lease()));
        Optional<String> unproven = wipeFault.or(() -> wipedBeforeItWasHeld(leg, lease.lease()));
        if (unproven.isPresent()) {
            refuseWipe(after, leg, unproven.get());
            return;
        }
        List<Leg> together = after.together(leg);
        if (!together.stream().allMatch(l -> l.state() == Leg.State.GRANTED)) {
            book.save(after);
            return;
        }
        // The first terms are short: while the last lease was waited for, the term of another may have run out.
        Optional<Leg> over =
                together.stream().filter(l -> book.now() >= l.deadlineMillis()).findFirst();
        if (over.isPresent()) {
            String key = over.get().slice().id().key();
            notGranted(
                    after,
                    leg,
                    RefusalCode.UNAVAILABLE,
                    "the first term of " + key + " ran out before all were granted");
            return;
        }
        if (!leg.isMember()) {
            resizing.joined(after);
            return;
        }
        LoanRow active = after.to(LoanState.ACTIVE, after.explanation());
        book.state().attempts.remove(row.id());
        book.save(active);
        book.audit(LoanBook.SELF, "loan.active", active);
        book.answerWaiting(active.id(), new Answer.Loan(book.view(active.shown())));
        // The first term is short; the whole one comes with the first renewal.
        active.current().forEach(l -> book.renew(active, l));
    }

    /** An old certificate is shown for what this node itself held since: its own leavings were not wiped, or anybody's. */
    private Optional<String> wipedBeforeItWasHeld(Leg leg, LeaseView granted) {
        long held = book.lastHeldEpoch(leg, granted.epoch());
        return granted.wipe()
                .filter(wipe -> wipe.epoch().value() < held)
                .map(wipe -> "it is of epoch " + wipe.epoch().value() + ", and this node held the slice with epoch "
                        + held + " since");
    }

    /** Nothing of it reaches the host; it is given back, and its slice is not asked for again for a while. */
    private void refuseWipe(LoanRow row, Leg leg, String fault) {
        String why = "the wipe certificate of " + leg.slice().id().key() + " from lender "
                + leg.owner().brief() + " is not believed: " + fault;
        book.distrust(leg.slice().id());
        book.tell("loan.wipe-refused", row, why);
        book.audit(LoanBook.SELF, "loan.wipe-refused", row.to(row.state(), why));
        notGranted(row, leg, RefusalCode.UNAVAILABLE, why);
    }

    private void notGranted(LoanRow row, Leg leg, RefusalCode code, String why) {
        if (!leg.isMember()) {
            planning.stopGrowing(row, code, why);
        } else if (row.isStanding()) {
            waiting.wait(book.giveBack(row, LoanState.WAITING, why), List.of(), why);
        } else {
            book.answerWaiting(row.id(), Answer.Refused.of(code, why));
            book.giveBack(row, LoanState.RELEASING, why);
        }
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
            book.answerWaiting(row.id(), new Answer.Loan(book.view(after.shown())));
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
                // The certificate that was judged is the one that is kept.
                leg.state() == Leg.State.GRANTED ? view.withWipe(leg.granted().flatMap(LeaseView::wipe)) : view,
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
