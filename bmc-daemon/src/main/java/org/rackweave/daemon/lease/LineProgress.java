package org.rackweave.daemon.lease;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/** What the line makes of a step: who is forgotten, what is kept for whom, and what is taken back for it. */
final class LineProgress {
    private final NodeId self;
    private final LeaseBook book;
    private final LeasePolicy policy;
    private final Line line;
    private final Revocation revocation;
    private Lent lent = new Lent(List.of());

    LineProgress(NodeId self, LeaseBook book, LeasePolicy policy, Line line, Revocation revocation) {
        this.self = self;
        this.book = book;
        this.policy = policy;
        this.line = line;
        this.revocation = revocation;
    }

    /** Goes through the line, once, if this step has changed anything that it depends on. */
    void settle() {
        observe();
        boolean due = line.state().isStirred || book.now() >= line.earliest();
        if (line.state().wants.isEmpty() || !due) {
            return;
        }
        lent = new Lent(book.rows());
        line.wants().forEach(this::passTime);
        line.state().promises.keySet().removeIf(key -> !isPromisable(key));
        List<SliceView> slices = book.rows().stream().map(row -> row.view(self)).toList();
        Deque<WantRow> left = inTurn(line.wants());
        while (!left.isEmpty()) {
            WantRow next = left.remove();
            Set<String> before = line.promised(next);
            keep(next, slices);
            if (!line.promised(next).equals(before)) {
                // What is kept for one changes whose share is the smallest.
                left = inTurn(left);
            }
        }
        line.wants().forEach(this::announce);
        line.state().isStirred = false;
        line.state().settledMillis = book.now();
    }

    private Deque<WantRow> inTurn(Collection<WantRow> wants) {
        List<WantRow> ordered = new ArrayList<>(wants);
        ordered.sort(line.inTurn(lent));
        return new ArrayDeque<>(ordered);
    }

    /** What has become of slices in this step. */
    private void observe() {
        for (Effect effect : book.effects()) {
            if (effect instanceof Effect.SaveSlice save) {
                observe(save.row());
            }
        }
    }

    private void observe(SliceRow row) {
        Line.State state = line.state();
        if (row.holding().isEmpty()) {
            state.tenures.remove(row.key());
            state.isStirred = true;
            return;
        }
        Holding holding = row.holding().get();
        Line.Tenure tenure = state.tenures.get(row.key());
        boolean isNew = tenure == null || !tenure.lease().equals(holding.lease());
        WantRow want = line.want(holding.loan());
        if (row.state() == SliceState.ACTIVE && isNew) {
            state.tenures.put(row.key(), new Line.Tenure(holding.lease(), book.now()));
            if (want != null) {
                line.standing(want, line.standing(want).served());
            }
        }
        // A renewal changes nothing for those who wait, and is what most steps are.
        state.isStirred |= row.state() != SliceState.ACTIVE || want != null;
    }

    private void passTime(WantRow want) {
        Line.Standing standing = line.standing(want);
        List<SliceRow> held = lent.heldFor(want);
        boolean served = lent.open(want) <= 0
                && held.stream()
                        .noneMatch(row -> row.state() == SliceState.RESERVED || row.state() == SliceState.CONFIGURING);
        if (served) {
            line.forget(want, "served in full");
        } else if (book.now() >= standing.validUntilMillis()) {
            line.forget(want, "not repeated within " + policy.line().validMillis() + " ms");
        } else if (book.now() >= standing.keptUntilMillis()) {
            line.rest(want);
        } else if (book.now() >= standing.restUntilMillis()) {
            line.standing(want, standing.rested());
        }
    }

    private boolean isPromisable(String key) {
        SliceRow row = book.row(key);
        return row != null && (row.state() == SliceState.FREE || Lent.isComing(row));
    }

    // ---- keeping ---------------------------------------------------------------------------------------------------

