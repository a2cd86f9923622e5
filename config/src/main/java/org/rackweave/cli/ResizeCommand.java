package org.rackweave.cli;

import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LoanView;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code rackweave resize}: more or less of what is borrowed already. */
@CommandLine.Command(name = "resize", description = "Make a loan larger or smaller.")
final class ResizeCommand implements Action {
    @Parameters(index = "0", paramLabel = "ID", description = "A loan or a lease in it, or the start of its id.")
    private String id = "";

    @Parameters(
            index = "1",
            paramLabel = "AMOUNT",
            description = "What it is to have in all: a size such as 4GiB for memory, else a number.")
    private String amount = "";

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        LoanView loan = Choice.loan(
                session.ask(Answer.Loans.class, new Command.ListLoans()).loans(), IdPrefix.parse(id));
        long asked = BorrowCommand.amount("AMOUNT", amount, loan.requirement().kind());
        if (asked < 1) {
            throw new CommandFailed(ExitCode.USAGE, "nothing would be left", "use 'rackweave release " + id + "'");
        }
        if (asked < loan.requirement().amount()) {
            session.confirm("give back a part of loan " + loan.id().brief() + ", which then has "
                    + Phrases.amountOf(loan.requirement().kind(), asked));
        }
        LoanView resized = session.ask(Answer.Loan.class, new Command.ResizeLoan(loan.id(), asked))
                .loan();
        session.show(LoanText.loan(resized, NodeNames.asked(session), session.style()));
        return ExitCode.DONE;
    }
}
