package org.rackweave.daemon.lease;

import java.util.ArrayDeque;
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
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LinePlace;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WantView;

/**
 * Who waits for what this owner has, and what is kept for whom. Only the wants themselves are in the ledger: what is kept
 * follows from them and from the slices, and is made again after a restart.
 *
 * <pre>
 *               something, not enough          enough: its borrower is told
 *    WAITING ------------------------> GATHERING ------------------------> TOLD
 *     ^  ^                                 |                                | |
 *     |  |   nothing more is coming        |          nobody came for it    | | reserved
 *     |  +---- and its time is over -------+--------------------------------+ |
 *     |            (it rests)                            (it rests)           |
 *     +-----------------------------------------------------------------------+
 * </pre>
 */
final class Line {
    /** The longest views of so many still fit one answer. */
    static final int MAX_WANTS = 224;

    /** One borrower's: as many as it may have loans at once would let four of them fill the line. */
    static final int MAX_WANTS_OF_BORROWER = 16;

    /** A want that lets what is kept for it lapse rests twice as long each time, up to this often. */
    private static final int MAX_REST_DOUBLINGS = 5;

    private final LeaseBook book;
    private final LeasePolicy policy;
    private State state = new State();

    /** Where a want is between waiting and being reserved for. */
    enum Phase {
        WAITING,
        GATHERING,
        TOLD
    }

    /**
     * What is not stored of a want.
     *
     * @param validUntilMillis when it is forgotten unless it is repeated
     * @param lapses how often in a row what was kept for it, or reserved by it, has lapsed
     * @param restUntilMillis until when nothing is kept for it; {@link #NEVER} when it does not rest
     * @param keptUntilMillis when what is kept for it lapses; {@link #NEVER} while nothing is kept, or more is coming
     * @param told of which slices its borrower knows
     */
    record Standing(
            long validUntilMillis,
            int lapses,
            long restUntilMillis,
            Phase phase,
            long keptUntilMillis,
            Set<String> told) {
        static Standing fresh(long validUntilMillis) {
            return new Standing(validUntilMillis, 0, NEVER, Phase.WAITING, NEVER, Set.of());
        }

        Standing validUntil(long millis) {
            return new Standing(millis, lapses, restUntilMillis, phase, keptUntilMillis, told);
        }

        Standing to(Phase next, long untilMillis, Set<String> known) {
            return new Standing(validUntilMillis, lapses, restUntilMillis, next, untilMillis, known);
        }

        Standing resting(long untilMillis) {
            return new Standing(validUntilMillis, lapses + 1, untilMillis, Phase.WAITING, NEVER, Set.of());
        }

        Standing rested() {
            return new Standing(validUntilMillis, lapses, NEVER, phase, keptUntilMillis, told);
        }

        Standing served() {
            return new Standing(validUntilMillis, 0, restUntilMillis, phase, keptUntilMillis, told);
        }

        boolean isResting() {
            return restUntilMillis != NEVER;
        }

        long earliest() {
            return Math.min(validUntilMillis, Math.min(restUntilMillis, keptUntilMillis));
        }
    }

    static final long NEVER = Long.MAX_VALUE;

    /** Since when a lease is granted. */
    record Tenure(LeaseId lease, long sinceMillis) {}

    /** All that changes. */
    static final class State {
        final LinkedHashMap<LoanId, WantRow> wants = new LinkedHashMap<>();
        final Map<LoanId, Standing> standings = new HashMap<>();
        /** From a slice that is free, or on its way to be, to who has it next. */
        final TreeMap<String, LoanId> promises = new TreeMap<>();

        final Map<String, Tenure> tenures = new HashMap<>();
        final ArrayDeque<Long> reclaims = new ArrayDeque<>();
        long nextNumber = 1;
        long startedMillis;
        long settledMillis;
        boolean isStirred;

        State copy() {
            State copy = new State();
            copy.wants.putAll(wants);
            copy.standings.putAll(standings);
            copy.promises.putAll(promises);
            copy.tenures.putAll(tenures);
            copy.reclaims.addAll(reclaims);
            copy.nextNumber = nextNumber;
            copy.startedMillis = startedMillis;
            copy.settledMillis = settledMillis;
            copy.isStirred = isStirred;
            return copy;
        }
    }

    /** @param stored those that stood in the line when the ledger was written last */
    Line(LeaseBook book, LeasePolicy policy, Collection<WantRow> stored) {
        this.book = book;
        this.policy = policy;
        stored.stream().sorted(Comparator.comparingLong(WantRow::number)).forEach(want -> {
            state.wants.put(want.loan(), want);
            state.nextNumber = want.number() + 1;
        });
    }

    State state() {
        return state;
    }

    State mark() {
        return state.copy();
    }

    void back(State before) {
        state = before.copy();
    }

