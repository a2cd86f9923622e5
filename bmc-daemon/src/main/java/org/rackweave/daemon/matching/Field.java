package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceView;

/** What of the rack fits one requirement, and the best of it. */
final class Field {
    static final Comparator<SliceView> BY_ID = Comparator.comparing(
                    (SliceView slice) -> slice.id().owner())
            .thenComparing(slice -> slice.id().key());

    /** Lenders of which combinations are weighed: those with the most; any more would only be tried in vain. */
    private static final int MAX_COMBINED = 8;

    private static final List<Integer> LATENCY_CODES = Arrays.stream(LatencyClass.values())
            .map(LatencyClass::code)
            .sorted()
            .toList();

    private final Requirement wish;
    private final Setting setting;
    private final List<Lender> lenders;
    private final Placement placement;
    private final Set<NodeId> heldOwners = new HashSet<>();
    /** Of each lender what is free and fits. */
    private final Stock[] fitting;
    /** The codes of all latency classes that something fitting is at, the nearest first. */
    private final int[] distances;

    private final int mostSlices;

    Field(Requirement wish, Lenders known, Setting setting) {
        this.wish = wish;
        this.setting = setting;
        this.lenders = known.byId();
        this.placement = new Placement(known.mix(wish.kind()));
        this.mostSlices = Math.max(0, LoanView.MAX_LEASES - setting.held().size());
        setting.held().forEach(slice -> heldOwners.add(slice.id().owner()));
        this.fitting = new Stock[lenders.size()];
        int codes = 0;
        for (int i = 0; i < fitting.length; i++) {
            fitting[i] = fitting(lenders.get(i));
            codes |= fitting[i].latencyCodes();
        }
        int seen = codes;
        this.distances = LATENCY_CODES.stream()
                .mapToInt(Integer::intValue)
                .filter(code -> (seen >> code & 1) != 0)
                .toArray();
    }

    private Stock fitting(Lender lender) {
        Stock free = lender.of(wish.kind()).free(wish.worstForcedEnd());
        return Obstacle.isOnlyForcedEnd(wish) && setting.held().isEmpty() ? free : free.where(this::fits);
    }

    private boolean fits(Piece piece) {
        return Obstacle.between(wish, piece.slice()).isEmpty()
                && !isHeld(piece.slice().id());
    }

    private boolean isHeld(SliceId id) {
        for (SliceView slice : setting.held()) {
            if (slice.id().equals(id)) {
                return true;
            }
        }
        return false;
    }

    /** How much is free and fits. */
    long fittingAmount() {
        long sum = 0;
        for (Stock stock : fitting) {
            sum = Fit.plus(sum, stock.sum());
        }
        return sum;
    }

    /** @param lender its number among all that are known, as in what follows */
    long fittingAmount(int lender) {
        return fitting[lender].sum();
    }

    /** Whether this one lender could do it alone, with what the loan has already. */
    boolean isEnough(int lender) {
        // What is nearer is also among what is farther.
        for (Region region : distances.length == 0 ? List.<Region>of() : regions(distances[distances.length - 1])) {
            if (region.of(alone(lender)).sum(0, mostSlices) >= wish.amount()) {
                return true;
            }
        }
        return false;
    }

    /** As what is weighed names it: nobody further when the loan borrows from it already. */
    private int[] alone(int lender) {
        return heldOwners.contains(lenders.get(lender).id()) ? new int[0] : new int[] {lender};
    }

    /** The best that is enough; else, where less would do too, the most that there is. */
    Optional<Candidate> best() {
        int further = wish.maxLenders() - heldOwners.size();
        // Nobody further is needed only where the loan borrows from somebody.
        for (int count = heldOwners.isEmpty() ? 1 : 0; count <= further && mostSlices > 0; count++) {
            Optional<Candidate> best = bestOf(count);
            if (best.isPresent()) {
                return best;
            }
        }
        return wish.leastAmount() < wish.amount() ? mostOf(wish.leastAmount()) : Optional.empty();
    }

    /** The nearest first: what is farther is only looked at when nothing nearer is enough. */
    private Optional<Candidate> bestOf(int count) {
        for (int farthest : distances) {
            Search search = new Search();
            for (Region region : regions(farthest)) {
                if (count == 0) {
                    search.weigh(region);
                } else if (count == 1) {
                    for (int i = 0; i < fitting.length; i++) {
                        search.weighFurther(region, i);
                    }
                } else {
                    combine(region, count, search);
                }
            }
            if (search.best.isPresent()) {
                return search.best;
            }
        }
        return Optional.empty();
    }