    /** Makes anew what is kept for one want: of what is free as much as is needed, then of what is coming, then of lower ones. */
    private void keep(WantRow want, List<SliceView> slices) {
        Set<String> mine = line.promised(want);
        line.unpromise(want);
        long open = lent.open(want);
        if (open <= 0 || line.standing(want).isResting()) {
            return;
        }
        // Fitting is the dear question, and most of a long line waits for what nobody could give it now.
        List<SliceView> reachable = those(slices, key -> isReachable(key, want));
        List<SliceView> fitting = Fit.fitting(want.requirement(), reachable, heldBehind(want, slices));
        Room room = room(want);
        List<SliceView> chosen = new ArrayList<>(pick(those(fitting, this::isFree), mine, open, room.nowAmount()));
        long missing = open - Cover.sum(chosen);
        if (missing > 0) {
            List<SliceView> coming = those(fitting, key -> !isFree(key) && isPromisable(key));
            chosen.addAll(pick(coming, mine, missing, room.soonAmount() - Cover.sum(chosen)));
        }
        chosen.forEach(slice -> line.state().promises.put(slice.id().key(), want.loan()));
        missing = open - Cover.sum(chosen);
        if (missing > 0 && room.soonAmount() >= Cover.sum(chosen)) {
            long least = missing - (want.amount() - want.leastAmount());
            reclaim(want, fitting, missing, least, room.quotaAmount() - Cover.sum(chosen));
        }
    }

    /** Those that are kept for it already, if they are enough; else with those that nobody has next; else with those of lower ones. */
    private List<SliceView> pick(List<SliceView> slices, Set<String> mine, long need, long most) {
        Set<String> unclaimed = new HashSet<>(mine);
        those(slices, key -> line.promisedTo(key).isEmpty())
                .forEach(slice -> unclaimed.add(slice.id().key()));
        return Cover.fewest(those(slices, mine::contains), need, most)
                .or(() -> Cover.fewest(those(slices, unclaimed::contains), need, most))
                .orElseGet(() -> Cover.largest(slices, need, most));
    }

    private static List<SliceView> those(List<SliceView> slices, Predicate<String> keys) {
        return slices.stream().filter(slice -> keys.test(slice.id().key())).toList();
    }

    private boolean isFree(String key) {
        SliceRow row = book.row(key);
        return row != null && row.state() == SliceState.FREE;
    }

    private boolean isReachable(String key, WantRow want) {
        SliceRow row = book.row(key);
        boolean mayEver = isPromisable(key) || (row != null && mayBeTaken(row, want));
        return mayEver && !isAhead(key, want);
    }

    private boolean isAhead(String key, WantRow want) {
        return line.promisedTo(key)
                .filter(other -> line.priority(other) >= line.priority(want))
                .isPresent();
    }

    private Optional<String> heldBehind(WantRow want, List<SliceView> slices) {
        Set<String> held = new HashSet<>();
        lent.heldFor(want).forEach(row -> held.add(row.key()));
        return those(slices, held::contains).stream()
                .map(slice -> slice.place().fabric())
                .findFirst();
    }

    /**
     * How much the rules leave to a want, in the unit of its kind.
     *
     * @param nowAmount of what is free
     * @param soonAmount of that and of what is coming
     * @param quotaAmount of all that this owner has
     */
    private record Room(long nowAmount, long soonAmount, long quotaAmount) {}

    private Room room(WantRow want) {
        ResourceKind kind = want.requirement().kind();
        long floor = policy.rules().floor(kind);
        long now = lent.unheld(kind) - floor;
        long soon = lent.unheldSoon(kind) - floor;
        long quota = policy.rules().quota(want.borrower(), kind) - lent.heldBy(want.borrower(), kind);
        for (String key : line.state().promises.keySet()) {
            Optional<WantRow> other =
                    line.promisedTo(key).filter(o -> o.requirement().kind() == kind);
            boolean isOwn =
                    other.filter(o -> o.borrower().equals(want.borrower())).isPresent();
            long ahead = other.isPresent() && isAhead(key, want) ? line.amount(key) : 0;
            now -= isFree(key) ? ahead : 0;
            soon -= ahead;
            quota -= isOwn ? line.amount(key) : 0;
        }
        // What is unheld and still being wiped may be kept for somebody ahead: then not all that is left now may be
        // taken.
        return new Room(Math.min(Math.min(now, soon), quota), Math.min(soon, quota), quota);
    }

    // ---- taking back -----------------------------------------------------------------------------------------------

