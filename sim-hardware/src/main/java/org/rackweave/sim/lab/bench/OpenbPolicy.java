package org.rackweave.sim.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.rackweave.daemon.matching.Demand;
import org.rackweave.daemon.matching.Mix;
import org.rackweave.daemon.matching.Placement;
import org.rackweave.daemon.matching.Supply;

/** A policy that scores the nodes one by one; the node with the least cost gets the pod. */
interface OpenbPolicy {
    /**
     * One way to meet a demand at a node.
     *
     * @param device the first to take; -1 when none was asked for
     */
    record Option(int device, double cost) {}

    /**
     * The best that a node can do.
     *
     * @param free its devices in order of what they have
     * @param alike how many nodes have just this free
     */
    Optional<Option> on(Supply free, Demand demand, int alike);

    /** Any node that fits, any device that fits. */
    record Anywhere(Random random) implements OpenbPolicy {
        @Override
        public Optional<Option> on(Supply free, Demand demand, int alike) {
            if (!free.fits(demand)) {
                return Optional.empty();
            }
            List<Integer> devices = devices(free, demand);
            int device = devices.get(random.nextInt(devices.size()));
            // The least of as many uniform draws as there are nodes alike.
            return Optional.of(new Option(device, 1 - Math.pow(1 - random.nextDouble(), 1.0 / alike)));
        }
    }

    /** Least left over of cores and devices, each beside the most that a node has; on the device with the tightest fit. */
    record BestFit() implements OpenbPolicy {
        private static final double MOST_CPU_MILLI = 128_000;
        private static final double MOST_DEVICE_PERMILLE = 8_000;

        @Override
        public Optional<Option> on(Supply free, Demand demand, int alike) {
            if (!free.fits(demand)) {
                return Optional.empty();
            }
            int tightest = devices(free, demand).get(0);
            return Optional.of(new Option(tightest, leftOver(free.without(demand, tightest))));
        }

        /** 0 to 1. */
        static double leftOver(Supply left) {
            return left.shared(0) / MOST_CPU_MILLI / 2 + left.deviceLeft() / MOST_DEVICE_PERMILLE / 2;
        }
    }

    /**
     * Fragmentation gradient descent (Weng et al., USENIX ATC 2023): the node and device whose expected fragmentation grows
     * least. Scores are whole hundredths of a sigmoid, as the authors' simulator has them, so many nodes score alike. These
     * ties must go to the best fit: broken at random they cost five points of a hundred.
     */
    record GradientDescent(Mix mix) implements OpenbPolicy {
        private static final int STEPS = 100;

        @Override
        public Optional<Option> on(Supply free, Demand demand, int alike) {
            if (!free.fits(demand)) {
                return Optional.empty();
            }
            double before = mix.fragmentation(free);
            return devices(free, demand).stream()
                    .map(device -> new Option(device, cost(before, free.without(demand, device))))
                    .min((one, other) -> Double.compare(one.cost(), other.cost()));
        }

        private double cost(double before, Supply left) {
            double less = (before - mix.fragmentation(left)) / Supply.WHOLE;
            double sigmoid = 1 / (1 + Math.exp(-less));
            return BestFit.leftOver(left) - Math.floor(STEPS * sigmoid);
        }
    }

    /** The daemon's own. */
    record Ours(Placement placement) implements OpenbPolicy {
        @Override
        public Optional<Option> on(Supply free, Demand demand, int alike) {
            return placement
                    .at(new Placement.Candidate("", "", free), demand)
                    .map(choice -> new Option(choice.device(), choice.cost()));
        }
    }

    /** The devices that could be the first to take, the tightest fit first; one that is not there when none is asked for. */
    private static List<Integer> devices(Supply free, Demand demand) {
        if (demand.devices() == 0) {
            return List.of(-1);
        }
        List<Integer> devices = new ArrayList<>();
        for (int device = 0; device < free.devices(); device++) {
            boolean another = device == 0 || free.device(device) != free.device(device - 1);
            if (another && free.device(device) >= demand.permille()) {
                devices.add(device);
            }
        }
        return devices;
    }
}
