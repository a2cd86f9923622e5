package org.rackweave.sim.lab.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rackweave.daemon.matching.Supply;

/** Pods that arrive at a cluster and never leave. A pod that fits somewhere is placed; the others are refused. */
final class OpenbRun {
    /** No cost yet: the policy was not asked. */
    private static final OpenbPolicy.Option UNKNOWN = new OpenbPolicy.Option(-1, Double.NaN);

    /** No cost is as high: every node that fits is better. */
    private static final OpenbPolicy.Option DOES_NOT_FIT = new OpenbPolicy.Option(-1, Double.POSITIVE_INFINITY);

    private final OpenbTrace trace;
    private final OpenbPolicy policy;
    private final Memory memory;
    private final Map<Supply, Alike> known = new HashMap<>();

    /** Whether a policy gives the same answer to the same question. */
    enum Memory {
        /** It does, so each is asked once. */
        KEPT,
        /** It draws lots. */
        NONE
    }

    /** Nodes with just the same free: a policy looks at them once. */
    private static final class Alike {
        private final Supply free;
        private final OpenbPolicy.Option[] options;
        private int nodes;

        private Alike(Supply free, int demands) {
            this.free = free;
            this.options = new OpenbPolicy.Option[demands];
            Arrays.fill(options, UNKNOWN);
        }
    }

    /**
     * How much was allocated.
     *
     * @param percent of the capacity, at the end
     * @param curve the same after each hundredth of the capacity that had arrived, from 0 on
     * @param left what each node has free at the end
     */
    record Result(double percent, List<Double> curve, List<Supply> left) {}

    /** What a policy said about nodes is kept from one run to the next. */
    OpenbRun(OpenbTrace trace, OpenbPolicy policy, Memory memory) {
        this.trace = trace;
        this.policy = policy;
        this.memory = memory;
    }

    Result place(List<Integer> arrivals) {
        List<Alike> cluster = new ArrayList<>();
        trace.nodes().forEach(node -> join(cluster, node.sorted()));
        double capacity = trace.capacityPermille();
        List<Double> curve = new ArrayList<>();
        long arrived = 0;
        long used = 0;
        for (int demand : arrivals) {
            long amount = trace.demands().get(demand).devicePermille();
            if (placed(cluster, demand)) {
                used += amount;
            }
            arrived += amount;
            while (curve.size() <= 100 * arrived / capacity) {
                curve.add(100 * used / capacity);
            }
        }
        List<Supply> left = new ArrayList<>();
        for (Alike alike : cluster) {
            for (int i = 0; i < alike.nodes; i++) {
                left.add(alike.free);
            }
            alike.nodes = 0;
        }
        return new Result(100 * used / capacity, curve, left);
    }

    private void join(List<Alike> cluster, Supply free) {
        Alike alike = known.computeIfAbsent(
                free, unseen -> new Alike(unseen, trace.demands().size()));
        if (alike.nodes == 0) {
            cluster.add(alike);
        }
        alike.nodes++;
    }

    private boolean placed(List<Alike> cluster, int demand) {
        Alike where = cluster.get(0);
        OpenbPolicy.Option best = DOES_NOT_FIT;
        for (Alike alike : cluster) {
            OpenbPolicy.Option option = option(alike, demand);
            if (option.cost() < best.cost()) {
                best = option;
                where = alike;
            }
        }
        if (Double.isInfinite(best.cost())) {
            return false;
        }
        where.nodes--;
        if (where.nodes == 0) {
            cluster.remove(where);
        }
        join(
                cluster,
                where.free.without(trace.demands().get(demand), best.device()).sorted());
        return true;
    }

    private OpenbPolicy.Option option(Alike alike, int demand) {
        OpenbPolicy.Option option = alike.options[demand];
        if (Double.isNaN(option.cost())) {
            Optional<OpenbPolicy.Option> asked =
                    policy.on(alike.free, trace.demands().get(demand), alike.nodes);
            option = asked.orElse(DOES_NOT_FIT);
            if (memory == Memory.KEPT || asked.isEmpty()) {
                alike.options[demand] = option;
            }
        }
        return option;
    }
}
