package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/** What of the rack fits one requirement, and the best of it. */
final class Field {
    static final Comparator<SliceView> BY_ID = Comparator.comparing(
                    (SliceView slice) -> slice.id().owner())
            .thenComparing(slice -> slice.id().key());

    /** Lenders of which combinations are weighed: those with the most; any more would only be tried in vain. */
    private static final int MAX_COMBINED = 8;

    private final Requirement wish;
    private final Setting setting;
    private final Map<Device, Long> inUse = new HashMap<>();
    private final Map<SliceId, Long> powerRanks = new HashMap<>();
    private final List<SliceView> fitting = new ArrayList<>();
    private final Set<NodeId> heldOwners = new HashSet<>();
    private final int mostSlices;

    /** What has power of its own. */
    private record Device(NodeId owner, String name) {
        static Device of(SliceView slice) {
            // What is not said to share a device has one of its own.
            String device = slice.place().device();
            return new Device(
                    slice.id().owner(), device.isEmpty() ? "\0" + slice.id().key() : device);
        }
    }

    Field(Requirement wish, Collection<SliceView> slices, Setting setting) {
        this.wish = wish;
        this.setting = setting;
        this.mostSlices = LoanView.MAX_LEASES - setting.held().size();
        Set<SliceId> held = new HashSet<>();
        setting.held().forEach(slice -> held.add(slice.id()));
        setting.held().forEach(slice -> heldOwners.add(slice.id().owner()));
        for (SliceView slice : slices) {
            if (slice.state() != SliceState.FREE) {
                inUse.merge(Device.of(slice), 1L, Long::sum);
            } else if (slice.kind() == wish.kind()
                    && !held.contains(slice.id())
                    && Obstacle.between(wish, slice).isEmpty()) {
                fitting.add(slice);
            }
        }
        fitting.sort(BY_ID);
        Map<Device, Long> ordinals = new HashMap<>();
        for (SliceView slice : fitting) {
            Device device = Device.of(slice);
            long used = inUse.getOrDefault(device, 0L);
            powerRanks.put(
                    slice.id(),
                    switch (setting.power()) {
                        case FILL -> used > 0 ? 0L : 1L;
                        case SPREAD -> used + ordinals.merge(device, 1L, Long::sum) - 1;
                    });
        }
        fitting.sort(Comparator.comparingLong(SliceView::amount)
                .reversed()
                .thenComparingInt(slice -> slice.place().latency().code())
                .thenComparingLong(slice -> powerRanks.getOrDefault(slice.id(), 0L))
                .thenComparing(slice -> slice.place().fabric())
                .thenComparing(slice -> slice.id().owner())
                .thenComparing(slice -> Device.of(slice).name())
                .thenComparing(slice -> slice.id().key()));
    }

    /** What is free and fits, the largest first. */
    List<SliceView> fitting() {
        return fitting;
    }

    /** The best that is enough; else, where less would do too, the most that there is. */
    Optional<Candidate> best() {
        int further = wish.maxLenders() - heldOwners.size();
        for (int lenders = 0; lenders <= further && mostSlices > 0; lenders++) {
            Optional<Candidate> best = bestOf(lenders);
            if (best.isPresent()) {
                return best;
            }
        }
        return wish.leastAmount() < wish.amount() ? mostOf(wish.leastAmount()) : Optional.empty();
    }

    /** The most that there is for as many lenders, even if it is too little. */
    Optional<Candidate> mostOf(long least) {
        return regions().stream()
                .map(region -> region.of(Set.copyOf(region.largest(wish.maxLenders() - heldOwners.size()))))
                .map(slices -> slices.subList(0, Math.min(slices.size(), Math.max(0, mostSlices))))
                .filter(slices -> !slices.isEmpty() && Fit.sum(slices) >= least)
                .map(this::candidate)
                .max(Comparator.comparingLong(Candidate::amount).thenComparing(Candidate.BEST_FIRST.reversed()));
    }

    /** What this one lender would give, if it can do it alone. */
    Optional<Candidate> aloneOf(NodeId owner) {
        return regions().stream()
                .flatMap(region -> Fit.of(wish.amount(), mostSlices, region.of(Set.of(owner))).stream())
                .map(this::candidate)
                .min(Candidate.BEST_FIRST);
    }

