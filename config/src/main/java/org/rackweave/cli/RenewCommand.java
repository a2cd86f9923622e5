package org.rackweave.cli;

import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code rackweave renew}: a new term now, where the daemon would ask for one by itself later. */
@CommandLine.Command(name = "renew", description = "Renew a loan now.")
final class RenewCommand implements Action {
    @Parameters(paramLabel = "ID", description = "A loan or a lease in it, or the start of its id.")
    private String id = "";

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        IdPrefix prefix = IdPrefix.parse(id);
        LoanView loan = Choice.loan(
                session.ask(Answer.Loans.class, new Command.ListLoans()).loans(), prefix);
        LoanView renewed =
                session.ask(Answer.Loan.class, new Command.RenewLoan(loan.id())).loan();
        session.show(LoanText.loan(renewed, NodeNames.asked(session), session.style()));
        if (renewed.state() == LoanState.ACTIVE) {
            return ExitCode.DONE;
        }
        throw new CommandFailed(
                ExitCode.CONFLICT,
                "the loan is " + renewed.state().word() + " and was not renewed",
                "stop using what was lent, and borrow again");
    }
}
