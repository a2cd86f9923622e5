package org.rackweave.sim.lab.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.rackweave.sim.lab.LabFailure;

/** VMs as they arrived at Azure in 2017: 9.2 days, sizes, and in which bin the life of each lay. */
final class LendingTrace {
    static final String FILE = "b_azure2017_vm_requests.csv.gz";
    /** Memory is counted in quarters of a GB: the smallest VM has three. */
    static final int UNITS_PER_GB = 4;

    private final List<Arrival> arrivals;
    private final double start;
    private final double end;

    /** One line of the trace. */
    record Arrival(double atSeconds, int cores, int memoryUnits, double leastSeconds, double mostSeconds) {}

    /** A VM that arrives at a rack. */
    record Vm(int cores, int memoryUnits) {}

    /**
     * Something that happens to a VM.
     *
     * @param vm its index
     */
    record Event(double atSeconds, What what, int vm) {}

    /** What can happen to a VM; what leaves at the same time leaves first. */
    enum What {
        LEAVES,
        ARRIVES
    }

    /**
     * What one seed makes of the trace.
     *
     * @param events in the order of time
     * @param learnedSeconds half of the warm-up is over: what is held then is what a policy may learn from
     * @param warmSeconds the warm-up is over; only what follows is counted
     * @param endSeconds the last arrival
     * @param peakUnits the most memory that was asked for at once after the warm-up
     */
    record Episode(
            List<Vm> vms,
            List<Event> events,
            double learnedSeconds,
            double warmSeconds,
            double endSeconds,
            long peakUnits) {}

    private LendingTrace(List<Arrival> arrivals) {
        this.arrivals = arrivals;
        this.start = arrivals.get(0).atSeconds();
        this.end = arrivals.get(arrivals.size() - 1).atSeconds();
    }

    static boolean isIn(Path directory) {
        return Files.isReadable(directory.resolve(FILE));
    }

    static LendingTrace read(Path directory) throws LabFailure {
        TraceFile file = TraceFile.read(directory.resolve(FILE));
        int at = file.column("arrival_s");
        int cores = file.column("cores");
        int memory = file.column("mem_gb");
        int least = file.column("dur_lo_s");
        int most = file.column("dur_hi_s");
        return of(file.rows().stream()
                .map(row -> new Arrival(
                        Double.parseDouble(row[at]),
                        Integer.parseInt(row[cores]),
                        (int) Math.round(UNITS_PER_GB * Double.parseDouble(row[memory])),
                        Double.parseDouble(row[least]),
                        Double.parseDouble(row[most])))
                .toList());
    }

    /** @param arrivals in the order of time, at least two */
    static LendingTrace of(List<Arrival> arrivals) {
        return new LendingTrace(List.copyOf(arrivals));
    }

    /**
     * Lives drawn within their bins, and as many VMs, each by itself, as make this mean load.
     *
     * @param load mean cores asked for after the warm-up, as a part of all cores
     */
    Episode episode(long seed, double load, int cores) {
        Random random = new Random(seed);
        double warm = (start + end) / 2;
        double[] lives = new double[arrivals.size()];
        double work = 0;
        for (int i = 0; i < lives.length; i++) {
            Arrival one = arrivals.get(i);
            lives[i] = one.leastSeconds() + random.nextDouble() * (one.mostSeconds() - one.leastSeconds());
            double from = Math.max(one.atSeconds(), warm);
            work += Math.max(0, Math.min(one.atSeconds() + lives[i], end) - from) * one.cores();
        }
        double keep = load * cores * (end - warm) / work;
        List<Vm> vms = new ArrayList<>();
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < lives.length; i++) {
            if (random.nextDouble() < keep) {
                Arrival one = arrivals.get(i);
                events.add(new Event(one.atSeconds(), What.ARRIVES, vms.size()));
                if (one.atSeconds() + lives[i] < end) {
                    events.add(new Event(one.atSeconds() + lives[i], What.LEAVES, vms.size()));
                }
                vms.add(new Vm(one.cores(), one.memoryUnits()));
            }
        }
        events.sort(Comparator.comparingDouble(Event::atSeconds).thenComparing(Event::what));
        return new Episode(vms, events, (start + warm) / 2, warm, end, peak(vms, events, warm));
    }

    private static long peak(List<Vm> vms, List<Event> events, double warm) {
        long units = 0;
        long peak = 0;
        for (Event event : events) {
            int change = vms.get(event.vm()).memoryUnits();
            units += event.what() == What.ARRIVES ? change : -change;
            peak = event.atSeconds() > warm ? Math.max(peak, units) : peak;
        }
        return peak;
    }
}
