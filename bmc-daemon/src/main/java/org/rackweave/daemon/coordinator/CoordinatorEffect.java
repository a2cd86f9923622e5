package org.rackweave.daemon.coordinator;

import java.util.Objects;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Command;

/** What the coordinator wants done. None of it is needed by anybody. */
public sealed interface CoordinatorEffect {
    /** Send: a question or a proposal, and come back with {@link CoordinatorEvent.Answered}. */
    record Ask(long exchange, NodeId to, Command command) implements CoordinatorEffect {
        public Ask {
            Objects.requireNonNull(to);
            Objects.requireNonNull(command);
        }
    }

    /** Something that people want to know. */
    record Tell(String kind, String subject, String text) implements CoordinatorEffect {
        public Tell {
            Objects.requireNonNull(kind);
            Objects.requireNonNull(subject);
            Objects.requireNonNull(text);
        }
    }
}
