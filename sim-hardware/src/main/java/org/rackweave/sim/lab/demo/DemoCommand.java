package org.rackweave.sim.lab.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.rackweave.sim.lab.CxlHardware;
import org.rackweave.sim.lab.Distribution;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.Rack;
import org.rackweave.sim.lab.RackLayout;
import org.rackweave.sim.lab.RackPlan;
import org.rackweave.sim.lab.RackSetup;
import org.rackweave.sim.lab.ScratchDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rackweave-lab demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Tell the story of some loans, on real daemons on this machine.",
            "Three daemons on the loopback interface lend memory to one another, lose a borrower and an owner to"
                    + " kill -9, wait in line, take back for a higher priority, and are attacked. Each step says what was seen; one that does not hold ends it with"
                    + " exit code 1."
        })
public final class DemoCommand implements Callable<Integer> {
    private static final int SLICES = 3;

    @Option(names = "--json", description = "One JSON object a step.")
    private boolean json;

    @Option(names = "--dir", paramLabel = "DIR", description = "Where the rack is made: empty or not there yet.")
    private Optional<Path> directory = Optional.empty();

    @Option(names = "--keep", description = "Leave the files of the rack for a look at them.")
    private boolean keep;

    @Override
    public Integer call() throws LabFailure {
        Distribution distribution = Distribution.ofThisProcess();
        Telling telling = json ? new Telling.ForPrograms(System.out) : new Telling.ForPeople(System.out);
        RackPlan plan = RackPlan.of(Stage.ALL.size(), SLICES, Stage.GIB, Duration.ofSeconds(1))
                .with(RackPlan.Hardware.CXL_SWITCHES, SLICES);
        Path root = directory.isPresent() ? directory.get() : ScratchDirectory.create("rackweave-demo-");
        boolean removed = !keep;
        RackLayout layout = RackSetup.create(root, plan);
        try (CxlHardware hardware = CxlHardware.start(layout, plan.names());
                Rack rack = Rack.open(distribution, layout, plan.names())) {
            Thread cleaner = new Thread(() -> clean(rack, layout, removed), "clean-up");
            Runtime.getRuntime().addShutdownHook(cleaner);
            boolean holds = new Demo(new Stage(rack, hardware), telling).run();
            if (keep) {
                System.err.println("The rack's files are in " + layout.root());
            }
            return holds ? 0 : 1;
        }
    }

    /** However this process ends, no daemon outlives it. */
    private static void clean(Rack rack, RackLayout layout, boolean remove) {
        rack.killAll();
        if (remove) {
            ScratchDirectory.remove(layout.root());
        }
    }
}
