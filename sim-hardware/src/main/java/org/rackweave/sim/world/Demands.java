package org.rackweave.sim.world;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.End;
import org.rackweave.daemon.lease.Holding;
import org.rackweave.daemon.lease.Leg;
import org.rackweave.daemon.lease.LendingRules;
import org.rackweave.daemon.lease.LoanRow;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.daemon.lease.WantRow;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WantView;

/** Compares lines, what owners take back for them, and their rules with what owners promise. */
final class Demands {
    /** How an owner says for whom it takes back, in the row that it writes. */
    private static final String FOR_A_DEMAND = "revoked: for loan ";

    private final World world;
    private final Map<SliceId, LoanId> takenFor = new HashMap<>();
    private final Set<LoanId> waited = new HashSet<>();

    Demands(World world) {
        this.world = world;
    }

    // ---- at the owner ----------------------------------------------------------------------------------------------

    void moved(SimulatedNode owner, SliceRow before, SliceRow after) {
        SliceId id = new SliceId(owner.id(), after.facts().key());
        boolean isTakenBack =
                after.state() == SliceState.RECLAIMING && after.reason().startsWith(FOR_A_DEMAND);
        if (isTakenBack && after.holding().filter(h -> h.end() == End.REVOKED).isPresent()) {
            takesBack(owner, id, after);
        } else if (after.state() == SliceState.RESERVED) {
            LoanId served = takenFor.remove(id);
            if (after.holding().filter(h -> h.loan().equals(served)).isPresent()) {
                world.totals().reached(Probe.RECLAIM_DONE);
            }
            checkRules(owner, after);
        }
    }

    private void takesBack(SimulatedNode owner, SliceId id, SliceRow victim) {
        world.totals().count(Tally.RECLAIMS);
        if (victim.facts().forcedEnd() == ForcedEndEffect.FATAL) {
            world.totals().reached(Probe.RECLAIMED_FATAL);
        } else {
            // Its borrower may not be reached before the grace is over.
            world.watch().revoked(victim.holding().orElseThrow().lease());
        }
        int lost = victim.holding().map(Holding::priority).orElse(Integer.MAX_VALUE);
        Optional<WantRow> found = owner.journal().wants().stream()
                .filter(want ->
                        victim.reason().startsWith(FOR_A_DEMAND + want.loan().brief() + " "))
                .findFirst();
        require(
                found.filter(want -> priority(owner, want) > lost).isPresent(),
                Invariant.RECLAIMED_FOR_HIGHER,
                owner.name() + " takes " + id.key() + " back from priority " + lost + ": " + victim.reason());
        WantRow want = found.orElseThrow();
        takenFor.put(id, want.loan());
        boolean isAlone =
                owner.journal().wants().stream().noneMatch(other -> !other.equals(want) && kind(other) == kind(want));
        long without = owner.journal().slices().stream()
                .filter(row -> !row.facts().key().equals(id.key()) && isFor(row, want))
                .mapToLong(row -> row.facts().amount())
                .sum();
        long due = want.amount() + missingFromFloor(owner, want);
        require(
                !isAlone || without < due,
                Invariant.NO_MORE_RECLAIMED,
                owner.name() + " takes " + id.key() + " back, and without it loan "
                        + want.loan().brief() + " has " + without + " of " + due);
    }

    /** What comes back goes to the floor first, where too little is left of it: a free slice was put aside, say. */
    private static long missingFromFloor(SimulatedNode owner, WantRow want) {
        long left = owner.journal().slices().stream()
                .filter(row -> row.facts().kind() == kind(want)
                        && row.holding().isEmpty()
                        && row.state() != SliceState.QUARANTINED)
                .mapToLong(row -> row.facts().amount())
                .sum();
        return Math.max(0, owner.rules().floors().getOrDefault(kind(want), 0L) - left);
    }

    /** It holds it, and what it holds is sound, or it was taken back for it. */
    private static boolean isFor(SliceRow row, WantRow want) {
        boolean isHeld = row.state() != SliceState.QUARANTINED
                && row.holding()
                        .filter(h -> h.loan().equals(want.loan()) && h.end() == End.NOT_ENDING)
                        .isPresent();
        boolean isComing = row.state() == SliceState.RECLAIMING
                && row.reason().startsWith(FOR_A_DEMAND + want.loan().brief() + " ");
        return isHeld || isComing;
    }

