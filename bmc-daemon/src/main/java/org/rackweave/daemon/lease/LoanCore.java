package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.Detail;
import org.rackweave.daemon.matching.Matching;
import org.rackweave.daemon.matching.Plan;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceView;

/**
 * The borrower. It is stepped by one thread with events and the time, and returns what is to be persisted and sent, in that
 * order. Whoever steps it takes a {@link #mark()} first, and goes {@link #back(Mark)} when the ledger refuses.
 *
 * <pre>
 *   (gathering) --> RESERVING --> COMMITTING --> ACTIVE --> RELEASING --> ENDED
 *                     |  ^           |             |            ^
 *                     |  | slice gone|             | lost       |
 *                     |  +-----------+             v            |
 *                     +------------------------> LOST   (other leases are given back)
 * </pre>
 */
public final class LoanCore {
    /** How many loans one node holds at once: a server has fewer slots than this. */
    private static final int MAX_LOANS = 64;

    /** How many ended loans stay readable. */
    private static final int MAX_ENDED = 32;

    /** How often a plan is made anew when another borrower was faster. */
    private static final int MAX_ATTEMPTS = 8;

    private static final String SELF = "daemon";

    private final NodeId self;
    private final LoanPolicy policy;
    private final Supplier<LeaseId> leaseIds;
    private final long firstRenewal;
    private State state = new State();
    private List<Effect> effects = new ArrayList<>();
    private long now;

    /** All that changes. */
    private static final class State {
        final LinkedHashMap<LoanId, LoanRow> loans = new LinkedHashMap<>();
        final Map<LoanId, Gathering> gatherings = new HashMap<>();
        final Map<LoanId, Gathering> attempts = new HashMap<>();
        final Map<Long, Exchange> exchanges = new HashMap<>();
        final Map<LoanId, List<Waiting>> waiting = new HashMap<>();
        final Map<LeaseId, Long> dueMillis = new HashMap<>();
        final Map<LoanId, Long> recalls = new HashMap<>();
        long nextExchange = 1;
        long nextRenewal = 1;

        State copy() {
            State copy = new State();
            copy.loans.putAll(loans);
            copy.gatherings.putAll(gatherings);
            copy.attempts.putAll(attempts);
            copy.exchanges.putAll(exchanges);
            waiting.forEach((loan, list) -> copy.waiting.put(loan, new ArrayList<>(list)));
            copy.dueMillis.putAll(dueMillis);
            copy.recalls.putAll(recalls);
            copy.nextExchange = nextExchange;
            copy.nextRenewal = nextRenewal;
            return copy;
        }
    }

    /** What is asked of lenders before there is a plan. */
    private record Gathering(
            Command.Borrow wish,
            String actor,
            List<NodeId> lenders,
            Set<NodeId> silent,
            List<SliceView> seen,
            Set<SliceId> excluded,
            int attempt,
            long untilMillis) {}

    /** A request that is under way. */
    private record Exchange(LoanId loan, Optional<LeaseId> lease, NodeId to, Command command, long sentMillis) {}

    /** A client that waits for an answer about a loan. */
    private record Waiting(long token, long untilMillis) {}

    /** Where the core was before a step. */
    public static final class Mark {
        private final State state;

        private Mark(State state) {
            this.state = state;
        }
    }

    /**
     * @param leaseIds draws a new lease id
     * @param bootEpoch this daemon's incarnation, so that numbers of renewals grow over restarts without being stored
     */
    public LoanCore(
            NodeId self, LoanPolicy policy, Supplier<LeaseId> leaseIds, long bootEpoch, Collection<LoanRow> stored) {
        this.self = self;
        this.policy = policy;
        this.leaseIds = leaseIds;
        this.firstRenewal = bootEpoch << 24;
        stored.forEach(row -> state.loans.put(row.id(), row));
    }

    public Mark mark() {
        return new Mark(state.copy());
    }

    public void back(Mark mark) {
        state = mark.state;
    }

    /** Reacts. */
    public List<Effect> step(LoanEvent event, long nowMillis) {
        effects = new ArrayList<>();
        now = nowMillis;
        if (event instanceof LoanEvent.Started started) {
            start(started);
        } else if (event instanceof LoanEvent.Asked asked) {
            ask(asked);
        } else if (event instanceof LoanEvent.Answered answered) {
            answered(answered);
        } else if (event instanceof LoanEvent.GiveAllBack give) {
            active().forEach(row -> giveBack(row, LoanState.RELEASING, give.why()));
        }
        passTime();
        return effects;
    }

