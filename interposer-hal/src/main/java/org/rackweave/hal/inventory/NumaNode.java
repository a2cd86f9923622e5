package org.rackweave.hal.inventory;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * One NUMA node.
 *
 * @param id its number
 * @param cpus its logical CPUs; none on a node that is memory alone
 * @param memoryBytes the memory that the kernel manages on it
 * @param distances the relative cost of reaching each node from here, by node number; 10 is local
 */
public record NumaNode(int id, IdSet cpus, OptionalLong memoryBytes, Map<Integer, Integer> distances) {
    public NumaNode {
        Require.atLeastZero(id, "id");
        distances = Collections.unmodifiableMap(new TreeMap<>(distances));
    }
}
