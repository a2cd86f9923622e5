package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceView;

/**
 * What lenders showed, sorted as each of them answers, so that a decision among all of them is a walk and not a sort. It is never
 * changed: each answer makes another one, which shares what the others said.
 */
public final class Lenders {
    private static final Map<ResourceKind, List<ResourceKind>> DIMENSIONS = dimensions();

    private final Setting.Power power;
    private final List<Lender> byId;
    /** Of each kind as much as is owned, and as is lent. */
    private final Map<ResourceKind, Double> typical = new EnumMap<>(ResourceKind.class);

    private Lenders(Setting.Power power, List<Lender> byId) {
        this.power = power;
        this.byId = byId;
        for (ResourceKind kind : ResourceKind.values()) {
            double sum = 0;
            for (Lender lender : byId) {
                sum += 2.0 * lender.of(kind).owned() - lender.of(kind).left();
            }
            typical.put(kind, sum);
        }
    }

    /** Nobody has answered yet. */
    public static Lenders none(Setting.Power power) {
        return new Lenders(power, List.of());
    }

    /** @param slices of any lenders, in any order */
    public static Lenders of(Setting.Power power, Collection<SliceView> slices) {
        Map<NodeId, List<SliceView>> byOwner = new HashMap<>();
        slices.forEach(slice -> byOwner.computeIfAbsent(slice.id().owner(), owner -> new ArrayList<>())
                .add(slice));
        return new Lenders(
                power,
                new TreeMap<>(byOwner)
                        .entrySet().stream()
                                .map(each -> new Lender(each.getKey(), each.getValue(), power))
                                .toList());
    }

    /**
     * With what one lender says now, whatever it said before.
     *
     * @param slices its own
     */
    public Lenders with(NodeId lender, Collection<SliceView> slices) {
        List<Lender> after = new ArrayList<>(byId.size() + 1);
        int at = 0;
        while (at < byId.size() && byId.get(at).id().compareTo(lender) < 0) {
            after.add(byId.get(at++));
        }
        after.add(new Lender(lender, slices, power));
        boolean isKnown = at < byId.size() && byId.get(at).id().equals(lender);
        after.addAll(byId.subList(isKnown ? at + 1 : at, byId.size()));
        return new Lenders(power, List.copyOf(after));
    }

    /** All that was shown, by owner and key. */
    public List<SliceView> slices() {
        return byId.stream().flatMap(lender -> lender.slices().stream()).toList();
    }

    /** In the order of their ids. */
    List<Lender> byId() {
        return byId;
    }

    /** With some slices in another way. */
    Lenders changed(Predicate<SliceView> which, UnaryOperator<SliceView> change) {
        return new Lenders(
                power,
                byId.stream()
                        .map(lender -> lender.slices().stream().noneMatch(which)
                                ? lender
                                : new Lender(
                                        lender.id(),
                                        lender.slices().stream()
                                                .map(slice -> which.test(slice) ? change.apply(slice) : slice)
                                                .toList(),
                                        power))
                        .toList());
    }

    /** The shared dimensions of a supply, for a demand for this kind. */
    static List<ResourceKind> dimensions(ResourceKind counted) {
        return DIMENSIONS.getOrDefault(counted, List.of());
    }

    private static Map<ResourceKind, List<ResourceKind>> dimensions() {
        Map<ResourceKind, List<ResourceKind>> dimensions = new HashMap<>();
        for (ResourceKind counted : ResourceKind.values()) {
            Stream<ResourceKind> others = Arrays.stream(ResourceKind.values()).filter(each -> each != counted);
            dimensions.put(
                    counted,
                    Holding.isShare(counted)
                            ? others.toList()
                            : Stream.concat(Stream.of(counted), others).toList());
        }
        return Map.copyOf(dimensions);
    }

    /**
     * What will be asked for next of a kind, as far as can be seen. With one of the counted go as many of each other kind as the rack has lent, and as it has: what it was built for counts as
     * much as what is used, so that one odd loan in an empty rack says little. Of shares, what suffers first from devices in
     * part use is a demand for a whole one.
     */
    Mix mix(ResourceKind counted) {
        List<ResourceKind> dimensions = dimensions(counted);
        double of = typical.getOrDefault(counted, 0.0);
        double[] ratios = new double[dimensions.size()];
        for (int i = 0; i < ratios.length && of != 0; i++) {
            ratios[i] = typical.getOrDefault(dimensions.get(i), 0.0) / of;
        }
        List<Long> none = Collections.nCopies(ratios.length, 0L);
        Demand next = Holding.isShare(counted)
                ? new Demand(Set.of(), none, 1, Supply.WHOLE)
                : new Demand(Set.of(), none, 0, 0);
        return Mix.of(next, ratios);
    }
}