    public OptionalLong nextDeadline() {
        long earliest = Long.MAX_VALUE;
        for (Gathering gathering : state.gatherings.values()) {
            earliest = Math.min(earliest, gathering.untilMillis());
        }
        for (List<Waiting> list : state.waiting.values()) {
            for (Waiting waiting : list) {
                earliest = Math.min(earliest, waiting.untilMillis());
            }
        }
        for (LoanRow row : state.loans.values()) {
            if (row.state() == LoanState.ACTIVE) {
                earliest = Math.min(earliest, state.recalls.getOrDefault(row.id(), Long.MAX_VALUE));
            }
            for (Leg leg : row.legs()) {
                if (leg.state() != Leg.State.ENDED) {
                    earliest = Math.min(earliest, state.dueMillis.getOrDefault(leg.lease(), Long.MAX_VALUE));
                }
                if (row.state() == LoanState.ACTIVE && leg.state() == Leg.State.GRANTED) {
                    earliest = Math.min(earliest, leg.deadlineMillis());
                }
            }
        }
        return earliest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(earliest);
    }

    public List<LoanView> loans(long nowMillis) {
        return state.loans.values().stream()
                .map(row -> shown(row).view(self, nowMillis))
                .toList();
    }

    public Optional<LoanView> loan(LoanId id, long nowMillis) {
        return Optional.ofNullable(state.loans.get(id)).map(row -> shown(row).view(self, nowMillis));
    }

    /** Whether nothing is owed to anybody. */
    public boolean isSettled() {
        return state.loans.values().stream().allMatch(LoanRow::isSettled);
    }

    // ---- start -----------------------------------------------------------------------------------------------------

    private void start(LoanEvent.Started started) {
        for (LoanRow stored : List.copyOf(state.loans.values())) {
            if (stored.state() == LoanState.ACTIVE) {
                boolean sameBoot = started.boot() == LeaseEvent.Boot.SAME;
                // After a reboot nobody knows how much of the term is left: long enough to ask, no longer.
                LoanRow row = sameBoot ? stored : stored.each(leg -> until(leg, now + policy.answerMillis()));
                row.legs().forEach(leg -> due(leg, now));
                save(row);
            } else if (stored.state() == LoanState.RESERVING || stored.state() == LoanState.COMMITTING) {
                giveBack(stored, LoanState.RELEASING, "this node restarted before the loan was whole");
            }
            // Also the leases of an attempt before the one that the restart interrupted.
            stored.legs().stream()
                    .filter(leg -> leg.state() == Leg.State.RELEASING)
                    .forEach(leg -> due(leg, now));
        }
    }

    private static Leg until(Leg leg, long deadlineMillis) {
        return new Leg(
                leg.lease(), leg.slice(), leg.state(), leg.epoch(), deadlineMillis, Long.MAX_VALUE, leg.granted());
    }

    // ---- requests --------------------------------------------------------------------------------------------------

    private void ask(LoanEvent.Asked asked) {
        Command command = asked.command();
        if (command instanceof Command.Borrow borrow) {
            borrow(asked, borrow);
        } else if (command instanceof Command.RenewLoan renew) {
            known(asked, renew.loan()).ifPresent(row -> renewNow(asked, row));
        } else if (command instanceof Command.ReleaseLoan release) {
            known(asked, release.loan()).ifPresent(row -> release(asked, row));
        } else if (command instanceof Command.Recall recall) {
            recall(asked, recall);
        } else {
            throw new IllegalArgumentException("not for the borrower's core: " + command.kind());
        }
    }

    private Optional<LoanRow> known(LoanEvent.Asked asked, LoanId id) {
        LoanRow row = state.loans.get(id);
        if (row == null) {
            refuse(asked.token(), RefusalCode.NOT_FOUND, "this node has no loan " + id);
        }
        return Optional.ofNullable(row);
    }

