package org.rackweave.cli;

import java.util.List;
import org.rackweave.config.NearestWord;
import org.rackweave.protocol.message.NodeView;

/** Finds the node that somebody means by its name, or by its id or the start of it. */
final class NodeChoice {
    private NodeChoice() {}

    static NodeView among(List<NodeView> nodes, String meant) throws CommandFailed {
        List<NodeView> named =
                nodes.stream().filter(node -> node.name().equals(meant)).toList();
        List<NodeView> found = !named.isEmpty() || !IdPrefix.isOne(meant)
                ? named
                : nodes.stream()
                        .filter(node -> IdPrefix.of(meant).fits(node.id().toString()))
                        .toList();
        if (found.size() == 1) {
            return found.get(0);
        }
        if (found.isEmpty()) {
            List<String> names = nodes.stream().map(NodeView::name).toList();
            String near = NearestWord.among(names, meant)
                    .map(name -> "did you mean " + name + "?")
                    .orElse("see 'rackweave nodes'; one that is not in the view is reached with --node HOST:PORT");
            throw new CommandFailed(ExitCode.NOT_FOUND, "no node in the view is called '" + meant + "'", near);
        }
        List<String> ids = found.stream().map(node -> node.id().toString()).toList();
        throw new CommandFailed(
                ExitCode.USAGE,
                "'" + meant + "' is more than one node",
                "use more of its id: " + String.join(", ", ids));
    }
}
