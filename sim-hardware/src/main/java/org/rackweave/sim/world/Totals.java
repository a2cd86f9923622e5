package org.rackweave.sim.world;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What one run, or many, came to. */
public final class Totals {
    private final Map<Tally, Long> tallies = new EnumMap<>(Tally.class);
    private final Map<Probe, Long> probes = new EnumMap<>(Probe.class);

    public long of(Tally tally) {
        return tallies.getOrDefault(tally, 0L);
    }

    public long of(Probe probe) {
        return probes.getOrDefault(probe, 0L);
    }

    public List<Probe> neverReached() {
        return Arrays.stream(Probe.values()).filter(probe -> of(probe) == 0).toList();
    }

    void count(Tally tally) {
        add(tally, 1);
    }

    void add(Tally tally, long more) {
        tallies.merge(tally, more, Long::sum);
    }

    void reached(Probe probe) {
        probes.merge(probe, 1L, Long::sum);
    }

    public void add(Totals others) {
        others.tallies.forEach((tally, count) -> tallies.merge(tally, count, Long::sum));
        others.probes.forEach((probe, count) -> probes.merge(probe, count, Long::sum));
    }
}
