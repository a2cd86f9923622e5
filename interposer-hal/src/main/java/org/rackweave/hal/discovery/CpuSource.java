package org.rackweave.hal.discovery;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.rackweave.hal.inventory.CpuCache;
import org.rackweave.hal.inventory.CpuCore;
import org.rackweave.hal.inventory.CpuModel;
import org.rackweave.hal.inventory.CpuPackage;
import org.rackweave.hal.inventory.CpuTopology;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.IdSet;
import org.rackweave.hal.text.CpuInfo;
import org.rackweave.hal.text.IdLists;
import org.rackweave.hal.text.Numerals;

/** The processors, from {@code /sys/devices/system/cpu} and {@code /proc/cpuinfo}. */
final class CpuSource {
    private static final String CPUS = "/sys/devices/system/cpu/";
    private static final Pattern CACHE_INDEX = Pattern.compile("index[0-9]{1,3}");

    private final TreeReader tree;

    CpuSource(TreeReader tree) {
        this.tree = tree;
    }

    CpuTopology read() {
        Optional<IdSet> online = tree.demandParsed(
                CPUS + "online", IdLists::parse, "without it no CPU is known to run, so none is listed");
        if (online.isEmpty()) {
            return CpuTopology.UNTOLD;
        }
        return new CpuTopology(
                online.get(),
                tree.idSet(CPUS + "present"),
                tree.idSet(CPUS + "possible"),
                tree.idSet(CPUS + "isolated"),
                packages(online.get()),
                caches(online.get()),
                models());
    }

    /**
     * Groups threads into cores by the set of siblings, not by core number: kernels number cores anew in every die or
     * cluster.
     */
    private List<CpuPackage> packages(IdSet online) {
        Map<OptionalInt, Map<IdSet, CpuCore>> coresByPackage = new LinkedHashMap<>();
        for (int cpu : online.ids()) {
            String topology = CPUS + "cpu" + cpu + "/topology/";
            Optional<IdSet> siblings = siblings(topology);
            if (siblings.isPresent()) {
                // Some ARM firmware gives no package: the kernel then says -1.
                coresByPackage
                        .computeIfAbsent(
                                tree.nodeNumber(topology + "physical_package_id"), unseen -> new LinkedHashMap<>())
                        .computeIfAbsent(
                                siblings.get(),
                                threads -> new CpuCore(
                                        tree.nodeNumber(topology + "core_id"),
                                        tree.nodeNumber(topology + "die_id"),
                                        threads));
            }
        }
        return coresByPackage.entrySet().stream()
                .map(entry -> new CpuPackage(
                        entry.getKey(), List.copyOf(entry.getValue().values())))
                .sorted(Comparator.comparingInt(each -> each.id().orElse(Integer.MAX_VALUE)))
                .toList();
    }

    private Optional<IdSet> siblings(String topology) {
        // thread_siblings_list is the name that kernels before 5.3 use.
        String name = tree.holds(topology + "core_cpus_list") ? "core_cpus_list" : "thread_siblings_list";
        String path = topology + name;
        return tree.demandParsed(path, IdLists::parse, "this CPU's core is not known, so it is in no core")
                .filter(threads -> {
                    if (threads.size() == 0) {
                        tree.note(DiscoveryProblem.Kind.INCONSISTENT, path, "a running CPU that is in no core");
                    }
                    return threads.size() > 0;
                });
    }

    private List<CpuCache> caches(IdSet online) {
        Map<List<Object>, CpuCache> seen = new LinkedHashMap<>();
        Map<List<Object>, OptionalInt> ids = new HashMap<>();
        for (int cpu : online.ids()) {
            String folder = CPUS + "cpu" + cpu + "/cache";
            List<String> indices = tree.names(folder, CACHE_INDEX);
            if (indices.isEmpty()) {
                tree.note(DiscoveryProblem.Kind.MISSING, folder, "the kernel tells nothing of this CPU's caches");
            }
            for (String index : indices) {
                String place = folder + "/" + index + "/";
                cache(place).ifPresent(cache -> {
                    List<Object> key = List.of(cache.level(), cache.holds(), cache.sharedBy());
                    seen.putIfAbsent(key, cache);
                    OptionalInt id = tree.ordinal(place + "id");
                    if (!ids.computeIfAbsent(key, unseen -> id).equals(id)) {
                        // Seen in QEMU, whose CPUID leaves disagree; lscpu counts such a cache once for each id.
                        tree.note(
                                DiscoveryProblem.Kind.INCONSISTENT,
                                place + "id",
                                "one cache by the CPUs that share it, several by its ids: counted once");
                    }
                });
            }
        }
        List<CpuCache> caches = new ArrayList<>(seen.values());
        caches.sort(Comparator.comparingInt(CpuCache::level).thenComparing(CpuCache::holds));
        return caches;
    }

    private Optional<CpuCache> cache(String folder) {
        Optional<Integer> level = tree.demandParsed(
                        folder + "level", text -> TreeReader.boxed(Numerals.ordinal(text)), "a cache without a level")
                .filter(number -> number > 0);
        Optional<CpuCache.Holds> holds =
                tree.demandParsed(folder + "type", CpuSource::holds, "a cache that does not say what it holds");
        if (level.isEmpty() || holds.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new CpuCache(
                level.get(),
                holds.get(),
                TreeReader.toLong(tree.parsed(folder + "size", text -> TreeReader.boxed(Numerals.lettered(text)))),
                tree.ordinal(folder + "ways_of_associativity"),
                tree.ordinal(folder + "coherency_line_size"),
                tree.ordinal(folder + "number_of_sets"),
                tree.idSet(folder + "shared_cpu_list")));
    }

    private static Optional<CpuCache.Holds> holds(String text) {
        return switch (text) {
            case "Data" -> Optional.of(CpuCache.Holds.DATA);
            case "Instruction" -> Optional.of(CpuCache.Holds.INSTRUCTION);
            case "Unified" -> Optional.of(CpuCache.Holds.UNIFIED);
            default -> Optional.empty();
        };
    }

    private List<CpuModel> models() {
        return tree.demand("/proc/cpuinfo", "what model the CPUs are is not known")
                .map(CpuInfo::models)
                .orElse(List.of());
    }
}
