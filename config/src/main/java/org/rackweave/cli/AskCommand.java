package org.rackweave.cli;

import java.util.Optional;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ResourceKind;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code rackweave ask}: more for a VM of the node's host. */
@CommandLine.Command(
        name = "ask",
        description =
                "Ask for more for a VM: from what its host has free, from VMs of lower priority, from neighbours.")
final class AskCommand implements Action {
    private static final int USUAL_PRIORITY = 4;

    @Option(names = "--vm", required = true, paramLabel = "NAME", description = "The VM; 'rackweave host' lists them.")
    private String vm = "";

    @Option(
            names = "--kind",
            required = true,
            paramLabel = "KIND",
            description = "memory, pcie-device, function, lanes, accelerator or cores.")
    private ResourceKind kind = ResourceKind.CORES;

    @Option(
            names = "--amount",
            required = true,
            paramLabel = "AMOUNT",
            description = "How much in addition: a size such as 2GiB for memory, else a number.")
    private String amount = "";

    @Option(names = "--priority", paramLabel = "N", description = "From 0 (least) to 9 (${DEFAULT-VALUE}).")
    private int priority = USUAL_PRIORITY;

    @Option(
            names = "--term",
            paramLabel = "TIME",
            description = "The term of what has to be borrowed (borrowing.defaultTerm of the configuration).")
    private Optional<Millis> term = Optional.empty();

    @Option(names = "--wait", description = "Wait until the VM has it, or cannot have it.")
    private boolean wait;

    private Optional<AskView> seen = Optional.empty();

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        var random = session.surroundings().random();
        AskId id = new AskId(random.nextLong(), random.nextLong());
        seen = Optional.of(session.ask(Answer.VmAsk.class, command(session, id)).ask());
        if (wait) {
            session.waitUntil("what was asked for", () -> isSettled(session, id));
        }
        AskView ask = seen.orElseThrow();
        session.show(HostText.ask(ask, session.style()));
        return ask.state() == AskState.REFUSED ? ExitCode.FAILED : ExitCode.DONE;
    }

    private boolean isSettled(Session session, AskId id) throws CommandFailed {
        AskView ask = session.ask(Answer.VmAsk.class, new Command.ReadAsk(id)).ask();
        seen = Optional.of(ask);
        return ask.state() == AskState.DONE || ask.state().isOver();
    }

    private Command.AskForVm command(Session session, AskId id) throws CommandFailed {
        long termMillis = term.isPresent()
                ? term.get().value()
                : session.configuration().borrowing().defaultTermMillis();
        try {
            return new Command.AskForVm(
                    id, vm, kind, BorrowCommand.amount("--amount", amount, kind), priority, termMillis);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "what is asked for is not possible: " + e.getMessage(),
                    "see 'rackweave ask --help'");
        }
    }
}
