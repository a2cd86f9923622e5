package org.rackweave.daemon.matching;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Typical demands: what was asked for of late, or what is held now, as the caller sees fit. It says how much of what a
 * lender has free would be of no use to them.
 *
 * <p>The <i>counted</i> amount of a demand or a supply is that of its devices (in permille), or of shared dimension 0 where
 * nobody asks for devices. What is stranded is stranded in that unit.
 */
public final class Mix {
    /** Kinds of demand that are kept, the most frequent: a decision looks at each of them for each lender. */
    public static final int MAX_TYPICAL = 64;
    /** Batches from which the ratios come: enough for a spread, and each costs a division a lender. */
    public static final int MAX_BATCHES = 16;

    private final Demand[] typical;
    private final double[] share;
    private final double[][] perCounted;
    /** Of each shared dimension the mean over the batches. */
    private final double[] meanRatio;

    private final boolean countsDevices;

    private Mix(Demand[] typical, double[] share, double[][] perCounted, boolean countsDevices) {
        this.typical = typical;
        this.share = share;
        this.perCounted = perCounted;
        this.meanRatio = meanRatio(perCounted);
        this.countsDevices = countsDevices;
    }

    private static double[] meanRatio(double[][] perCounted) {
        double[] means = new double[perCounted.length == 0 ? 0 : perCounted[0].length];
        for (double[] ratio : perCounted) {
            for (int dimension = 0; dimension < means.length; dimension++) {
                means[dimension] += ratio[dimension];
            }
        }
        for (int dimension = 0; dimension < means.length; dimension++) {
            means[dimension] /= perCounted.length;
        }
        return means;
    }

    /**
     * @param demands in any order that is not sorted by size; batches of neighbours show how the ratio of the dimensions
     *     varies. The same list gives the same mix
     * @param batch how much of the counted amount makes a batch, at least 1: about what a lender gets until it is full
     */
    public static Mix of(List<Demand> demands, long batch) {
        if (batch < 1) {
            throw new IllegalArgumentException("a batch of " + batch + "; at least 1 is needed");
        }
        Map<Demand, Integer> counts = new LinkedHashMap<>();
        demands.forEach(demand -> counts.merge(demand, 1, Integer::sum));
        List<Map.Entry<Demand, Integer>> kept = counts.entrySet().stream()
                .sorted(Map.Entry.<Demand, Integer>comparingByValue(Comparator.reverseOrder()))
                .limit(MAX_TYPICAL)
                .toList();
        double total = kept.stream().mapToInt(Map.Entry::getValue).sum();
        boolean countsDevices = demands.stream().anyMatch(demand -> demand.devices() > 0);
        return new Mix(
                kept.stream().map(Map.Entry::getKey).toArray(Demand[]::new),
                kept.stream().mapToDouble(entry -> entry.getValue() / total).toArray(),
                ratios(
                        demands.stream()
                                .filter(demand -> counted(demand, countsDevices) > 0)
                                .toList(),
                        batch,
                        countsDevices),
                countsDevices);
    }

    /**
     * One demand is typical, and the ratios are known.
     *
     * @param perCounted for each shared dimension, how much of it goes with one of the counted; 0 for none
     */
    static Mix of(Demand typical, double... perCounted) {
        return new Mix(
                new Demand[] {typical}, new double[] {1}, new double[][] {perCounted.clone()}, typical.devices() > 0);
    }

    /** Nothing is known yet. */
    public static Mix unknown() {
        return of(List.of(), 1);
    }

    private static long counted(Demand demand, boolean countsDevices) {
        return countsDevices ? demand.devicePermille() : demand.shared(0);
    }

    /** For each batch, how much of each shared dimension goes with one of the counted. */
    private static double[][] ratios(List<Demand> demands, long batch, boolean countsDevices) {
        List<double[]> ratios = new ArrayList<>();
        int batches = Math.min(MAX_BATCHES, demands.size());
        for (int k = 0; k < batches; k++) {
            double[] sums = new double[demands.get(0).dimensions()];
            long counted = 0;
            int start = (int) ((long) k * demands.size() / batches);
            for (int i = 0; i < demands.size() && counted < batch; i++) {
                Demand demand = demands.get((start + i) % demands.size());
                counted += counted(demand, countsDevices);
                for (int dimension = 0; dimension < sums.length; dimension++) {
                    sums[dimension] += demand.shared(dimension);
                }
            }
            for (int dimension = 0; dimension < sums.length; dimension++) {
                sums[dimension] /= counted;
            }
            ratios.add(sums);
        }
        return ratios.toArray(double[][]::new);
    }

    /** The free amount of the counted dimension. */
    public double counted(Supply supply) {
        return countsDevices ? supply.deviceLeft() : supply.shared(0);
    }

    /**
     * Fragmentation as FGD defines it (Weng et al., USENIX ATC 2023): the expected free device share that the next demand
     * of this mix cannot use, in permille of a device.
     */
    public double fragmentation(Supply supply) {
        if (supply.deviceLeft() == 0) {
            return 0;
        }
        double sum = 0;
        for (int i = 0; i < typical.length; i++) {
            Demand demand = typical[i];
            boolean useful = demand.devices() > 0 && supply.fits(demand);
            sum += share[i] * (useful ? supply.tooSmallFor(demand) : supply.deviceLeft());
        }
        return sum;
    }

    /**
     * What will be left of the counted dimension when another one has run out, if what comes asks for them as the batches of
     * this mix did: the mean over the batches.
     */
    public double shortage(Supply supply) {
        return shortage(supply, counted(supply));
    }

    /** The same with another amount of the counted dimension. */
    double shortage(Supply supply, double counted) {
        if (counted == 0 || perCounted.length == 0) {
            return 0;
        }
        double sum = 0;
        for (double[] ratio : perCounted) {
            double usable = counted;
            for (int dimension = countsDevices ? 0 : 1; dimension < ratio.length; dimension++) {
                if (ratio[dimension] > 0) {
                    usable = Math.min(usable, supply.shared(dimension) / ratio[dimension]);
                }
            }
            sum += counted - usable;
        }
        return sum / perCounted.length;
    }

    /** What is free in all dimensions, each turned into the counted one by the mean ratio of this mix, and summed. */
    double bulk(Supply supply) {
        return bulk(supply, counted(supply));
    }

    /** The same with another amount of the counted dimension. */
    double bulk(Supply supply, double counted) {
        double sum = counted;
        int dimensions = Math.min(supply.dimensions(), meanRatio.length);
        for (int dimension = countsDevices ? 0 : 1; dimension < dimensions; dimension++) {
            sum += meanRatio[dimension] > 0 ? supply.shared(dimension) / meanRatio[dimension] : 0;
        }
        return sum;
    }
}
