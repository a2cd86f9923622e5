package org.rackweave.daemon;

/** The detail of an audit row: a flat JSON object, built from names and values in the order given. */
public final class Detail {
    private static final int MAX_VALUE_CHARS = 160;

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

    /** Clipped, so that no free text makes a row too long. */
    private static String quoted(String value) {
        StringBuilder out = new StringBuilder("\"");
        String printable = Printable.of(value);
        for (int i = 0; i < Math.min(printable.length(), MAX_VALUE_CHARS); i++) {
            char c = printable.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            out.append(c);
        }
        return out.append('"').toString();
    }
}
