package org.rackweave.cli;

import java.util.List;
import java.util.Optional;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LeaseView;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code rackweave leases}: what a node lends. */
@CommandLine.Command(name = "leases", description = "List what the node lends, or show one lease.")
final class LeasesCommand implements Action {
    @Parameters(arity = "0..1", paramLabel = "ID", description = "A lease, or the start of its id.")
    private Optional<String> id = Optional.empty();

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        List<LeaseView> leases =
                session.ask(Answer.Leases.class, new Command.ListLeases()).leases();
        if (id.isPresent()) {
            LeaseView lease = Choice.lease(leases, IdPrefix.parse(id.get()));
            session.show(LoanText.lease(lease, NodeNames.asked(session), session.style()));
            return ExitCode.DONE;
        }
        if (leases.isEmpty()) {
            session.note("The node lends nothing now.");
        }
        session.show(LoanText.leases(leases, NodeNames.asked(session), session.style()));
        return ExitCode.DONE;
    }
}
