package org.rackweave.cli;

import java.util.Optional;
import org.rackweave.config.ByteSize;
import org.rackweave.config.Parsed;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Locality;
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

    @Option(
            names = "--configuration",
            paramLabel = "NAME",
            description = "What the lender is to load first, such as a bitstream or firmware.")
    private Optional<String> configuration = Optional.empty();

    @Option(
            names = "--latency",
            paramLabel = "CLASS",
            description = "The farthest that will do: host, switch, window or network.")
    private Optional<LatencyClass> latency = Optional.empty();

    @Option(
            names = "--locality",
            paramLabel = "WHERE",
            description = "any, or one-fabric: all of it behind one switch (any).")
    private Locality locality = Locality.ANY;

    @Option(
            names = "--at-least",
            paramLabel = "AMOUNT",
            description = "Begin with so much where there is not all of it.")
    private Optional<String> atLeast = Optional.empty();

    @Option(names = "--dry-run", description = "Say who would lend, and reserve nothing.")
    private boolean dryRun;

    @Option(names = "--wait", description = "Stand in line until it can be lent, and follow the place in it.")
    private boolean wait;

    @Option(names = "--standing", description = "Stand in line until it can be lent, and return at once.")
    private boolean standing;

    private Optional<String> placeSaid = Optional.empty();

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        if (dryRun && (wait || standing)) {
            throw usage("--dry-run reserves nothing, and nothing waits for it", "leave out --wait and --standing");
        }
        LoanView loan = session.ask(Answer.Loan.class, borrow(session, requirement(session)))
                .loan();
        if (loan.state() == LoanState.WAITING) {
            String id = loan.id().brief();
            session.note(
                    "Loan " + id + " waits in line, also without this command. To end it: rackweave release " + id);
            if (wait) {
                loan = followed(session, loan);
            }
        }
        session.show(LoanText.loan(loan, NodeNames.asked(session), session.style()));
        if (dryRun) {
            session.note("A dry run: nothing was reserved.");
            return ExitCode.DONE;
        }
        return exitCode(loan.state());
    }

    /** The loan as it is when it waits no more. */
    private LoanView followed(Session session, LoanView waiting) throws CommandFailed {
        LoanView[] newest = {waiting};
        session.waitUntil("waiting in line", () -> {
            newest[0] = session.ask(Answer.Loan.class, new Command.ReadLoan(waiting.id()))
                    .loan();
            sayPlace(session, newest[0]);
            return switch (newest[0].state()) {
                case WAITING, RESERVING, COMMITTING -> false;
                case ACTIVE, RELEASING, ENDED, LOST -> true;
            };
        });
        return newest[0];
    }

    private void sayPlace(Session session, LoanView loan) {
        Optional<String> place = loan.place().map(at -> LoanText.place(at, loan.requirement()));
        if (place.isPresent() && !place.equals(placeSaid)) {
            session.note(place.get());
            placeSaid = place;
        }
    }

    /** With an identifier of its own each time: the same one would be answered with the same refusal. */
    private Command.Borrow borrow(Session session, Requirement requirement) {
        var random = session.surroundings().random();
        LoanId id = new LoanId(random.nextLong(), random.nextLong());
        return new Command.Borrow(id, requirement, mode());
    }

    private Command.Borrow.Mode mode() {
        if (dryRun) {
            return Command.Borrow.Mode.DRY_RUN;
        }
        return wait || standing ? Command.Borrow.Mode.STANDING : Command.Borrow.Mode.APPLY;
    }

    private Requirement requirement(Session session) throws CommandFailed {
        long termMillis = term.isPresent()
                ? term.get().value()
                : session.configuration().borrowing().defaultTermMillis();
        long asked = amount("--amount", amount, kind);
        long least = atLeast.isPresent() ? amount("--at-least", atLeast.get(), kind) : asked;
        Optional<NodeId> lender = from.isPresent() ? Optional.of(lender(session, from.get())) : Optional.empty();
        try {
            return new Requirement(
                    kind,
                    asked,
                    capability,
                    termMillis,
                    priority,
                    worstForcedEnd,
                    lender,
                    maxLenders,
                    configuration,
                    latency,
                    locality,
                    least);
        } catch (IllegalArgumentException e) {
            throw usage("what is asked for is not possible: " + e.getMessage(), "see 'rackweave borrow --help'");
        }
    }

    /** @param option which one says so, for messages */
    static long amount(String option, String amount, ResourceKind kind) throws CommandFailed {
        return switch (kind) {
            case MEMORY -> {
                Parsed<Long> parsed = ByteSize.parse(amount);
                if (parsed instanceof Parsed.Wrong<Long> wrong) {
                    throw usage(option + ": " + wrong.found(), wrong.advice());
                }
                yield ((Parsed.Value<Long>) parsed).value();
            }
            case PCIE_DEVICE, FUNCTION, LANES, ACCELERATOR, CORES -> {
                if (!amount.matches("[0-9]{1,9}")) {
                    throw usage(option + ": '" + amount + "' is not a whole number", "write how many " + kind.unit());
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
