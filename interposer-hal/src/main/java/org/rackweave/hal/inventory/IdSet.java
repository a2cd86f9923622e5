package org.rackweave.hal.inventory;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * A set of small kernel numbers (logical CPUs, NUMA nodes), ascending. Its text is the kernel's own list format, for
 * example {@code 0-3,8}.
 *
 * @param ids the numbers, strictly ascending
 */
public record IdSet(List<Integer> ids) {
    public static final IdSet EMPTY = new IdSet(List.of());

    public IdSet {
        ids = List.copyOf(ids);
        int previous = -1;
        for (int id : ids) {
            Require.that(id > previous, "ids must be ascending and not negative: " + id + " follows " + previous);
            previous = id;
        }
    }

    public static IdSet of(Collection<Integer> ids) {
        return new IdSet(List.copyOf(new TreeSet<>(ids)));
    }

    public boolean contains(int id) {
        return ids.contains(id);
    }

    public int size() {
        return ids.size();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < ids.size()) {
            int first = ids.get(at);
            int last = first;
            while (at + 1 < ids.size() && ids.get(at + 1) == last + 1) {
                at++;
                last++;
            }
            text.append(text.length() == 0 ? "" : ",").append(first);
            if (last > first) {
                text.append('-').append(last);
            }
            at++;
        }
        return text.toString();
    }
}
