package org.rackweave.cli;

import java.util.List;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.NodeView;
import picocli.CommandLine;

/** {@code rackweave status}: who a daemon is, and whether it lends. */
@CommandLine.Command(name = "status", description = "Show who the daemon is, and whether it lends.")
final class StatusCommand implements Action {
    @Override
    public ExitCode run(Session session) throws CommandFailed {
        Answer.Description description = session.ask(Answer.Description.class, new Command.Describe());
        NodeView self = description.self();
        Details details = new Details(session.style())
                .add("node", self.name())
                .add("id", self.id().toString())
                .add("endpoint", self.endpoint())
                .add("software", description.software())
                .add("hardware", description.hardware() + (description.simulated() ? " (simulated)" : ""))
                .add("up for", Phrases.rough(description.uptimeMillis()))
                .add("boot epoch", Long.toString(self.bootEpoch()))
                .add("free/all", Phrases.capacity(self.capacity()))
                .add("lends", description.lending().isEmpty() ? "yes" : "no: " + description.lending());
        session.show(
                new Shown(ViewTree.description(description), List.of(self.id().toString()), details.toString()));
        return ExitCode.DONE;
    }
}
