package org.rackweave.cli;

import java.util.List;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.RefusalCode;
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

    /** The loan now; one that its borrower has forgotten by now is over, as it was given back. */
    private static LoanView read(Session session, LoanView loan) throws CommandFailed {
        Answer answer = session.attempt(new Command.ReadLoan(loan.id()));
        if (answer instanceof Answer.Refused refused && refused.code() == RefusalCode.NOT_FOUND) {
            return new LoanView(loan.id(), loan.requirement(), LoanState.ENDED, List.of(), "");
        }
        return session.expect(Answer.Loan.class, answer).loan();
    }

    private static boolean isOver(LoanView loan) {
        return loan.state() == LoanState.ENDED || loan.state() == LoanState.LOST;
    }
}
