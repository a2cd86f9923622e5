package org.rackweave.cli;

import java.util.List;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.NodeView;
import picocli.CommandLine;

/** {@code rackweave nodes}: the rack as the daemon sees it. */
@CommandLine.Command(name = "nodes", description = "List the rack as the daemon sees it.")
final class NodesCommand implements Action {
    @Override
    public ExitCode run(Session session) throws CommandFailed {
        List<NodeView> nodes =
                session.ask(Answer.Nodes.class, new Command.ListNodes()).nodes();
        Table table = new Table(session.style(), "NAME", "ID", "STATE", ">SILENT", "ENDPOINT", "FREE/ALL");
        for (NodeView node : nodes) {
            table.row(
                    node.name(),
                    node.id().brief(),
                    node.liveness(),
                    Phrases.rough(node.silentMillis()),
                    node.endpoint(),
                    Phrases.capacity(node.capacity()));
        }
        session.show(new Shown(
                ViewTree.list(nodes, ViewTree::node),
                nodes.stream().map(node -> node.id().toString()).toList(),
                table.toString()));
        return ExitCode.DONE;
    }
}
