package org.rackweave.cli;

import java.util.List;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.Command;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code rackweave return}: a VM needs no more what was asked for. */
@CommandLine.Command(name = "return", description = "Give back what was asked for a VM.")
final class ReturnCommand implements Action {
    @Parameters(paramLabel = "ID", description = "What was asked for, or the start of its id.")
    private String id = "";

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        IdPrefix prefix = IdPrefix.parse(id);
        List<AskView> found = session.ask(Answer.VmAsks.class, new Command.ListAsks()).asks().stream()
                .filter(ask -> ask.id().toString().startsWith(prefix.digits()))
                .toList();
        if (found.size() != 1) {
            throw new CommandFailed(
                    ExitCode.NOT_FOUND,
                    found.isEmpty() ? "nothing was asked for as " + id : id + " begins " + found.size() + " ids",
                    "list them with 'rackweave host'");
        }
        AskView returned = session.ask(
                        Answer.VmAsk.class, new Command.ReturnAsk(found.get(0).id()))
                .ask();
        session.show(HostText.ask(returned, session.style()));
        return ExitCode.DONE;
    }
}
