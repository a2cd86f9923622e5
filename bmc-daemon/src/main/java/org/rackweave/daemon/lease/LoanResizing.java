package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.rackweave.daemon.matching.Matching;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceView;

/** An active loan becomes larger by leases that join it all at once, and smaller by whole leases that are given back. */
final class LoanResizing {
    /** Sizes that a refusal names: the nearest ones are what matters. */
    private static final int MAX_SIZES_TOLD = 4;

    private final LoanBook book;
    private final LoanPlanning planning;
    private final LoanMoving moving;

    LoanResizing(LoanBook book, LoanPlanning planning, LoanMoving moving) {
        this.book = book;
        this.planning = planning;
        this.moving = moving;
    }

    void resize(LoanEvent.Asked asked, Command.ResizeLoan resize, LoanRow row) {
        if (row.state() != LoanState.ACTIVE) {
            book.refuse(
                    asked.token(),
                    RefusalCode.CONFLICT,
                    "the loan is " + row.state().word() + "; only an active one can be resized");
            return;
        }
        if (isChanging(row)) {
            book.refuse(
                    asked.token(), RefusalCode.BUSY, "the loan is being resized or moved; ask again when that is done");
            return;
        }
        long held = row.heldAmount();
        if (resize.amount() > held) {
            book.state().resizes.put(row.id(), new LoanBook.Resize(asked.token(), resize.amount()));
            planning.grow(asked, row, resize.amount() - held);
        } else {
            shrink(asked, row, resize.amount());
        }
    }

    private boolean isChanging(LoanRow row) {
        return book.state().resizes.containsKey(row.id())
                || book.state().moves.containsKey(row.id())
                || !row.joining().isEmpty();
    }

    /**
     * Gives back exactly what its host has let go of. When the loan is no longer what it was then, nothing is given back: the
     * host is told to take it on line again.
     */
    void letGo(LoanEvent.LetGo gone) {
        LoanRow row = book.state().loans.get(gone.loan());
        if (row == null || row.state() != LoanState.ACTIVE || isChanging(row)) {
            return;
        }
        Set<LeaseId> held = row.members().stream().map(Leg::lease).collect(Collectors.toSet());
        long left = row.members().stream()
                .filter(leg -> !gone.leases().contains(leg.lease()))
                .mapToLong(leg -> leg.slice().amount())
                .sum();
        if (!held.containsAll(gone.leases()) || left < row.requirement().leastAmount()) {
            return;
        }
        LoanRow smaller = book.giveBackSome(row.of(row.requirement().atMost(left)), gone.leases());
        book.audit(LoanBook.SELF, "loan.resized", smaller);
        book.tell("loan.resized", smaller, "gave back " + gone.leases().size() + " of " + held.size() + " leases");
    }

    private void shrink(LoanEvent.Asked asked, LoanRow row, long amount) {
        List<SliceView> held = row.members().stream().map(Leg::slice).toList();
        Set<SliceId> kept = Matching.keep(amount, held).orElse(held).stream()
                .map(SliceView::id)
                .collect(Collectors.toSet());
        if (kept.size() == held.size() && amount < row.heldAmount()) {
            book.refuse(
                    asked.token(),
                    RefusalCode.NO_MATCH,
                    "no lease of this loan is as small as what is to be given back; it can have " + sizes(held));
            return;
        }
        Set<LeaseId> back = row.members().stream()
                .filter(leg -> !kept.contains(leg.slice().id()))
                .map(Leg::lease)
                .collect(Collectors.toSet());
        LoanRow smaller = book.giveBackSome(row.of(row.requirement().ofAmount(amount)), back);
        book.audit(asked.peer().name() + " " + asked.peer().id(), "loan.resized", smaller);
        book.tell("loan.resized", smaller, "gave back " + back.size() + " of " + held.size() + " leases");
        book.replyLoan(asked.token(), smaller);
    }

    /** The nearest amounts that whole slices make up. */
    private static String sizes(List<SliceView> held) {
        TreeSet<Long> sizes = new TreeSet<>();
        long all = held.stream().mapToLong(SliceView::amount).sum();
        for (SliceView slice : held) {
            if (slice.amount() < all) {
                sizes.add(all - slice.amount());
            }
        }
        List<Long> nearest = new ArrayList<>(sizes.descendingSet());
        return nearest.isEmpty()
                ? "no other size, and can only be released"
                : nearest.stream()
                        .limit(MAX_SIZES_TOLD)
                        .map(size -> size + " " + held.get(0).kind().unit())
                        .collect(Collectors.joining(" or "));
    }

    /** All that was to join is granted: from here on the host sees it. */
    void joined(LoanRow row) {
        LoanBook.Move move = book.state().moves.get(row.id());
        if (move != null) {
            moving.joined(row, move);
            return;
        }
        Set<LeaseId> joining = new HashSet<>();
        row.joining().forEach(leg -> joining.add(leg.lease()));
        LoanBook.Resize resize = book.state().resizes.get(row.id());
        LoanRow whole = row.each(leg -> joining.contains(leg.lease()) ? leg.as(Leg.Part.MEMBER) : leg);
        long amount = resize == null ? whole.heldAmount() : resize.amount();
        LoanRow larger = whole.of(row.requirement().ofAmount(amount));
        book.state().attempts.remove(row.id());
        book.save(larger);
        book.audit(LoanBook.SELF, "loan.resized", larger);
        book.tell("loan.resized", larger, joining.size() + " leases joined");
        book.endResize(row.id(), new Answer.Loan(book.view(larger.shown())));
        larger.members().stream().filter(leg -> joining.contains(leg.lease())).forEach(leg -> book.renew(larger, leg));
    }
}
