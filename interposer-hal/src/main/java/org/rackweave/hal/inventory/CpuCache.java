package org.rackweave.hal.inventory;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One cache.
 *
 * @param level 1 is nearest to the core
 * @param holds what it holds
 * @param sizeBytes its size
 * @param ways its associativity
 * @param lineBytes its line
 * @param sets its number of sets
 * @param sharedBy the logical CPUs that use it
 */
public record CpuCache(
        int level,
        Holds holds,
        OptionalLong sizeBytes,
        OptionalInt ways,
        OptionalInt lineBytes,
        OptionalInt sets,
        IdSet sharedBy) {
    public CpuCache {
        Require.that(level > 0, "a cache level starts at 1, but is " + level);
    }

    /** What a cache holds. */
    public enum Holds {
        DATA,
        INSTRUCTION,
        UNIFIED
    }
}
