package org.rackweave.sim.cxl;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rackweave.config.ByteSize;
import org.rackweave.config.Parsed;
import org.rackweave.config.TimeSpan;
import org.rackweave.hal.cxl.Opcode;
import org.rackweave.sim.cxl.SwitchPlan.Behind;

/**
 * Reads the plan of a switch, a line for each thing:
 *
 * <pre>
 * # Comment.
 * tcp 2508                         where it listens; without it, on any port that is free
 * background 20ms                  how long a bind takes
 * serial 42
 * port 0 upstream                  a host
 * port 2 sld 4GiB
 * port 3 mld 16GiB lds 4           also: serial 7, its own number
 * port 5 empty
 * port 6 mhd 8GiB lds 4 heads 2    a multi-headed device, its first head; also: serial 8
 * port 7 head 1 of 6               another head of it
 * port 8 dcd 16GiB lds 4 block 2MiB regions 2     dynamic capacity; also: serial 9; without regions there is one
 * vcs 0 upstream 0 vppbs 8
 * vcs 1 upstream 1 vppbs 8 windows /tmp/rack/alpha/{vppb}.mem     where the host sees what is bound, as files
 * memory /tmp/rack/devices         where the memory of devices is kept; without it there is none
 * bound 0 1 to 2                   virtual switch 0, vPPB 1, port 2: bound from the start
 * bound 0 2 to 3 ld 1
 * host 1 keeps                     what the host does with dynamic capacity: also refuses, silent, takes
 * storm 2 100000                   the link of port 2 changes so often a second
 * fault bind-vppb hang             also fail, forget, lie, lose, miscount; once, or COUNT times
 * fault unbind-vppb late 2s 3
 * </pre>
 */
public final class SwitchText {
    private static final long USUAL_BACKGROUND_MILLIS = 20;
    private static final long USUAL_SERIAL = 0x5241434B;

    private int tcpPort;
    private long backgroundMillis = USUAL_BACKGROUND_MILLIS;
    private long serial = USUAL_SERIAL;
    private Optional<Path> memory = Optional.empty();
    private final List<SwitchPlan.Port> ports = new ArrayList<>();
    private final List<SwitchPlan.VirtualSwitch> virtualSwitches = new ArrayList<>();
    private final List<SwitchPlan.Bound> bound = new ArrayList<>();
    private final List<PlannedFault> faults = new ArrayList<>();
    private final List<SwitchPlan.Host> hosts = new ArrayList<>();
    private Optional<SwitchPlan.Storm> storm = Optional.empty();

    private SwitchText() {}

    /** @throws IllegalArgumentException when a line cannot be understood; the message quotes it */
    public static SwitchPlan parse(String text) {
        SwitchText reader = new SwitchText();
        text.lines()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .forEach(reader::line);
        return new SwitchPlan(
                reader.tcpPort,
                reader.backgroundMillis,
                reader.serial,
                reader.memory,
                reader.ports,
                reader.virtualSwitches,
                reader.bound,
                reader.faults,
                reader.hosts,
                reader.storm);
    }

    private void line(String line) {
        Deque<String> words = new ArrayDeque<>(List.of(line.split("\\s+", -1)));
        try {
            thing(words);
            if (!words.isEmpty()) {
                throw new IllegalArgumentException("nothing follows here, not \"" + words.peek() + "\"");
            }
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("\"" + line + "\": " + wrong.getMessage(), wrong);
        }
    }

