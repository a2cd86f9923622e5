package org.rackweave.protocol.multicast;

import java.util.Objects;

/** What the gate made of a datagram. */
public sealed interface GateOutcome {
    /**
     * It is believed.
     *
     * @param message what it says
     * @param counter what it counts as
     */
    record Accepted(NeighbourMessage message, DatagramCounter counter) implements GateOutcome {
        public Accepted {
            Objects.requireNonNull(message);
            Objects.requireNonNull(counter);
        }
    }

    /** It is not believed, but a member made it: worth a question. Whose it is, nobody knows. */
    record Strange(NeighbourMessage.StrangerHeard message) implements GateOutcome {
        public Strange {
            Objects.requireNonNull(message);
        }
    }

    /** It is not believed: whoever made it has another group key, or none. */
    record OtherGroup(NeighbourMessage.OtherGroupHeard message) implements GateOutcome {
        public OtherGroup {
            Objects.requireNonNull(message);
        }
    }

    /** It is not believed, and nothing has changed. */
    record Rejected(DatagramCounter reason) implements GateOutcome {
        public Rejected {
            Objects.requireNonNull(reason);
        }
    }
}
