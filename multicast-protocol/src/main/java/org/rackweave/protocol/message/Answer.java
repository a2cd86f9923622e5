package org.rackweave.protocol.message;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;

/** What a daemon answers to a {@link Command}. */
public sealed interface Answer {
    /** Which one, for switches that the compiler checks. */
    Kind kind();

    /** All answers. The code is the wire value and never changes; new ones are appended. */
    enum Kind {
        DONE(0),
        REFUSED(1),
        DESCRIPTION(2),
        SLICES(3),
        LEASE(4),
        LEASES(5),
        LOAN(6),
        LOANS(7),
        NODES(8),
        EVENTS(9),
        AUDIT(10),
        COUNTERS(11),
        PLACE(12),
        WANTS(13),
        HOST_ORDERS(20),
        VM_ASK(21),
        VM_ASKS(22),
        HOST(23),
        DEMAND(24),
        REVOCATIONS(25),
        GROUP_KEYS(26),
        GROUP(27);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** The value on the wire. */
        public int code() {
            return code;
        }

        public static Optional<Kind> ofCode(long code) {
            for (Kind value : values()) {
                if (value.code == code) {
                    return Optional.of(value);
                }
            }
            return Optional.empty();
        }
    }

    /** Done; there is nothing more to say. */
    record Done() implements Answer {
        @Override
        public Kind kind() {
            return Kind.DONE;
        }
    }

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

        /** A refusal that is not worth another try, with as much of the detail as fits. */
        public static Refused of(RefusalCode code, String detail) {
            return new Refused(code, fitting(detail), 0);
        }

        private static String fitting(String detail) {
            return detail.length() <= MAX_DETAIL_CHARS ? detail : detail.substring(0, MAX_DETAIL_CHARS - 1) + "…";
        }