    /**
     * Takes back from lower priorities what is missing, or what the borrower would begin with; when not even that can be
     * had, nothing: a revocation that serves nobody only hurts.
     */
    private void reclaim(WantRow want, List<SliceView> fitting, long missing, long least, long room) {
        List<Victims.Candidate> candidates = candidates(want, fitting);
        List<Victims.Candidate> victims = affordable(candidates, missing, room);
        if (victims.isEmpty() && least > 0 && least < missing) {
            victims = affordable(candidates, least, room);
        }
        String reason = "for " + want.brief() + " at priority " + line.priority(want);
        for (Victims.Candidate victim : victims) {
            SliceRow row = book.row(victim.key());
            if (row != null) {
                revocation.begin(row, LeaseBook.SELF, policy.line().graceMillis(), reason);
                book.emit(new Effect.Reclaimed(LeaseBook.held(row).lease()));
                line.state().promises.put(victim.key(), want.loan());
                line.state().reclaims.add(book.now());
            }
        }
        if (!victims.isEmpty()) {
            lent = new Lent(book.rows());
        }
    }

    private List<Victims.Candidate> affordable(List<Victims.Candidate> candidates, long need, long room) {
        List<Victims.Candidate> victims = Victims.choose(candidates, need);
        long amount = victims.stream().mapToLong(Victims.Candidate::amount).sum();
        return amount <= room && victims.size() <= line.reclaimsLeft() ? victims : List.of();
    }

    private List<Victims.Candidate> candidates(WantRow want, List<SliceView> fitting) {
        // Where a forced end is fatal one can only ask. Who was asked and has not come is answer enough: nobody else is
        // asked,
        // else one want would go through all of them.
        boolean isAskedInVain = book.rows().stream()
                .anyMatch(row ->
                        row.state() == SliceState.OVERDUE && LeaseBook.held(row).end() == End.REVOKED);
        List<Victims.Candidate> candidates = new ArrayList<>();
        for (SliceView slice : fitting) {
            SliceRow row = book.row(slice.id().key());
            boolean mayBeForced = slice.forcedEnd() == ForcedEndEffect.TOLERATED;
            if (row != null && mayBeTaken(row, want) && (mayBeForced || !isAskedInVain)) {
                Holding holding = LeaseBook.held(row);
                candidates.add(new Victims.Candidate(
                        row.key(),
                        row.facts().kind(),
                        row.facts().amount(),
                        holding.loan(),
                        holding.priority(),
                        line.heldMillis(row),
                        row.facts().forcedEnd()));
            }
        }
        return candidates;
    }

    private boolean mayBeTaken(SliceRow row, WantRow want) {
        if (row.state() != SliceState.ACTIVE) {
            return false;
        }
        Holding holding = LeaseBook.held(row);
        return holding.end() == End.NOT_ENDING
                && holding.priority() < line.priority(want)
                && line.heldMillis(row) >= policy.line().minHoldMillis();
    }

    // ---- telling ---------------------------------------------------------------------------------------------------

    private void announce(WantRow want) {
        Line.Standing standing = line.standing(want);
        Set<String> promised = line.promised(want);
        Set<String> free = new TreeSet<>();
        promised.stream().filter(this::isFree).forEach(free::add);
        long has = lent.amountFor(want) + free.stream().mapToLong(line::amount).sum();
        if (promised.isEmpty()) {
            line.standing(want, standing.to(Line.Phase.WAITING, Line.NEVER, Set.of()));
        } else if (!free.isEmpty() && has >= want.leastAmount()) {
            boolean told = standing.phase() == Line.Phase.TOLD;
            long until = told
                    ? standing.keptUntilMillis()
                    : book.now() + policy.line().earmarkMillis();
            if (!standing.told().containsAll(free)) {
                book.emit(new Effect.SayFreed(want.borrower(), new Command.Freed(want.loan())));
            }
            line.standing(want, standing.to(Line.Phase.TOLD, until, free));
        } else {
            boolean isComing = free.size() < promised.size();
            boolean counts = standing.phase() == Line.Phase.GATHERING && standing.keptUntilMillis() != Line.NEVER;
            long from = counts
                    ? standing.keptUntilMillis()
                    : book.now() + policy.line().gatherMillis();
            line.standing(want, standing.to(Line.Phase.GATHERING, isComing ? Line.NEVER : from, Set.of()));
        }
    }
}
