package org.rackweave.sim.interposer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rackweave.hal.Fence;
import org.rackweave.hal.ForcedEnd;
import org.rackweave.hal.HardwarePlace;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Latency;
import org.rackweave.hal.SliceKind;

/**
 * Reads the setting {@code slices}: what a simulated node has, kind by kind, with a semicolon between them.
 *
 * <pre>
 * COUNT KIND [AMOUNT] [CAPABILITY,...] [loads CONFIGURATION,...] [on DEVICE] [tolerated|fatal]
 *
 * 2 memory 1GiB; 4 cores 2; 1 function net/100g; 1 accelerator crypto/aes-gcm loads aes-gcm-v2.bit,sha3.bit on fpga0
 * </pre>
 *
 * An amount is a size for memory and a number for lanes, cores and accelerators; a device and a function are one each. Keys are
 * {@code mem0}, {@code dev0}, {@code fn0}, {@code lanes0}, {@code acc0}, {@code cores0} and so on, in the order of the text.
 */
final class SliceDeclarations {
    private static final Pattern AMOUNT = Pattern.compile("[0-9]+(?:B|KiB|MiB|GiB)?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");
    private static final Pattern CAPABILITY = Pattern.compile("[a-z0-9][a-z0-9._/+-]{0,63}");
    /** What a lender's list of slices carries of each. */
    private static final int MAX_CAPABILITIES = 16;

    private static final Map<String, SliceKind> KINDS = Map.of(
            "memory", SliceKind.MEMORY,
            "pcie-device", SliceKind.PCIE_DEVICE,
            "function", SliceKind.FUNCTION,
            "lanes", SliceKind.LANES,
            "accelerator", SliceKind.ACCELERATOR,
            "cores", SliceKind.CORES);

    private final ForcedEnd usualEnd;
    private final String fabric;
    private final Latency latency;
    private final Map<SliceKind, Integer> counted = new EnumMap<>(SliceKind.class);
    private final List<HardwareSlice> slices = new ArrayList<>();

    /**
     * @param usualEnd what the host suffers at surprise removal where the text does not say
     * @param fabric what all of this node's slices are behind; may be empty
     * @param latency how far they are; cores are always at the lender
     */
    SliceDeclarations(ForcedEnd usualEnd, String fabric, Latency latency) {
        this.usualEnd = usualEnd;
        this.fabric = fabric;
        this.latency = latency;
    }

    /** @throws IllegalArgumentException when it cannot be understood; the message quotes what */
    List<HardwareSlice> parse(String text) {
        for (String declaration : text.split(";", -1)) {
            if (!declaration.isBlank()) {
                try {
                    declare(new ArrayDeque<>(List.of(declaration.strip().split("\\s+"))));
                } catch (IllegalArgumentException wrong) {
                    throw new IllegalArgumentException(
                            "slices: \"" + declaration.strip() + "\": " + wrong.getMessage(), wrong);
                }
            }
        }
        return List.copyOf(slices);
    }

    /** Slices of memory, all of one size. */
    List<HardwareSlice> memory(int count, long bytes) {
        add(count, SliceKind.MEMORY, bytes, Set.of(), Set.of(), "", usualEnd);
        return List.copyOf(slices);
    }

    private void declare(Deque<String> words) {
        int count = number(words.poll(), "how many");
        String kindWord = words.isEmpty() ? "" : words.pop();
        SliceKind kind = Optional.ofNullable(KINDS.get(kindWord))
                .orElseThrow(() -> new IllegalArgumentException(
                        "the kinds are " + String.join(", ", new TreeSet<>(KINDS.keySet())) + ", not " + kindWord));
        long amount = amount(kind, words);
        Set<String> capabilities = Set.of();
        Set<String> configurations = Set.of();
        String device = "";
        ForcedEnd end = usualEnd;
        while (!words.isEmpty()) {
            String word = words.pop();
            switch (word) {
                case "loads" -> configurations = list(words.poll(), "loads");
                case "on" -> device = String.join("", list(words.poll(), "on"));
                case "tolerated" -> end = ForcedEnd.TOLERATED;
                case "fatal" -> end = ForcedEnd.FATAL;
                default -> capabilities = capabilities(word);
            }
        }
        add(count, kind, amount, capabilities, configurations, device, end);
    }

    private void add(
            int count,
            SliceKind kind,
            long amount,
            Set<String> capabilities,
            Set<String> configurations,
            String device,
            ForcedEnd end) {
        if (slices.size() + count > SimulatedSettings.MAX_SLICES) {
            throw new IllegalArgumentException("a node has at most " + SimulatedSettings.MAX_SLICES + " slices");
        }
        HardwarePlace place = new HardwarePlace(fabric, device, kind == SliceKind.CORES ? Latency.NETWORK : latency);
        for (int i = 0; i < count; i++) {
            int index = counted.merge(kind, 1, Integer::sum) - 1;
            slices.add(new HardwareSlice(
                    prefix(kind) + index,
                    kind,
                    amount,
                    capabilities,
                    end,
                    Fence.HARDWARE_EPOCH,
                    place,
                    configurations));
        }
    }

    private static long amount(SliceKind kind, Deque<String> words) {
        boolean isTold = !words.isEmpty() && AMOUNT.matcher(words.element()).matches();
        return switch (kind) {
            case MEMORY -> SimulatedSettings.sliceBytes(isTold ? words.pop() : "1GiB");
            case LANES, ACCELERATOR, CORES -> isTold ? number(words.pop(), "the amount") : 1;
            case PCIE_DEVICE, FUNCTION -> {
                if (isTold) {
                    throw new IllegalArgumentException("a device or function is one; write more of them in front");
                }
                yield 1;
            }
        };
    }

    private static int number(@Nullable String text, String what) {
        if (text == null || !NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException(what + " is a number from 0 to 9999, not " + text);
        }
        return Integer.parseInt(text);
    }

    private static Set<String> capabilities(String words) {
        Set<String> capabilities = list(words, "a capability");
        for (String capability : capabilities) {
            if (!CAPABILITY.matcher(capability).matches()) {
                throw new IllegalArgumentException("not a capability such as crypto/aes-gcm: " + capability);
            }
        }
        if (capabilities.size() > MAX_CAPABILITIES) {
            throw new IllegalArgumentException("at most " + MAX_CAPABILITIES + " capabilities");
        }
        return capabilities;
    }

    private static Set<String> list(@Nullable String words, String what) {
        if (words == null || words.isEmpty()) {
            throw new IllegalArgumentException("nothing is said after " + what);
        }
        return Set.copyOf(new TreeSet<>(List.of(words.split(",", -1))));
    }

    private static String prefix(SliceKind kind) {
        return switch (kind) {
            case MEMORY -> "mem";
            case PCIE_DEVICE -> "dev";
            case FUNCTION -> "fn";
            case LANES -> "lanes";
            case ACCELERATOR -> "acc";
            case CORES -> "cores";
        };
    }
}
