package org.rackweave.hal.switchtec.routing;

import java.util.Collections;
import java.util.Map.Entry;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which host is at which partition of the switch.
 *
 * @param byHost the partition of each, none twice
 */
record HostPartitions(SortedMap<String, Integer> byHost) {
    HostPartitions {
        byHost = Collections.unmodifiableSortedMap(new TreeMap<>(byHost));
        if (new TreeSet<>(byHost.values()).size() < byHost.size()) {
            throw new IllegalArgumentException("two hosts are at one partition");
        }
    }

    /** Empty for a host that is not on this switch. */
    OptionalInt partitionOf(String host) {
        Integer partition = byHost.get(host);
        return partition == null ? OptionalInt.empty() : OptionalInt.of(partition);
    }

    /** The host at a partition. Where none is known it says so by words with spaces in them, which no host's name has. */
    String hostAt(int partition) {
        return byHost.entrySet().stream()
                .filter(each -> each.getValue() == partition)
                .map(Entry::getKey)
                .findFirst()
                .orElse("partition " + partition + " of no known host");
    }

    int highest() {
        return byHost.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }
}
