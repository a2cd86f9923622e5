package org.rackweave.hal.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.rackweave.hal.inventory.IdSet;

/** The kernel's list format: {@code 0-3,8}. An empty text is the empty list. */
public final class IdLists {
    /** The most numbers that a list is read for: well above any kernel's limit of CPUs, well below what fills a heap. */
    public static final int MOST_IDS = 65_536;

    private IdLists() {}

    public static Optional<IdSet> parse(String text) {
        if (text.isBlank()) {
            return Optional.of(IdSet.EMPTY);
        }
        List<Integer> ids = new ArrayList<>();
        for (String part : text.trim().split(",", -1)) {
            int dash = part.indexOf('-');
            OptionalInt first = Numerals.ordinal(dash < 0 ? part : part.substring(0, dash));
            OptionalInt last = dash < 0 ? first : Numerals.ordinal(part.substring(dash + 1));
            if (first.isEmpty() || last.isEmpty() || !extend(ids, first.getAsInt(), last.getAsInt())) {
                return Optional.empty();
            }
        }
        return Optional.of(new IdSet(ids));
    }

    private static boolean extend(List<Integer> ids, int first, int last) {
        boolean ascends = first <= last && (ids.isEmpty() || ids.get(ids.size() - 1) < first);
        if (!ascends || last - first >= MOST_IDS - ids.size()) {
            return false;
        }
        for (int id = first; id <= last; id++) {
            ids.add(id);
        }
        return true;
    }

    /** Numbers parted by blanks, as NUMA distances are written. */
    public static Optional<List<Integer>> distances(String text) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : text.trim().split("\\s+", -1)) {
            OptionalInt number = Numerals.ordinal(part);
            if (number.isEmpty() || numbers.size() == MOST_IDS) {
                return Optional.empty();
            }
            numbers.add(number.getAsInt());
        }
        return Optional.of(List.copyOf(numbers));
    }
}
