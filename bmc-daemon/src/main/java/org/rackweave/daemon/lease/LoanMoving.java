package org.rackweave.daemon.lease;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.RefusalCode;

/**
 * A loan takes another slice in place of one that it holds, when somebody proposes it and nothing is lost by it: the new lease
 * joins, and in the same step of the ledger the old one is given back. Whatever fails leaves the loan as it was.
 *
 * <p>Who proposes is believed nothing. The owner of the new slice is asked what it is, it must do for what was asked for, and one loan
 * moves at a time, with a rest between.
 */
final class LoanMoving {
    private final LoanBook book;
    private final LoanPolicy policy;
    private final LoanPlanning planning;

    LoanMoving(LoanBook book, LoanPolicy policy, LoanPlanning planning) {
        this.book = book;
        this.policy = policy;
        this.planning = planning;
    }

    void propose(LoanEvent.Asked asked, Command.Propose propose) {
        Optional<LoanRow> found = book.state().loans.values().stream()
                .filter(row ->
                        row.members().stream().anyMatch(leg -> leg.lease().equals(propose.lease())))
                .findFirst();
        if (found.isEmpty()) {
            book.refuse(asked.token(), RefusalCode.NOT_FOUND, "this node borrows nothing under " + propose.lease());
            return;
        }
        if (policy.moves() == LoanPolicy.Moves.REFUSED) {
            book.refuse(
                    asked.token(),
                    RefusalCode.DENIED,
                    "this node keeps what it borrowed where it is (borrowing.acceptMoves)");
            return;
        }
        LoanRow row = found.get();
        Optional<Answer.Refused> against = against(row, row.leg(propose.lease()).orElseThrow(), propose);
        if (against.isPresent()) {
            book.emit(new Effect.Reply(asked.token(), against.get()));
            return;
        }
        book.emit(new Effect.Reply(asked.token(), new Answer.Done()));
        book.tell("loan.moving", row, "to " + propose.to() + ", " + propose.reason());
        book.state().moves.put(row.id(), new LoanBook.Move(propose.lease(), propose.to()));
        book.state().nextMoveMillis = book.now() + policy.moveRestMillis();
        planning.lookAt(asked, row, propose.to().owner());
    }

    private Optional<Answer.Refused> against(LoanRow row, Leg leg, Command.Propose propose) {
        if (row.state() != LoanState.ACTIVE || leg.state() != Leg.State.GRANTED) {
            return no(RefusalCode.CONFLICT, "the loan is " + row.state().word() + "; only an active one moves");
        }
        if (leg.slice().forcedEnd() != ForcedEndEffect.TOLERATED) {
            return no(
                    RefusalCode.DENIED,
                    "the host would not survive to lose " + leg.slice().id());
        }
        if (propose.to().owner().equals(book.self())
                || propose.to().equals(leg.slice().id())
                || row.requirement()
                        .from()
                        .filter(only -> !only.equals(propose.to().owner()))
                        .isPresent()) {
            return no(RefusalCode.NO_MATCH, propose.to() + " is no place for this loan to move to");
        }
        if (isChanging(row)) {
            return no(RefusalCode.BUSY, "the loan is being resized, moved or recalled");
        }
        if (!book.state().moves.isEmpty() || book.now() < book.state().nextMoveMillis) {
            return Optional.of(new Answer.Refused(
                    RefusalCode.BUSY,
                    "this node moves one loan at a time, with a rest between",
                    Math.max(policy.retryMillis(), book.state().nextMoveMillis - book.now())));
        }
        return Optional.empty();
    }

    private boolean isChanging(LoanRow row) {
        return book.state().resizes.containsKey(row.id())
                || book.state().gatherings.containsKey(row.id())
                || !row.joining().isEmpty()
                || book.recallMillis(row) != Long.MAX_VALUE;
    }

    private static Optional<Answer.Refused> no(RefusalCode code, String why) {
        return Optional.of(Answer.Refused.of(code, why));
    }

    /** The new lease is granted: from here on the host has it, and no longer the old one. */
    void joined(LoanRow row, LoanBook.Move move) {
        Set<Leg> joining = Set.copyOf(row.joining());
        book.state().moves.remove(row.id());
        book.state().attempts.remove(row.id());
        LoanRow both = row.each(leg -> joining.contains(leg) ? leg.as(Leg.Part.MEMBER) : leg);
        // It may have been lost or given back since.
        LoanRow moved = book.giveBackSome(
                both,
                row.members().stream()
                        .map(Leg::lease)
                        .filter(move.lease()::equals)
                        .collect(Collectors.toSet()));
        book.audit(LoanBook.SELF, "loan.moved", moved);
        book.tell("loan.moved", moved, "to " + move.to());
        joining.forEach(leg -> book.renew(moved, leg));
    }
}