    /**
     * What was not stored is taken for the worst: each lease was granted just now, and as many were taken back just now as may
     * be. Each want has its whole time again.
     */
    void started(LeaseEvent.Boot boot) {
        state.startedMillis = book.now();
        for (int i = 0; i < policy.line().maxReclaims(); i++) {
            state.reclaims.add(book.now());
        }
        for (WantRow want : List.copyOf(state.wants.values())) {
            WantRow row = boot == LeaseEvent.Boot.SAME ? want : want.since(book.now());
            put(row);
        }
        state.isStirred = true;
    }

    /** Puts a want into its place, or keeps it there. What has not changed is not written again. */
    void put(WantRow want) {
        WantRow before = state.wants.put(want.loan(), want);
        if (!want.equals(before)) {
            book.emit(new Effect.SaveWant(want));
            state.isStirred = true;
        }
        // A long line is repeated many times a second; whether time alone has made somebody a victim is looked at now
        // and then.
        state.isStirred |= book.now() >= state.settledMillis + policy.line().earmarkMillis();
        long validUntil = book.now() + policy.line().validMillis();
        Standing standing = state.standings.get(want.loan());
        state.standings.put(
                want.loan(), standing == null ? Standing.fresh(validUntil) : standing.validUntil(validUntil));
        if (standing != null && standing.phase() == Phase.TOLD) {
            // Its borrower may have missed it.
            book.emit(new Effect.SayFreed(want.borrower(), new Command.Freed(want.loan())));
        }
    }

    void forget(WantRow want, String why) {
        state.wants.remove(want.loan());
        state.standings.remove(want.loan());
        unpromise(want);
        state.isStirred = true;
        book.emit(new Effect.ForgetWant(want.loan()));
        book.emit(new Effect.Tell("want.ended", want.loan().toString(), why));
    }

    @Nullable WantRow want(LoanId loan) {
        return state.wants.get(loan);
    }

    List<WantRow> wants() {
        return List.copyOf(state.wants.values());
    }

    Standing standing(WantRow want) {
        return state.standings.getOrDefault(want.loan(), Standing.fresh(0));
    }

    void standing(WantRow want, Standing standing) {
        state.standings.put(want.loan(), standing);
    }

    /** Nothing is kept for it for a while, longer each time, so that the dead and those who cannot use it block nobody. */
    void rest(WantRow want) {
        Standing before = standing(want);
        long restMillis = policy.line().earmarkMillis() << Math.min(before.lapses(), MAX_REST_DOUBLINGS);
        standing(want, before.resting(book.now() + restMillis));
        unpromise(want);
        state.isStirred = true;
        book.emit(new Effect.Tell(
                "want.lapsed",
                want.loan().toString(),
                "what was kept for it was not used; it rests " + restMillis + " ms"));
    }

    /** A reservation lapsed: as good as not having come for it. */
    void reservationLapsed(Holding holding) {
        WantRow want = want(holding.loan());
        if (want != null && want.borrower().equals(holding.borrower())) {
            rest(want);
        }
    }

    int priority(WantRow want) {
        return policy.priority(want.borrower(), want.requirement().priority());
    }

    // ---- what it has, and what is kept for it ----------------------------------------------------------------------

    Set<String> promised(WantRow want) {
        Set<String> keys = new TreeSet<>();
        state.promises.forEach((key, loan) -> {
            if (loan.equals(want.loan())) {
                keys.add(key);
            }
        });
        return keys;
    }

    long promisedAmount(WantRow want) {
        return promised(want).stream().mapToLong(this::amount).sum();
    }

    void unpromise(WantRow want) {
        state.promises.values().removeIf(want.loan()::equals);
    }

    long amount(String key) {
        SliceRow row = book.row(key);
        return row == null ? 0 : row.facts().amount();
    }

    /** Who has a slice next, if anybody. */
    Optional<WantRow> promisedTo(String key) {
        return Optional.ofNullable(state.promises.get(key)).map(state.wants::get);
    }

    /** Why this slice is not to be had by a loan: somebody who is not of a lower priority is ahead of it. */
    Optional<Answer.Refused> ahead(SliceRow row, NodeId borrower, LoanId loan, int priority) {
        Optional<WantRow> next = promisedTo(row.key());
        if (next.filter(want -> want.loan().equals(loan) && want.borrower().equals(borrower))
                .isPresent()) {
            return Optional.empty();
        }
        return next.filter(want -> priority <= priority(want))
                .or(() -> floorKeptFor(row, priority))
                .map(want -> new Answer.Refused(
                        RefusalCode.BUSY,
                        row.key() + " is kept for " + want.brief() + " at priority " + priority(want)
                                + ", which is ahead; take another slice, or wait in the line",
                        Math.min(
                                policy.line().gatherMillis(),
                                Math.max(1, standing(want).keptUntilMillis() - book.now()))));
    }

