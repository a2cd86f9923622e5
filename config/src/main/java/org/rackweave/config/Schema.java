package org.rackweave.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.rackweave.config.Configuration.AcceptMoves;
import org.rackweave.config.Configuration.Host;
import org.rackweave.config.Configuration.Interposer;
import org.rackweave.config.Configuration.Log.Level;
import org.rackweave.config.Configuration.OnShutdown;
import org.rackweave.config.Configuration.Placement;
import org.rackweave.config.Configuration.ReturnUnused;

/** The table of all options and sections, in the order in which they are written to a file. */
final class Schema {
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long TIB = 1L << 40;

    private static final String ADDRESS = "[0-9a-fA-F:.]{2,45}";

    // IFNAMSIZ is 16 with its final zero; the kernel refuses '/', white space and ':' in a name.
    private static final Scalar.Text INTERFACE =
            Scalar.Text.of("the name of a network interface, such as eth0", "[^\\s/:]{1,15}");
    private static final Scalar.Text KEY_GLOB = Scalar.Text.of(
            "a hardware key in lower case, in which * stands for any characters and ? for one",
            "[a-z0-9.*?][a-z0-9._:*?-]{0,63}");
    private static final Scalar.Text WORD =
            Scalar.Text.of("a word of a-z, 0-9 and '-', such as simulated", "[a-z][a-z0-9-]{0,31}");
    private static final Scalar.Text SETTING_NAME =
            Scalar.Text.of("a name of letters, digits, '.', '_' and '-'", "[A-Za-z][A-Za-z0-9._-]{0,63}");
    private static final Scalar.Text FREE_TEXT =
            Scalar.Text.of("a text of at most 1024 characters", "[^\\x00-\\x1f]{0,1024}");
    private static final Scalar.Text NODE_NAME = Scalar.Text.of("the name of a node", "[a-z0-9][a-z0-9.-]{0,62}");
    private static final Scalar.Text HOST_PORT =
            Scalar.Text.of("the name of a host port of the switch", "[A-Za-z0-9][A-Za-z0-9._:-]{0,63}");

    static final Option<Path> IDENTITY_DIR = new Option<>(
            "node.identityDir",
            new Shape.One<>(new Scalar.Directory()),
            Path.of("/etc/rackweave/identity"),
            "The directory with this node's key, its certificate and the rack's root.",
            "Made by `rackweave ca issue`. It is refused when anybody but its owner can read the key.",
            c -> c.node().identityDir());

    static final Option<Path> STATE_DIR = new Option<>(
            "node.stateDir",
            new Shape.One<>(new Scalar.Directory()),
            Path.of("/var/lib/rackweave"),
            "The directory for the ledger and what else must outlive a restart. One daemon at a time.",
            "It must be on storage that keeps what was synced: whoever loses the ledger has its hardware quarantined.",
            c -> c.node().stateDir());

    static final Option<Host> HOST = new Option<>(
            "node.host",
            new Shape.One<>(new Scalar.Choice<>(Host.class)),
            Host.SERVER,
            "Whether this node's card is in a server that uses what it borrows.",
            "none is for the card of a chassis (a Resource Node): it lends, and whoever would borrow there is refused.",
            c -> c.node().host());

    static final Option<List<String>> INTERFACES = new Option<>(
            "network.interfaces",
            new Shape.Listed<>(INTERFACE, 16),
            List.of(),
            "The interfaces to announce on, by name; none means all that are up, can multicast and are not loopback.",
            "Name the management network where a server's card can see others, so that the rack stays off them.",
            c -> c.network().interfaces());

    static final Option<Integer> MULTICAST_PORT = new Option<>(
            "network.multicastPort",
            new Shape.One<>(new Scalar.WholeNumber(1, 65_535)),
            57_331,
            "The UDP port of announcements.",
            "All nodes of a rack need the same one. The default is in the range that nobody assigns.",
            c -> c.network().multicastPort());

