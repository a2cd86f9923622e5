package org.rackweave.daemon.coordinator;

import java.util.List;
import java.util.Objects;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;

/** What the coordinator reacts to. */
public sealed interface CoordinatorEvent {
    /**
     * Time has passed, and this is who is there now.
     *
     * @param alive the neighbours that are alive, without this node
     */
    record Tick(List<NodeId> alive) implements CoordinatorEvent {
        public Tick {
            alive = List.copyOf(alive);
        }
    }

    /** A node has answered a {@link CoordinatorEffect.Ask}, or it is known that it does not. */
    record Answered(long exchange, Answer answer) implements CoordinatorEvent {
        public Answered {
            Objects.requireNonNull(answer);
        }
    }
}
