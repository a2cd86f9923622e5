package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.Detail;
import org.rackweave.daemon.Printable;
import org.rackweave.daemon.matching.Allowances;
import org.rackweave.daemon.matching.Lenders;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LinePlace;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;

/** The borrower's loans, what is under way for them, who waits, and the few steps by which any of it changes. */
final class LoanBook {
    static final String SELF = "daemon";

    /** How many clients wait for one loan; more is a client that does not read its answers. */
    private static final int MAX_WAITING = 16;

    /** So many renewals in one incarnation: with incarnations of 32 bits the numbers fit. */
    private static final int RENEWAL_BITS = 30;

    /** How long a slice is not asked for whose wipe was not believed, in milliseconds: its owner may be upgraded meanwhile. */
    private static final long DISTRUST_MILLIS = 60 * 60_000;

    /** How many such slices are remembered; the oldest is forgotten, and costs one more grant that is given back. */
    private static final int MAX_DISTRUSTED = 256;

    /** How many ended loans stay readable. */
    private static final int MAX_ENDED = 32;

    private final NodeId self;
    private final LoanPolicy policy;
    private final long firstRenewal;
    private State state = new State();
    private List<Effect> effects = new ArrayList<>();
    private long now;

    /** All that changes. */
    static final class State {
        final LinkedHashMap<LoanId, LoanRow> loans = new LinkedHashMap<>();
        final Map<LoanId, Gathering> gatherings = new HashMap<>();
        final Map<LoanId, Gathering> attempts = new HashMap<>();
        final Map<Long, Exchange> exchanges = new HashMap<>();
        final Map<LoanId, List<Waiting>> waiting = new HashMap<>();
        final Map<LeaseId, Long> dueMillis = new HashMap<>();
        final Map<LeaseId, Long> recalls = new HashMap<>();
        final Map<LeaseId, Long> askedUntilMillis = new HashMap<>();
        final Map<LoanId, Map<NodeId, Line>> lines = new HashMap<>();
        final Map<LoanId, Map<NodeId, Withdrawal>> withdrawals = new HashMap<>();
        final Map<LoanId, Replan> replans = new HashMap<>();
        final Map<LoanId, Resize> resizes = new HashMap<>();
        final Map<LoanId, Move> moves = new HashMap<>();
        final Map<ResourceKind, List<NodeId>> lenders = new EnumMap<>(ResourceKind.class);
        final LinkedHashMap<SliceId, Long> distrusted = new LinkedHashMap<>();
        long nextExchange = 1;
        long nextRenewal = 1;
        long nextMoveMillis = Long.MIN_VALUE;

        State copy() {
            State copy = new State();
            copy.loans.putAll(loans);
            copy.gatherings.putAll(gatherings);
            copy.attempts.putAll(attempts);
            copy.exchanges.putAll(exchanges);
            waiting.forEach((loan, list) -> copy.waiting.put(loan, new ArrayList<>(list)));
            copy.dueMillis.putAll(dueMillis);
            copy.recalls.putAll(recalls);
            copy.askedUntilMillis.putAll(askedUntilMillis);
            lines.forEach((loan, map) -> copy.lines.put(loan, new TreeMap<>(map)));
            withdrawals.forEach((loan, map) -> copy.withdrawals.put(loan, new TreeMap<>(map)));
            copy.replans.putAll(replans);
            copy.resizes.putAll(resizes);
            copy.moves.putAll(moves);
            copy.lenders.putAll(lenders);
            copy.distrusted.putAll(distrusted);
            copy.nextExchange = nextExchange;
            copy.nextRenewal = nextRenewal;
            copy.nextMoveMillis = nextMoveMillis;
            return copy;
        }
    }

    /**
     * What is asked of lenders before there is a plan.
     *
     * @param allowances what the rules of those lenders leave this node
     */
    record Gathering(
            Command.Borrow wish,
            String actor,
            List<NodeId> lenders,
            Set<NodeId> silent,
            Lenders seen,
            Allowances allowances,
            Set<SliceId> excluded,
            int attempt,
            long untilMillis) {}

    /** A request that is under way. */
    record Exchange(LoanId loan, Optional<LeaseId> lease, NodeId to, Command command, long sentMillis) {}

    /** A client that waits for an answer about a loan. */
    record Waiting(long token, long untilMillis) {}

