package org.rackweave.sim.switchtec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.rackweave.hal.switchtec.wire.LogicalPlace;
import org.rackweave.hal.switchtec.wire.MrpcCommand.FabricPlace;
import org.rackweave.hal.switchtec.wire.PhysicalPort;
import org.rackweave.hal.switchtec.wire.PortConfiguration;
import org.rackweave.hal.switchtec.wire.StackLanes;

/**
 * What a simulated switch is and how it stands, as a text of lines. The same text configures a switch and keeps its state.
 *
 * <pre>
 * product psx|pax            # fan-out, or fabric
 * partitions 4               # 1 to 48
 * logical-ports 8            # of each partition, 1 to 254, beside its upstream port 0
 * bind-time 200              # milliseconds until a bind or unbind is done, 0 to 60000
 * stack 1 8,0,0,0,8          # lanes of the stack's ports, in their order; physical port = stack * 8 + port
 * upstream 0 3               # physical port 0 is the upstream port of partition 3
 * bound 8 3 2                # physical port 8 is bound to partition 3, logical port 2
 * disabled 12                # physical port 12 is
 * function 256               # a function with that fabric id (PDFID)
 * fabric 256 0 24 2          # function 256 is bound to switch 0, physical port 24, logical port 2
 * port 24 2 1 0 7            # physical port 24: type, clock source, SRIS, host domain
 * </pre>
 *
 * @param stacks by their number, 0 to {@value #MAX_STACK}
 * @param upstreams partition of each upstream port
 */
