package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.matching.Matching;
import org.rackweave.daemon.matching.Plan;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceView;

/** From what is needed to which slices are asked for: lenders show what they own, and matching chooses. */
final class LoanPlanning {
    /** How many loans one node holds at once: a server has fewer slots than this. */
    private static final int MAX_LOANS = 64;

    /** How often a plan is made anew when another borrower was faster. */
    private static final int MAX_ATTEMPTS = 8;

    private final LoanBook book;
    private final LoanPolicy policy;
    private final Supplier<LeaseId> leaseIds;

    LoanPlanning(LoanBook book, LoanPolicy policy, Supplier<LeaseId> leaseIds) {
        this.book = book;
        this.policy = policy;
        this.leaseIds = leaseIds;
    }

    void borrow(LoanEvent.Asked asked, Command.Borrow borrow) {
        LoanRow existing = book.state().loans.get(borrow.loan());
        if (existing != null && (existing.state() == LoanState.ACTIVE || existing.isOver())) {
            book.replyLoan(asked.token(), existing);
            return;
        }
        if (existing == null && !book.state().gatherings.containsKey(borrow.loan())) {
            long held = book.state().loans.values().stream()
                    .filter(row -> !row.isSettled())
                    .count();
            if (held + book.state().gatherings.size() >= MAX_LOANS) {
                book.refuse(
                        asked.token(),
                        RefusalCode.BUSY,
                        "this node holds " + MAX_LOANS + " loans; give one back first");
                return;
            }
            gather(borrow, asked.peer().name() + " " + asked.peer().id(), asked.lenders(), Set.of(), 1);
        }
        book.await(borrow.loan(), asked.token(), Long.MAX_VALUE);
        book.state().gatherings.values().stream()
                .filter(gathering -> gathering.silent().isEmpty())
                .toList()
                .forEach(this::plan);
    }

    private void gather(Command.Borrow borrow, String actor, List<NodeId> lenders, Set<SliceId> excluded, int attempt) {
        List<NodeId> asked = borrow.requirement().from().map(List::of).orElse(lenders);
        book.state()
                .gatherings
                .put(
                        borrow.loan(),
                        new LoanBook.Gathering(
                                borrow,
                                actor,
                                asked,
                                Set.copyOf(asked),
                                List.of(),
                                excluded,
                                attempt,
                                book.now() + policy.gatherMillis()));
        Command question =
                new Command.ListSlices(Optional.of(borrow.requirement().kind()));
        asked.forEach(lender -> book.send(borrow.loan(), Optional.empty(), lender, question));
    }

    void gathered(LoanBook.Gathering before, NodeId lender, Answer answer) {
        Set<NodeId> silent = new HashSet<>(before.silent());
        silent.remove(lender);
        List<SliceView> seen = new ArrayList<>(before.seen());
        if (answer instanceof Answer.Slices slices) {
            // A lender speaks for its own hardware only.
            slices.slices().stream()
                    .filter(slice -> slice.id().owner().equals(lender)
                            && !before.excluded().contains(slice.id()))
                    .forEach(seen::add);
        }
        LoanBook.Gathering after = new LoanBook.Gathering(
                before.wish(),
                before.actor(),
                before.lenders(),
                Set.copyOf(silent),
                List.copyOf(seen),
                before.excluded(),
                before.attempt(),
                before.untilMillis());
        book.state().gatherings.put(before.wish().loan(), after);
        if (silent.isEmpty()) {
            plan(after);
        }
    }

    void plan(LoanBook.Gathering gathering) {
        Command.Borrow wish = gathering.wish();
        book.state().gatherings.remove(wish.loan());
        Plan plan = Matching.match(wish.requirement(), gathering.seen());
        LoanRow previous = book.state().loans.get(wish.loan());
        if (plan instanceof Plan.NoMatch no) {
            String silent = gathering.silent().isEmpty()
                    ? ""
                    : "; " + gathering.silent().size() + " of "
                            + gathering.lenders().size() + " lenders did not answer";
            String why = gathering.lenders().isEmpty()
                    ? "no other node is alive in this node's view"
                    : no.explanation() + silent;
            book.answerWaiting(wish.loan(), Answer.Refused.of(RefusalCode.NO_MATCH, why));
            if (previous != null) {
                book.save(previous.to(previous.isSettled() ? LoanState.ENDED : LoanState.RELEASING, why));
            }
            return;
        }
        List<Leg> legs = new ArrayList<>(previous == null ? List.of() : previous.legs());
        for (SliceView slice : ((Plan.Found) plan).slices()) {
            legs.add(new Leg(
                    leaseIds.get(),
                    slice,
                    Leg.State.PLANNED,
                    Epoch.NONE,
                    book.now(),
                    Long.MAX_VALUE,
                    Optional.empty()));
        }
        LoanRow row = new LoanRow(wish.loan(), wish.requirement(), LoanState.RESERVING, legs, plan.explanation());
        if (wish.mode() == Command.Borrow.Mode.DRY_RUN) {
            LoanRow planned = row.to(LoanState.ENDED, "dry run, nothing was reserved: " + plan.explanation());
            book.answerWaiting(wish.loan(), new Answer.Loan(planned.view(book.self(), book.now())));
            return;
        }
        book.save(row);
        book.audit(gathering.actor(), "loan.plan", row);
        row.current()
                .forEach(leg -> book.send(
                        row.id(),
                        Optional.of(leg.lease()),
                        leg.owner(),
                        new Command.Reserve(
                                leg.lease(),
                                row.id(),
                                leg.slice().id().key(),
                                row.requirement().termMillis(),
                                row.requirement().priority(),
                                row.requirement().worstForcedEnd(),
                                row.requirement().configuration())));
        book.state().attempts.put(row.id(), gathering);
    }

    /** A lender said no before anything was granted: without that slice, or not at all. */
    void tryAnother(LoanRow row, Leg failed, Answer answer) {
        LoanBook.Gathering before = book.state().attempts.remove(row.id());
        String why = "lender " + failed.owner().brief() + " on "
                + failed.slice().id().key() + ": " + LoanBook.reasonOf(answer);
        boolean slicesFault = answer instanceof Answer.Refused refused
                && switch (refused.code()) {
                    case CONFLICT, QUARANTINED, NOT_FOUND, UNREACHABLE, UNAVAILABLE, BUSY -> true;
                    case INVALID, DENIED, STALE_EPOCH, NO_MATCH -> false;
                };
        boolean refusedForSure = answer instanceof Answer.Refused no && no.code() != RefusalCode.UNREACHABLE;
        LoanRow left = refusedForSure ? row.with(failed.to(Leg.State.ENDED)) : row;
        LoanRow giving = book.giveBack(left, LoanState.RESERVING, why);
        if (before == null || !slicesFault || before.attempt() >= MAX_ATTEMPTS) {
            book.answerWaiting(
                    row.id(),
                    answer instanceof Answer.Refused refused
                            ? new Answer.Refused(refused.code(), LoanBook.clipped(why), refused.retryAfterMillis())
                            : Answer.Refused.of(RefusalCode.UNAVAILABLE, why));
            book.save(giving.to(giving.isSettled() ? LoanState.ENDED : LoanState.RELEASING, why));
            return;
        }
        Set<SliceId> excluded = new HashSet<>(before.excluded());
        excluded.add(failed.slice().id());
        gather(before.wish(), before.actor(), before.lenders(), excluded, before.attempt() + 1);
    }
}