        @Override
        public Kind kind() {
            return Kind.REFUSED;
        }
    }

    /**
     * Who a daemon is.
     *
     * @param self the node as it sees itself
     * @param software name and version; at most 64 characters
     * @param hardware what its interposer says of itself; at most 256 characters
     * @param simulated whether that interposer is simulated
     * @param uptimeMillis since the daemon started
     * @param lending empty when it lends, else why it does not (disk full, shutting down); at most 256
     *     characters
     */
    record Description(
            NodeView self, String software, String hardware, boolean simulated, long uptimeMillis, String lending)
            implements Answer {
        public static final int MAX_SOFTWARE_CHARS = 64;
        public static final int MAX_HARDWARE_CHARS = 256;
        public static final int MAX_LENDING_CHARS = 256;

        public Description {
            Objects.requireNonNull(self);
            if (software.length() > MAX_SOFTWARE_CHARS
                    || hardware.length() > MAX_HARDWARE_CHARS
                    || lending.length() > MAX_LENDING_CHARS
                    || uptimeMillis < 0) {
                throw new IllegalArgumentException("description out of limits");
            }
        }

        @Override
        public Kind kind() {
            return Kind.DESCRIPTION;
        }
    }

    /**
     * What an owner has.
     *
     * @param allowances how much more of a kind the asker may have there, one for each kind that has a rule
     */
    record Slices(List<SliceView> slices, List<Allowance> allowances) implements Answer {
        /** Where no kind has a rule. */
        public Slices(List<SliceView> slices) {
            this(slices, List.of());
        }

        public Slices {
            slices = List.copyOf(slices);
            allowances = List.copyOf(allowances);
        }

        /** How much more of this kind the asker may have; empty when as much as there is. */
        public OptionalLong allowance(ResourceKind kind) {
            return allowances.stream()
                    .filter(allowance -> allowance.kind() == kind)
                    .mapToLong(Allowance::amount)
                    .min();
        }

        @Override
        public Kind kind() {
            return Kind.SLICES;
        }
    }

    record Lease(LeaseView lease) implements Answer {
        public Lease {
            Objects.requireNonNull(lease);
        }

        @Override
        public Kind kind() {
            return Kind.LEASE;
        }
    }

    record Leases(List<LeaseView> leases) implements Answer {
        public Leases {
            leases = List.copyOf(leases);
        }

        @Override
        public Kind kind() {
            return Kind.LEASES;
        }
    }

    record Loan(LoanView loan) implements Answer {
        public Loan {
            Objects.requireNonNull(loan);
        }

        @Override
        public Kind kind() {
            return Kind.LOAN;
        }
    }

    record Loans(List<LoanView> loans) implements Answer {
        public Loans {
            loans = List.copyOf(loans);
        }

        @Override
        public Kind kind() {
            return Kind.LOANS;
        }
    }

    record Nodes(List<NodeView> nodes) implements Answer {
        public Nodes {
            nodes = List.copyOf(nodes);
        }

        @Override
        public Kind kind() {
            return Kind.NODES;
        }
    }

    /** @param newest the number of the newest event of this run; lower than asked for means that the daemon restarted */
    record Events(List<EventView> events, long newest) implements Answer {
        public Events {
            events = List.copyOf(events);
            if (newest < 0) {
                throw new IllegalArgumentException("newest is not negative");
            }
        }

        @Override
        public Kind kind() {
            return Kind.EVENTS;
        }
    }

    /** @param newest the number of the last row that the ledger has */
    record Audit(List<AuditRow> rows, long newest) implements Answer {
        public Audit {
            rows = List.copyOf(rows);
            if (newest < 0) {
                throw new IllegalArgumentException("newest is not negative");
            }
        }

        @Override
        public Kind kind() {
            return Kind.AUDIT;
        }
    }

    record Counters(List<CounterView> counters) implements Answer {
        public Counters {
            counters = List.copyOf(counters);
        }

        @Override
        public Kind kind() {
            return Kind.COUNTERS;
        }
    }

    /**
     * A demand stands in the line.
     *
     * @param validMillis how soon it has to be repeated, else it is forgotten; at least 1
     */
    record Place(LinePlace place, long validMillis) implements Answer {
        public Place {
            Objects.requireNonNull(place);
            if (validMillis < 1) {
                throw new IllegalArgumentException("validMillis is at least 1");
            }
        }

        @Override
        public Kind kind() {
            return Kind.PLACE;
        }
    }

    record Wants(List<WantView> wants) implements Answer {
        public Wants {
            wants = List.copyOf(wants);
        }

        @Override
        public Kind kind() {
            return Kind.WANTS;
        }
    }

    /**
     * What the rack waits for.
     *
     * @param coordinator who looks at the whole rack, as far as the node that answers sees
     * @param rows as of its last look; empty where another node looks
     * @param proposed how many moves it proposed since its start
     * @param agreed how many of them a borrower agreed to try
     */
    record Demand(NodeId coordinator, List<DemandView> rows, long proposed, long agreed) implements Answer {
        public Demand {
            Objects.requireNonNull(coordinator);
            rows = List.copyOf(rows);
            if (proposed < 0 || agreed < 0) {
                throw new IllegalArgumentException("a count is negative");
            }
        }

        @Override
        public Kind kind() {
            return Kind.DEMAND;
        }
    }

    /**
     * The newest list of revoked members that a node knows.
     *
     * @param signed as the authority signed it; empty when nobody was ever revoked, as far as the node knows
     */
    record Revocations(Optional<Carried> signed) implements Answer {
        public Revocations {
            Objects.requireNonNull(signed);
        }

        @Override
        public Kind kind() {
            return Kind.REVOCATIONS;
        }
    }

    /**
     * The group keys that a node seals with, now and next. Secret: for members only.
     *
     * @param keys the one in use first; those under a newer list of revocations than the node holds are not among them
     * @param revocations the newest list of revoked members that the node knows, as the authority signed it; a key is taken only by
     *     whoever holds the list that it was made under
     */
    record GroupKeys(List<MadeKey> keys, Optional<Carried> revocations) implements Answer {
        public GroupKeys {
            keys = List.copyOf(keys);
            Objects.requireNonNull(revocations);
            if (keys.size() > MadeKey.MAX_KEYS) {
                throw new IllegalArgumentException("a node has at most " + MadeKey.MAX_KEYS + " group keys");
            }
        }

        @Override
        public Kind kind() {
            return Kind.GROUP_KEYS;
        }
    }

    /**
     * Which group keys a node has, for people.
     *
     * @param keys the oldest first
     * @param lacking neighbours that are alive and have not announced to have the newest
     */
    record Group(List<GroupKeyView> keys, List<NodeId> lacking) implements Answer {
        public Group {
            keys = List.copyOf(keys);
            lacking = List.copyOf(lacking);
        }

        @Override
        public Kind kind() {
            return Kind.GROUP;
        }
    }

    /** What the host agent is to do, the oldest first. */
    record HostOrders(List<HostOrder> orders) implements Answer {
        public HostOrders {
            orders = List.copyOf(orders);
        }

        @Override
        public Kind kind() {
            return Kind.HOST_ORDERS;
        }
    }

    record VmAsk(AskView ask) implements Answer {
        public VmAsk {
            Objects.requireNonNull(ask);
        }

        @Override
        public Kind kind() {
            return Kind.VM_ASK;
        }
    }

    record VmAsks(List<AskView> asks) implements Answer {
        public VmAsks {
            asks = List.copyOf(asks);
        }

        @Override
        public Kind kind() {
            return Kind.VM_ASKS;
        }
    }

    /**
     * What a host's agent said last.
     *
     * @param ageMillis how long ago
     * @param ordersWaiting how many orders it has not told the outcome of
     * @param unused what the host borrowed and hardly uses; at most {@link HostReport#MAX_LOANS}
     */
    record Host(HostReport report, long ageMillis, int ordersWaiting, List<UnusedView> unused) implements Answer {
        /** With nothing that is hardly used. */
        public Host(HostReport report, long ageMillis, int ordersWaiting) {
            this(report, ageMillis, ordersWaiting, List.of());
        }

        public Host {
            Objects.requireNonNull(report);
            unused = List.copyOf(unused);
            if (ageMillis < 0 || ordersWaiting < 0) {
                throw new IllegalArgumentException("host out of limits");
            }
        }

        @Override
        public Kind kind() {
            return Kind.HOST;
        }
    }
}
