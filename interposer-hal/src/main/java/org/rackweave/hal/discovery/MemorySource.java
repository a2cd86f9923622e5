package org.rackweave.hal.discovery;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.IdSet;
import org.rackweave.hal.inventory.MemoryBlock;
import org.rackweave.hal.inventory.MemoryLayout;
import org.rackweave.hal.inventory.NumaNode;
import org.rackweave.hal.text.IdLists;
import org.rackweave.hal.text.MemInfo;
import org.rackweave.hal.text.Numerals;

/** NUMA nodes and memory blocks, from {@code /sys/devices/system/node} and {@code /sys/devices/system/memory}. */
final class MemorySource {
    private static final String NODES = "/sys/devices/system/node/";
    private static final String BLOCKS = "/sys/devices/system/memory";
    private static final Pattern BLOCK = Pattern.compile("memory[0-9]{1,9}");
    private static final Pattern NODE = Pattern.compile("node[0-9]{1,9}");

    private final TreeReader tree;

    MemorySource(TreeReader tree) {
        this.tree = tree;
    }

    List<NumaNode> nodes() {
        Optional<IdSet> online = tree.parsed(NODES + "online", IdLists::parse);
        if (online.isEmpty()) {
            tree.note(
                    DiscoveryProblem.Kind.NOT_PRESENT,
                    NODES + "online",
                    "the kernel tells no NUMA nodes: which memory is near to which CPU is not known");
            return List.of();
        }
        List<NumaNode> nodes = new ArrayList<>();
        for (int node : online.get().ids()) {
            String folder = NODES + "node" + node + "/";
            nodes.add(new NumaNode(
                    node, tree.idSet(folder + "cpulist"), total(folder + "meminfo"), distances(folder, online.get())));
        }
        return nodes;
    }

    MemoryLayout layout() {
        List<String> names = tree.names(BLOCKS, BLOCK);
        if (names.isEmpty()) {
            tree.note(
                    DiscoveryProblem.Kind.NOT_PRESENT,
                    BLOCKS,
                    "no memory blocks: this kernel cannot take memory on or off line");
        }
        List<MemoryBlock> blocks = names.stream()
                .map(this::block)
                .sorted(Comparator.comparingInt(MemoryBlock::index))
                .toList();
        return new MemoryLayout(total("/proc/meminfo"), blockSize(names), blocks);
    }

    /** Notes when the nodes together have another amount of memory than the machine. */
    void compare(List<NumaNode> nodes, MemoryLayout layout) {
        boolean known = !nodes.isEmpty()
                && layout.totalBytes().isPresent()
                && nodes.stream().allMatch(node -> node.memoryBytes().isPresent());
        // Seen in micro virtual machines: the node's amount grows as memory is touched, the machine's does not. The
        // text
        // has no amounts, so that two readings of such a machine have the same problem.
        if (known
                && nodes.stream()
                                .mapToLong(node -> node.memoryBytes().orElse(0))
                                .sum()
                        != layout.totalBytes().getAsLong()) {
            tree.note(
                    DiscoveryProblem.Kind.INCONSISTENT,
                    "/proc/meminfo",
                    "the NUMA nodes together do not have the memory that the machine says it has");
        }
    }

    private OptionalLong blockSize(List<String> names) {
        // Hexadecimal without the 0x that its neighbours in sysfs have.
        return names.isEmpty()
                ? OptionalLong.empty()
                : TreeReader.toLong(tree.demandParsed(
                        BLOCKS + "/block_size_bytes",
                        text -> TreeReader.boxed(Numerals.hexadecimal(text)).filter(size -> size > 0),
                        "how much memory one block holds is not known"));
    }

    private MemoryBlock block(String name) {
        String folder = BLOCKS + "/" + name;
        return new MemoryBlock(
                Integer.parseInt(name.substring("memory".length())),
                tree.parsed(folder + "/state", MemorySource::state),
                tree.parsed(folder + "/removable", MemorySource::removal),
                nodeOf(folder));
    }

    /** A block names its node by a link; one that reaches into two nodes has two. */
    private OptionalInt nodeOf(String folder) {
        List<String> links = tree.names(folder, NODE);
        if (links.size() > 1) {
            tree.note(DiscoveryProblem.Kind.INCONSISTENT, folder, "a block in two NUMA nodes at once: " + links);
        }
        return links.size() == 1 ? Numerals.ordinal(links.get(0).substring("node".length())) : OptionalInt.empty();
    }

    private static Optional<MemoryBlock.State> state(String text) {
        return switch (text) {
            case "online" -> Optional.of(MemoryBlock.State.ONLINE);
            case "offline" -> Optional.of(MemoryBlock.State.OFFLINE);
            case "going-offline" -> Optional.of(MemoryBlock.State.GOING_OFFLINE);
            default -> Optional.empty();
        };
    }

    private static Optional<MemoryBlock.Removal> removal(String text) {
        return switch (text) {
            case "1" -> Optional.of(MemoryBlock.Removal.REMOVABLE);
            case "0" -> Optional.of(MemoryBlock.Removal.FIXED);
            default -> Optional.empty();
        };
    }

    private OptionalLong total(String path) {
        return TreeReader.toLong(tree.demandParsed(
                path,
                text -> TreeReader.boxed(MemInfo.bytes(text, "MemTotal")),
                "how much memory there is is not known"));
    }

    /** The distances are written without node numbers, one for each node that is on line, ascending. */
    private Map<Integer, Integer> distances(String folder, IdSet online) {
        String path = folder + "distance";
        List<Integer> distances = tree.parsed(path, IdLists::distances).orElse(List.of());
        if (!distances.isEmpty() && distances.size() != online.size()) {
            tree.note(
                    DiscoveryProblem.Kind.INCONSISTENT,
                    path,
                    distances.size() + " distances for " + online.size() + " nodes: left out");
            return Map.of();
        }
        Map<Integer, Integer> byNode = new LinkedHashMap<>();
        for (int at = 0; at < distances.size(); at++) {
            byNode.put(online.ids().get(at), distances.get(at));
        }
        return byNode;
    }
}
