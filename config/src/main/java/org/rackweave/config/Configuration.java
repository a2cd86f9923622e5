package org.rackweave.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What an operator decided for one node. Immutable; what each option means stands in {@link Schema}, once.
 *
 * @param node where this node keeps what it is and what it knows
 * @param network where it listens and speaks
 * @param announce how often it tells its neighbours
 * @param lending what it lends, and on which terms
 * @param borrowing how it borrows
 * @param ledger how large its ledger may grow
 * @param log how much it says
 */
public record Configuration(
        Node node, Network network, Announce announce, Lending lending, Borrowing borrowing, Ledger ledger, Log log) {
    public Configuration {
        Objects.requireNonNull(node);
        Objects.requireNonNull(network);
        Objects.requireNonNull(announce);
        Objects.requireNonNull(lending);
        Objects.requireNonNull(borrowing);
        Objects.requireNonNull(ledger);
        Objects.requireNonNull(log);
    }

    /** What holds where the file says nothing. */
    public static Configuration defaults() {
        return of(Values.none());
    }

    static Configuration of(Values values) {
        return new Configuration(
                new Node(values.of(Schema.IDENTITY_DIR), values.of(Schema.STATE_DIR), values.of(Schema.HOST)),
                new Network(
                        values.of(Schema.INTERFACES),
                        values.of(Schema.MULTICAST_PORT),
                        values.of(Schema.IPV6_GROUP),
                        values.of(Schema.IPV4_GROUP),
                        values.of(Schema.COAP_ADDRESS),
                        values.of(Schema.COAP_PORT)),
                new Announce(
                        values.of(Schema.MIN_PERIOD),
                        values.of(Schema.HELLO_PERIOD),
                        values.of(Schema.GROUP_KEY_PERIOD)),
                new Lending(
                        new Interposer(values.of(Schema.PROVIDER), values.of(Schema.SETTINGS)),
                        values.of(Schema.CLAIMS),
                        values.of(Schema.HOSTS),
                        new Keep(
                                values.of(Schema.KEEP_MEMORY),
                                values.of(Schema.KEEP_CORES),
                                values.of(Schema.KEEP_DEVICES)),
                        values.of(Schema.MIN_TERM),
                        values.of(Schema.MAX_TERM),
                        values.of(Schema.RESERVATION),
                        values.of(Schema.FIRST_TERM),
                        values.of(Schema.GRACE),
                        values.of(Schema.DRIFT_PERCENT),
                        values.of(Schema.MAX_PRIORITY),
                        values.of(Schema.REBOOT_GRACES),
                        values.of(Schema.POLICY)),
                new Borrowing(
                        values.of(Schema.DEFAULT_TERM),
                        values.of(Schema.ON_SHUTDOWN),
                        values.of(Schema.REQUEST_TIMEOUT),
                        values.of(Schema.PLACEMENT),
                        values.of(Schema.ACCEPT_MOVES),
                        values.of(Schema.RETURN_UNUSED),
                        values.of(Schema.UNUSED_AFTER)),
                new Ledger(values.of(Schema.LEDGER_MAX_SIZE)),
                new Log(values.of(Schema.LOG_LEVEL)));
    }

    private static void require(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + least + " to " + most + ", not " + value);
        }
    }

    private static Map<String, String> inOrder(Map<String, String> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /**
     * Where this node keeps what it is and what it knows.
     *
     * @param identityDir its key, its certificate and the rack's root
     * @param stateDir the ledger, the lock, the port file
     * @param host whether a server is behind it
     */
    public record Node(Path identityDir, Path stateDir, Host host) {
        public Node {
            Objects.requireNonNull(host);
            Objects.requireNonNull(identityDir);
            Objects.requireNonNull(stateDir);
        }
    }

    /**
     * Where this node listens and speaks.
     *
     * @param interfaces names of interfaces; empty for all that are up, can multicast and are not loopback
     * @param multicastPort UDP port of announcements
     * @param ipv6Group group of announcements
     * @param ipv4Group group of announcements where an interface has no IPv6
     * @param coapAddress where CoAP over DTLS listens
     * @param coapPort on which UDP port; 0 for any free one, which is then written to {@link #COAP_PORT_FILE}
     */
    public record Network(
            List<String> interfaces,
            int multicastPort,
            String ipv6Group,
            String ipv4Group,
            String coapAddress,
            int coapPort) {
        /** In the state directory: the port that is really listened on, in decimal digits. */
        public static final String COAP_PORT_FILE = "coap.port";

        public Network {
            interfaces = List.copyOf(interfaces);
            Objects.requireNonNull(ipv6Group);
            Objects.requireNonNull(ipv4Group);
            Objects.requireNonNull(coapAddress);
            require("multicastPort", multicastPort, 1, 65_535);
            require("coapPort", coapPort, 0, 65_535);
        }
    }

    /**
     * How often this node tells its neighbours.
     *
     * @param minPeriodMillis the shortest time between two announcements, right after a change
     * @param helloPeriodMillis the longest, when nothing changes
     * @param groupKeyPeriodMillis how old a group key gets before the next is made
     */
    public record Announce(long minPeriodMillis, long helloPeriodMillis, long groupKeyPeriodMillis) {
        public Announce {
            require("minPeriodMillis", minPeriodMillis, 1, helloPeriodMillis);
            require("groupKeyPeriodMillis", groupKeyPeriodMillis, 1, Long.MAX_VALUE);
        }
    }

    /**
     * What this node lends, and on which terms.
     *
     * @param interposer the hardware that routes
     * @param claims globs of the hardware keys that this node owns; nothing else is lent
     * @param hosts which host port of this node's switch each borrower's server is at, by node name
     * @param keep what the server itself needs
     * @param minTermMillis the shortest term that is granted
     * @param maxTermMillis the longest
     * @param reservationMillis how long a promise holds before it is committed
     * @param firstTermMillis the term of the first commit, until the whole group is there
     * @param graceMillis how long a borrower has after a revoke that names no other time
     * @param driftPercent by how much two clocks may run apart
     * @param maxPriority what a request's priority is capped at
     * @param rebootGraces how often a loan gets a fresh term after a reboot of the card
     * @param policy the file with the rack's signed lending rules; empty when there are none
     */
    public record Lending(
            Interposer interposer,
            List<String> claims,
            Map<String, String> hosts,
            Keep keep,
            long minTermMillis,
            long maxTermMillis,
            long reservationMillis,
            long firstTermMillis,
            long graceMillis,
            int driftPercent,
            int maxPriority,
            int rebootGraces,
            String policy) {
        public Lending {
            Objects.requireNonNull(interposer);
            claims = List.copyOf(claims);
            hosts = inOrder(hosts);
            Objects.requireNonNull(keep);
            require("minTermMillis", minTermMillis, 1, maxTermMillis);
            require("reservationMillis", reservationMillis, 1, maxTermMillis);
            require("firstTermMillis", firstTermMillis, 1, maxTermMillis);
            require("graceMillis", graceMillis, 0, Long.MAX_VALUE);
            require("driftPercent", driftPercent, 0, 99);
            require("maxPriority", maxPriority, 0, 9);
            require("rebootGraces", rebootGraces, 0, Integer.MAX_VALUE);
            Objects.requireNonNull(policy);
        }

        /** Whether this node owns the hardware with that key, and so may lend it: a glob claims it, none keeps it. */
        public boolean isClaimed(String hardwareKey) {
            return anyMatches(claims, hardwareKey) && !anyMatches(keep.devices(), hardwareKey);
        }

        private static boolean anyMatches(List<String> globs, String key) {
            return globs.stream().anyMatch(glob -> new KeyGlob(glob).matches(key));
        }
    }

    /**
     * The hardware that routes.
     *
     * @param provider the word of its provider; {@link #NONE} for a node that lends nothing
     * @param settings what the provider wants to be told, in its own words
     */
    public record Interposer(String provider, Map<String, String> settings) {
        /** The provider of a node that lends nothing. */
        public static final String NONE = "none";

        public Interposer {
            Objects.requireNonNull(provider);
            settings = inOrder(settings);
        }
    }

    /**
     * What the server itself needs, and so is never offered.
     *
     * @param memoryBytes how much memory
     * @param cores how many CPU cores
     * @param devices globs of the hardware keys of devices
     */
    public record Keep(long memoryBytes, int cores, List<String> devices) {
        public Keep {
            require("memoryBytes", memoryBytes, 0, Long.MAX_VALUE);
            require("cores", cores, 0, Integer.MAX_VALUE);
            devices = List.copyOf(devices);
        }
    }

    /**
     * How this node borrows.
     *
     * @param defaultTermMillis the term of a loan that asks for no other
     * @param onShutdown what becomes of what it borrowed when the daemon is stopped
     * @param requestTimeoutMillis how long another daemon has for an answer
     * @param placement which of the devices that would do are taken
     * @param acceptMoves whether a loan moves to another slice when the coordinator proposes it
     * @param returnUnused what becomes of what is borrowed and hardly used
     * @param unusedAfterMillis for how long it has to be hardly used first
     */
    public record Borrowing(
            long defaultTermMillis,
            OnShutdown onShutdown,
            long requestTimeoutMillis,
            Placement placement,
            AcceptMoves acceptMoves,
            ReturnUnused returnUnused,
            long unusedAfterMillis) {
        public Borrowing {
            Objects.requireNonNull(acceptMoves);
            Objects.requireNonNull(returnUnused);
            require("unusedAfterMillis", unusedAfterMillis, 1, Long.MAX_VALUE);
            Objects.requireNonNull(placement);
            Objects.requireNonNull(onShutdown);
            require("defaultTermMillis", defaultTermMillis, 1, Long.MAX_VALUE);
            require("requestTimeoutMillis", requestTimeoutMillis, 1, Long.MAX_VALUE);
        }
    }

    /** Which of the devices that would do are taken. */
    public enum Placement {
        /** Those of which something is in use already: idle ones sleep. */
        FILL,
        /** Those of which the least is in use. */
        SPREAD
    }

    /** Who would use what this node borrows. */
    public enum Host {
        /** The server that this node's card is in. */
        SERVER,
        /** Nobody: the card is a chassis's, which only lends. */
        NONE
    }

    /** Whether a loan moves to another slice when the coordinator proposes it. */
    public enum AcceptMoves {
        /** Where nothing is lost by it. */
        ALWAYS,
        /** Every proposal is refused. */
        NEVER
    }

    /** What becomes of what is borrowed and hardly used. */
    public enum ReturnUnused {
        /** Nothing, and nobody is told. */
        NEVER,
        /** It is kept, and whoever asks is told what could go back. */
        OFFER,
        /** What can go back goes back, when the host agrees. */
        ALWAYS
    }

    /** What becomes of what this node borrowed when its daemon is stopped. */
    public enum OnShutdown {
        /** It stays attached until its term ends; a daemon that comes back renews it. */
        KEEP,
        /** It is given back first. */
        RELEASE
    }

    /**
     * How much space the ledger has.
     *
     * @param maxBytes what it and copies of it may fill
     */
    public record Ledger(long maxBytes) {
        public Ledger {
            require("maxBytes", maxBytes, 1, Long.MAX_VALUE);
        }
    }

    /**
     * How much the daemon says.
     *
     * @param level what is logged: this and all that is worse
     */
    public record Log(Level level) {
        public Log {
            Objects.requireNonNull(level);
        }

        /** From the least said to the most. */
        public enum Level {
            ERROR,
            WARN,
            INFO,
            DEBUG,
            TRACE
        }
    }
}
