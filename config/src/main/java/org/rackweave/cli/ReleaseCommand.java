package org.rackweave.cli;

import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rackweave release}: gives a loan back. */
@CommandLine.Command(name = "release", description = "Give a loan back.")
final class ReleaseCommand implements Action {
    @Parameters(paramLabel = "ID", description = "A loan or a lease in it, or the start of its id.")
    private String id = "";

    @Option(names = "--wait", description = "Wait until every lender has taken it back.")
    private boolean wait;

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        IdPrefix prefix = IdPrefix.parse(id);
        LoanView loan = Choice.loan(
                session.ask(Answer.Loans.class, new Command.ListLoans()).loans(), prefix);
        session.confirm("give back loan " + loan.id().brief() + ", "
                + Phrases.amountOf(loan.requirement().kind(), loan.requirement().amount()));
        LoanView released = session.ask(Answer.Loan.class, new Command.ReleaseLoan(loan.id()))
                .loan();
        if (wait && !isOver(released)) {
            session.waitUntil("the release of " + loan.id().brief(), () -> isOver(read(session, loan)));
            released = read(session, loan);
        }
        session.show(LoanText.loan(released, NodeNames.asked(session), session.style()));
        return ExitCode.DONE;
    }

    private static LoanView read(Session session, LoanView loan) throws CommandFailed {
        return session.ask(Answer.Loan.class, new Command.ReadLoan(loan.id())).loan();
    }

    private static boolean isOver(LoanView loan) {
        return loan.state() == LoanState.ENDED || loan.state() == LoanState.LOST;
    }
}
