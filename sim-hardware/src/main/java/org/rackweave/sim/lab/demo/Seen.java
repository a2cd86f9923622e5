package org.rackweave.sim.lab.demo;

import java.util.ArrayList;
import java.util.List;

/** What one step saw, line by line; and the place where a step says what it needs to have seen. */
final class Seen {
    private final List<String> lines = new ArrayList<>();

    /** Something that was seen. */
    Seen line(String format, Object... values) {
        lines.add(values.length == 0 ? format : String.format(java.util.Locale.ROOT, format, values));
        return this;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
