package org.rackweave.sim.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One episode on one rack under one policy, event by event. */
final class LendingRun {
    /** Refusals for want of memory that are accepted, in percent of the arrivals after the warm-up. */
    static final double ACCEPTED_PERCENT = 0.1;
    /** So many steps of the search are one pool's memory. */
    private static final int STEPS = 8;

    private LendingRun() {}

    /**
     * What was seen after the warm-up.
     *
     * @param refusedPercent of the arrivals, for want of memory although a server had the cores
     * @param coreRefusedPercent of the arrivals, because no server had the cores
     * @param remotePercent of the memory-hours
     * @param movedPercent memory that changed its place while its VM ran, in percent of the memory that was placed; of the
     *     whole episode
     */
    record Result(double refusedPercent, double coreRefusedPercent, double remotePercent, double movedPercent) {}

    /** The least memory a server with which no more than the accepted VMs are refused, and what was then seen. */
    record Least(int units, Result result) {}

    /** Makes the policy for a run. */
    interface Fresh {
        LendingPolicy policy();
    }

    /** Looks in steps from what one pool would need, then halves the last step until one unit is left. */
    static Least least(LendingTrace.Episode episode, int group, int remotePercent, Fresh fresh) {
        int units = (int) (episode.peakUnits() / LendingRack.SERVERS) + 1;
        int step = Math.max(1, units / STEPS);
        Result result = run(episode, new LendingRack(group, remotePercent, units), fresh.policy());
        while (result.refusedPercent() > ACCEPTED_PERCENT) {
            units += step;
            result = run(episode, new LendingRack(group, remotePercent, units), fresh.policy());
        }
        int tooFew = units - step;
        while (tooFew > 0) {
            Result fewer = run(episode, new LendingRack(group, remotePercent, tooFew), fresh.policy());
            if (fewer.refusedPercent() > ACCEPTED_PERCENT) {
                break;
            }
            units = tooFew;
            result = fewer;
            tooFew -= step;
        }
        while (units - tooFew > 1) {
            int middle = (units + tooFew) / 2;
            Result there = run(episode, new LendingRack(group, remotePercent, middle), fresh.policy());
            if (there.refusedPercent() <= ACCEPTED_PERCENT) {
                units = middle;
                result = there;
            } else {
                tooFew = middle;
            }
        }
        return new Least(units, result);
    }

    static Result run(LendingTrace.Episode episode, LendingRack rack, LendingPolicy policy) {
        List<Optional<LendingRack.Guest>> guests = new ArrayList<>();
        episode.vms().forEach(vm -> guests.add(Optional.empty()));
        Count count = new Count(episode.warmSeconds());
        boolean learned = false;
        for (LendingTrace.Event event : episode.events()) {
            count.pass(event.atSeconds(), rack);
            if (!learned && event.atSeconds() >= episode.learnedSeconds()) {
                learned = true;
                policy.learn(held(guests));
            }
            if (event.what() == LendingTrace.What.ARRIVES) {
                guests.set(event.vm(), arrive(episode.vms().get(event.vm()), rack, policy, count));
            } else {
                guests.get(event.vm()).ifPresent(guest -> {
                    rack.leave(guest);
                    policy.left(rack, guest.server());
                });
                guests.set(event.vm(), Optional.empty());
            }
        }
        return count.result(rack);
    }

    private static List<LendingTrace.Vm> held(List<Optional<LendingRack.Guest>> guests) {
        return guests.stream()
                .flatMap(Optional::stream)
                .map(LendingRack.Guest::vm)
                .toList();
    }

    private static Optional<LendingRack.Guest> arrive(
            LendingTrace.Vm vm, LendingRack rack, LendingPolicy policy, Count count) {
        Optional<LendingRack.Guest> guest =
                rack.anyHasCores(vm) ? policy.place(rack, vm) : Optional.<LendingRack.Guest>empty();
        boolean wantOfCores = guest.isEmpty() && !rack.anyHasCores(vm);
        count.arrival(vm, guest.isPresent() ? Fate.PLACED : wantOfCores ? Fate.NO_CORES : Fate.NO_MEMORY);
        return guest;
    }

    private enum Fate {
        PLACED,
        NO_CORES,
        NO_MEMORY
    }

    /** Counts what happens after the warm-up. */
    private static final class Count {
        private final double warm;
        private double now;
        private long arrivals;
        private long refused;
        private long withoutCores;
        private double remoteUnitSeconds;
        private double unitSeconds;
        private long placedUnits;

        private Count(double warm) {
            this.warm = warm;
            this.now = warm;
        }

        private void pass(double at, LendingRack rack) {
            if (at > now) {
                remoteUnitSeconds += (at - now) * rack.remoteUnits();
                unitSeconds += (at - now) * rack.heldUnits();
                now = at;
            }
        }

        private void arrival(LendingTrace.Vm vm, Fate fate) {
            placedUnits += fate == Fate.PLACED ? vm.memoryUnits() : 0;
            if (now > warm) {
                arrivals++;
                refused += fate == Fate.NO_MEMORY ? 1 : 0;
                withoutCores += fate == Fate.NO_CORES ? 1 : 0;
            }
        }

        private Result result(LendingRack rack) {
            return new Result(
                    100.0 * refused / Math.max(1, arrivals),
                    100.0 * withoutCores / Math.max(1, arrivals),
                    unitSeconds == 0 ? 0 : 100 * remoteUnitSeconds / unitSeconds,
                    placedUnits == 0 ? 0 : 100.0 * rack.movedUnits() / placedUnits);
        }
    }
}
