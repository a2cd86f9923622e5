package org.rackweave.sim.lab.demo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.sim.lab.Await;
import org.rackweave.sim.lab.DaemonProcess;
import org.rackweave.sim.lab.JsonObject;
import org.rackweave.sim.lab.JsonText;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.ProgramRun;

/** The rack comes up: what this machine is, three daemons on it, and how they find one another. */
final class MachineSteps {
    private final Stage stage;

    MachineSteps(Stage stage) {
        this.stage = stage;
    }

    List<Step> steps() {
        return List.of(
                new Step("discover", "rackweave discover reads this machine", this::discover),
                new Step("start", "three daemons start, each its own process", this::start),
                new Step("inventory", "each node finds what it has to lend", this::inventory),
                new Step("converge", "they find one another by signed multicast", this::converge));
    }

    private void discover(Seen seen) throws LabFailure {
        ProgramRun run =
                stage.rack().commandLine(Stage.BORROWER, "discover", "--json").requireDone("discover");
        JsonObject found = JsonText.object(run.output());
        JsonObject cpus = found.object("cpus");
        JsonObject memory = found.object("memory");
        long cores = cpus.number("coreCount");
        long bytes = memory.number("totalBytes");
        Stage.require(cores > 0 && bytes > 0, "%d cores and %d bytes of memory were found", cores, bytes);
        seen.line("%d cores, %s of memory, %d PCI functions", cores, Stage.gib(bytes), found.size("pciFunctions"));
        seen.line(
                "Linux %s on %s",
                found.object("machine").text("kernelRelease"),
                found.object("machine").text("architecture"));
        seen.line(
                "%d CXL memory devices, %d problems named",
                found.object("cxl").size("memoryDevices"), found.size("problems"));
    }

    private void start(Seen seen) throws LabFailure {
        for (String name : Stage.ALL) {
            DaemonProcess process = stage.rack().start(name);
            seen.line(
                    "node %s: process %d serves 127.0.0.1:%d after %d ms",
                    name, process.pid(), process.port(), process.startTime().toMillis());
        }
    }

    private void inventory(Seen seen) throws LabFailure {
        for (String name : Stage.ALL) {
            Answer.Description description = stage.rack().ask(name, new Command.Describe(), Answer.Description.class);
            // A slice that a ledger has never seen is wiped before it is offered.
            List<SliceView> slices =
                    Await.until("all of node " + name + " is free", Stage.PATIENCE, () -> allFree(name));
            long bytes = slices.stream().mapToLong(SliceView::amount).sum();
            Stage.require(description.simulated(), "node %s says that its hardware is real", name);
            Stage.require(bytes >= Stage.WANTED_BYTES, "node %s has %s", name, Stage.gib(bytes));
            seen.line("node %s: %d slices, %s, all free (simulated hardware)", name, slices.size(), Stage.gib(bytes));
        }
    }

    private Optional<List<SliceView>> allFree(String name) throws LabFailure {
        List<SliceView> slices = stage.slices(name);
        return slices.stream().allMatch(slice -> slice.state() == SliceState.FREE)
                ? Optional.of(slices)
                : Optional.empty();
    }

    private void converge(Seen seen) throws LabFailure {
        Duration took = stage.rack().awaitConvergence(Stage.ALL, Stage.PATIENCE);
        for (String name : Stage.ALL) {
            StringBuilder line = new StringBuilder("node " + name + " sees");
            for (String other : Stage.ALL) {
                Optional<NodeView> view = stage.rack().view(name, other);
                line.append(' ')
                        .append(other)
                        .append(' ')
                        .append(view.map(NodeView::liveness).orElse("not"));
            }
            seen.line("%s", line);
        }
        seen.line("complete %d ms after the last one served", took.toMillis());
    }
}