    static final Option<String> IPV6_GROUP = new Option<>(
            "network.ipv6Group",
            new Shape.One<>(new Scalar.Text(
                    "an IPv6 multicast address that stays in the site, such as ff12::5257:1",
                    Pattern.compile("[fF]{2}" + ADDRESS),
                    text -> isGroup(text) && "12345".indexOf(text.charAt(3)) >= 0)),
            "ff12::5257:1",
            "The IPv6 group of announcements.",
            "All nodes of a rack need the same one. ff12 is a transient group that never leaves the link.",
            c -> c.network().ipv6Group());

    static final Option<String> IPV4_GROUP = new Option<>(
            "network.ipv4Group",
            new Shape.One<>(new Scalar.Text(
                    "an IPv4 address of 239.0.0.0/8, such as 239.82.87.1",
                    Pattern.compile("239(\\.[0-9]{1,3}){3}"),
                    Schema::isGroup)),
            "239.82.87.1",
            "The IPv4 group of announcements, for interfaces without IPv6.",
            "All nodes of a rack need the same one. 239.0.0.0/8 is administratively scoped: routers keep it in.",
            c -> c.network().ipv4Group());

    static final Option<String> COAP_ADDRESS = new Option<>(
            "network.coapAddress",
            new Shape.One<>(new Scalar.Text(
                    "an IP address without a port, such as \"::\" or 127.0.0.1",
                    Pattern.compile(ADDRESS),
                    text -> address(text).filter(a -> !a.isMulticastAddress()).isPresent())),
            "::",
            "The address on which other daemons, the host agent and the CLI are answered, by CoAP over DTLS.",
            "\"::\" is all addresses, of IPv4 too. Name one to answer on one network only.",
            c -> c.network().coapAddress());

    static final Option<Integer> COAP_PORT = new Option<>(
            "network.coapPort",
            new Shape.One<>(new Scalar.WholeNumber(0, 65_535)),
            5684,
            "The UDP port of the same.",
            "5684 is CoAP's own. 0 takes any free one and writes it to coap.port in the state directory.",
            c -> c.network().coapPort());

    static final Option<Long> MIN_PERIOD = new Option<>(
            "announce.minPeriod",
            new Shape.One<>(new Scalar.Time(100, MINUTE)),
            SECOND,
            "The shortest time between two announcements, right after something changed.",
            "Shorter converges sooner and costs every node of the rack a signature check for each.",
            c -> c.announce().minPeriodMillis());

    static final Option<Long> HELLO_PERIOD = new Option<>(
            "announce.helloPeriod",
            new Shape.One<>(new Scalar.Time(100, HOUR)),
            MINUTE,
            "The longest time between two announcements, when nothing changes.",
            "Neighbours suspect a node that they did not hear for a few of these.",
            c -> c.announce().helloPeriodMillis());

    static final Option<Long> GROUP_KEY_PERIOD = new Option<>(
            "announce.groupKeyPeriod",
            new Shape.One<>(new Scalar.Time(MINUTE, 366 * DAY)),
            DAY,
            "How old the key gets that announcements are sealed with, before a member makes the next.",
            "A new list of revocations is always a reason for one at once.",
            c -> c.announce().groupKeyPeriodMillis());

    static final Option<String> PROVIDER = new Option<>(
            "lending.interposer.provider",
            new Shape.One<>(WORD),
            Interposer.NONE,
            "The hardware that routes what is lent, by the word of its provider.",
            "none lends nothing; such a node can still borrow.",
            c -> c.lending().interposer().provider());

    static final Option<Map<String, String>> SETTINGS = new Option<>(
            "lending.interposer.settings",
            new Shape.Mapped(SETTING_NAME, FREE_TEXT, 64),
            Map.of(),
            "What that provider wants to be told, in its own words.",
            "The provider checks them when the daemon starts, and refuses what it does not know.",
            c -> c.lending().interposer().settings());