    private static ResourceKind kind(WantRow want) {
        return want.requirement().kind();
    }

    private static int priority(SimulatedNode owner, WantRow want) {
        int asked = Math.min(want.requirement().priority(), World.LEASES.maxPriority());
        return Math.min(asked, owner.rules().prioritiesOf().getOrDefault(want.borrower(), asked));
    }

    private void checkRules(SimulatedNode owner, SliceRow reserved) {
        Holding holding = reserved.holding().orElseThrow();
        ResourceKind kind = reserved.facts().kind();
        long held = 0;
        long left = 0;
        for (SliceRow row : owner.journal().slices()) {
            if (row.facts().kind() != kind) {
                continue;
            }
            boolean isHis = row.holding()
                    .filter(h -> h.borrower().equals(holding.borrower()))
                    .isPresent();
            held += isHis ? row.facts().amount() : 0;
            boolean isLeft = row.holding().isEmpty() && row.state() != SliceState.QUARANTINED;
            left += isLeft ? row.facts().amount() : 0;
        }
        String who = owner.name() + "/" + reserved.facts().key() + " for "
                + world.node(holding.borrower()).name();
        require(
                held <= quota(owner, holding.borrower(), kind),
                Invariant.RULES_ARE_KEPT,
                who + " makes " + held + " " + kind.unit());
        require(
                left >= owner.rules().floors().getOrDefault(kind, 0L),
                Invariant.RULES_ARE_KEPT,
                who + " leaves " + left + " " + kind.unit());
    }

    private static long quota(SimulatedNode owner, NodeId borrower, ResourceKind kind) {
        long quota = owner.rules().quotas().getOrDefault(kind, Long.MAX_VALUE);
        return owner.rules().quotasOf().getOrDefault(borrower, Map.of()).getOrDefault(kind, quota);
    }

    void checkWritten(SimulatedNode owner, List<WantView> line) {
        Set<LoanId> standing = line.stream().map(WantView::loan).collect(Collectors.toSet());
        Set<LoanId> written =
                owner.journal().wants().stream().map(WantRow::loan).collect(Collectors.toSet());
        require(
                standing.equals(written),
                Invariant.LINE_IS_WRITTEN,
                owner.name() + " has " + standing + " in its line, and " + written + " in its ledger");
    }

    /**
     * A batch was written. What is kept is in no ledger, so it is asked of the owner; only batches in which nothing happened
     * beside one reservation say for sure whose doing a change is.
     */
    void kept(SimulatedNode owner, List<WantView> before, List<WantView> after, List<Effect> effects) {
        effects.stream()
                .filter(effect ->
                        effect instanceof Effect.Tell tell && tell.kind().equals("want.lapsed"))
                .forEach(effect -> world.totals().reached(Probe.EARMARK_LAPSED));
        List<SliceRow> rows = effects.stream()
                .flatMap(effect -> effect instanceof Effect.SaveSlice save ? Stream.of(save.row()) : Stream.empty())
                .toList();
        boolean isLineMoved = effects.stream()
                .anyMatch(effect -> effect instanceof Effect.SaveWant
                        || effect instanceof Effect.ForgetWant
                        || (effect instanceof Effect.Tell tell && tell.kind().startsWith("want.")));
        if (rows.size() != 1 || rows.get(0).state() != SliceState.RESERVED || isLineMoved) {
            return;
        }
        Holding holding = rows.get(0).holding().orElseThrow();
        ResourceKind kind = rows.get(0).facts().kind();
        // What others lose to a demand of the same asker that is ahead of this one went to nobody behind them.
        long passed = Math.max(0, keptForItself(after, kind, holding) - keptForItself(before, kind, holding));
        long had = keptAhead(before, kind, holding);
        long has = keptAhead(after, kind, holding);
        require(
                has + passed >= had,
                Invariant.KEPT_IS_NOT_PASSED,
                owner.name() + " reserves " + rows.get(0).facts().key() + " at priority " + holding.priority()
                        + ", and of " + had + " that were kept for those ahead " + has + " are left");
    }

    /** What an asker's own loans may have besides is the matter of its quota. */
    private static long keptAhead(List<WantView> line, ResourceKind kind, Holding holding) {
        return kept(ahead(line, kind, holding).filter(want -> !want.borrower().equals(holding.borrower())));
    }