    private Optional<Candidate> bestOf(int lenders) {
        List<Candidate> candidates = new ArrayList<>();
        for (Region region : regions()) {
            if (Fit.sum(region.of(Set.copyOf(region.largest(lenders)))) < wish.amount()) {
                continue;
            }
            // One lender is looked for among all; combinations among those with the most.
            List<NodeId> among = region.largest(lenders == 1 ? Integer.MAX_VALUE : Math.max(MAX_COMBINED, lenders));
            for (Set<NodeId> chosen : combinations(among, lenders)) {
                Fit.of(wish.amount(), mostSlices, region.of(chosen))
                        .map(this::candidate)
                        .ifPresent(candidates::add);
            }
        }
        return candidates.stream().min(Candidate.BEST_FIRST);
    }

    private static List<Set<NodeId>> combinations(List<NodeId> among, int size) {
        List<Set<NodeId>> sets = new ArrayList<>();
        combine(among, 0, size, new ArrayList<>(), sets);
        return sets;
    }

    private static void combine(List<NodeId> among, int from, int size, List<NodeId> chosen, List<Set<NodeId>> sets) {
        if (size == 0) {
            sets.add(Set.copyOf(chosen));
            return;
        }
        for (int i = from; i <= among.size() - size; i++) {
            chosen.add(among.get(i));
            combine(among, i + 1, size - 1, chosen, sets);
            chosen.remove(chosen.size() - 1);
        }
    }

    private Candidate candidate(List<SliceView> slices) {
        Set<NodeId> owners = new HashSet<>();
        Set<String> fabrics = new HashSet<>();
        Set<Device> woken = new HashSet<>();
        int farthest = 0;
        long ranks = 0;
        for (SliceView slice : slices) {
            owners.add(slice.id().owner());
            fabrics.add(slice.place().fabric());
            farthest = Math.max(farthest, slice.place().latency().code());
            ranks += powerRanks.getOrDefault(slice.id(), 0L);
            if (!inUse.containsKey(Device.of(slice))) {
                woken.add(Device.of(slice));
            }
        }
        owners.removeAll(heldOwners);
        return new Candidate(
                slices,
                owners.size(),
                farthest,
                Math.max(0, Fit.sum(slices) - wish.amount()),
                switch (setting.power()) {
                    case FILL -> woken.size();
                    case SPREAD -> ranks;
                },
                fabrics.size());
    }

    // ---- where the slices of one loan may be together --------------------------------------------------------------

    /** Slices that may be combined, the largest first. */
    private final class Region {
        final List<SliceView> slices;
        final Map<NodeId, Long> sums = new TreeMap<>();

        Region(List<SliceView> slices) {
            this.slices = slices;
            slices.forEach(slice -> sums.merge(slice.id().owner(), slice.amount(), Fit::plus));
        }

        /** Those with the most that the loan does not borrow from yet. */
        List<NodeId> largest(int count) {
            return sums.entrySet().stream()
                    .filter(entry -> !heldOwners.contains(entry.getKey()))
                    .sorted(Map.Entry.<NodeId, Long>comparingByValue()
                            .reversed()
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(Math.max(0, count))
                    .map(Map.Entry::getKey)
                    .toList();
        }

        List<SliceView> of(Set<NodeId> owners) {
            return slices.stream()
                    .filter(slice -> owners.contains(slice.id().owner())
                            || heldOwners.contains(slice.id().owner()))
                    .toList();
        }
    }

    /** One for each fabric if that must be one, and for each distance: what is near must not be missed for what is far. */
    private List<Region> regions() {
        List<List<SliceView>> together = wish.locality() == Locality.ONE_FABRIC ? byFabric() : List.of(fitting);
        List<Region> regions = new ArrayList<>();
        for (List<SliceView> slices : together) {
            Set<LatencyClass> distances = new TreeSet<>();
            slices.forEach(slice -> distances.add(slice.place().latency()));
            for (LatencyClass farthest : distances) {
                regions.add(new Region(slices.stream()
                        .filter(slice -> slice.place().latency().isWithin(farthest))
                        .toList()));
            }
        }
        return regions;
    }

    private List<List<SliceView>> byFabric() {
        Set<String> heldFabrics = new HashSet<>();
        setting.held().forEach(slice -> heldFabrics.add(slice.place().fabric()));
        Map<String, List<SliceView>> fabrics = new TreeMap<>();
        for (SliceView slice : fitting) {
            String fabric = slice.place().fabric();
            if (!fabric.isEmpty() && (heldFabrics.isEmpty() || heldFabrics.equals(Set.of(fabric)))) {
                fabrics.computeIfAbsent(fabric, name -> new ArrayList<>()).add(slice);
            }
        }
        return List.copyOf(fabrics.values());
    }
}