    static final Option<List<String>> CLAIMS = new Option<>(
            "lending.claims",
            new Shape.Listed<>(KEY_GLOB, 256),
            List.of(),
            "The hardware that this node owns, as globs of hardware keys. Nothing else is ever lent.",
            "Two owners of one piece of hardware would both lend it, so ownership is written down and never guessed.",
            c -> c.lending().claims());

    static final Option<Map<String, String>> HOSTS = new Option<>(
            "lending.hosts",
            new Shape.Mapped(NODE_NAME, HOST_PORT, 256),
            Map.of(),
            "The host port of this node's switch at which each borrower's server is, by the borrower's node name.",
            "A borrower that is not here can be lent nothing that has to be routed to a port.",
            c -> c.lending().hosts());

    static final Option<Long> KEEP_MEMORY = new Option<>(
            "lending.keep.memory",
            new Shape.One<>(new Scalar.Size(0, 1024 * TIB)),
            0L,
            "How much of the claimed memory the server itself needs.",
            "It is never offered, whatever a borrower's priority is.",
            c -> c.lending().keep().memoryBytes());

    static final Option<Integer> KEEP_CORES = new Option<>(
            "lending.keep.cores",
            new Shape.One<>(new Scalar.WholeNumber(0, 4096)),
            0,
            "How many of the claimed cores the server itself needs.",
            "They are never offered, whatever a borrower's priority is.",
            c -> c.lending().keep().cores());

    static final Option<List<String>> KEEP_DEVICES = new Option<>(
            "lending.keep.devices",
            new Shape.Listed<>(KEY_GLOB, 256),
            List.of(),
            "The claimed devices that the server itself needs, as globs of hardware keys.",
            "Claim a whole chassis with one glob, and take out here what must stay.",
            c -> c.lending().keep().devices());

    static final Option<Long> MIN_TERM = new Option<>(
            "lending.minTerm",
            new Shape.One<>(new Scalar.Time(SECOND, 30 * DAY)),
            10 * SECOND,
            "The shortest term that is granted.",
            "Each lease is renewed at a third of its term: short terms cost both sides a sync of the ledger each time.",
            c -> c.lending().minTermMillis());

    static final Option<Long> MAX_TERM = new Option<>(
            "lending.maxTerm",
            new Shape.One<>(new Scalar.Time(SECOND, 30 * DAY)),
            7 * DAY,
            "The longest term that is granted.",
            "It is how long a dead borrower can keep what it borrowed.",
            c -> c.lending().maxTermMillis());

    static final Option<Long> RESERVATION = new Option<>(
            "lending.reservation",
            new Shape.One<>(new Scalar.Time(SECOND, HOUR)),
            30 * SECOND,
            "How long a promise holds before its borrower commits it.",
            "It must outlive the slowest of a group's reservations, so keep it above borrowing.requestTimeout.",
            c -> c.lending().reservationMillis());

    static final Option<Long> FIRST_TERM = new Option<>(
            "lending.firstTerm",
            new Shape.One<>(new Scalar.Time(SECOND, DAY)),
            2 * MINUTE,
            "The term of the first commit, until the borrower has its whole group together and renews.",
            "Short, so that a group that never came to be is free again soon.",
            c -> c.lending().firstTermMillis());

    static final Option<Long> GRACE = new Option<>(
            "lending.grace",
            new Shape.One<>(new Scalar.Time(0, DAY)),
            MINUTE,
            "How long a borrower has to let go after a revoke that names no other time.",
            "A host needs it to migrate pages away before memory can go off line.",
            c -> c.lending().graceMillis());

    static final Option<Integer> DRIFT_PERCENT = new Option<>(
            "lending.driftPercent",
            new Shape.One<>(new Scalar.WholeNumber(0, 20)),
            1,
            "By how many percent two clocks of the rack may run apart.",
            "The owner waits so much longer than the term, and the borrower is out so much sooner.",
            c -> c.lending().driftPercent());

