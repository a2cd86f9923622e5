package org.rackweave.hal.inventory;

import java.util.List;

/**
 * The processors of a machine.
 *
 * @param online the logical CPUs that run
 * @param present the logical CPUs that are there, running or not
 * @param possible the logical CPUs that could ever be there
 * @param isolated the logical CPUs that the scheduler leaves alone
 * @param packages the sockets, ascending
 * @param caches every cache once, whoever shares it
 * @param models what the running CPUs say they are; more than one on machines that mix
 */
public record CpuTopology(
        IdSet online,
        IdSet present,
        IdSet possible,
        IdSet isolated,
        List<CpuPackage> packages,
        List<CpuCache> caches,
        List<CpuModel> models) {
    public static final CpuTopology UNTOLD =
            new CpuTopology(IdSet.EMPTY, IdSet.EMPTY, IdSet.EMPTY, IdSet.EMPTY, List.of(), List.of(), List.of());

    public CpuTopology {
        packages = List.copyOf(packages);
        caches = List.copyOf(caches);
        models = List.copyOf(models);
    }

    public int coreCount() {
        return packages.stream().mapToInt(each -> each.cores().size()).sum();
    }
}