    /** The most that there is for as many lenders, even if it is too little. */
    Optional<Candidate> mostOf(long least) {
        Optional<Candidate> most = Optional.empty();
        for (int farthest : distances) {
            for (Region region : regions(farthest)) {
                int[] largest = region.largest(wish.maxLenders() - heldOwners.size());
                Piece[] pieces = region.of(largest).first(mostSlices);
                if (pieces.length > 0) {
                    Candidate candidate = candidate(pieces, largest);
                    most = candidate.amount() < least
                            ? most
                            : most.filter(before -> before.amount() > candidate.amount()
                                            || (before.amount() == candidate.amount()
                                                    && Candidate.BEST_FIRST.compare(before, candidate) <= 0))
                                    .or(() -> Optional.of(candidate));
                }
            }
        }
        return most;
    }

    /** What this one lender would give, if it can do it alone. */
    Optional<Candidate> aloneOf(int lender) {
        for (int farthest : distances) {
            Search search = new Search();
            regions(farthest).forEach(region -> search.weigh(region, alone(lender)));
            if (search.best.isPresent()) {
                return search.best;
            }
        }
        return Optional.empty();
    }

    /** The best of what was weighed so far. */
    private final class Search {
        private final Fit fit = new Fit(wish.amount(), mostSlices);
        private Optional<Candidate> best = Optional.empty();

        /** A lender that the loan does not borrow from yet. */
        void weighFurther(Region region, int lender) {
            boolean isFurther = heldOwners.isEmpty()
                    || !heldOwners.contains(lenders.get(lender).id());
            if (isFurther && fitting[lender].size() > 0) {
                weigh(region, lender);
            }
        }

        /** These lenders, together with those that the loan borrows from. */
        void weigh(Region region, int... further) {
            Piece[] enough = fit.asGood(region.of(further));
            if (enough.length == 0) {
                return;
            }
            Candidate candidate = candidate(enough, further);
            if (best.isEmpty() || Candidate.BEST_FIRST.compare(candidate, best.get()) < 0) {
                best = Optional.of(candidate);
            }
        }
    }

    private void combine(Region region, int count, Search search) {
        if (region.of(region.largest(count)).sum() < wish.amount()) {
            return;
        }
        int[] among = region.largest(Math.max(MAX_COMBINED, count));
        if (among.length >= count) {
            combine(region, among, 0, new int[count], 0, search);
        }
    }

    private void combine(Region region, int[] among, int from, int[] chosen, int size, Search search) {
        if (size == chosen.length) {
            search.weigh(region, chosen);
            return;
        }
        for (int i = from; i <= among.length - (chosen.length - size); i++) {
            chosen[size] = among[i];
            combine(region, among, i + 1, chosen, size + 1, search);
        }
    }

    // ---- what a candidate is weighed by ----------------------------------------------------------------------------

    private Candidate candidate(Piece[] pieces, int... further) {
        int farthest = 0;
        int fabrics = 0;
        long sum = 0;
        long powerCost = 0;
        int owners = 0;
        for (int i = 0; i < pieces.length; i++) {
            Piece piece = pieces[i];
            farthest = Math.max(farthest, piece.latencyCode());
            sum = Fit.plus(sum, piece.amount());
            owners += isFirstOfItsOwner(pieces, i) && isFurther(piece) ? 1 : 0;
            fabrics += isFirstOfItsFabric(pieces, i) ? 1 : 0;
            powerCost += switch (setting.power()) {
                case FILL -> piece.wakes() && isFirstOfItsDevice(pieces, i) ? 1 : 0;
                case SPREAD -> piece.powerRank();
            };
        }
        return new Candidate(
                List.of(pieces),
                owners,
                farthest,
                Math.max(0, sum - wish.amount()),
                powerCost,
                fabrics,
                Placement.steps(stranding(pieces, further)));
    }

    private boolean isFurther(Piece piece) {
        return heldOwners.isEmpty() || !heldOwners.contains(piece.owner());
    }

