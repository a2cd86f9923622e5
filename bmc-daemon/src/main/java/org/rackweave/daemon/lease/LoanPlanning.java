package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.matching.Allowances;
import org.rackweave.daemon.matching.Lenders;
import org.rackweave.daemon.matching.Matching;
import org.rackweave.daemon.matching.Plan;
import org.rackweave.daemon.matching.Setting;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceView;

/** From what is needed to which slices are asked for: lenders show what they own, and matching chooses. */
final class LoanPlanning {
    /** How many loans one node holds at once: a server has fewer slots than this. */
    private static final int MAX_LOANS = 64;

    /** What else a lender has decides how much a placement strands there. */
    private static final Command OF_EVERY_KIND = new Command.ListSlices(Optional.empty());

    /** How often a plan is made anew when another borrower was faster. */
    private static final int MAX_ATTEMPTS = 8;

    private final LoanBook book;
    private final LoanPolicy policy;
    private final Supplier<LeaseId> leaseIds;
    private final LoanWaiting waiting;

    LoanPlanning(LoanBook book, LoanPolicy policy, Supplier<LeaseId> leaseIds, LoanWaiting waiting) {
        this.book = book;
        this.policy = policy;
        this.leaseIds = leaseIds;
        this.waiting = waiting;
    }

    void borrow(LoanEvent.Asked asked, Command.Borrow borrow) {
        LoanRow existing = book.state().loans.get(borrow.loan());
        if (existing != null && isAnswer(existing)) {
            book.replyLoan(asked.token(), existing);
            return;
        }
        book.state().lenders.put(borrow.requirement().kind(), asked.lenders());
        if (existing == null && !book.state().gatherings.containsKey(borrow.loan())) {
            long held = book.state().loans.values().stream()
                    .filter(row -> !row.isOver() || !row.isSettled())
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
        planWhereNobodyIsAsked();
    }

    private static boolean isAnswer(LoanRow row) {
        return row.state() == LoanState.ACTIVE || row.state() == LoanState.WAITING || row.isOver();
    }

    /** Once more for a demand that stands. */
    void again(LoanRow row) {
        waiting.planned(row.id());
        if (row.withoutEnded().legs().size() >= LoanView.MAX_LEASES) {
            // Lenders that are not reached still have to be told of attempts before: no more of those.
            waiting.wait(row, List.of(), row.explanation());
            return;
        }
        gather(
                new Command.Borrow(row.id(), row.requirement(), row.mode()),
                LoanBook.SELF,
                book.state().lenders.getOrDefault(row.requirement().kind(), List.of()),
                Set.of(),
                1);
        planWhereNobodyIsAsked();
    }

    /** More for an active loan: from those that lend to it already, and from others where that is allowed. */
    void grow(LoanEvent.Asked asked, LoanRow row, long byAmount) {
        Set<NodeId> lenders = new LinkedHashSet<>();
        row.members().forEach(leg -> lenders.add(leg.owner()));
        lenders.addAll(asked.lenders());
        gather(
                new Command.Borrow(row.id(), row.requirement().ofAmount(byAmount), Command.Borrow.Mode.APPLY),
                asked.peer().name() + " " + asked.peer().id(),
                List.copyOf(lenders),
                Set.of(),
                1);
    }

    /** What a slice is that an active loan could move to, by its owner's word. */
    void lookAt(LoanEvent.Asked asked, LoanRow row, NodeId owner) {
        gather(
                new Command.Borrow(row.id(), row.requirement(), Command.Borrow.Mode.APPLY),
                asked.peer().name() + " " + asked.peer().id(),
                List.of(owner),
                Set.of(),
                1);
    }

    private void planWhereNobodyIsAsked() {
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
                                Lenders.none(policy.power()),
                                Allowances.NONE,
                                excluded,
                                attempt,
                                book.now() + policy.gatherMillis()));
        asked.forEach(lender -> book.send(borrow.loan(), Optional.empty(), lender, OF_EVERY_KIND));
    }

    void gathered(LoanBook.Gathering before, NodeId lender, Command question, Answer answer) {
        if (question.equals(OF_EVERY_KIND) && isTooMuch(answer)) {
            ResourceKind kind = before.wish().requirement().kind();
            book.send(before.wish().loan(), Optional.empty(), lender, new Command.ListSlices(Optional.of(kind)));
            return;
        }
        Set<NodeId> silent = new HashSet<>(before.silent());
        silent.remove(lender);
        Lenders seen = before.seen();
        Map<NodeId, Long> allowances = new HashMap<>(before.allowances().amounts());
        if (answer instanceof Answer.Slices slices) {
            slices.allowance(before.wish().requirement().kind()).ifPresent(amount -> allowances.put(lender, amount));
            // A lender speaks for its own hardware only.
            seen = seen.with(
                    lender,
                    slices.slices().stream()
                            .filter(slice -> slice.id().owner().equals(lender)
                                    && !before.excluded().contains(slice.id())
                                    && !book.isDistrusted(slice.id()))
                            .toList());
        }
        LoanBook.Gathering after = new LoanBook.Gathering(
                before.wish(),
                before.actor(),
                before.lenders(),
                Set.copyOf(silent),
                seen,
                new Allowances(allowances),
                before.excluded(),
                before.attempt(),
                before.untilMillis());
        book.state().gatherings.put(before.wish().loan(), after);
        if (silent.isEmpty()) {
            plan(after);
        }
    }

    /** A lender may have more of everything than fits one answer. */
    private static boolean isTooMuch(Answer answer) {
        return answer instanceof Answer.Refused refused && refused.code() == RefusalCode.UNAVAILABLE;
    }

    void plan(LoanBook.Gathering gathering) {
        Command.Borrow wish = gathering.wish();
        book.state().gatherings.remove(wish.loan());
        Optional<LoanRow> previous = Optional.ofNullable(book.state().loans.get(wish.loan()));
        Optional<LoanRow> growing = previous.filter(row -> row.state() == LoanState.ACTIVE);
        LoanBook.Move move = book.state().moves.get(wish.loan());
        if (growing.isPresent() && move != null) {
            planMove(gathering, growing.get(), move);
            return;
        }
        List<SliceView> held = growing.map(LoanRow::members).orElse(List.of()).stream()
                .map(Leg::slice)
                .toList();
        Plan plan =
                gathering.allowances().match(wish.requirement(), gathering.seen(), new Setting(policy.power(), held));
        if (!(plan instanceof Plan.Found found)) {
            noPlan(gathering, previous, plan.explanation());
        } else if (growing.isPresent()) {
            join(gathering, growing.get(), found, "loan.grow");
        } else {
            List<Leg> legs = new ArrayList<>(previous.map(LoanRow::legs).orElse(List.of()));
            legs.addAll(planned(found, Leg.Part.MEMBER));
            LoanRow row = new LoanRow(
                    wish.loan(), wish.requirement(), LoanState.RESERVING, legs, plan.explanation(), wish.mode());
            if (wish.mode() == Command.Borrow.Mode.DRY_RUN) {
                LoanRow shown = row.to(LoanState.ENDED, "dry run, nothing was reserved: " + row.explanation());
                book.answerWaiting(wish.loan(), new Answer.Loan(book.view(shown)));
                return;
            }
            reserve(gathering, row, "loan.plan");
        }
    }

    private void join(LoanBook.Gathering gathering, LoanRow row, Plan.Found found, String action) {
        List<Leg> legs = new ArrayList<>(row.withoutEnded().legs());
        legs.addAll(planned(found, Leg.Part.JOINING));
        reserve(gathering, row.withLegs(legs), action);
    }

    /** Whether the one slice does in place of the one lease, with the others that the loan has. */
    private void planMove(LoanBook.Gathering gathering, LoanRow row, LoanBook.Move move) {
        List<SliceView> others = row.members().stream()
                .filter(leg -> !leg.lease().equals(move.lease()))
                .map(Leg::slice)
                .toList();
        if (others.size() == row.members().size()) {
            book.endResize(row.id(), Answer.Refused.of(RefusalCode.CONFLICT, "the loan has lost what it was to move"));
            return;
        }
        long held = Math.min(row.requirement().amount(), row.heldAmount());
        long needed = held - others.stream().mapToLong(SliceView::amount).sum();
        List<SliceView> there = gathering.seen().slices().stream()
                .filter(slice -> slice.id().equals(move.to()) && slice.forcedEnd() == ForcedEndEffect.TOLERATED)
                .toList();
        Plan plan = Matching.match(
                row.requirement().ofAmount(Math.max(1, needed)), there, new Setting(policy.power(), others));
        if (plan instanceof Plan.Found found) {
            join(gathering, row, found, "loan.move");
        } else {
            book.endResize(
                    row.id(),
                    Answer.Refused.of(
                            RefusalCode.NO_MATCH,
                            "the loan stays as it is: "
                                    + (there.isEmpty()
                                            ? move.to() + " is not shown by its owner as such that a host survives to"
                                                    + " lose"
                                            : plan.explanation())));
        }
    }

    private void noPlan(LoanBook.Gathering gathering, Optional<LoanRow> previous, String explanation) {
        Command.Borrow wish = gathering.wish();
        String silent = gathering.silent().isEmpty()
                ? ""
                : gathering.silent().size() + " of " + gathering.lenders().size() + " lenders did not answer; ";
        String why = gathering.lenders().isEmpty()
                ? "no other node is alive in this node's view that owns any "
                        + wish.requirement().kind().word()
                : silent + explanation;
        if (previous.isPresent() && previous.get().state() == LoanState.ACTIVE) {
            book.endResize(wish.loan(), Answer.Refused.of(RefusalCode.NO_MATCH, "the loan stays as it is: " + why));
        } else if (wish.mode() == Command.Borrow.Mode.STANDING) {
            LoanRow row = previous.orElseGet(
                    () -> new LoanRow(wish.loan(), wish.requirement(), LoanState.WAITING, List.of(), why, wish.mode()));
            waiting.wait(row, gathering.seen().slices(), why);
        } else {
            book.answerWaiting(wish.loan(), Answer.Refused.of(RefusalCode.NO_MATCH, why));
            previous.ifPresent(row -> book.save(row.to(row.isSettled() ? LoanState.ENDED : LoanState.RELEASING, why)));
        }
    }

    private List<Leg> planned(Plan.Found plan, Leg.Part part) {
        return plan.slices().stream()
                .map(slice -> new Leg(
                        leaseIds.get(),
                        slice,
                        Leg.State.PLANNED,
                        Epoch.NONE,
                        book.now(),
                        Long.MAX_VALUE,
                        Optional.empty(),
                        part))
                .toList();
    }

    private void reserve(LoanBook.Gathering gathering, LoanRow row, String action) {
        book.save(row);
        book.audit(gathering.actor(), action, row);
        Requirement wish = row.requirement();
        row.current().stream()
                .filter(leg -> leg.state() == Leg.State.PLANNED)
                .forEach(leg -> book.send(
                        row.id(),
                        Optional.of(leg.lease()),
                        leg.owner(),
                        new Command.Reserve(
                                leg.lease(),
                                row.id(),
                                leg.slice().id().key(),
                                wish.termMillis(),
                                wish.priority(),
                                wish.worstForcedEnd(),
                                wish.configuration())));
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
        LoanRow giving = failed.isMember() ? book.giveBack(left, LoanState.RESERVING, why) : giveBackJoining(left);
        if (before == null || !slicesFault || before.attempt() >= MAX_ATTEMPTS) {
            fail(giving, failed, why, answer);
            return;
        }
        Set<SliceId> excluded = new HashSet<>(before.excluded());
        excluded.add(failed.slice().id());
        gather(before.wish(), before.actor(), before.lenders(), excluded, before.attempt() + 1);
    }

    private void fail(LoanRow giving, Leg failed, String why, Answer answer) {
        Answer.Refused refusal = answer instanceof Answer.Refused refused
                ? new Answer.Refused(refused.code(), LoanBook.clipped(why), refused.retryAfterMillis())
                : Answer.Refused.of(RefusalCode.UNAVAILABLE, why);
        if (!failed.isMember()) {
            book.endResize(giving.id(), refusal);
        } else if (giving.isStanding()) {
            waiting.wait(giving, List.of(), why);
        } else {
            book.answerWaiting(giving.id(), refusal);
            book.save(giving.to(giving.isSettled() ? LoanState.ENDED : LoanState.RELEASING, why));
        }
    }

    /** The loan stays as it was; what was to make it larger is given back. */
    void stopGrowing(LoanRow row, RefusalCode code, String why) {
        book.forgetPlan(row.id());
        giveBackJoining(row);
        book.endResize(row.id(), Answer.Refused.of(code, "the loan stays as it is: " + why));
    }

    private LoanRow giveBackJoining(LoanRow row) {
        return book.giveBackSome(row, row.joining().stream().map(Leg::lease).collect(Collectors.toSet()));
    }
}
