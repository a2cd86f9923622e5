package org.rackweave.sim.lab.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.rackweave.daemon.matching.Demand;
import org.rackweave.daemon.matching.Supply;
import org.rackweave.sim.lab.LabFailure;

/**
 * The cluster and the pods of openb. Shared dimensions: cores in thousandths, memory in MiB; devices: GPUs.
 *
 * @param nodes what each node has
 * @param demands each different demand once
 * @param pods for each pod, which of the demands it is
 */
record OpenbTrace(List<Supply> nodes, List<Demand> demands, List<Integer> pods) {
    static final String NODES = "c_openb_node_list_gpu_node.csv.gz";
    static final String PODS = "c_openb_pod_list_default.csv.gz";

    static boolean isIn(Path directory) {
        return Files.isReadable(directory.resolve(NODES)) && Files.isReadable(directory.resolve(PODS));
    }

    static OpenbTrace read(Path directory) throws LabFailure {
        TraceFile pods = TraceFile.read(directory.resolve(PODS));
        int cpu = pods.column("cpu_milli");
        int memory = pods.column("memory_mib");
        int count = pods.column("num_gpu");
        int permille = pods.column("gpu_milli");
        int kinds = pods.column("gpu_spec");
        Map<Demand, Integer> indices = new LinkedHashMap<>();
        List<Integer> which = new ArrayList<>();
        for (String[] row : pods.rows()) {
            int devices = Integer.parseInt(row[count]);
            Demand demand = new Demand(
                    row[kinds].isEmpty() ? Set.of() : Set.of(row[kinds].split("\\|")),
                    List.of(Long.valueOf(row[cpu]), Long.valueOf(row[memory])),
                    devices,
                    devices == 0 ? 0 : Integer.parseInt(row[permille]));
            which.add(indices.computeIfAbsent(demand, unseen -> indices.size()));
        }
        return new OpenbTrace(nodes(directory), List.copyOf(indices.keySet()), List.copyOf(which));
    }

    private static List<Supply> nodes(Path directory) throws LabFailure {
        TraceFile file = TraceFile.read(directory.resolve(NODES));
        int cpu = file.column("cpu_milli");
        int memory = file.column("memory_mib");
        int count = file.column("gpu");
        int model = file.column("model");
        return file.rows().stream()
                .map(row -> new Supply(
                        row[model],
                        List.of(Long.valueOf(row[cpu]), Long.valueOf(row[memory])),
                        Collections.nCopies(Integer.parseInt(row[count]), Supply.WHOLE)))
                .toList();
    }

    /** All devices of all nodes, in permille of one. */
    long capacityPermille() {
        return nodes.stream().mapToLong(Supply::deviceLeft).sum();
    }

    /**
     * All pods, more of them drawn until they ask for this part of the capacity, shuffled.
     *
     * @return indices of demands
     */
    List<Integer> arrivals(long seed, double ofCapacity) {
        Random random = new Random(seed);
        List<Integer> arrivals = new ArrayList<>(pods);
        long asked = pods.stream()
                .mapToLong(pod -> demands.get(pod).devicePermille())
                .sum();
        long limit = Math.round(ofCapacity * capacityPermille());
        while (true) {
            int pod = pods.get(random.nextInt(pods.size()));
            asked += demands.get(pod).devicePermille();
            if (asked > limit) {
                Collections.shuffle(arrivals, random);
                return arrivals;
            }
            arrivals.add(pod);
        }
    }
}
