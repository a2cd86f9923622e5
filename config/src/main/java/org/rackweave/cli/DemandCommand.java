package org.rackweave.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.DemandView;
import picocli.CommandLine;

/** {@code rackweave demand}: what the whole rack has and waits for, as its coordinator saw it last. */
@CommandLine.Command(name = "demand", description = "List what the whole rack has and waits for.")
final class DemandCommand implements Action {
    @Override
    public ExitCode run(Session session) throws CommandFailed {
        Answer.Demand demand = session.ask(Answer.Demand.class, new Command.ReadDemand());
        String coordinator = NodeNames.asked(session).of(demand.coordinator());
        if (demand.rows().isEmpty()) {
            session.note("The node that was asked has not looked at the rack. " + coordinator
                    + " does so while it sees others: rackweave demand --node " + coordinator);
        }
        session.show(shown(demand, coordinator, session.style()));
        return ExitCode.DONE;
    }

    private static Shown shown(Answer.Demand demand, String coordinator, Table.Style style) {
        Table table = new Table(style, "KIND", ">TOTAL", ">FREE", ">HELD", ">WANTED", ">WAITING");
        for (DemandView row : demand.rows()) {
            table.row(
                    row.kind().word(),
                    Phrases.amount(row.kind(), row.total()),
                    Phrases.amount(row.kind(), row.free()),
                    Phrases.amount(row.kind(), row.held()),
                    Phrases.amount(row.kind(), row.wanted()),
                    Integer.toString(row.waiting()));
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("coordinator", demand.coordinator().toString());
        tree.put("kinds", ViewTree.list(demand.rows(), ViewTree::demand));
        tree.put("proposed", demand.proposed());
        tree.put("agreed", demand.agreed());
        String summary = "Coordinator " + coordinator + ": " + demand.proposed() + " moves proposed since its start, "
                + demand.agreed() + " agreed to.\n";
        return new Shown(
                tree,
                demand.rows().stream().map(row -> row.kind().word()).toList(),
                demand.rows().isEmpty() ? "" : table + "\n" + summary);
    }
}