    /** A line that a demand stands in: how much is wanted there, where it stood last, and when that is to be said again. */
    record Line(long amount, Optional<LinePlace> place, long dueMillis) {}

    /** A line that a demand is to be taken out of: repeated until it is answered, or forgotten there by itself. */
    record Withdrawal(long dueMillis, long untilMillis) {}

    /** When a demand that stands is planned for next, and when that was done last. */
    record Replan(long dueMillis, long lastMillis) {}

    /** A client that waits for an active loan to have so much. */
    record Resize(long token, long amount) {}

    /** A lease of an active loan that is given up as soon as this slice has joined in its place. */
    record Move(LeaseId lease, SliceId to) {}

    /** @param bootEpoch this daemon's incarnation, so that numbers of renewals grow over restarts without being stored */
    LoanBook(NodeId self, LoanPolicy policy, long bootEpoch, Collection<LoanRow> stored) {
        this.self = self;
        this.policy = policy;
        this.firstRenewal = bootEpoch << RENEWAL_BITS;
        stored.forEach(row -> state.loans.put(row.id(), row));
    }

    State state() {
        return state;
    }

    void back(State before) {
        state = before;
    }

    /** Begins a step. What it wants done is in {@link #effects()} afterwards. */
    void begin(long nowMillis) {
        effects = new ArrayList<>();
        now = nowMillis;
    }

    List<Effect> effects() {
        return effects;
    }

    void emit(Effect effect) {
        effects.add(effect);
    }

    long now() {
        return now;
    }

    NodeId self() {
        return self;
    }

    void renew(LoanRow row, Leg leg) {
        // Until it is answered; the answer says when the next one is due.
        due(leg, now + Math.max(policy.retryMillis(), row.requirement().termMillis() / 3));
        long number = firstRenewal + state.nextRenewal++;
        send(row.id(), Optional.of(leg.lease()), leg.owner(), new Command.Renew(leg.lease(), leg.epoch(), number));
    }

    void lose(LoanRow row, Leg leg, String why) {
        LoanRow without = row.with(leg.to(Leg.State.ENDED));
        state.dueMillis.remove(leg.lease());
        state.recalls.remove(leg.lease());
        if (without.members().stream().anyMatch(Leg::isVital)) {
            reduce(without, "lost " + leg.slice().id().key() + ": " + why);
            return;
        }
        LoanRow lost =
                giveBack(without, LoanState.LOST, "lost " + leg.slice().id().key() + ": " + why);
        audit(SELF, "loan.lost", lost);
        answerWaiting(row.id(), new Answer.Loan(view(lost)));
    }

    /** The host keeps what it could not survive the loss of, and people are told that the loan is not what it was. */
    private void reduce(LoanRow row, String why) {
        LoanRow reduced = row.to(row.state(), why + "; the rest is kept, since its host would not survive to lose it");
        save(reduced);
        tell("loan.reduced", reduced, reduced.explanation());
        audit(SELF, "loan.reduced", reduced);
        answerWaiting(row.id(), new Answer.Loan(view(reduced.shown())));
    }

    /** What its owner wants back is given back: alone, where the host would not survive to lose the others. */
    void giveBackRecalled(LoanRow row) {
        Set<LeaseId> due = row.members().stream()
                .map(Leg::lease)
                .filter(lease -> state.recalls.getOrDefault(lease, Long.MAX_VALUE) <= now)
                .collect(Collectors.toSet());
        boolean vital = row.members().stream().anyMatch(leg -> leg.isVital() && !due.contains(leg.lease()));
        if (vital) {
            reduce(giveBackSome(row, due), "recalled by its owner");
        } else {
            giveBack(row, LoanState.RELEASING, "recalled by its owner");
        }
    }

    /** These leases are given back, and the loan goes on with the others. */
    LoanRow giveBackSome(LoanRow row, Set<LeaseId> which) {
        LoanRow after = row.each(leg -> which.contains(leg.lease()) ? leg.to(Leg.State.RELEASING) : leg);
        which.forEach(state.recalls::remove);
        save(after);
        row.legs().stream().filter(leg -> which.contains(leg.lease())).forEach(leg -> sendRelease(after, leg));
        return after;
    }