    static final Option<Integer> MAX_PRIORITY = new Option<>(
            "lending.maxPriority",
            new Shape.One<>(new Scalar.WholeNumber(0, 9)),
            9,
            "What the priority of a request is capped at, from 0 (least) to 9.",
            "Lower it where borrowers that are not yours could outbid those that are.",
            c -> c.lending().maxPriority());

    static final Option<String> POLICY = new Option<>(
            "lending.policy",
            new Shape.One<>(Scalar.Text.of("the absolute path of a file, or nothing", "(/[^\\x00-\\x1f]{1,1023})?")),
            "",
            "The file with the rack's signed lending rules: floors, quotas, caps of priority.",
            "Made by `rackweave policy sign`. An operator's signature is checked here; nothing means no such rules.",
            c -> c.lending().policy());

    static final Option<Integer> REBOOT_GRACES = new Option<>(
            "lending.rebootGraces",
            new Shape.One<>(new Scalar.WholeNumber(0, 10)),
            2,
            "How often a loan gets a fresh term after this card was rebooted.",
            "After a reboot nobody knows how much of a term has passed; a card that reboots for ever must not lend for ever.",
            c -> c.lending().rebootGraces());

    static final Option<Long> DEFAULT_TERM = new Option<>(
            "borrowing.defaultTerm",
            new Shape.One<>(new Scalar.Time(SECOND, 30 * DAY)),
            15 * MINUTE,
            "The term of a loan that asks for no other.",
            "Long enough that a firmware update of the card hurts no loan.",
            c -> c.borrowing().defaultTermMillis());

    static final Option<OnShutdown> ON_SHUTDOWN = new Option<>(
            "borrowing.onShutdown",
            new Shape.One<>(new Scalar.Choice<>(OnShutdown.class)),
            OnShutdown.KEEP,
            "What becomes of what this node borrowed when its daemon is stopped.",
            "keep leaves it attached until its term ends, so that a restart is not felt; release gives it back first.",
            c -> c.borrowing().onShutdown());

    static final Option<Long> REQUEST_TIMEOUT = new Option<>(
            "borrowing.requestTimeout",
            new Shape.One<>(new Scalar.Time(200, 10 * MINUTE)),
            10 * SECOND,
            "How long another daemon has to answer.",
            "It covers the routing of hardware, which can take seconds on a busy switch.",
            c -> c.borrowing().requestTimeoutMillis());

    static final Option<Placement> PLACEMENT = new Option<>(
            "borrowing.placement",
            new Shape.One<>(new Scalar.Choice<>(Placement.class)),
            Placement.FILL,
            "Which devices are taken where several would do.",
            "fill takes those of which something is in use already, so that idle ones sleep; spread takes the idlest.",
            c -> c.borrowing().placement());

    static final Option<AcceptMoves> ACCEPT_MOVES = new Option<>(
            "borrowing.acceptMoves",
            new Shape.One<>(new Scalar.Choice<>(AcceptMoves.class)),
            AcceptMoves.ALWAYS,
            "Whether a loan moves to another slice when the rack's coordinator proposes it.",
            "A move makes room for somebody who needs it, and loses nothing; never keeps what is lent where it is.",
            c -> c.borrowing().acceptMoves());

    static final Option<ReturnUnused> RETURN_UNUSED = new Option<>(
            "borrowing.returnUnused",
            new Shape.One<>(new Scalar.Choice<>(ReturnUnused.class)),
            ReturnUnused.OFFER,
            "What becomes of what is borrowed and, as the host's agent reports, hardly used.",
            "offer says so in 'rackweave host' and among the events; always gives it back when the agent has let go.",
            c -> c.borrowing().returnUnused());

    static final Option<Long> UNUSED_AFTER = new Option<>(
            "borrowing.unusedAfter",
            new Shape.One<>(new Scalar.Time(10 * SECOND, 30 * DAY)),
            10 * MINUTE,
            "For how long it has to be hardly used before that counts.",
            "Longer than the pauses in the rhythm of the work: what is given back has to be borrowed anew.",
            c -> c.borrowing().unusedAfterMillis());