    private void borrow(LoanEvent.Asked asked, Command.Borrow borrow) {
        LoanRow existing = state.loans.get(borrow.loan());
        if (existing != null && (existing.state() == LoanState.ACTIVE || existing.isOver())) {
            replyLoan(asked.token(), existing);
            return;
        }
        if (existing == null && !state.gatherings.containsKey(borrow.loan())) {
            long held = state.loans.values().stream()
                    .filter(row -> !row.isSettled())
                    .count();
            if (held + state.gatherings.size() >= MAX_LOANS) {
                refuse(asked.token(), RefusalCode.BUSY, "this node holds " + MAX_LOANS + " loans; give one back first");
                return;
            }
            gather(borrow, asked.peer().name() + " " + asked.peer().id(), asked.lenders(), Set.of(), 1);
        }
        await(borrow.loan(), asked.token(), Long.MAX_VALUE);
        state.gatherings.values().stream()
                .filter(gathering -> gathering.silent().isEmpty())
                .toList()
                .forEach(this::plan);
    }

    private void gather(Command.Borrow borrow, String actor, List<NodeId> lenders, Set<SliceId> excluded, int attempt) {
        List<NodeId> asked = borrow.requirement().from().map(List::of).orElse(lenders);
        state.gatherings.put(
                borrow.loan(),
                new Gathering(
                        borrow,
                        actor,
                        asked,
                        Set.copyOf(asked),
                        List.of(),
                        excluded,
                        attempt,
                        now + policy.gatherMillis()));
        Command question =
                new Command.ListSlices(Optional.of(borrow.requirement().kind()));
        asked.forEach(lender -> send(borrow.loan(), Optional.empty(), lender, question));
    }

    private void gathered(Gathering before, NodeId lender, Answer answer) {
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
        Gathering after = new Gathering(
                before.wish(),
                before.actor(),
                before.lenders(),
                Set.copyOf(silent),
                List.copyOf(seen),
                before.excluded(),
                before.attempt(),
                before.untilMillis());
        state.gatherings.put(before.wish().loan(), after);
        if (silent.isEmpty()) {
            plan(after);
        }
    }

    private void plan(Gathering gathering) {
        Command.Borrow wish = gathering.wish();
        state.gatherings.remove(wish.loan());
        Plan plan = Matching.match(wish.requirement(), gathering.seen());
        LoanRow previous = state.loans.get(wish.loan());
        if (plan instanceof Plan.NoMatch no) {
            String silent = gathering.silent().isEmpty()
                    ? ""
                    : "; " + gathering.silent().size() + " of "
                            + gathering.lenders().size() + " lenders did not answer";
            String why = gathering.lenders().isEmpty()
                    ? "no other node is alive in this node's view"
                    : no.explanation() + silent;
            if (previous != null) {
                save(previous.to(previous.isSettled() ? LoanState.ENDED : LoanState.RELEASING, why));
            }
            answerWaiting(wish.loan(), new Answer.Refused(RefusalCode.NO_MATCH, clipped(why), 0));
            return;
        }
        List<Leg> legs = new ArrayList<>(previous == null ? List.of() : previous.legs());
        for (SliceView slice : ((Plan.Found) plan).slices()) {
            legs.add(new Leg(
                    leaseIds.get(), slice, Leg.State.PLANNED, Epoch.NONE, now, Long.MAX_VALUE, Optional.empty()));
        }
        LoanRow row = new LoanRow(wish.loan(), wish.requirement(), LoanState.RESERVING, legs, plan.explanation());
        if (wish.mode() == Command.Borrow.Mode.DRY_RUN) {
            LoanRow planned = row.to(LoanState.ENDED, "dry run, nothing was reserved: " + plan.explanation());
            answerWaiting(wish.loan(), new Answer.Loan(planned.view(self, now)));
            return;
        }
        save(row);
        audit(gathering.actor(), "loan.plan", row);
        current(row)
                .forEach(leg -> send(
                        row.id(),
                        Optional.of(leg.lease()),
                        leg.owner(),
                        new Command.Reserve(
                                leg.lease(),
                                row.id(),
                                leg.slice().id().key(),
                                row.requirement().termMillis(),
                                row.requirement().priority(),
                                row.requirement().worstForcedEnd())));
        state.attempts.put(row.id(), gathering);
    }

    private void renewNow(LoanEvent.Asked asked, LoanRow row) {
        if (row.state() != LoanState.ACTIVE) {
            refuse(
                    asked.token(),
                    RefusalCode.CONFLICT,
                    "the loan is " + row.state().word() + ": " + row.explanation());
            return;
        }
        current(row).forEach(leg -> renew(row, leg));
        await(row.id(), asked.token(), now + policy.answerMillis());
    }

