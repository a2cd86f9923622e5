package org.rackweave.daemon.coordinator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.rackweave.daemon.matching.Matching;
import org.rackweave.daemon.matching.Plan;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WantView;

/**
 * Finds the fewest and smallest moves by which demands that wait could be met. There is enough for them, but in the wrong
 * places: behind another switch, spread over too many lenders, or held by somebody whom a smaller slice would serve.
 */
final class Moves {
    /** Of so many leases one is tried at a time, the smallest first; a rack has some thousand. */
    private static final int MAX_SINGLES = 64;

    /** Of so many leases all pairs are tried; more than two moves for one demand disturb more than they mend. */
    private static final int MAX_PAIRED = 12;

    /** So many places are tried for each that would move, of those that are as large and of those that are not. */
    private static final int MAX_PLACES = 6;

    private static final Comparator<SliceId> BY_ID =
            Comparator.comparing(SliceId::owner).thenComparing(SliceId::key);

    private static final Comparator<SliceView> SMALLEST_FIRST = Comparator.comparingLong(SliceView::amount)
            .thenComparing(slice -> slice.id().owner())
            .thenComparing(slice -> slice.id().key());

    private final Predicate<LeaseId> mayAsk;
    private final Map<SliceId, SliceView> slices =
            new TreeMap<>(Comparator.comparing(SliceId::owner).thenComparing(SliceId::key));

    private Moves(Collection<SliceView> all, Predicate<LeaseId> mayAsk) {
        this.mayAsk = mayAsk;
        all.forEach(slice -> slices.put(slice.id(), slice));
    }

    /**
     * @param wants those of all owners, in any order; one loan may wait at several
     * @param all what all owners own
     * @param mayAsk whether the holder of a lease may be asked now
     * @param most how many moves
     */
    static List<Move> find(Collection<WantView> wants, Collection<SliceView> all, Predicate<LeaseId> mayAsk, int most) {
        Moves moves = new Moves(all, mayAsk);
        List<Move> found = new ArrayList<>();
        Set<LoanId> seen = new HashSet<>();
        List<WantView> inOrder = wants.stream()
                .sorted(Comparator.<WantView>comparingInt(
                                want -> -want.requirement().priority())
                        .thenComparingLong(want -> -want.waitingMillis())
                        .thenComparing(want -> want.loan().toString()))
                .toList();
        for (WantView want : inOrder) {
            if (seen.add(want.loan())) {
                List<Move> forIt = moves.forOne(want);
                if (found.size() + forIt.size() <= most) {
                    found.addAll(forIt);
                }
            }
        }
        return List.copyOf(found);
    }

    private List<Move> forOne(WantView want) {
        Requirement wish = want.requirement();
        if (isMet(wish, slices.values())) {
            take(wish);
            return List.of();
        }
        List<SliceView> held = slices.values().stream()
                .filter(slice -> isMovable(wish, slice))
                .sorted(SMALLEST_FIRST)
                .limit(MAX_SINGLES)
                .toList();
        for (SliceView one : held) {
            Optional<List<Swap>> swaps = swaps(wish, List.of(one));
            if (swaps.isPresent()) {
                return carriedOut(want, swaps.get());
            }
        }
        List<SliceView> few = held.subList(0, Math.min(MAX_PAIRED, held.size()));
        for (int i = 0; i < few.size(); i++) {
            for (int j = i + 1; j < few.size(); j++) {
                Optional<List<Swap>> swaps = swaps(wish, List.of(few.get(i), few.get(j)));
                if (swaps.isPresent()) {
                    return carriedOut(want, swaps.get());
                }
            }
        }
        return List.of();
    }

    /** From one slice to another. */
    private record Swap(SliceView from, SliceView to) {}

    private static boolean isMet(Requirement wish, Collection<SliceView> those) {
        return Matching.match(wish, those) instanceof Plan.Found;
    }

    /** What a demand will find for itself is nothing that others could be moved to. */
    private void take(Requirement wish) {
        if (Matching.match(wish, slices.values()) instanceof Plan.Found plan) {
            plan.slices().forEach(slice -> slices.put(slice.id(), in(SliceState.RESERVED, slice)));
        }
    }

