package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/** What one lender showed, sorted once, so that no decision has to. */
final class Lender {
    private final NodeId id;
    private final List<SliceView> slices;
    private final Map<ResourceKind, Holding> holdings = new EnumMap<>(ResourceKind.class);
    private final Map<ResourceKind, Supply> supplies = new EnumMap<>(ResourceKind.class);

    /** @param shown of this lender, in any order */
    Lender(NodeId id, Collection<SliceView> shown, Setting.Power power) {
        this.id = id;
        this.slices = shown.stream()
                .sorted(Comparator.comparing(slice -> slice.id().key()))
                .toList();
        Map<ResourceKind, List<Holding.Placed>> byKind = new EnumMap<>(ResourceKind.class);
        for (Holding.Placed placed : placed(id, slices)) {
            byKind.computeIfAbsent(placed.slice().kind(), kind -> new ArrayList<>())
                    .add(placed);
        }
        byKind.forEach((kind, placed) -> holdings.put(kind, new Holding(kind, placed, power)));
        holdings.keySet().forEach(kind -> supplies.put(kind, supplyOf(kind)));
    }

    /** On the device that it names; what is not said to share a device has one of its own. */
    private static List<Holding.Placed> placed(NodeId owner, List<SliceView> slices) {
        Map<String, Holding.Device> byName = new HashMap<>();
        List<Holding.Placed> placed = new ArrayList<>(slices.size());
        for (SliceView slice : slices) {
            String name = slice.place().device();
            Holding.Device device = name.isEmpty()
                    ? new Holding.Device(owner)
                    : byName.computeIfAbsent(name, unseen -> new Holding.Device(owner));
            if (slice.state() != SliceState.FREE) {
                device.inUse++;
            }
            placed.add(new Holding.Placed(slice, device));
        }
        return placed;
    }

    private Supply supplyOf(ResourceKind kind) {
        long[] shared = Lenders.dimensions(kind).stream()
                .mapToLong(each -> of(each).left())
                .toArray();
        return new Supply("", shared, of(kind).shares());
    }

    NodeId id() {
        return id;
    }

    /** All that it showed, in the order of their keys. */
    List<SliceView> slices() {
        return slices;
    }

    /** Whether it showed any of this kind, free or not. */
    boolean has(ResourceKind kind) {
        return holdings.containsKey(kind);
    }

    Holding of(ResourceKind kind) {
        return holdings.getOrDefault(kind, Holding.NOTHING);
    }

    /** What is free, as a demand for this kind sees it: the kind itself is what is counted, all others go with it. */
    Supply supply(ResourceKind kind) {
        return supplies.getOrDefault(kind, Supply.NOTHING);
    }
}
