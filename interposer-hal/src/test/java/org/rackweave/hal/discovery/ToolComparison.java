package org.rackweave.hal.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Offset;
import org.rackweave.hal.inventory.CpuCache;
import org.rackweave.hal.inventory.CpuTopology;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.inventory.MemoryBlock;
import org.rackweave.hal.inventory.NumaNode;
import org.rackweave.hal.inventory.PciFunction;

/** Compares an inventory with what lscpu, lsmem and lspci say, field by field. */
final class ToolComparison {
    private static final Pattern FIELD = Pattern.compile("\"field\":\\s*\"([^\"]*?):?\",\\s*\"data\":\\s*\"([^\"]*)\"");
    private static final Pattern RANGE = Pattern.compile(
            "\"range\":\\s*\"0x([0-9a-f]+)-0x([0-9a-f]+)\",\\s*\"size\":\\s*\"[^\"]*\",\\s*\"state\":\\s*\"([^\"]*)\","
                    + "\\s*\"removable\":\\s*\"?(\\w+)\"?,\\s*\"block\":\\s*\"([0-9]+)(?:-([0-9]+))?\"");
    /** lspci writes a number behind a name that the ID list does not have. */
    private static final Pattern NUMBER_FOR_NAME = Pattern.compile("(?:Vendor|Device|Class) \\[?[0-9a-f]{4}\\]?");

    private ToolComparison() {}

    static void withLscpu(Inventory inventory, String json) {
        Map<String, String> said = new LinkedHashMap<>();
        FIELD.matcher(json).results().forEach(field -> said.putIfAbsent(field.group(1), field.group(2)));
        CpuTopology cpus = inventory.cpus();
        assertThat(said).as("lscpu -J of util-linux 2.38 or newer").containsKey("CPU(s)");
        assertThat((long) cpus.present().size()).isEqualTo(Long.parseLong(said.get("CPU(s)")));
        assertThat(expanded(cpus.online().toString())).isEqualTo(expanded(said.get("On-line CPU(s) list")));
        ifSaid(said, "Socket(s)", sockets -> assertThat(cpus.packages()).hasSize(Integer.parseInt(sockets)));
        ifSaid(said, "Core(s) per socket", cores -> assertThat(cpus.packages())
                .allSatisfy(each -> assertThat(each.cores()).hasSize(Integer.parseInt(cores))));
        ifSaid(said, "Thread(s) per core", threads -> assertThat(
                        cpus.packages().get(0).cores().get(0).threads().size())
                .isEqualTo(Integer.parseInt(threads)));
        if (cpus.models().get(0).name().isPresent()) {
            ifSaid(said, "Vendor ID", vendor -> assertThat(cpus.models().get(0).vendor())
                    .hasValue(vendor));
            ifSaid(said, "Model name", name -> assertThat(cpus.models().get(0).name())
                    .hasValue(name));
            ifSaid(said, "CPU family", family -> assertThat(cpus.models().get(0).family())
                    .hasValue(family));
            ifSaid(said, "Model", model -> assertThat(cpus.models().get(0).model())
                    .hasValue(model));
            ifSaid(said, "Stepping", step -> assertThat(cpus.models().get(0).stepping())
                    .hasValue(step));
        }
        ifSaid(said, "NUMA node(s)", nodes -> assertThat(inventory.numaNodes()).hasSize(Integer.parseInt(nodes)));
        for (NumaNode node : inventory.numaNodes()) {
            ifSaid(said, "NUMA node" + node.id() + " CPU(s)", list -> assertThat(
                            expanded(node.cpus().toString()))
                    .isEqualTo(expanded(list)));
        }
        // Where ids and sharing contradict each other, which discovery names, lscpu counts by the ids.
        boolean countable = inventory.problems().stream()
                .noneMatch(problem -> problem.kind() == DiscoveryProblem.Kind.INCONSISTENT
                        && problem.path().contains("/cache/index3/"));
        cache(said, "L1d cache", cpus, 1, CpuCache.Holds.DATA);
        cache(said, "L1i cache", cpus, 1, CpuCache.Holds.INSTRUCTION);
        cache(said, "L2 cache", cpus, 2, CpuCache.Holds.UNIFIED);
        if (countable) {
            cache(said, "L3 cache", cpus, 3, CpuCache.Holds.UNIFIED);
        }
    }

    private static void cache(
            Map<String, String> said, String field, CpuTopology cpus, int level, CpuCache.Holds holds) {
        ifSaid(said, field, text -> {
            Matcher parts = Pattern.compile("([0-9.]+) ([KMG])iB(?: \\(([0-9]+) instances?\\))?")
                    .matcher(text);
            assertThat(parts.matches()).as("lscpu says of %s: %s", field, text).isTrue();
            double unit = Math.pow(1024, "KMG".indexOf(parts.group(2)) + 1);
            List<CpuCache> ours = cpus.caches().stream()
                    .filter(cache -> cache.level() == level && cache.holds() == holds)
                    .toList();
            Optional.ofNullable(parts.group(3))
                    .ifPresent(instances -> assertThat(ours).hasSize(Integer.parseInt(instances)));
            long bytes = ours.stream()
                    .mapToLong(cache -> cache.sizeBytes().orElse(0))
                    .sum();
            // lscpu rounds to one decimal.
            assertThat(bytes / unit).isCloseTo(Double.parseDouble(parts.group(1)), Offset.offset(0.06));
        });
    }

