package org.rackweave.hal.inventory;

import java.util.List;
import java.util.OptionalInt;

/**
 * One socket.
 *
 * @param id the kernel's number for it; absent where firmware gives none
 * @param cores its cores with at least one running thread
 */
public record CpuPackage(OptionalInt id, List<CpuCore> cores) {
    public CpuPackage {
        cores = List.copyOf(cores);
    }
}