    static final Option<Long> LEDGER_MAX_SIZE = new Option<>(
            "ledger.maxSize",
            new Shape.One<>(new Scalar.Size(MIB, 64 * GIB)),
            22 * MIB,
            "What the ledger and copies of it may fill; to stay within, its oldest audit rows are removed.",
            "A quarter is the ledger's own, some ten thousand audit rows by default: export them in time.",
            c -> c.ledger().maxBytes());

    static final Option<Level> LOG_LEVEL = new Option<>(
            "log.level",
            new Shape.One<>(new Scalar.Choice<>(Level.class)),
            Level.INFO,
            "What is logged: this and all that is worse.",
            "debug and trace show each message, and wear flash where the journal is kept on it.",
            c -> c.log().level());

    /** All options, in the order of the file. */
    static final List<Option<?>> OPTIONS = List.of(
            IDENTITY_DIR,
            STATE_DIR,
            HOST,
            INTERFACES,
            MULTICAST_PORT,
            IPV6_GROUP,
            IPV4_GROUP,
            COAP_ADDRESS,
            COAP_PORT,
            MIN_PERIOD,
            HELLO_PERIOD,
            GROUP_KEY_PERIOD,
            PROVIDER,
            SETTINGS,
            CLAIMS,
            HOSTS,
            KEEP_MEMORY,
            KEEP_CORES,
            KEEP_DEVICES,
            MIN_TERM,
            MAX_TERM,
            RESERVATION,
            FIRST_TERM,
            GRACE,
            DRIFT_PERCENT,
            MAX_PRIORITY,
            REBOOT_GRACES,
            POLICY,
            DEFAULT_TERM,
            ON_SHUTDOWN,
            REQUEST_TIMEOUT,
            PLACEMENT,
            ACCEPT_MOVES,
            RETURN_UNUSED,
            UNUSED_AFTER,
            LEDGER_MAX_SIZE,
            LOG_LEVEL);

    /** All sections with what they are about, each after the one that holds it. */
    static final List<Section> SECTIONS = List.of(
            new Section("node", "Where this node keeps what it is and what it knows."),
            new Section("network", "Where it listens and speaks."),
            new Section("announce", "How often it tells its neighbours what it has."),
            new Section("lending", "What it lends, and on which terms."),
            new Section("lending.interposer", "The hardware that routes what is lent."),
            new Section("lending.keep", "What the server itself needs, and so is never offered."),
            new Section("borrowing", "How it borrows."),
            new Section("ledger", "Its record of who holds what."),
            new Section("log", "What it says."));

    private Schema() {}

    /**
     * A group of options.
     *
     * @param path its keys, joined by dots
     * @param sentence what it is about
     */
    record Section(String path, String sentence) {}

    static Optional<Option<?>> option(String path) {
        return OPTIONS.stream().filter(option -> option.path().equals(path)).findFirst();
    }

    static Optional<Section> section(String path) {
        return SECTIONS.stream().filter(section -> section.path().equals(path)).findFirst();
    }

    /** The keys that may stand in a section, the empty path being the whole file. */
    static List<String> keysOf(String section) {
        String prefix = section.isEmpty() ? "" : section + ".";
        return Stream.concat(
                        SECTIONS.stream().map(Section::path), OPTIONS.stream().map(Option::path))
                .filter(path -> path.startsWith(prefix) && path.indexOf('.', prefix.length()) < 0)
                .map(path -> path.substring(prefix.length()))
                .toList();
    }

    private static boolean isGroup(String text) {
        return address(text).filter(InetAddress::isMulticastAddress).isPresent();
    }

    // Only digits, dots and colons come here, so no name is ever looked up.
    private static Optional<InetAddress> address(String text) {
        if (text.indexOf(':') < 0 && !text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }
}
