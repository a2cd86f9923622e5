package org.rackweave.sim.interposer;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rackweave.hal.ForcedEnd;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Latency;

/**
 * What the configuration says about simulated hardware.
 *
 * @param rack the directory that all nodes of the simulated rack share
 * @param slices what this node has
 */
record SimulatedSettings(RackDirectory rack, List<HardwareSlice> slices) {
    /** More would make the list of slices longer than one answer carries. */
    static final int MAX_SLICES = 256;
    /** A window is mapped by pages. */
    static final long PAGE_BYTES = 4096;
    /** A sparse file of this length still fits every file system that a lab runs on. */
    static final long MAX_SLICE_BYTES = 1L << 40;

    private static final String DEVICE = "simulated interposer";
    private static final Map<String, Integer> SHIFT_OF_UNIT = Map.of("", 0, "B", 0, "KiB", 10, "MiB", 20, "GiB", 30);
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})\\s*(B|KiB|MiB|GiB|)");
    private static final TreeSet<String> KNOWN =
            new TreeSet<>(Set.of("rackDir", "slices", "memorySlices", "sliceBytes", "forcedEnd", "fabric", "latency"));

    SimulatedSettings {
        Objects.requireNonNull(rack);
        slices = List.copyOf(slices);
    }

    static SimulatedSettings parse(Map<String, String> settings) throws HalException {
        for (String key : settings.keySet()) {
            if (!KNOWN.contains(key)) {
                throw refused("unknown setting " + key, "the settings are " + String.join(", ", KNOWN));
            }
        }
        String rackDir = settings.getOrDefault("rackDir", "");
        if (rackDir.isBlank()) {
            throw refused(
                    "setting rackDir is missing", "name the directory that all nodes of the simulated rack share");
        }
        try {
            return new SimulatedSettings(new RackDirectory(Path.of(rackDir)), slices(settings));
        } catch (IllegalArgumentException wrong) {
            throw refused(String.valueOf(wrong.getMessage()), "correct lending.interposer.settings");
        }
    }

    private static List<HardwareSlice> slices(Map<String, String> settings) {
        SliceDeclarations declarations = new SliceDeclarations(
                ForcedEnd.parse(settings.getOrDefault("forcedEnd", "tolerated")),
                settings.getOrDefault("fabric", ""),
                latency(settings.getOrDefault("latency", "switch")));
        String declared = settings.get("slices");
        if (declared == null) {
            return declarations.memory(
                    count(settings.getOrDefault("memorySlices", "4")),
                    sliceBytes(settings.getOrDefault("sliceBytes", "1GiB")));
        }
        if (settings.containsKey("memorySlices") || settings.containsKey("sliceBytes")) {
            throw new IllegalArgumentException(
                    "slices says all that memorySlices and sliceBytes say; write the one or the others");
        }
        return declarations.parse(declared);
    }

    private static int count(String text) {
        int count;
        try {
            count = Integer.parseInt(text.strip());
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("memorySlices is a number, not " + text, notANumber);
        }
        if (count < 0 || count > MAX_SLICES) {
            throw new IllegalArgumentException("memorySlices is 0 to " + MAX_SLICES + ", not " + count);
        }
        return count;
    }

    static long sliceBytes(String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("sliceBytes is a size such as 1GiB, not " + text);
        }
        int shift = Objects.requireNonNull(SHIFT_OF_UNIT.get(matcher.group(2)));
        long number = Long.parseLong(matcher.group(1));
        boolean isTooMuch = number > MAX_SLICE_BYTES >> shift;
        long bytes = isTooMuch ? MAX_SLICE_BYTES : number << shift;
        if (isTooMuch || bytes < PAGE_BYTES || bytes % PAGE_BYTES != 0) {
            throw new IllegalArgumentException("sliceBytes is a multiple of 4KiB from 4KiB to 1024GiB, not " + text);
        }
        return bytes;
    }

    private static Latency latency(String text) {
        return switch (text.strip()) {
            case "host" -> Latency.HOST;
            case "switch" -> Latency.SWITCH;
            case "window" -> Latency.WINDOW;
            case "network" -> Latency.NETWORK;
            default -> throw new IllegalArgumentException("latency is host, switch, window or network, not " + text);
        };
    }

    private static HalException refused(String seen, String advice) {
        return new HalException.Refused(DEVICE, "open", seen, advice);
    }
}