    private interface Check {
        void of(String value);
    }

    private static void ifSaid(Map<String, String> said, String field, Check check) {
        String value = said.getOrDefault(field, "-");
        if (!value.equals("-")) {
            check.of(value);
        }
    }

    private static Set<Integer> expanded(String list) {
        Set<Integer> ids = new TreeSet<>();
        for (String part : list.isEmpty() ? new String[0] : list.split(",")) {
            String[] ends = part.split("-");
            for (int id = Integer.parseInt(ends[0]); id <= Integer.parseInt(ends[ends.length - 1]); id++) {
                ids.add(id);
            }
        }
        return ids;
    }

    static void withLsmem(Inventory inventory, String json) {
        Map<Integer, MemoryBlock> ours = new TreeMap<>();
        inventory.memory().blocks().forEach(block -> ours.put(block.index(), block));
        long blockBytes = inventory.memory().blockSizeBytes().orElseThrow();
        List<Integer> listed = new ArrayList<>();
        Matcher range = RANGE.matcher(json);
        while (range.find()) {
            int first = Integer.parseInt(range.group(5));
            int last = Integer.parseInt(Optional.ofNullable(range.group(6)).orElse(range.group(5)));
            assertThat(first * blockBytes).isEqualTo(Long.parseLong(range.group(1), 16));
            assertThat((last + 1) * blockBytes - 1).isEqualTo(Long.parseLong(range.group(2), 16));
            for (int index = first; index <= last; index++) {
                listed.add(index);
                MemoryBlock block = ours.get(index);
                assertThat(block).as("block %d", index).isNotNull();
                assertThat(block.state().map(state -> state.name().toLowerCase(Locale.ROOT)))
                        .hasValue(range.group(3));
                // lsmem calls every block that is off line not removable, whatever the kernel says of it.
                if (range.group(3).equals("online")) {
                    assertThat(block.removal().map(MemoryBlock.Removal.REMOVABLE::equals))
                            .hasValue(range.group(4).matches("true|yes"));
                }
            }
        }
        assertThat(ours.keySet()).containsExactlyElementsOf(listed);
    }

    static void withLspci(Inventory inventory, String text) {
        List<String> listed = new ArrayList<>();
        for (String paragraph : text.strip().split("\n\n")) {
            Map<String, String> said = new LinkedHashMap<>();
            paragraph
                    .lines()
                    .forEach(line -> said.putIfAbsent(
                            line.substring(0, line.indexOf(':')),
                            line.substring(line.indexOf(':') + 1).strip()));
            listed.add(said.get("Slot"));
            PciFunction ours = inventory.pciFunctions().stream()
                    .filter(function -> function.address().toString().equals(said.get("Slot")))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("not discovered: " + said));
            function(ours, said);
        }
        assertThat(inventory.pciFunctions().stream()
                        .map(function -> function.address().toString()))
                .containsExactlyInAnyOrderElementsOf(listed);
    }

    private static void function(PciFunction ours, Map<String, String> said) {
        assertThat(ours.names().className()).isEqualTo(name(said, "Class"));
        assertThat(ours.names().vendor()).isEqualTo(name(said, "Vendor"));
        assertThat(ours.names().device()).isEqualTo(name(said, "Device"));
        assertThat(ours.names().subsystemVendor()).isEqualTo(name(said, "SVendor"));
        // For a board whose vendor and device are those of the chip itself lspci repeats the chip's name.
        if (ours.subsystem().isPresent() && !ours.subsystem().get().equals(ours.id())) {
            assertThat(ours.names().subsystem()).isEqualTo(name(said, "SDevice"));
        }
        assertThat(ours.driver()).isEqualTo(Optional.ofNullable(said.get("Driver")));
        assertThat(ours.slot()).isEqualTo(Optional.ofNullable(said.get("PhySlot")));
        assertThat(ours.placement().numaNode()).isEqualTo(number(said, "NUMANode", 10));
        assertThat(ours.placement().iommuGroup()).isEqualTo(number(said, "IOMMUGroup", 10));
        assertThat(ours.revision().orElse(0)).isEqualTo(number(said, "Rev", 16).orElse(0));
        assertThat(ours.classCode().programmingInterface())
                .isEqualTo(number(said, "ProgIf", 16).orElse(0));
    }

    private static Optional<String> name(Map<String, String> said, String field) {
        return Optional.ofNullable(said.get(field))
                .filter(name -> !NUMBER_FOR_NAME.matcher(name).matches())
                .map(name -> name.replaceFirst(" \\[[0-9a-f]{4}\\]$", ""));
    }

    private static OptionalInt number(Map<String, String> said, String field, int radix) {
        return said.containsKey(field) ? OptionalInt.of(Integer.parseInt(said.get(field), radix)) : OptionalInt.empty();
    }
}
