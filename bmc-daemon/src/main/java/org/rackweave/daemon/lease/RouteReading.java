package org.rackweave.daemon.lease;

import java.util.Objects;
import java.util.Optional;
import org.rackweave.protocol.message.Epoch;

/** What the hardware said when its route was read. */
public sealed interface RouteReading {
    /**
     * @param epoch the newest epoch that the hardware holds, {@link Epoch#NONE} where it holds none
     * @param loaded which configuration is in it, where that was read too
     */
    record Unbound(Epoch epoch, Optional<String> loaded) implements RouteReading {
        public Unbound {
            Objects.requireNonNull(epoch);
            Objects.requireNonNull(loaded);
        }

        /** In its default state, or nobody looked. */
        public Unbound(Epoch epoch) {
            this(epoch, Optional.empty());
        }
    }

    /**
     * @param hostPort what it is bound to
     * @param epoch what it is bound with, {@link Epoch#NONE} where the hardware holds none
     */
    record Bound(String hostPort, Epoch epoch) implements RouteReading {
        public Bound {
            Objects.requireNonNull(hostPort);
            Objects.requireNonNull(epoch);
        }
    }

    /** @param why for people */
    record Unreadable(String why) implements RouteReading {
        public Unreadable {
            Objects.requireNonNull(why);
        }
    }
}
