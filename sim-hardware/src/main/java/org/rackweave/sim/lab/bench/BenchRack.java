package org.rackweave.sim.lab.bench;

import org.rackweave.sim.lab.Distribution;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.Rack;
import org.rackweave.sim.lab.RackLayout;
import org.rackweave.sim.lab.RackPlan;
import org.rackweave.sim.lab.RackSetup;
import org.rackweave.sim.lab.ScratchDirectory;

/** A rack for one measurement: gone with its files when that is over, however it is over. */
final class BenchRack implements AutoCloseable {
    private final Rack rack;
    private final Thread cleaner;

    private BenchRack(Rack rack) {
        this.rack = rack;
        this.cleaner = new Thread(this::clean, "clean-up");
    }

    static BenchRack create(Distribution distribution, RackPlan plan) throws LabFailure {
        RackLayout layout =
                RackSetup.create(ScratchDirectory.create("rackweave-bench-").resolve("rack"), plan);
        BenchRack bench = new BenchRack(Rack.open(distribution, layout, plan.names()));
        Runtime.getRuntime().addShutdownHook(bench.cleaner);
        return bench;
    }

    Rack rack() {
        return rack;
    }

    private void clean() {
        rack.killAll();
        ScratchDirectory.remove(rack.layout().root().resolveSibling("").normalize());
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(cleaner);
        rack.close();
        clean();
    }
}