    private static boolean isFirstOfItsOwner(Piece[] pieces, int index) {
        for (int i = 0; i < index; i++) {
            if (pieces[i].owner().equals(pieces[index].owner())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFirstOfItsFabric(Piece[] pieces, int index) {
        for (int i = 0; i < index; i++) {
            if (pieces[i].fabric().equals(pieces[index].fabric())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFirstOfItsDevice(Piece[] pieces, int index) {
        for (int i = 0; i < index; i++) {
            if (pieces[i].device() == pieces[index].device()) {
                return false;
            }
        }
        return true;
    }

    /** What it costs the rack, by the same rule by which demands are placed. */
    private double stranding(Piece[] pieces, int... further) {
        if (further.length == 1 && heldOwners.isEmpty()) {
            return stranding(lenders.get(further[0]), pieces);
        }
        double cost = 0;
        for (int i : further) {
            cost += stranding(lenders.get(i), ofLender(lenders.get(i), pieces));
        }
        for (Lender lender : heldOwners.isEmpty() ? List.<Lender>of() : lenders) {
            cost += heldOwners.contains(lender.id()) ? stranding(lender, ofLender(lender, pieces)) : 0;
        }
        return cost;
    }

    private double stranding(Lender lender, Piece... its) {
        Supply supply = lender.supply(wish.kind());
        return Holding.isShare(wish.kind())
                ? placement.cost(
                        supply, supply.withDevices(lender.of(wish.kind()).sharesWithout(its)))
                : placement.cost(supply, Holding.sum(its));
    }

    private static Piece[] ofLender(Lender lender, Piece... pieces) {
        return Arrays.stream(pieces)
                .filter(piece -> piece.owner().equals(lender.id()))
                .toArray(Piece[]::new);
    }

    // ---- where the slices of one loan may be together --------------------------------------------------------------

    /** Whatever is within a distance, and behind one fabric if that must be one. */
    private final class Region {
        private final int farthest;
        private final Optional<String> fabric;

        Region(int farthest, Optional<String> fabric) {
            this.farthest = farthest;
            this.fabric = fabric;
        }

        boolean has(Piece piece) {
            return piece.latencyCode() <= farthest
                    && (fabric.isEmpty() || fabric.get().equals(piece.fabric()));
        }

        private Stock ofOne(int lender) {
            Stock all = fitting[lender];
            boolean isAllNear = all.latencyCodes() >> farthest <= 1;
            return isAllNear && fabric.isEmpty() ? all : all.where(this::has);
        }

        /** What these lenders have there, and those that the loan borrows from. */
        Stock of(int... further) {
            if (further.length == 1 && heldOwners.isEmpty()) {
                return ofOne(further[0]);
            }
            List<Stock> stocks = new ArrayList<>();
            for (int i : further) {
                stocks.add(ofOne(i));
            }
            for (int i = 0; i < fitting.length && !heldOwners.isEmpty(); i++) {
                if (heldOwners.contains(lenders.get(i).id())) {
                    stocks.add(ofOne(i));
                }
            }
            return Stock.together(stocks);
        }

        /** Those with the most that the loan does not borrow from yet. */
        int[] largest(int count) {
            record Sum(int lender, long amount) {}
            List<Sum> sums = new ArrayList<>();
            for (int i = 0; i < fitting.length; i++) {
                long amount = ofOne(i).sum();
                if (amount > 0 && !heldOwners.contains(lenders.get(i).id())) {
                    sums.add(new Sum(i, amount));
                }
            }
            sums.sort(Comparator.comparingLong(Sum::amount).reversed().thenComparingInt(Sum::lender));
            return sums.stream().limit(Math.max(0, count)).mapToInt(Sum::lender).toArray();
        }
    }

    /** Where it has to be one fabric, one region for each that is known; else one for all. */
    private List<Region> regions(int farthest) {
        if (wish.locality() != Locality.ONE_FABRIC) {
            return List.of(new Region(farthest, Optional.empty()));
        }
        Set<String> heldFabrics = new HashSet<>();
        setting.held().forEach(slice -> heldFabrics.add(slice.place().fabric()));
        Set<String> fabrics = new TreeSet<>();
        for (Stock stock : fitting) {
            for (Piece piece : stock.first(stock.size())) {
                fabrics.add(piece.fabric());
            }
        }
        fabrics.remove("");
        return fabrics.stream()
                .filter(fabric -> heldFabrics.isEmpty() || heldFabrics.equals(Set.of(fabric)))
                .map(fabric -> new Region(farthest, Optional.of(fabric)))
                .toList();
    }
}