    private void release(LoanEvent.Asked asked, LoanRow row) {
        if (row.isSettled()) {
            replyLoan(asked.token(), row);
            return;
        }
        if (row.state() != LoanState.RELEASING) {
            audit(asked.peer().name() + " " + asked.peer().id(), "loan.release", row);
            giveBack(
                    row,
                    row.isOver() ? row.state() : LoanState.RELEASING,
                    "given back by " + asked.peer().name());
        }
        await(row.id(), asked.token(), now + policy.answerMillis());
    }

    private void recall(LoanEvent.Asked asked, Command.Recall recall) {
        Optional<LoanRow> found = state.loans.values().stream()
                .filter(row -> row.legs().stream().anyMatch(leg -> leg.lease().equals(recall.lease())))
                .findFirst();
        Optional<Leg> leg = found.flatMap(row -> legOf(row, recall.lease()));
        if (leg.isEmpty()) {
            refuse(asked.token(), RefusalCode.NOT_FOUND, "this node borrows nothing under " + recall.lease());
        } else if (!leg.get().owner().equals(asked.peer().id())) {
            refuse(asked.token(), RefusalCode.DENIED, "only the owner of a slice may recall it");
        } else {
            recalled(found.orElseThrow(), leg.get(), recall.graceMillis(), recall.reason());
            effects.add(new Effect.Reply(asked.token(), new Answer.Done()));
        }
    }

    /** The host is given most of the grace to let go; what a forced end would kill is never given back unasked. */
    private void recalled(LoanRow row, Leg leg, long graceMillis, String reason) {
        if (row.state() != LoanState.ACTIVE || state.recalls.containsKey(row.id())) {
            return;
        }
        long usable = graceMillis * (100 - policy.driftPercent()) / 100 - policy.retryMillis();
        boolean mayEnd = leg.slice().forcedEnd() == ForcedEndEffect.TOLERATED;
        state.recalls.put(row.id(), mayEnd ? now + Math.max(0, usable) : Long.MAX_VALUE);
        tell("loan.recalled", row, "give it back within " + graceMillis + " ms: " + reason);
    }

    // ---- answers ---------------------------------------------------------------------------------------------------

