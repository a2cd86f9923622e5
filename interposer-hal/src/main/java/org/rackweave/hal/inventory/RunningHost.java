package org.rackweave.hal.inventory;

import java.util.OptionalLong;

/**
 * What only the running kernel can say, to this process.
 *
 * @param kernelName the kernel's name
 * @param kernelRelease its release
 * @param machine the instruction set that it runs
 * @param pageSizeBytes the page
 * @param hugePageSizeBytes the default huge page, where the kernel has them
 * @param usableCpus the logical CPUs on which this process may run
 */
public record RunningHost(
        String kernelName,
        String kernelRelease,
        String machine,
        long pageSizeBytes,
        OptionalLong hugePageSizeBytes,
        IdSet usableCpus) {
    public RunningHost {
        Require.that(pageSizeBytes > 0, "pageSizeBytes must be positive, but is " + pageSizeBytes);
    }
}
