package org.rackweave.daemon;

import java.util.Locale;

/** The detail of an audit row: a flat JSON object, built from names and values in the order given. */
public final class Detail {
    private final StringBuilder text = new StringBuilder("{");

    public Detail with(String name, String value) {
        separator().append(quoted(name)).append(':').append(quoted(value));
        return this;
    }

    public Detail with(String name, long value) {
        separator().append(quoted(name)).append(':').append(value);
        return this;
    }

    @Override
    public String toString() {
        return text + "}";
    }

    private StringBuilder separator() {
        return text.length() > 1 ? text.append(',') : text;
    }

    private static String quoted(String value) {
        StringBuilder out = new StringBuilder("\"");
        value.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c < 0x20) {
                out.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                out.append((char) c);
            }
        });
        return out.append('"').toString();
    }
}
