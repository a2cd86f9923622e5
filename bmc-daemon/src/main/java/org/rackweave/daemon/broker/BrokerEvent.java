package org.rackweave.daemon.broker;

import java.util.List;
import java.util.Objects;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanView;

/** What the broker's core reacts to. */
public sealed interface BrokerEvent {
    /**
     * Somebody reports, asks, returns, or tells an outcome.
     *
     * @param peer who, as its certificate proved
     * @param command one of report host, ask for VM, return ask, order done
     * @param token what the answer is to be sent with
     */
    record Asked(Principal peer, Command command, long token) implements BrokerEvent {
        public Asked {
            Objects.requireNonNull(peer);
            Objects.requireNonNull(command);
        }
    }

    /** A loan of this node is now like this. */
    record LoanChanged(LoanView loan) implements BrokerEvent {
        public LoanChanged {
            Objects.requireNonNull(loan);
        }
    }

    /** The borrower's core has answered what was asked of it for a VM. */
    record Borrowed(AskId ask, Answer answer) implements BrokerEvent {
        public Borrowed {
            Objects.requireNonNull(ask);
            Objects.requireNonNull(answer);
        }
    }

    /** An owner wants a lease back; the borrower's core has been told too. */
    record Recalled(NodeId owner, LeaseId lease, long graceMillis) implements BrokerEvent {
        public Recalled {
            Objects.requireNonNull(owner);
            Objects.requireNonNull(lease);
        }
    }

    /** The daemon has started, and borrows this; what the ledger has of unfinished asks goes on. */
    record Started(List<LoanView> loans) implements BrokerEvent {
        public Started {
            loans = List.copyOf(loans);
        }
    }

    /** Time has passed. */
    record Tick() implements BrokerEvent {}
}
