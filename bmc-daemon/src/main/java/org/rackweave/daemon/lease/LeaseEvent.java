package org.rackweave.daemon.lease;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.LeaseView;

/** What the owner's core reacts to. */
public sealed interface LeaseEvent {
    /**
     * The daemon has started and read its hardware.
     *
     * @param boot whether elapsed time since the ledger was written is known
     * @param claimed the slices that are there and that this node's operator claims
     * @param routes what the hardware says about each of them
     */
    record Started(Boot boot, List<SliceFacts> claimed, Map<String, RouteReading> routes) implements LeaseEvent {
        public Started {
            Objects.requireNonNull(boot);
            claimed = List.copyOf(claimed);
            routes = Map.copyOf(routes);
        }
    }

    /** Whether deadlines in the ledger still mean something. */
    enum Boot {
        /** The machine has not been rebooted since: deadlines hold. */
        SAME,
        /** It has: how much time has passed is unknown. */
        NEW
    }

    /**
     * Somebody asks something.
     *
     * @param peer who, as its certificate proved
     * @param hostPort the host port of the peer's server on this node's hardware
     * @param command one of reserve, commit, renew, release, revoke, end quarantine, want, withdraw want
     * @param token what the answer is to be sent with
     */
    record Asked(Principal peer, String hostPort, Command command, long token) implements LeaseEvent {
        public Asked {
            Objects.requireNonNull(peer);
            Objects.requireNonNull(hostPort);
            Objects.requireNonNull(command);
        }
    }

    /**
     * A borrower is no longer a member of the rack: what it holds is taken back with the usual grace, and it waits for nothing here.
     *
     * @param reason for people; at most 256 characters
     */
    record Expelled(NodeId borrower, String reason) implements LeaseEvent {
        public Expelled {
            Objects.requireNonNull(borrower);
            if (reason.length() > LeaseView.MAX_REASON_CHARS) {
                throw new IllegalArgumentException("a reason is short");
            }
        }
    }

    /**
     * A hardware worker has returned.
     *
     * @param epoch the epoch that the order was issued under
     */
    record HardwareDone(String sliceKey, Epoch epoch, HardwareOrder order, HardwareResult result)
            implements LeaseEvent {
        public HardwareDone {
            Objects.requireNonNull(sliceKey);
            Objects.requireNonNull(epoch);
            Objects.requireNonNull(order);
            Objects.requireNonNull(result);
        }
    }

    /**
     * The device of a slice fails. Said once for each failure.
     *
     * @param why what it reported, for people
     */
    record DeviceFailing(String sliceKey, String why) implements LeaseEvent {
        public DeviceFailing {
            Objects.requireNonNull(sliceKey);
            Objects.requireNonNull(why);
        }
    }

    /** Time has passed. */
    record Tick() implements LeaseEvent {}
}
