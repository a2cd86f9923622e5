package org.rackweave.sim.lab.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.sim.lab.Await;
import org.rackweave.sim.lab.JsonObject;
import org.rackweave.sim.lab.JsonText;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.ProgramRun;

/** Somebody who is no member speaks to the rack, from a process of its own and through its sockets. */
final class AttackSteps {
    /** A datagram has one sender, which drops its own; the others are to refuse it. */
    private static final int WITNESSES = Stage.ALL.size() - 1;

    private final Stage stage;

    AttackSteps(Stage stage) {
        this.stage = stage;
    }

    List<Step> steps() {
        return List.of(
                new Step(
                        "forged",
                        "a forged datagram is refused and counted",
                        seen -> datagram(seen, "forge", "bad_seal")),
                new Step(
                        "replayed",
                        "a replayed datagram is refused and counted",
                        seen -> datagram(seen, "replay", "repeated")),
                new Step("foreign", "a certificate of another rack is refused and counted", this::foreign));
    }

    private void datagram(Seen seen, String attack, String counter) throws LabFailure {
        Map<String, Long> before = counters(counter);
        ProgramRun run = stage.rack()
                .lab("adversary", attack, "--rack", stage.rack().layout().root().toString())
                .requireDone("the adversary");
        JsonObject said = JsonText.object(run.output());
        Map<String, Long> after = Await.until(
                WITNESSES + " nodes count " + counter, Stage.PATIENCE, () -> raised(before, counters(counter)));
        seen.line("sent by process %d: %s", said.number("pid"), said.text("what"));
        for (String name : Stage.ALL) {
            seen.line(
                    "node %s: %s %s -> %s",
                    name, counter, String.valueOf(before.get(name)), String.valueOf(after.get(name)));
        }
        requireSameRack(seen);
    }

    private Map<String, Long> counters(String counter) throws LabFailure {
        Map<String, Long> values = new LinkedHashMap<>();
        for (String name : Stage.ALL) {
            values.put(name, stage.counter(name, counter));
        }
        return values;
    }

    private static Optional<Map<String, Long>> raised(Map<String, Long> before, Map<String, Long> now) {
        long witnesses = now.entrySet().stream()
                .filter(entry -> entry.getValue() > before.getOrDefault(entry.getKey(), Long.MAX_VALUE))
                .count();
        return witnesses >= WITNESSES ? Optional.of(now) : Optional.empty();
    }

    private void requireSameRack(Seen seen) throws LabFailure {
        for (String name : Stage.ALL) {
            int nodes = stage.rack()
                    .ask(name, new Command.ListNodes(), Answer.Nodes.class)
                    .nodes()
                    .size();
            Stage.require(nodes == Stage.ALL.size(), "node %s now knows %d nodes", name, nodes);
        }
        seen.line("every node still knows %d nodes", Stage.ALL.size());
    }

    private void foreign(Seen seen) throws LabFailure {
        String counter = "unicast_certificate_untrusted";
        long before = stage.counter(Stage.OWNER, counter);
        int port = stage.rack().process(Stage.OWNER).port();
        ProgramRun run = stage.rack()
                .lab("adversary", "foreign", "--port", Integer.toString(port))
                .requireDone("the adversary");
        JsonObject said = JsonText.object(run.output());
        Stage.require(said.text("outcome").equals("refused"), "the handshake: %s", said.text("outcome"));
        long after = Await.until("b counts " + counter, Stage.PATIENCE, () -> {
            long now = stage.counter(Stage.OWNER, counter);
            return now > before ? Optional.of(now) : Optional.empty();
        });
        seen.line("sent by process %d: %s", said.number("pid"), said.text("what"));
        seen.line("it was told: %s", said.text("told"));
        seen.line("node b: %s %d -> %d", counter, before, after);
    }
}
