package org.rackweave.cli;

import java.util.List;
import java.util.Optional;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LoanView;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code rackweave loans}: what a node borrows. */
@CommandLine.Command(name = "loans", description = "List what the node borrows, or show one loan.")
final class LoansCommand implements Action {
    @Parameters(arity = "0..1", paramLabel = "ID", description = "A loan or a lease in it, or the start of its id.")
    private Optional<String> id = Optional.empty();

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        List<LoanView> loans =
                session.ask(Answer.Loans.class, new Command.ListLoans()).loans();
        if (id.isPresent()) {
            LoanView loan = Choice.loan(loans, IdPrefix.parse(id.get()));
            session.show(LoanText.loan(loan, NodeNames.asked(session), session.style()));
            return ExitCode.DONE;
        }
        if (loans.isEmpty()) {
            session.note("The node borrows nothing now.");
        }
        session.show(LoanText.loans(loans, NodeNames.asked(session), session.style()));
        return ExitCode.DONE;
    }
}