    private void thing(Deque<String> words) {
        String first = words.pop();
        switch (first) {
            case "tcp" -> tcpPort = number(words);
            case "background" -> backgroundMillis = value(TimeSpan.parse(word(words)));
            case "serial" -> serial = number(words);
            case "memory" -> memory = Optional.of(Path.of(word(words)));
            case "port" -> ports.add(new SwitchPlan.Port(number(words), behind(words)));
            case "vcs" -> {
                int id = number(words);
                int upstream = numberAfter("upstream", words);
                int vppbs = numberAfter("vppbs", words);
                virtualSwitches.add(new SwitchPlan.VirtualSwitch(
                        id,
                        upstream,
                        vppbs,
                        words.isEmpty() ? Optional.empty() : Optional.of(wordAfter("windows", words))));
            }
            case "bound" -> {
                int virtualSwitch = number(words);
                int vppb = number(words);
                int port = numberAfter("to", words);
                bound.add(new SwitchPlan.Bound(
                        virtualSwitch,
                        vppb,
                        port,
                        words.isEmpty() ? Optional.empty() : Optional.of(numberAfter("ld", words))));
            }
            case "host" -> hosts.add(new SwitchPlan.Host(number(words), manner(word(words))));
            case "storm" -> storm = Optional.of(new SwitchPlan.Storm(number(words), number(words)));
            case "fault" -> faults.add(fault(words));
            default ->
                throw new IllegalArgumentException(
                        "a line starts with tcp, background, serial, memory, port, vcs, bound, host, storm or fault");
        }
    }

    private static Behind behind(Deque<String> words) {
        String kind = word(words);
        return switch (kind) {
            case "upstream" -> new Behind.Host();
            case "empty" -> new Behind.Nothing();
            case "sld" -> new Behind.Single(value(ByteSize.parse(word(words))));
            case "mld" -> {
                long bytes = value(ByteSize.parse(word(words)));
                int logicalDevices = numberAfter("lds", words);
                yield new Behind.Multi(bytes, logicalDevices, serial(words));
            }
            case "mhd" -> {
                long bytes = value(ByteSize.parse(word(words)));
                int logicalDevices = numberAfter("lds", words);
                yield new Behind.Headed(bytes, logicalDevices, numberAfter("heads", words), serial(words));
            }
            case "head" -> new Behind.Head(number(words), numberAfter("of", words));
            case "dcd" -> {
                long bytes = value(ByteSize.parse(word(words)));
                int logicalDevices = numberAfter("lds", words);
                long blockBytes = value(ByteSize.parse(wordAfter("block", words)));
                int regions = "regions".equals(words.peek()) ? numberAfter("regions", words) : 1;
                yield new Behind.Dynamic(bytes, logicalDevices, blockBytes, regions, serial(words));
            }
            default ->
                throw new IllegalArgumentException(
                        "a port is upstream, empty, sld, mld, mhd, head or dcd, not " + kind);
        };
    }

    private static Optional<Long> serial(Deque<String> words) {
        return words.isEmpty() ? Optional.empty() : Optional.of((long) numberAfter("serial", words));
    }

    private static SwitchPlan.HostManner manner(String word) {
        return SwitchPlan.HostManner.valueOf(constant(word));
    }

    /** A fault as the plan's lines have it after the word {@code fault}. */
    private static PlannedFault fault(Deque<String> words) {
        Opcode opcode = Opcode.valueOf(constant(word(words)));
        PlannedFault.Kind kind = PlannedFault.Kind.valueOf(constant(word(words)));
        long millis = kind == PlannedFault.Kind.LATE ? value(TimeSpan.parse(word(words))) : 0;
        return new PlannedFault(opcode, kind, millis, words.isEmpty() ? 1 : number(words));
    }

    private static String constant(String word) {
        return word.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private static int numberAfter(String due, Deque<String> words) {
        return number(wordAfter(due, words));
    }

    private static String wordAfter(String due, Deque<String> words) {
        String found = word(words);
        if (!found.equals(due)) {
            throw new IllegalArgumentException("here comes \"" + due + "\", not \"" + found + "\"");
        }
        return word(words);
    }

    private static int number(Deque<String> words) {
        return number(word(words));
    }

    private static int number(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException(digits + " is no number", wrong);
        }
    }

    private static String word(Deque<String> words) {
        @Nullable String word = words.poll();
        if (word == null) {
            throw new IllegalArgumentException("the line ends too early");
        }
        return word;
    }

    private static long value(Parsed<Long> parsed) {
        if (parsed instanceof Parsed.Value<Long> value) {
            return value.value();
        }
        Parsed.Wrong<Long> wrong = (Parsed.Wrong<Long>) parsed;
        throw new IllegalArgumentException(wrong.found() + "; " + wrong.advice());
    }
}
