package org.rackweave.sim.lab.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.sim.lab.Await;
import org.rackweave.sim.lab.JsonObject;
import org.rackweave.sim.lab.JsonText;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.ProgramRun;

/** What is left on record, and how the rack goes down. */
final class LedgerSteps {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private final Stage stage;

    LedgerSteps(Stage stage) {
        this.stage = stage;
    }

    List<Step> steps() {
        return List.of(
                new Step("audit", "the audit chains hold", this::audit),
                new Step("stop", "all stop when told to", this::stop),
                new Step("ledgers", "the ledgers at rest are sound", this::ledgers));
    }

    private void audit(Seen seen) throws LabFailure {
        for (String name : Stage.ALL) {
            ProgramRun run = stage.rack()
                    .commandLine(name, "audit", "verify", "-o", "json")
                    .requireDone("audit verify");
            JsonObject found = JsonText.object(run.output());
            Stage.require(found.text("intact").equals("true"), "node %s: %s", name, found);
            seen.line("node %s: %d rows, head %.16s", name, found.number("rows"), found.text("head"));
        }
    }

    private void stop(Seen seen) throws LabFailure {
        List<String> still = new ArrayList<>(Stage.ALL);
        for (String name : Stage.ALL) {
            Duration took = stage.rack().process(name).stop();
            Stage.require(took.compareTo(STOP_LIMIT) <= 0, "node %s took %d ms", name, took.toMillis());
            still.remove(name);
            StringBuilder seenBy = new StringBuilder();
            for (String other : still) {
                Await.until(other + " knows that " + name + " left", Stage.PATIENCE, () -> stage.rack()
                        .view(other, name)
                        .map(NodeView::liveness)
                        .filter("left"::equals));
                seenBy.append(", left for ").append(other);
            }
            seen.line("node %s: SIGTERM, gone after %d ms%s", name, took.toMillis(), seenBy);
        }
    }

    private void ledgers(Seen seen) throws LabFailure {
        for (String name : Stage.ALL) {
            ProgramRun run = ProgramRun.of(
                            Map.of(),
                            List.of(
                                    stage.rack().distribution().daemon().toString(),
                                    "ledger",
                                    "check",
                                    "--config",
                                    stage.rack().layout().configuration(name).toString()))
                    .requireDone("rackweaved ledger check of node " + name);
            seen.line("node %s: %s", name, run.output().strip());
        }
    }
}