    private static long keptForItself(List<WantView> line, ResourceKind kind, Holding holding) {
        return kept(ahead(line, kind, holding)
                .filter(want -> want.borrower().equals(holding.borrower())
                        && !want.loan().equals(holding.loan())));
    }

    private static Stream<WantView> ahead(List<WantView> line, ResourceKind kind, Holding holding) {
        return line.stream()
                .filter(want ->
                        want.requirement().kind() == kind && want.requirement().priority() >= holding.priority());
    }

    private static long kept(Stream<WantView> wants) {
        return wants.mapToLong(want -> want.place().coming()).sum();
    }

    // ---- at the borrower -------------------------------------------------------------------------------------------

    void moved(@Nullable LoanRow before, LoanRow after) {
        boolean isWaiting = after.state() == LoanState.WAITING;
        if (isWaiting && waited.add(after.id())) {
            world.totals().count(Tally.WAITS);
        }
        if (before == null) {
            return;
        }
        boolean isActive = after.state() == LoanState.ACTIVE;
        if (before.state() == LoanState.WAITING && after.state() == LoanState.ENDED) {
            world.totals().reached(Probe.WANT_WITHDRAWN);
        } else if (isActive && before.state() != LoanState.ACTIVE && waited.contains(after.id())) {
            world.totals().reached(Probe.WANT_SERVED);
        } else if (isActive && before.state() == LoanState.ACTIVE) {
            resized(before, after);
        }
    }

    private void resized(LoanRow before, LoanRow after) {
        long joining = joining(before);
        boolean isUndone = before.legs().stream().filter(Demands::isJoining).anyMatch(leg -> after.legs().stream()
                .anyMatch(now -> now.lease().equals(leg.lease())
                        && now.part() == Leg.Part.JOINING
                        && now.state() == Leg.State.RELEASING));
        if (after.requirement().amount() < before.requirement().amount()) {
            world.totals().reached(Probe.RESIZE_SHRUNK);
        } else if (isUndone) {
            world.totals().reached(Probe.RESIZE_UNDONE);
        } else if (joining > 0 && joining(after) == 0) {
            world.totals().reached(Probe.RESIZE_GROWN);
        }
    }

    private static long joining(LoanRow row) {
        return row.legs().stream().filter(Demands::isJoining).count();
    }

    private static boolean isJoining(Leg leg) {
        return leg.part() == Leg.Part.JOINING && leg.state() != Leg.State.RELEASING && leg.state() != Leg.State.ENDED;
    }

    // ---- in the end ------------------------------------------------------------------------------------------------

    /** Demands that wait although one owner has all of it free, has no rules, and nobody else waits there; empty when none. */
    String unserved() {
        StringBuilder text = new StringBuilder();
        for (SimulatedNode borrower : world.living()) {
            for (LoanRow loan : borrower.journal().loans()) {
                if (loan.state() == LoanState.WAITING) {
                    world.living().stream()
                            .filter(owner -> owner != borrower && couldServe(owner, loan))
                            .forEach(owner -> text.append(borrower.name() + " waits for loan "
                                    + loan.id().brief() + " (" + loan.requirement() + "), which " + owner.name()
                                    + " could meet: " + loan.explanation() + "; "));
                }
            }
        }
        return text.toString();
    }

    private static boolean couldServe(SimulatedNode owner, LoanRow loan) {
        Requirement wish = loan.requirement();
        boolean isFree = owner.rules().equals(LendingRules.NONE)
                && owner.journal().wants().stream()
                        .allMatch(want -> want.loan().equals(loan.id()) || kind(want) != wish.kind());
        boolean isAsked = wish.from().filter(from -> !from.equals(owner.id())).isEmpty();
        long fitting = owner.journal().slices().stream()
                .filter(row -> row.state() == SliceState.FREE && fits(row, wish))
                .mapToLong(row -> row.facts().amount())
                .sum();
        return isFree && isAsked && fitting >= wish.amount();
    }

    private static boolean fits(SliceRow row, Requirement wish) {
        return row.facts().kind() == wish.kind()
                && (wish.worstForcedEnd() == ForcedEndEffect.FATAL
                        || row.facts().forcedEnd() == ForcedEndEffect.TOLERATED)
                && wish.configuration()
                        .filter(asked -> !row.facts().configurations().contains(asked))
                        .isEmpty();
    }

    private static void require(boolean holds, Invariant invariant, String seen) {
        if (!holds) {
            throw new Violation(invariant, seen);
        }
    }
}
