package org.rackweave.cli;

import java.util.List;
import java.util.Optional;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceView;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code rackweave slices}: what a node owns, and who has it. */
@CommandLine.Command(name = "slices", description = "List what the node owns, and who has it.")
final class SlicesCommand implements Action {
    @Option(names = "--kind", paramLabel = "KIND", description = "Only memory, pcie-device, function, lanes, ...")
    private Optional<ResourceKind> kind = Optional.empty();

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        List<SliceView> slices =
                session.ask(Answer.Slices.class, new Command.ListSlices(kind)).slices();
        NodeNames names = NodeNames.asked(session);
        Table table = new Table(session.style(), "SLICE", "KIND", ">AMOUNT", "STATE", ">EPOCH", "HOLDER", "REASON");
        for (SliceView slice : slices) {
            table.row(
                    slice.id().key(),
                    slice.kind().word(),
                    Phrases.amount(slice.kind(), slice.amount()),
                    slice.state().word(),
                    Long.toString(slice.epoch().value()),
                    slice.holder().map(names::of).orElse("-"),
                    Phrases.orDash(slice.reason()));
        }
        if (slices.isEmpty()) {
            session.note("The node owns nothing that can be lent.");
        }
        session.show(new Shown(
                ViewTree.list(slices, ViewTree::slice),
                slices.stream().map(slice -> slice.id().key()).toList(),
                slices.isEmpty() ? "" : table.toString()));
        return ExitCode.DONE;
    }
}
