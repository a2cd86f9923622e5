package org.rackweave.cli;

import java.util.Optional;
import org.rackweave.config.ByteSize;
import org.rackweave.config.Parsed;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code rackweave borrow}: gets something for the node's host, or says who would lend it. */
@CommandLine.Command(name = "borrow", description = "Borrow for the node's host.")
final class BorrowCommand implements Action {
    private static final int USUAL_PRIORITY = 4;

    @Option(
            names = "--kind",
            required = true,
            paramLabel = "KIND",
            description = "memory, pcie-device, function, lanes, accelerator or cores.")
    private ResourceKind kind = ResourceKind.MEMORY;

    @Option(
            names = "--amount",
            required = true,
            paramLabel = "AMOUNT",
            description = "How much: a size such as 2GiB for memory, else a number.")
    private String amount = "";

    @Option(
            names = "--term",
            paramLabel = "TIME",
            description = "For how long each renewal lasts (borrowing.defaultTerm of the configuration).")
    private Optional<Millis> term = Optional.empty();

    @Option(names = "--priority", paramLabel = "N", description = "From 0 (least) to 9 (${DEFAULT-VALUE}).")
    private int priority = USUAL_PRIORITY;

    @Option(
            names = "--capability",
            paramLabel = "WORD",
            description = "What it must be able to do, such as crypto/aes-gcm.")
    private Optional<String> capability = Optional.empty();

    @Option(names = "--from", paramLabel = "NODE", description = "Only from this node, by its name or id.")
    private Optional<String> from = Optional.empty();

    @Option(
            names = "--max-lenders",
            paramLabel = "N",
            description = "How many lenders may be combined, 1 to 8 (${DEFAULT-VALUE}).")
    private int maxLenders = Requirement.MAX_LENDERS;

    @Option(
            names = "--forced-end",
            paramLabel = "WORST",
            description = "tolerated refuses what the host could not survive the sudden loss of (fatal).")
    private ForcedEndEffect worstForcedEnd = ForcedEndEffect.FATAL;

    @Option(names = "--dry-run", description = "Say who would lend, and reserve nothing.")
    private boolean dryRun;

    @Option(names = "--wait", description = "Try again for as long as nobody can lend.")
    private boolean wait;

    private Optional<LoanView> granted = Optional.empty();

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        Requirement requirement = requirement(session);
        if (wait) {
            session.waitUntil("borrowing", () -> isGranted(session, requirement));
        } else {
            granted = Optional.of(
                    session.ask(Answer.Loan.class, borrow(session, requirement)).loan());
        }
        LoanView loan = granted.orElseThrow();
        session.show(LoanText.loan(loan, NodeNames.asked(session), session.style()));
        if (dryRun) {
            session.note("A dry run: nothing was reserved.");
            return ExitCode.DONE;
        }
        return exitCode(loan.state());
    }

    private boolean isGranted(Session session, Requirement requirement) throws CommandFailed {
        Answer answer = session.attempt(borrow(session, requirement));
        if (answer instanceof Answer.Loan loan) {
            granted = Optional.of(loan.loan());
            return true;
        }
        if (answer instanceof Answer.Refused refused) {
            if (!isPassing(refused.code())) {
                throw Session.failure(refused);
            }
            return false;
        }
        throw new CommandFailed(ExitCode.FAILED, "the daemon answered with something else", "see 'rackweave status'");
    }

    /** With an identifier of its own each time: the same one would be answered with the same refusal. */
    private Command.Borrow borrow(Session session, Requirement requirement) {
        var random = session.surroundings().random();
        LoanId id = new LoanId(random.nextLong(), random.nextLong());
        return new Command.Borrow(id, requirement, dryRun ? Command.Borrow.Mode.DRY_RUN : Command.Borrow.Mode.APPLY);
    }

    private Requirement requirement(Session session) throws CommandFailed {
        long termMillis = term.isPresent()
                ? term.get().value()
                : session.configuration().borrowing().defaultTermMillis();
        long asked = amountOf(kind, amount);
        Optional<NodeId> lender = from.isPresent() ? Optional.of(lender(session, from.get())) : Optional.empty();
        try {
            return new Requirement(kind, asked, capability, termMillis, priority, worstForcedEnd, lender, maxLenders);
        } catch (IllegalArgumentException e) {
            throw usage("what is asked for is not possible: " + e.getMessage(), "see 'rackweave borrow --help'");
        }
    }

    /** Reads an amount as people write it for that kind. */
    static long amountOf(ResourceKind kind, String amount) throws CommandFailed {
        return switch (kind) {
            case MEMORY -> {
                Parsed<Long> parsed = ByteSize.parse(amount);
                if (parsed instanceof Parsed.Wrong<Long> wrong) {
                    throw usage("--amount: " + wrong.found(), wrong.advice());
                }
                yield ((Parsed.Value<Long>) parsed).value();
            }
            case PCIE_DEVICE, FUNCTION, LANES, ACCELERATOR, CORES -> {
                if (!amount.matches("[0-9]{1,9}")) {
                    throw usage("--amount: '" + amount + "' is not a whole number", "write how many " + kind.unit());
                }
                yield Long.parseLong(amount);
            }
        };
    }

    private static NodeId lender(Session session, String meant) throws CommandFailed {
        if (meant.length() == 2 * NodeId.BYTES && IdPrefix.isOne(meant)) {
            return NodeId.parse(IdPrefix.of(meant).digits());
        }
        return NodeChoice.among(
                        session.ask(Answer.Nodes.class, new Command.ListNodes()).nodes(), meant)
                .id();
    }

    private static boolean isPassing(RefusalCode code) {
        return switch (code) {
            case UNAVAILABLE, BUSY, NO_MATCH, UNREACHABLE -> true;
            case INVALID, DENIED, NOT_FOUND, CONFLICT, STALE_EPOCH, QUARANTINED -> false;
        };
    }

    private static ExitCode exitCode(LoanState state) {
        return switch (state) {
            case WAITING, RESERVING, COMMITTING, ACTIVE -> ExitCode.DONE;
            case RELEASING, ENDED -> ExitCode.FAILED;
            case LOST -> ExitCode.CONFLICT;
        };
    }

    private static CommandFailed usage(String problem, String advice) {
        return new CommandFailed(ExitCode.USAGE, problem, advice);
    }
}
