package org.rackweave.protocol.message;

import java.util.List;
import java.util.Objects;

/** What a daemon answers to a {@link Command}. */
public sealed interface Answer {
    /** Done; there is nothing more to say. */
    record Done() implements Answer {}

    /**
     * Not done.
     *
     * @param code why, from a closed list
     * @param detail what exactly, where, and what to do; at most 512 characters
     * @param retryAfterMillis when it may be worth another try; 0 when not
     */
    record Refused(RefusalCode code, String detail, long retryAfterMillis) implements Answer {
        public static final int MAX_DETAIL_CHARS = 512;

        public Refused {
            Objects.requireNonNull(code);
            if (detail.length() > MAX_DETAIL_CHARS || retryAfterMillis < 0) {
                throw new IllegalArgumentException("refusal out of limits");
            }
        }
    }

    /**
     * Who a daemon is.
     *
     * @param self the node as it sees itself
     * @param software name and version
     * @param hardware what its interposer says of itself
     * @param simulated whether that interposer is simulated
     * @param uptimeMillis since the daemon started
     * @param lending empty when it lends, else why it does not (disk full, shutting down)
     */
    record Description(
            NodeView self, String software, String hardware, boolean simulated, long uptimeMillis, String lending)
            implements Answer {
        public Description {
            Objects.requireNonNull(self);
            Objects.requireNonNull(software);
            Objects.requireNonNull(hardware);
            Objects.requireNonNull(lending);
        }
    }

    record Slices(List<SliceView> slices) implements Answer {
        public Slices {
            slices = List.copyOf(slices);
        }
    }

    record Lease(LeaseView lease) implements Answer {
        public Lease {
            Objects.requireNonNull(lease);
        }
    }

    record Leases(List<LeaseView> leases) implements Answer {
        public Leases {
            leases = List.copyOf(leases);
        }
    }

    record Loan(LoanView loan) implements Answer {
        public Loan {
            Objects.requireNonNull(loan);
        }
    }

    record Loans(List<LoanView> loans) implements Answer {
        public Loans {
            loans = List.copyOf(loans);
        }
    }

    record Nodes(List<NodeView> nodes) implements Answer {
        public Nodes {
            nodes = List.copyOf(nodes);
        }
    }

    /** @param newest the number of the newest event of this run; lower than asked for means that the daemon restarted */
    record Events(List<EventView> events, long newest) implements Answer {
        public Events {
            events = List.copyOf(events);
        }
    }

    /** @param newest the number of the last row that the ledger has */
    record Audit(List<AuditRow> rows, long newest) implements Answer {
        public Audit {
            rows = List.copyOf(rows);
        }
    }

    record Counters(List<CounterView> counters) implements Answer {
        public Counters {
            counters = List.copyOf(counters);
        }
    }
}