    /** Every lease that may be held is given back; nothing is used from here on. */
    LoanRow giveBack(LoanRow row, LoanState next, String why) {
        LoanRow after = row.to(next, why).each(leg -> switch (leg.state()) {
            case PLANNED, RESERVED, GRANTED -> leg.to(Leg.State.RELEASING);
            case RELEASING, ENDED -> leg;
        });
        row.legs().forEach(leg -> state.recalls.remove(leg.lease()));
        if (next != LoanState.RESERVING) {
            forgetPlan(row.id());
            endResize(row.id(), Answer.Refused.of(RefusalCode.CONFLICT, "the loan is being given back: " + why));
        }
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

    /** No plan that is being made brings this loan back. */
    void forgetPlan(LoanId loan) {
        state.gatherings.remove(loan);
        state.attempts.remove(loan);
    }

    /** What was to make an active loan another is over; who waits for it is told. */
    void endResize(LoanId loan, Answer answer) {
        if (state.moves.remove(loan) != null) {
            effects.add(new Effect.Tell("loan.unmoved", loan.toString(), reasonOf(answer)));
        }
        Resize resize = state.resizes.remove(loan);
        if (resize != null) {
            effects.add(new Effect.Reply(resize.token(), answer));
        }
    }

    /** Its demand stands nowhere any more; who is not reached forgets it by itself. */
    private void leaveLines(LoanId loan) {
        state.replans.remove(loan);
        Map<NodeId, Line> left = state.lines.remove(loan);
        if (left == null) {
            return;
        }
        Map<NodeId, Withdrawal> withdrawals = state.withdrawals.computeIfAbsent(loan, id -> new TreeMap<>());
        left.keySet().forEach(lender -> withdrawals.put(lender, new Withdrawal(now, now + policy.withdrawMillis())));
    }

    void giveAllBack(String why) {
        List.copyOf(state.gatherings.keySet()).forEach(loan -> {
            forgetPlan(loan);
            answerWaiting(loan, Answer.Refused.of(RefusalCode.UNAVAILABLE, why));
        });
        List.copyOf(state.loans.values()).stream()
                .filter(row -> !row.isOver() && row.state() != LoanState.RELEASING)
                .forEach(row -> giveBack(row, LoanState.RELEASING, why));
    }

    void sendRelease(LoanRow row, Leg leg) {
        // Until it is answered: a second one beside it would only burden a lender that is slow already.
        due(leg, now + policy.answerMillis() + policy.retryMillis());
        send(row.id(), Optional.of(leg.lease()), leg.owner(), new Command.Release(leg.lease(), leg.epoch()));
    }

    void send(LoanId loan, Optional<LeaseId> lease, NodeId to, Command command) {
        long number = state.nextExchange++;
        state.exchanges.put(number, new Exchange(loan, lease, to, command, now));
        effects.add(new Effect.Ask(number, to, command));
    }

    void due(Leg leg, long atMillis) {
        state.dueMillis.put(leg.lease(), atMillis);
    }

    void save(LoanRow row) {
        boolean done = row.isOver() && row.isSettled();
        // What is done goes to the end, so that the oldest of those is forgotten first.
        LoanRow before = done ? state.loans.remove(row.id()) : state.loans.get(row.id());
        state.loans.put(row.id(), row);
        effects.add(new Effect.SaveLoan(row));
        if (before == null || before.state() != row.state()) {
            tell("loan." + row.state().word(), row, row.explanation());
        }
        if (!LoanWaiting.stands(row)) {
            leaveLines(row.id());
        }
        if (done) {
            answerWaiting(row.id(), new Answer.Loan(view(row)));
            forgetOldest();
        }
    }

    void tell(String kind, LoanRow row, String text) {
        effects.add(new Effect.Tell(kind, row.id().toString(), text));
    }

    void audit(String actor, String action, LoanRow row) {
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

    /**
     * The newest epoch before this one with which this node was granted that slice; 0 when it never was, or has forgotten it. An
     * owner that lost its ledger may begin again below what this node remembers, which then says nothing.
     */
    long lastHeldEpoch(Leg now, Epoch granted) {
        return state.loans.values().stream()
                .flatMap(row -> row.legs().stream())
                .filter(leg -> leg.slice().id().equals(now.slice().id())
                        && !leg.lease().equals(now.lease()))
                .filter(leg -> leg.epoch().isOlderThan(granted))
                .filter(leg -> leg.granted()
                        .filter(view -> view.state() == SliceState.ACTIVE)
                        .isPresent())
                .mapToLong(leg -> leg.epoch().value())
                .max()
                .orElse(0);
    }

    /** A slice that this owner could not prove to be wiped is not asked for again for a while. */
    void distrust(SliceId slice) {
        state.distrusted.remove(slice);
        state.distrusted.put(slice, now + DISTRUST_MILLIS);
        if (state.distrusted.size() > MAX_DISTRUSTED) {
            state.distrusted.remove(state.distrusted.keySet().iterator().next());
        }
    }

    boolean isDistrusted(SliceId slice) {
        return state.distrusted.getOrDefault(slice, Long.MIN_VALUE) > now;
    }

    void await(LoanId loan, long token, long untilMillis) {
        List<Waiting> list = state.waiting.computeIfAbsent(loan, id -> new ArrayList<>());
        if (list.size() < MAX_WAITING) {
            list.add(new Waiting(token, untilMillis));
        } else {
            refuse(token, RefusalCode.BUSY, "this loan is asked about already; wait for its answer");
        }
    }

    void answerWaiting(LoanId loan, Answer answer) {
        List<Waiting> list = state.waiting.remove(loan);
        if (list != null) {
            list.forEach(waiting -> effects.add(new Effect.Reply(waiting.token(), answer)));
        }
    }

    LoanView view(LoanRow row) {
        return view(row, now);
    }

    /** With the place that is nearest to the head of a line. */
    LoanView view(LoanRow row, long nowMillis) {
        return row.view(
                self,
                nowMillis,
                state.lines.getOrDefault(row.id(), Map.of()).values().stream()
                        .flatMap(line -> line.place().stream())
                        .min(Comparator.comparingInt(LinePlace::place)
                                .thenComparing(LinePlace::coming, Comparator.reverseOrder())
                                .thenComparingInt(LinePlace::of)));
    }

    void replyLoan(long token, LoanRow row) {
        effects.add(new Effect.Reply(token, new Answer.Loan(view(row.shown()))));
    }

    void refuse(long token, RefusalCode code, String detail) {
        effects.add(new Effect.Reply(token, Answer.Refused.of(code, detail)));
    }

    static String reasonOf(Answer answer) {
        return answer instanceof Answer.Refused refused
                ? refused.code().word() + ", " + refused.detail()
                : "an answer that does not fit";
    }

    static String clipped(String text) {
        return Printable.startOf(text, Answer.Refused.MAX_DETAIL_CHARS);
    }

    List<LoanRow> active() {
        return state.loans.values().stream()
                .filter(row -> row.state() == LoanState.ACTIVE)
                .toList();
    }

    /** When a loan must be given back because an owner wants one of its leases. */
    long recallMillis(LoanRow row) {
        long earliest = Long.MAX_VALUE;
        if (!state.recalls.isEmpty()) {
            for (Leg leg : row.legs()) {
                earliest = Math.min(earliest, state.recalls.getOrDefault(leg.lease(), Long.MAX_VALUE));
            }
        }
        return earliest;
    }

    /** The host is given most of the grace to let go; what a forced end would kill is never given back unasked. */
    void recalled(LoanRow row, Leg leg, long graceMillis, String reason) {
        if (row.state() != LoanState.ACTIVE || leg.state() != Leg.State.GRANTED) {
            return;
        }
        long usable = Math.min(graceMillis, LoanPolicy.LONGEST_MILLIS) * (100 - policy.driftPercent()) / 100
                - policy.retryMillis();
        boolean mayEnd = leg.slice().forcedEnd() == ForcedEndEffect.TOLERATED;
        long until = mayEnd ? now + Math.max(0, usable) : Long.MAX_VALUE;
        Long before = state.recalls.get(leg.lease());
        if (before != null && before <= until) {
            return;
        }
        state.recalls.put(leg.lease(), until);
        tell("loan.recalled", row, "give it back within " + graceMillis + " ms: " + reason);
    }

    void end(LoanRow row, Leg leg) {
        state.dueMillis.remove(leg.lease());
        LoanRow ended = row.with(leg.to(Leg.State.ENDED));
        LoanRow after = row.isOver() || row.state() == LoanState.RELEASING ? ended : ended.withoutEnded();
        if (after.isSettled() && after.state() == LoanState.RELEASING) {
            after = after.to(LoanState.ENDED, after.explanation());
        }
        save(after);
        if (after.isSettled() && after.isOver()) {
            audit(SELF, "loan.ended", after);
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
}
