package org.rackweave.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;

/** What nodes are called, as far as the daemon that is asked knows. */
final class NodeNames {
    private final Map<NodeId, String> names = new LinkedHashMap<>();

    private NodeNames() {}

    /** Asks for them where people will read the answer; programs get identifiers. */
    static NodeNames asked(Session session) throws CommandFailed {
        NodeNames known = new NodeNames();
        if (session.output() == OutputFormat.TABLE
                && session.attempt(new Command.ListNodes()) instanceof Answer.Nodes nodes) {
            nodes.nodes().forEach(node -> known.names.put(node.id(), node.name()));
        }
        return known;
    }

    /** Its name, or the start of its id when nobody knows its name. */
    String of(NodeId id) {
        return names.getOrDefault(id, id.brief());
    }
}
