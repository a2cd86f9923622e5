package org.rackweave.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One thing for people: a line for each of its properties, those without a value left out. */
final class Details {
    private final Table.Style style;
    private final Map<String, String> properties = new LinkedHashMap<>();

    Details(Table.Style style) {
        this.style = style;
    }

    Details add(String name, String value) {
        if (!value.isEmpty()) {
            properties.put(name, Printable.line(value));
        }
        return this;
    }

    /** The lines, with a line feed at the end of each. */
    @Override
    public String toString() {
        int width = properties.keySet().stream().mapToInt(String::length).max().orElse(0) + 2;
        StringBuilder text = new StringBuilder();
        properties.forEach((name, value) -> {
            List<String> lines = Table.wrapped(value, Math.max(20, style.columns() - width));
            text.append(name)
                    .append(" ".repeat(width - name.length()))
                    .append(lines.get(0))
                    .append('\n');
            for (String line : lines.subList(1, lines.size())) {
                text.append(" ".repeat(width)).append(line).append('\n');
            }
        });
        return text.toString();
    }
}
