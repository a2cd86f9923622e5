package org.rackweave.cli;

import java.util.Optional;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.SliceState;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rackweave revoke}: takes back what the node lends. */
@CommandLine.Command(name = "revoke", description = "Take back what the node lends.")
final class RevokeCommand implements Action {
    @Parameters(paramLabel = "ID", description = "A lease of this owner, or the start of its id.")
    private String id = "";

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            description = "How long the borrower has to let go (lending.grace of the configuration).")
    private Optional<Millis> grace = Optional.empty();

    @Option(names = "--reason", paramLabel = "TEXT", description = "For the borrower and the audit trail.")
    private String reason = "";

    @Option(names = "--wait", description = "Wait until the slice is free again.")
    private boolean wait;

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        IdPrefix prefix = IdPrefix.parse(id);
        if (reason.length() > LeaseView.MAX_REASON_CHARS) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "--reason is too long",
                    "write at most " + LeaseView.MAX_REASON_CHARS + " characters");
        }
        LeaseView lease = Choice.lease(
                session.ask(Answer.Leases.class, new Command.ListLeases()).leases(), prefix);
        long graceMillis = grace.isPresent()
                ? grace.get().value()
                : session.configuration().lending().graceMillis();
        session.confirm("take " + Phrases.amountOf(lease.kind(), lease.amount()) + " (lease "
                + lease.id().brief() + ") from its borrower within " + Phrases.rough(graceMillis)
                + "; a forced end is " + lease.forcedEnd().word());
        LeaseView revoked = session.ask(Answer.Lease.class, new Command.Revoke(lease.id(), graceMillis, reason))
                .lease();
        if (wait && !isOver(revoked)) {
            session.waitUntil("the revoke of " + lease.id().brief(), () -> isOver(session, lease));
            Answer ended = session.attempt(new Command.ReadLease(lease.id()));
            revoked = ended instanceof Answer.Lease known ? known.lease() : revoked;
        }
        session.show(LoanText.lease(revoked, NodeNames.asked(session), session.style()));
        if (revoked.state() == SliceState.QUARANTINED) {
            throw new CommandFailed(
                    ExitCode.FAILED,
                    "the slice is quarantined: " + revoked.reason(),
                    "look at the hardware, then: rackweave quarantine end "
                            + revoked.slice().key());
        }
        return ExitCode.DONE;
    }

    /** A lease that its owner has forgotten by now is over. */
    private static boolean isOver(Session session, LeaseView lease) throws CommandFailed {
        Answer answer = session.attempt(new Command.ReadLease(lease.id()));
        boolean forgotten = answer instanceof Answer.Refused refused && refused.code() == RefusalCode.NOT_FOUND;
        return forgotten || isOver(session.expect(Answer.Lease.class, answer).lease());
    }

    private static boolean isOver(LeaseView lease) {
        return switch (lease.state()) {
            case FREE, QUARANTINED -> true;
            case RESERVED, CONFIGURING, ACTIVE, RECLAIMING, FENCING, SANITISING, OVERDUE -> false;
        };
    }
}