    private void answered(LoanEvent.Answered answered) {
        Exchange exchange = state.exchanges.remove(answered.exchange());
        if (exchange == null) {
            return;
        }
        Gathering gathering = state.gatherings.get(exchange.loan());
        if (exchange.lease().isEmpty()) {
            if (gathering != null && gathering.silent().contains(exchange.to())) {
                gathered(gathering, exchange.to(), answered.answer());
            }
            return;
        }
        LoanRow row = state.loans.get(exchange.loan());
        Optional<Leg> leg =
                Optional.ofNullable(row).flatMap(r -> legOf(r, exchange.lease().get()));
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
                Leg known = leg.answered(Leg.State.RELEASING, late.lease(), now, leg.forcedMillis());
                save(row.with(known));
                due(known, now);
            }
            return;
        }
        if (!(answer instanceof Answer.Lease lease)) {
            tryAnother(row, leg, answer);
            return;
        }
        LoanRow after = row.with(leg.answered(
                Leg.State.RESERVED,
                lease.lease(),
                now,
                policy.forcedDeadline(now, lease.lease().remainingMillis())));
        if (!current(after).stream().allMatch(l -> l.state() == Leg.State.RESERVED)) {
            save(after);
            return;
        }
        LoanRow committing = after.to(LoanState.COMMITTING, after.explanation());
        save(committing);
        current(committing)
                .forEach(l -> send(
                        committing.id(), Optional.of(l.lease()), l.owner(), new Command.Commit(l.lease(), l.epoch())));
    }

    private void tryAnother(LoanRow row, Leg failed, Answer answer) {
        Gathering before = state.attempts.remove(row.id());
        String why = "lender " + failed.owner().brief() + " on "
                + failed.slice().id().key() + ": " + reasonOf(answer);
        boolean slicesFault = answer instanceof Answer.Refused refused
                && switch (refused.code()) {
                    case CONFLICT, QUARANTINED, NOT_FOUND, UNREACHABLE, UNAVAILABLE, BUSY -> true;
                    case INVALID, DENIED, STALE_EPOCH, NO_MATCH -> false;
                };
        boolean refusedForSure = answer instanceof Answer.Refused no && no.code() != RefusalCode.UNREACHABLE;
        LoanRow left = refusedForSure ? row.with(failed.to(Leg.State.ENDED)) : row;
        LoanRow giving = giveBack(left, LoanState.RESERVING, why);
        if (before == null || !slicesFault || before.attempt() >= MAX_ATTEMPTS) {
            save(giving.to(giving.isSettled() ? LoanState.ENDED : LoanState.RELEASING, why));
            answerWaiting(
                    row.id(),
                    answer instanceof Answer.Refused refused
                            ? new Answer.Refused(refused.code(), clipped(why), refused.retryAfterMillis())
                            : new Answer.Refused(RefusalCode.UNAVAILABLE, clipped(why), 0));
            return;
        }
        Set<SliceId> excluded = new HashSet<>(before.excluded());
        excluded.add(failed.slice().id());
        gather(before.wish(), before.actor(), before.lenders(), excluded, before.attempt() + 1);
    }

    private void committed(LoanRow row, Leg leg, Exchange exchange, Answer answer) {
        if (row.state() != LoanState.COMMITTING || leg.state() != Leg.State.RESERVED) {
            return;
        }
        if (!(answer instanceof Answer.Lease lease)) {
            String why = "lender " + leg.owner().brief() + " did not grant "
                    + leg.slice().id().key() + ": " + reasonOf(answer);
            giveBack(row, LoanState.RELEASING, why);
            answerWaiting(
                    row.id(),
                    new Answer.Refused(
                            answer instanceof Answer.Refused refused ? refused.code() : RefusalCode.UNAVAILABLE,
                            clipped(why),
                            0));
            return;
        }
        LoanRow after = row.with(granted(leg, exchange, lease.lease()));
        if (!current(after).stream().allMatch(l -> l.state() == Leg.State.GRANTED)) {
            save(after);
            return;
        }
        LoanRow active = after.to(LoanState.ACTIVE, after.explanation());
        state.attempts.remove(row.id());
        save(active);
        audit(SELF, "loan.active", active);
        answerWaiting(active.id(), new Answer.Loan(shown(active).view(self, now)));
        // The first term is short; the whole one comes with the first renewal.
        current(active).forEach(l -> renew(active, l));
    }

    private void renewed(LoanRow row, Leg leg, Exchange exchange, Answer answer) {
        if (row.state() != LoanState.ACTIVE || leg.state() != Leg.State.GRANTED) {
            return;
        }
        long term = row.requirement().termMillis();
        if (answer instanceof Answer.Lease lease) {
            LoanRow after = row.with(granted(leg, exchange, lease.lease()));
            save(after);
            due(leg, exchange.sentMillis() + term / 3);
            answerWaiting(row.id(), new Answer.Loan(shown(after).view(self, now)));
            return;
        }
        Answer.Refused refused = answer instanceof Answer.Refused no
                ? no
                : new Answer.Refused(RefusalCode.UNAVAILABLE, "an answer that does not fit", 0);
        switch (refused.code()) {
            case STALE_EPOCH, NOT_FOUND, DENIED, QUARANTINED -> lose(row, leg, refused.detail());
            case CONFLICT -> recalled(row, leg, 0, refused.detail());
            case UNREACHABLE, UNAVAILABLE, BUSY, INVALID, NO_MATCH -> {
                due(leg, now + Math.min(policy.retryMillis(), Math.max(1, term / 12)));
                answerWaiting(row.id(), refused);
            }
        }
    }

    private Leg granted(Leg leg, Exchange exchange, LeaseView view) {
        long deadline = policy.borrowerDeadline(exchange.sentMillis(), view.remainingMillis());
        return leg.answered(
                Leg.State.GRANTED,
                view,
                leg.state() == Leg.State.GRANTED ? Math.max(leg.deadlineMillis(), deadline) : deadline,
                policy.forcedDeadline(now, view.remainingMillis()));
    }

    private void released(LoanRow row, Leg leg, Answer answer) {
        if (leg.state() != Leg.State.RELEASING) {
            return;
        }
        boolean heard = answer instanceof Answer.Done || (answer instanceof Answer.Refused no && endsLease(no.code()));
        // What was never reserved, as far as this side knows, lapses at its owner by itself.
        if (heard || leg.epoch().equals(Epoch.NONE)) {
            end(row, leg);
        } else {
            due(leg, now + policy.retryMillis());
        }
    }

    /** Whether a refused release still says that the lender holds nothing for this borrower any more. */
    private static boolean endsLease(RefusalCode code) {
        return switch (code) {
            case STALE_EPOCH, NOT_FOUND, DENIED, QUARANTINED -> true;
            case CONFLICT, UNREACHABLE, UNAVAILABLE, BUSY, INVALID, NO_MATCH -> false;
        };
    }

    private void end(LoanRow row, Leg leg) {
        state.dueMillis.remove(leg.lease());
        LoanRow after = row.with(leg.to(Leg.State.ENDED));
        if (after.isSettled() && after.state() == LoanState.RELEASING) {
            after = after.to(LoanState.ENDED, after.explanation());
        }
        save(after);
        if (after.isSettled() && after.isOver()) {
            audit(SELF, "loan.ended", after);
            answerWaiting(after.id(), new Answer.Loan(after.view(self, now)));
            forgetOldest();
        }
    }

    private void forgetOldest() {
        List<LoanRow> over = state.loans.values().stream()
                .filter(row -> row.isOver() && row.isSettled())
                .toList();
        over.stream().limit(Math.max(0, over.size() - MAX_ENDED)).forEach(row -> {
            state.loans.remove(row.id());
            effects.add(new Effect.ForgetLoan(row.id()));
        });
    }

    // ---- time ------------------------------------------------------------------------------------------------------

    private void passTime() {
        state.gatherings.values().stream()
                .filter(gathering -> now >= gathering.untilMillis())
                .toList()
                .forEach(this::plan);
        for (LoanRow row : active()) {
            if (now >= state.recalls.getOrDefault(row.id(), Long.MAX_VALUE)) {
                giveBack(row, LoanState.RELEASING, "recalled by its owner");
            } else {
                current(row).stream()
                        .filter(leg -> now >= leg.deadlineMillis())
                        .findFirst()
                        .ifPresent(leg -> lose(
                                row, leg, "its term ran out and " + leg.owner().brief() + " could not be asked"));
            }
        }
        for (LoanRow row : List.copyOf(state.loans.values())) {
            row.legs().stream().filter(this::isDue).forEach(leg -> duty(row.id(), leg));
        }
        for (LoanRow row : state.loans.values()) {
            state.waiting.getOrDefault(row.id(), List.of()).stream()
                    .filter(waiting -> now >= waiting.untilMillis())
                    .forEach(waiting -> replyLoan(waiting.token(), row));
        }
        state.waiting.values().forEach(list -> list.removeIf(waiting -> now >= waiting.untilMillis()));
        state.waiting.values().removeIf(List::isEmpty);
    }

    private boolean isDue(Leg leg) {
        return now >= state.dueMillis.getOrDefault(leg.lease(), Long.MAX_VALUE);
    }

    private void duty(LoanId id, Leg leg) {
        LoanRow row = state.loans.get(id);
        if (row == null) {
            return;
        }
        if (leg.state() == Leg.State.GRANTED && row.state() == LoanState.ACTIVE) {
            renew(row, leg);
        } else if (leg.state() == Leg.State.RELEASING && now >= leg.forcedMillis()) {
            end(row, leg);
        } else if (leg.state() == Leg.State.RELEASING) {
            sendRelease(row, leg);
        } else {
            state.dueMillis.remove(leg.lease());
        }
    }

    // ---- steps that several of the above take
    // ------------------------------------------------------------------------

    private void renew(LoanRow row, Leg leg) {
        // Until it is answered; the answer says when the next one is due.
        due(leg, now + Math.max(policy.retryMillis(), row.requirement().termMillis() / 3));
        long number = firstRenewal + state.nextRenewal++;
        send(row.id(), Optional.of(leg.lease()), leg.owner(), new Command.Renew(leg.lease(), leg.epoch(), number));
    }

    private void lose(LoanRow row, Leg leg, String why) {
        LoanRow without = row.with(leg.to(Leg.State.ENDED));
        state.dueMillis.remove(leg.lease());
        LoanRow lost =
                giveBack(without, LoanState.LOST, "lost " + leg.slice().id().key() + ": " + why);
        audit(SELF, "loan.lost", lost);
        answerWaiting(row.id(), new Answer.Loan(lost.view(self, now)));
    }

    /** Every lease that may be held is given back; nothing is used from here on. */
    private LoanRow giveBack(LoanRow row, LoanState next, String why) {
        LoanRow after = row.to(next, why).each(leg -> switch (leg.state()) {
            case PLANNED, RESERVED, GRANTED -> leg.to(Leg.State.RELEASING);
            case RELEASING, ENDED -> leg;
        });
        state.recalls.remove(row.id());
        if (after.isSettled() && next == LoanState.RELEASING) {
            after = after.to(LoanState.ENDED, why);
        }
        save(after);
        LoanRow settled = after;
        row.legs().stream()
                .filter(leg -> leg.state() != Leg.State.RELEASING && leg.state() != Leg.State.ENDED)
                .forEach(leg -> sendRelease(settled, leg));
        return after;
    }

    private void sendRelease(LoanRow row, Leg leg) {
        due(leg, now + policy.retryMillis());
        send(row.id(), Optional.of(leg.lease()), leg.owner(), new Command.Release(leg.lease(), leg.epoch()));
    }

    private void send(LoanId loan, Optional<LeaseId> lease, NodeId to, Command command) {
        long number = state.nextExchange++;
        state.exchanges.put(number, new Exchange(loan, lease, to, command, now));
        effects.add(new Effect.Ask(number, to, command));
    }

    private void due(Leg leg, long atMillis) {
        state.dueMillis.put(leg.lease(), atMillis);
    }

    private void save(LoanRow row) {
        LoanRow before = state.loans.put(row.id(), row);
        effects.add(new Effect.SaveLoan(row));
        if (before == null || before.state() != row.state()) {
            tell("loan." + row.state().word(), row, row.explanation());
        }
    }

    private void tell(String kind, LoanRow row, String text) {
        effects.add(new Effect.Tell(kind, row.id().toString(), text));
    }

    private void audit(String actor, String action, LoanRow row) {
        effects.add(new Effect.Audit(
                actor,
                action,
                row.id().toString(),
                new Detail()
                        .with("kind", row.requirement().kind().word())
                        .with("amount", row.requirement().amount())
                        .with("leases", row.legs().size())
                        .with("explanation", row.explanation())
                        .toString()));
    }

    private void await(LoanId loan, long token, long untilMillis) {
        state.waiting.computeIfAbsent(loan, id -> new ArrayList<>()).add(new Waiting(token, untilMillis));
    }

    private void answerWaiting(LoanId loan, Answer answer) {
        List<Waiting> list = state.waiting.remove(loan);
        if (list != null) {
            list.forEach(waiting -> effects.add(new Effect.Reply(waiting.token(), answer)));
        }
    }

    private void replyLoan(long token, LoanRow row) {
        effects.add(new Effect.Reply(token, new Answer.Loan(shown(row).view(self, now))));
    }

    private void refuse(long token, RefusalCode code, String detail) {
        effects.add(new Effect.Reply(token, new Answer.Refused(code, clipped(detail), 0)));
    }

    private static String reasonOf(Answer answer) {
        return answer instanceof Answer.Refused refused
                ? refused.code().word() + ", " + refused.detail()
                : "an answer that does not fit";
    }

    private static String clipped(String text) {
        return text.length() <= Answer.Refused.MAX_DETAIL_CHARS
                ? text
                : text.substring(0, Answer.Refused.MAX_DETAIL_CHARS);
    }

    private List<LoanRow> active() {
        return state.loans.values().stream()
                .filter(row -> row.state() == LoanState.ACTIVE)
                .toList();
    }

    /** The leases of the newest attempt: those that are not being given back. */
    private static List<Leg> current(LoanRow row) {
        return row.legs().stream()
                .filter(leg -> leg.state() != Leg.State.RELEASING && leg.state() != Leg.State.ENDED)
                .toList();
    }

    /** What a client sees: of a loan that lives, only the leases that make it up. */
    private static LoanRow shown(LoanRow row) {
        return row.isOver() || current(row).isEmpty()
                ? row
                : new LoanRow(row.id(), row.requirement(), row.state(), current(row), row.explanation());
    }

    private static Optional<Leg> legOf(LoanRow row, LeaseId lease) {
        return row.legs().stream().filter(leg -> leg.lease().equals(lease)).findFirst();
    }
}