    /** Whether it would be of use if it were free, and whoever holds it can leave it without harm. */
    private boolean isMovable(Requirement wish, SliceView slice) {
        return slice.state() == SliceState.ACTIVE
                && slice.kind() == wish.kind()
                && slice.forcedEnd() == ForcedEndEffect.TOLERATED
                && slice.holder().isPresent()
                && slice.lease().filter(mayAsk).isPresent();
    }

    /** Where each could go so that the wish is met afterwards. */
    private Optional<List<Swap>> swaps(Requirement wish, List<SliceView> leaving) {
        Map<SliceId, SliceView> after = new TreeMap<>(BY_ID);
        after.putAll(slices);
        leaving.forEach(slice -> after.put(slice.id(), in(SliceState.FREE, slice)));
        return isMet(wish, after.values()) ? placed(wish, leaving, after, List.of()) : Optional.empty();
    }

    private Optional<List<Swap>> placed(
            Requirement wish, List<SliceView> leaving, Map<SliceId, SliceView> after, List<Swap> soFar) {
        if (soFar.size() == leaving.size()) {
            return isMet(wish, after.values()) ? Optional.of(soFar) : Optional.empty();
        }
        SliceView slice = leaving.get(soFar.size());
        for (SliceView to : placesFor(slice, after.values())) {
            Map<SliceId, SliceView> next = new TreeMap<>(BY_ID);
            next.putAll(after);
            next.put(to.id(), in(SliceState.ACTIVE, to));
            List<Swap> swaps = new ArrayList<>(soFar);
            swaps.add(new Swap(slice, to));
            Optional<List<Swap>> found = placed(wish, leaving, next, swaps);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /**
     * The smallest that are as large, then the largest of the others, as its holder may need less than it has; never what is
     * free only because somebody else leaves it, never farther from the host, never less able.
     */
    private List<SliceView> placesFor(SliceView slice, Collection<SliceView> after) {
        List<SliceView> free = after.stream()
                .filter(other -> other.state() == SliceState.FREE
                        && isFreeNow(other)
                        && other.kind() == slice.kind()
                        && other.forcedEnd() == ForcedEndEffect.TOLERATED
                        && other.capabilities().containsAll(slice.capabilities())
                        && other.place().latency().isWithin(slice.place().latency()))
                .sorted(SMALLEST_FIRST)
                .toList();
        List<SliceView> places = new ArrayList<>(free.stream()
                .filter(other -> other.amount() >= slice.amount())
                .limit(MAX_PLACES)
                .toList());
        free.stream()
                .filter(other -> other.amount() < slice.amount())
                .sorted(SMALLEST_FIRST.reversed())
                .limit(MAX_PLACES)
                .forEach(places::add);
        return places;
    }

    private boolean isFreeNow(SliceView slice) {
        return Optional.ofNullable(slices.get(slice.id()))
                .filter(known -> known.state() == SliceState.FREE)
                .isPresent();
    }

    private List<Move> carriedOut(WantView want, List<Swap> swaps) {
        List<Move> moves = new ArrayList<>();
        swaps.forEach(swap -> slices.put(swap.from().id(), in(SliceState.FREE, swap.from())));
        swaps.forEach(swap -> slices.put(swap.to().id(), in(SliceState.ACTIVE, swap.to())));
        take(want.requirement());
        for (Swap swap : swaps) {
            slices.put(swap.from().id(), in(SliceState.RESERVED, swap.from()));
            moves.add(new Move(
                    swap.from().lease().orElseThrow(),
                    swap.from().holder().orElseThrow(),
                    swap.to().id(),
                    "so that loan " + want.loan().brief() + " of "
                            + want.borrower().brief() + ", which waits at priority "
                            + want.requirement().priority() + ", can be served"));
        }
        return moves;
    }

    private static SliceView in(SliceState state, SliceView slice) {
        return new SliceView(
                slice.id(),
                slice.kind(),
                slice.amount(),
                slice.capabilities(),
                state,
                slice.epoch(),
                slice.forcedEnd(),
                slice.fence(),
                Optional.empty(),
                Optional.empty(),
                slice.reason(),
                slice.place(),
                slice.configurations(),
                OptionalInt.empty());
    }
}