    /**
     * Who could not have all that is kept for it any more, because what would be left besides is never lent. That may be the
     * asker itself: it has what is kept for it, and not that and something else.
     */
    private Optional<WantRow> floorKeptFor(SliceRow row, int priority) {
        ResourceKind kind = row.facts().kind();
        long floor = policy.rules().floor(kind);
        if (floor == 0 || state.promises.isEmpty()) {
            return Optional.empty();
        }
        Lent lent = new Lent(book.rows());
        long now = lent.unheld(kind) - floor - row.facts().amount();
        long soon = lent.unheldSoon(kind) - floor - row.facts().amount();
        for (Map.Entry<String, LoanId> promise : state.promises.entrySet()) {
            WantRow want = state.wants.get(promise.getValue());
            SliceRow kept = book.row(promise.getKey());
            if (want == null || kept == null || want.requirement().kind() != kind || priority > priority(want)) {
                continue;
            }
            soon -= kept.facts().amount();
            now -= kept.state() == SliceState.FREE ? kept.facts().amount() : 0;
            if (Math.min(now, soon) < 0) {
                return Optional.of(want);
            }
        }
        return Optional.empty();
    }

    // ---- the order -------------------------------------------------------------------------------------------------

    /**
     * Who is served next: the highest priority; then whoever something is kept for already, so that it is not handed to and
     * fro; those that rest last; then the borrower with the smallest share; then who came first.
     */
    Comparator<WantRow> inTurn(Lent lent) {
        Map<LoanId, Long> promised = new HashMap<>();
        Map<NodeId, Map<ResourceKind, Long>> kept = new HashMap<>();
        state.promises.forEach((key, loan) -> {
            WantRow want = state.wants.get(loan);
            if (want != null) {
                long amount = amount(key);
                promised.merge(loan, amount, Long::sum);
                kept.computeIfAbsent(want.borrower(), borrower -> new EnumMap<>(ResourceKind.class))
                        .merge(want.requirement().kind(), amount, Long::sum);
            }
        });
        Map<NodeId, Double> shares = new HashMap<>();
        Function<WantRow, Double> share = want -> shares.computeIfAbsent(
                want.borrower(), borrower -> lent.dominantShare(borrower, kept.getOrDefault(borrower, Map.of())));
        return Comparator.comparingInt((WantRow want) -> -priority(want))
                .thenComparing(want -> promised.getOrDefault(want.loan(), 0L) < lent.open(want))
                .thenComparing(want -> standing(want).isResting())
                .thenComparing(share)
                .thenComparingLong(WantRow::number);
    }

    List<WantView> views(long nowMillis) {
        if (state.wants.isEmpty()) {
            return List.of();
        }
        Map<ResourceKind, List<WantRow>> lines = new EnumMap<>(ResourceKind.class);
        state.wants.values().forEach(want -> lines.computeIfAbsent(
                        want.requirement().kind(), kind -> new ArrayList<>())
                .add(want));
        Comparator<WantRow> inTurn = inTurn(new Lent(book.rows()));
        List<WantView> views = new ArrayList<>();
        lines.values().forEach(line -> {
            line.sort(inTurn);
            for (int i = 0; i < line.size(); i++) {
                WantRow want = line.get(i);
                views.add(new WantView(
                        want.loan(),
                        want.borrower(),
                        want.requirement().atPriority(priority(want)),
                        want.amount(),
                        new LinePlace(i + 1, line.size(), promisedAmount(want)),
                        Math.max(0, nowMillis - want.sinceMillis())));
            }
        });
        return views;
    }

    LinePlace place(WantRow want) {
        List<WantRow> line = ofKind(want.requirement().kind());
        Comparator<WantRow> inTurn = inTurn(new Lent(book.rows()));
        long before =
                line.stream().filter(other -> inTurn.compare(other, want) < 0).count();
        return new LinePlace((int) before + 1, line.size(), promisedAmount(want));
    }

    private List<WantRow> ofKind(ResourceKind kind) {
        return state.wants.values().stream()
                .filter(want -> want.requirement().kind() == kind)
                .toList();
    }

    // ---- taking back -----------------------------------------------------------------------------------------------

    /** For how long a lease has been granted, as far as this process knows. */
    long heldMillis(SliceRow row) {
        Tenure tenure = state.tenures.get(row.key());
        return tenure != null && tenure.lease().equals(LeaseBook.held(row).lease())
                ? book.now() - tenure.sinceMillis()
                : book.now() - state.startedMillis;
    }

    /** How many leases may be taken back now. */
    int reclaimsLeft() {
        state.reclaims.removeIf(millis -> millis <= book.now() - policy.line().reclaimMillis());
        return policy.line().maxReclaims() - state.reclaims.size();
    }

    long earliest() {
        return state.standings.values().stream()
                .mapToLong(Standing::earliest)
                .min()
                .orElse(NEVER);
    }
}
