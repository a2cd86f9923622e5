package org.rackweave.cli;

import java.util.List;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.WantView;
import picocli.CommandLine;

/** {@code rackweave line}: who waits for what a node owns. */
@CommandLine.Command(name = "line", description = "List who waits for what the node owns.")
final class LineCommand implements Action {
    @Override
    public ExitCode run(Session session) throws CommandFailed {
        List<WantView> wants =
                session.ask(Answer.Wants.class, new Command.ListWants()).wants();
        if (wants.isEmpty()) {
            session.note("Nobody waits for what the node owns.");
        }
        session.show(LoanText.wants(wants, NodeNames.asked(session), session.style()));
        return ExitCode.DONE;
    }
}