record SwitchtecConfig(
        Product product,
        int partitions,
        int logicalPorts,
        Duration bindTime,
        SortedMap<Integer, StackLanes> stacks,
        SortedMap<Integer, Integer> upstreams,
        SortedMap<Integer, LogicalPlace> binds,
        SortedSet<Integer> disabled,
        SortedSet<Integer> functions,
        SortedMap<Integer, FabricPlace> fabric,
        SortedMap<Integer, PortConfiguration> ports) {
    /** Six stacks of eight ports are the 48 that the bind information has room for. */
    static final int MAX_STACK = 5;

    private static final int MAX_BIND_MILLIS = 60_000;
    private static final int MAX_FUNCTIONS = 1_024;
    private static final int MAX_TEXT_CHARS = 1 << 20;

    /** What a switch can be. The device ids are those of the fourth generation with 36 lanes. */
    enum Product {
        PSX(0x4136),
        PAX(0x4236);

        private final int deviceId;

        Product(int deviceId) {
            this.deviceId = deviceId;
        }

        int deviceId() {
            return deviceId;
        }
    }

    SwitchtecConfig {
        stacks = Collections.unmodifiableSortedMap(new TreeMap<>(stacks));
        upstreams = Collections.unmodifiableSortedMap(new TreeMap<>(upstreams));
        binds = Collections.unmodifiableSortedMap(new TreeMap<>(binds));
        disabled = Collections.unmodifiableSortedSet(new TreeSet<>(disabled));
        functions = Collections.unmodifiableSortedSet(new TreeSet<>(functions));
        fabric = Collections.unmodifiableSortedMap(new TreeMap<>(fabric));
        ports = Collections.unmodifiableSortedMap(new TreeMap<>(ports));
        within(partitions, 1, LogicalPlace.MAX_PARTITION + 1, "partitions");
        within(logicalPorts, 1, LogicalPlace.MAX_LOGICAL_PORT, "logical-ports");
        within(Math.toIntExact(bindTime.toMillis()), 0, MAX_BIND_MILLIS, "bind-time");
        within(functions.size(), 0, MAX_FUNCTIONS, "functions");
        for (Map.Entry<Integer, StackLanes> stack : stacks.entrySet()) {
            within(stack.getKey(), 0, MAX_STACK, "stack");
            if (!fits(stack.getValue())) {
                throw new IllegalArgumentException("stack " + stack.getKey() + ": the widths do not fit into 16 lanes");
            }
        }
        for (Map.Entry<Integer, Integer> upstream : upstreams.entrySet()) {
            exists(upstream.getKey(), stacks);
            within(upstream.getValue(), 0, partitions - 1, "partition of upstream port " + upstream.getKey());
        }
        for (Map.Entry<Integer, LogicalPlace> bound : binds.entrySet()) {
            exists(bound.getKey(), stacks);
            within(bound.getValue().partition(), 0, partitions - 1, "partition of port " + bound.getKey());
            within(bound.getValue().logicalPort(), 1, logicalPorts, "logical port of port " + bound.getKey());
        }
        if (Set.copyOf(binds.values()).size() < binds.size()) {
            throw new IllegalArgumentException("two ports are bound to one logical port");
        }
    }

    /** Four hosts, and stacks of one x16, two x8 and four x4 to lend. */
    static final String USUAL = """
            product psx
            partitions 4
            logical-ports 8
            bind-time 200
            stack 0 4,0,4,0,4,0,4
            stack 1 16
            stack 2 8,0,0,0,8
            stack 3 4,0,4,0,4,0,4
            upstream 0 0
            upstream 2 1
            upstream 4 2
            upstream 6 3
            """;

    /**
     * Whether port n, which begins at lane 2n, has its lanes for itself and lies at a multiple of its width. The rule is the simulation's:
     * which codes a real chip takes is in documents that its maker does not publish.
     */
    static boolean fits(StackLanes lanes) {
        int taken = 0;
        for (int port = 0; port < StackLanes.PORTS; port++) {
            int width = lanes.widths().get(port);
            int first = 2 * port;
            int mask = ((1 << width) - 1) << first;
            if (width > 0 && (first % width != 0 || first + width > 16 || (taken & mask) != 0)) {
                return false;
            }
            taken |= mask;
        }
        return true;
    }

    /** @throws IllegalArgumentException when it cannot be understood or cannot be; the message quotes the line */
    static SwitchtecConfig parse(String text) {
        if (text.length() > MAX_TEXT_CHARS) {
            throw new IllegalArgumentException("more than " + MAX_TEXT_CHARS + " characters");
        }
        Draft draft = new Draft();
        text.lines()
                .map(SwitchtecConfig::withoutComment)
                .filter(line -> !line.isEmpty())
                .forEach(line -> {
                    try {
                        draft.line(List.of(line.split("\\s+", -1)));
                    } catch (IllegalArgumentException wrong) {
                        throw new IllegalArgumentException("\"" + line + "\": " + wrong.getMessage(), wrong);
                    }
                });
        return draft.config();
    }

    String text() {
        List<String> lines = new ArrayList<>();
        lines.add("product " + (product == Product.PSX ? "psx" : "pax"));
        lines.add("partitions " + partitions);
        lines.add("logical-ports " + logicalPorts);
        lines.add("bind-time " + bindTime.toMillis());
        stacks.forEach((stack, lanes) -> lines.add("stack " + stack + " "
                + String.join(",", lanes.widths().stream().map(String::valueOf).toList())));
        upstreams.forEach((port, partition) -> lines.add("upstream " + port + " " + partition));
        binds.forEach(
                (port, place) -> lines.add("bound " + port + " " + place.partition() + " " + place.logicalPort()));
        disabled.forEach(port -> lines.add("disabled " + port));
        functions.forEach(function -> lines.add("function " + function));
        fabric.forEach((function, place) -> lines.add("fabric " + function + " " + place.switchIndex() + " "
                + place.physicalPort() + " " + place.logicalPort()));
        ports.forEach((port, each) -> lines.add("port " + port + " " + each.type() + " " + each.clockSource() + " "
                + each.clockSris() + " " + each.hostDomain()));
        return String.join("\n", lines) + "\n";
    }

    private static String withoutComment(String line) {
        int comment = line.indexOf('#');
        return (comment < 0 ? line : line.substring(0, comment)).strip();
    }

    private static void within(int value, int least, int most, String what) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " is " + least + " to " + most + ", not " + value);
        }
    }

    private static void exists(int port, Map<Integer, StackLanes> stacks) {
        StackLanes lanes = stacks.get(port / StackLanes.PORTS);
        if (lanes == null || lanes.widths().get(port % StackLanes.PORTS) == 0) {
            throw new IllegalArgumentException("no stack makes a physical port " + port);
        }
    }

    /** Takes the lines one by one. */
    private static final class Draft {
        private Product product = Product.PSX;
        private int partitions = 1;
        private int logicalPorts = 1;
        private Duration bindTime = Duration.ZERO;
        private final SortedMap<Integer, StackLanes> stacks = new TreeMap<>();
        private final SortedMap<Integer, Integer> upstreams = new TreeMap<>();
        private final SortedMap<Integer, LogicalPlace> binds = new TreeMap<>();
        private final SortedSet<Integer> disabled = new TreeSet<>();
        private final SortedSet<Integer> functions = new TreeSet<>();
        private final SortedMap<Integer, FabricPlace> fabric = new TreeMap<>();
        private final SortedMap<Integer, PortConfiguration> ports = new TreeMap<>();

        void line(List<String> words) {
            switch (words.get(0)) {
                case "product" -> product = product(word(words, 1));
                case "partitions" -> partitions = number(words, 1);
                case "logical-ports" -> logicalPorts = number(words, 1);
                case "bind-time" -> bindTime = Duration.ofMillis(number(words, 1));
                case "stack" -> stacks.put(number(words, 1), lanes(word(words, 2)));
                case "upstream" -> upstreams.put(port(words), number(words, 2));
                case "bound" -> binds.put(port(words), new LogicalPlace(number(words, 2), number(words, 3)));
                case "disabled" -> disabled.add(port(words));
                case "function" -> functions.add(number(words, 1));
                case "fabric" ->
                    fabric.put(number(words, 1), new FabricPlace(number(words, 2), number(words, 3), number(words, 4)));
                case "port" ->
                    ports.put(
                            port(words),
                            new PortConfiguration(
                                    number(words, 2), number(words, 3), number(words, 4), number(words, 5)));
                default ->
                    throw new IllegalArgumentException(
                            "begin a line with product, partitions, logical-ports, bind-time,"
                                    + " stack, upstream, bound, disabled, function, fabric or port");
            }
        }

        SwitchtecConfig config() {
            return new SwitchtecConfig(
                    product,
                    partitions,
                    logicalPorts,
                    bindTime,
                    stacks,
                    upstreams,
                    binds,
                    disabled,
                    functions,
                    fabric,
                    ports);
        }

        private static Product product(String word) {
            return switch (word) {
                case "psx" -> Product.PSX;
                case "pax" -> Product.PAX;
                default -> throw new IllegalArgumentException("a product is psx or pax");
            };
        }

        private static StackLanes lanes(String word) {
            List<Integer> widths = new ArrayList<>();
            for (String width : word.split(",", -1)) {
                widths.add(parsed(width));
            }
            while (widths.size() < StackLanes.PORTS) {
                widths.add(0);
            }
            return new StackLanes(widths);
        }

        private static int port(List<String> words) {
            return new PhysicalPort(number(words, 1)).id();
        }

        private static int number(List<String> words, int index) {
            return parsed(word(words, index));
        }

        private static String word(List<String> words, int index) {
            if (index >= words.size()) {
                throw new IllegalArgumentException("a word is missing at its end");
            }
            return words.get(index);
        }

        private static int parsed(String word) {
            if (!word.matches("[0-9]{1,6}")) {
                throw new IllegalArgumentException("not a number of at most six digits: " + word);
            }
            return Integer.parseInt(word);
        }
    }
}
