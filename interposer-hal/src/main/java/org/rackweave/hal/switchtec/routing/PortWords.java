package org.rackweave.hal.switchtec.routing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rackweave.hal.Fence;
import org.rackweave.hal.ForcedEnd;
import org.rackweave.hal.HardwarePlace;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Latency;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.switchtec.wire.PhysicalPort;
import org.rackweave.hal.switchtec.wire.StackLanes;

/**
 * Reads the settings {@code slices} and {@code splits}, entry by entry, with a semicolon between them.
 *
 * <pre>
 * device PORT [CAPABILITY,...] wipe none-kept [on DEVICE] [tolerated|fatal]
 * lanes PORT [CAPABILITY,...] [on DEVICE] [tolerated|fatal]
 *
 * STACK WHOLE SPLIT          lanes of the stack's ports in their order: 1 16 8,0,0,0,8
 * </pre>
 *
 * Ports are physical ones; their keys are {@code port16} and {@code lanes12}. Surprise removal is fatal unless it is said to be tolerated. A
 * switch cannot wipe what is behind a port, so that a device is lent only where the operator attests that it keeps nothing.
 */
final class PortWords {
    /** As many as a switch has. */
    private static final int MAX_SPLITS = StackLanes.MAX_STACK + 1;

    /** What a lender's list of slices carries of each. */
    private static final int MAX_CAPABILITIES = 16;

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}");
    private static final Pattern CAPABILITY = Pattern.compile("[a-z0-9][a-z0-9._/+-]{0,63}");

    private final String fabric;
    private final Map<Integer, StackSplit> splits;

    /** @param splits by the number of their stack */
    PortWords(String fabric, Map<Integer, StackSplit> splits) {
        this.fabric = fabric;
        this.splits = splits;
    }

    /** What is said of one entry so far. */
    private static final class Said {
        private Set<String> capabilities = Set.of();
        private String device = "";
        private ForcedEnd end = ForcedEnd.FATAL;
        private boolean keepsNothing;
    }

    /** @throws IllegalArgumentException when it cannot be understood; the message quotes what */
    List<LentPort> parse(String text) {
        List<LentPort> ports = new ArrayList<>();
        for (String entry : entries(text)) {
            try {
                ports.add(port(new ArrayDeque<>(List.of(entry.split("\\s+", -1)))));
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("slices: \"" + entry + "\": " + wrong.getMessage(), wrong);
            }
        }
        return ports;
    }

    /** @throws IllegalArgumentException when it cannot be understood; the message quotes what */
    static Map<Integer, StackSplit> splits(String text) {
        Map<Integer, StackSplit> splits = new TreeMap<>();
        for (String entry : entries(text)) {
            try {
                String[] words = entry.split("\\s+", -1);
                if (words.length != 3) {
                    throw new IllegalArgumentException("write STACK WHOLE SPLIT, such as 1 16 8,0,0,0,8");
                }
                StackSplit split = new StackSplit(number(words[0], "a stack"), lanes(words[1]), lanes(words[2]));
                if (splits.put(split.stack(), split) != null || splits.size() > MAX_SPLITS) {
                    throw new IllegalArgumentException("a stack is named once");
                }
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException("splits: \"" + entry + "\": " + wrong.getMessage(), wrong);
            }
        }
        return splits;
    }

    private LentPort port(Deque<String> words) {
        String what = words.pop();
        PhysicalPort port = new PhysicalPort(number(words.poll(), "a physical port"));
        Optional<StackSplit> split = Optional.ofNullable(splits.get(StackSplit.stackOf(port)));
        Said said = said(words);
        return switch (what) {
            case "device" -> device(port, split, said);
            case "lanes" -> lanes(port, split, said);
            default -> throw new IllegalArgumentException("begin with device or lanes");
        };
    }

    private static Said said(Deque<String> words) {
        Said said = new Said();
        while (!words.isEmpty()) {
            String word = words.pop();
            switch (word) {
                case "wipe" -> said.keepsNothing = isNoneKept(words.poll());
                case "on" -> said.device = after(words.poll(), "on");
                case "tolerated" -> said.end = ForcedEnd.TOLERATED;
                case "fatal" -> said.end = ForcedEnd.FATAL;
                default -> said.capabilities = capabilities(word);
            }
        }
        return said;
    }

    private LentPort device(PhysicalPort port, Optional<StackSplit> split, Said said) {
        if (!said.keepsNothing) {
            throw new IllegalArgumentException(
                    "a switch cannot wipe a device; where it keeps nothing that a host wrote, attest"
                            + " that with: wipe none-kept; else leave it out");
        }
        if (split.isPresent()) {
            throw new IllegalArgumentException(
                    "stack " + split.get().stack() + " is split for lanes, which disturbs every port of it");
        }
        return new LentPort(facts(PortKeys.device(port), SliceKind.PCIE_DEVICE, 1, said), port, split);
    }

    private LentPort lanes(PhysicalPort port, Optional<StackSplit> split, Said said) {
        int width = split.map(stack -> stack.lanesSplit(port)).orElse(0);
        if (width == 0) {
            throw new IllegalArgumentException("the setting splits makes no port " + port.id());
        }
        if (said.keepsNothing) {
            throw new IllegalArgumentException("lanes keep nothing and need no wipe");
        }
        return new LentPort(facts(PortKeys.lanes(port), SliceKind.LANES, width, said), port, split);
    }

    private HardwareSlice facts(String key, SliceKind kind, int amount, Said said) {
        return new HardwareSlice(
                key,
                kind,
                amount,
                said.capabilities,
                said.end,
                Fence.ROUTE_READBACK,
                new HardwarePlace(fabric, said.device, Latency.SWITCH),
                Set.of());
    }

    private static List<String> entries(String text) {
        List<String> entries = new ArrayList<>();
        for (String entry : text.split(";", -1)) {
            if (!entry.isBlank()) {
                entries.add(entry.strip());
            }
        }
        return entries;
    }

    private static boolean isNoneKept(@Nullable String word) {
        if (!"none-kept".equals(word)) {
            throw new IllegalArgumentException("wipe is none-kept, an operator's word; a switch wipes nothing itself");
        }
        return true;
    }

    private static StackLanes lanes(String text) {
        List<Integer> widths = new ArrayList<>();
        for (String width : text.split(",", -1)) {
            widths.add(number(width, "a width"));
        }
        while (widths.size() < StackLanes.PORTS) {
            widths.add(0);
        }
        return new StackLanes(widths);
    }

    private static int number(@Nullable String text, String what) {
        if (text == null || !NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException(what + " is a number, not " + text);
        }
        return Integer.parseInt(text);
    }

    private static String after(@Nullable String text, String word) {
        if (text == null) {
            throw new IllegalArgumentException("nothing is said after " + word);
        }
        return text;
    }

    private static Set<String> capabilities(String words) {
        Set<String> capabilities = new LinkedHashSet<>(List.of(words.split(",", -1)));
        for (String capability : capabilities) {
            if (!CAPABILITY.matcher(capability).matches()) {
                throw new IllegalArgumentException("not a capability such as net/100g: " + capability);
            }
        }
        if (capabilities.size() > MAX_CAPABILITIES) {
            throw new IllegalArgumentException("at most " + MAX_CAPABILITIES + " capabilities");
        }
        return capabilities;
    }
}
