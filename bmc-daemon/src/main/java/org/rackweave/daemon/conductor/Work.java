package org.rackweave.daemon.conductor;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.daemon.broker.BrokerEvent;
import org.rackweave.daemon.coordinator.CoordinatorEvent;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.LoanEvent;
import org.rackweave.protocol.group.GroupEvent;
import org.rackweave.protocol.membership.MembershipEvent;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Carried;
import org.rackweave.protocol.message.Command;

/** What waits for the conductor. */
public sealed interface Work {
    /** A peer asks, and its certificate has been checked. */
    record Asked(Principal peer, Command command, Consumer<Answer> reply) implements Work {
        public Asked {
            Objects.requireNonNull(peer);
            Objects.requireNonNull(command);
            Objects.requireNonNull(reply);
        }
    }

    /** For the owner's core. */
    record ForLeases(LeaseEvent event) implements Work {
        public ForLeases {
            Objects.requireNonNull(event);
        }
    }

    /** For the borrower's core. */
    record ForLoans(LoanEvent event) implements Work {
        public ForLoans {
            Objects.requireNonNull(event);
        }
    }

    /** For the broker's core. */
    record ForBroker(BrokerEvent event) implements Work {
        public ForBroker {
            Objects.requireNonNull(event);
        }
    }

    /** For the coordinator's core. */
    record ForCoordinator(CoordinatorEvent event) implements Work {
        public ForCoordinator {
            Objects.requireNonNull(event);
        }
    }

    /** For the membership. */
    record ForMembership(MembershipEvent event) implements Work {
        public ForMembership {
            Objects.requireNonNull(event);
        }
    }

    /**
     * Give back all that was borrowed.
     *
     * @param settled is run once nothing is owed to any lender
     */
    record GiveAllBack(String why, Runnable settled) implements Work {
        public GiveAllBack {
            Objects.requireNonNull(why);
            Objects.requireNonNull(settled);
        }
    }

    /** Discovery has looked at the machine that this daemon runs on. */
    record Discovered(String summary) implements Work {
        public Discovered {
            Objects.requireNonNull(summary);
        }
    }

    /**
     * A list of revoked members.
     *
     * @param from who brought it, for the audit trail
     */
    record Revocations(Carried signed, String from) implements Work {
        public Revocations {
            Objects.requireNonNull(signed);
            Objects.requireNonNull(from);
        }
    }

    /**
     * The list of revoked members that came with group keys.
     *
     * @param keys that were made under it, or an older one
     */
    record RevocationsBeside(Carried signed, NodeId from, List<MadeKey> keys) implements Work {
        public RevocationsBeside {
            Objects.requireNonNull(signed);
            Objects.requireNonNull(from);
            keys = List.copyOf(keys);
        }
    }

    /** For the group keys. */
    record ForGroup(GroupEvent event) implements Work {
        public ForGroup {
            Objects.requireNonNull(event);
        }
    }

    /** The hardware warns of all this now, and of nothing else; empty when all is well. */
    record HardwareWarns(List<String> warnings) implements Work {
        public HardwareWarns {
            warnings = List.copyOf(warnings);
        }
    }

    /** Something that must happen between two commits, on the thread that uses the ledger. */
    record Between(Runnable task) implements Work {
        public Between {
            Objects.requireNonNull(task);
        }
    }

    /** Time has passed. */
    record Tick() implements Work {}
}
