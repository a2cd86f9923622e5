package org.rackweave.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How people write a length of time: {@code 200ms}, {@code 15m}, {@code 1h30m}. */
public final class TimeSpan {
    private static final Pattern WHOLE = Pattern.compile("(?:[0-9]+[A-Za-z]*\\s?)+");
    private static final Pattern PART = Pattern.compile("([0-9]+)([A-Za-z]*)");

    /** What a JSON Schema checks of it. */
    static final String PATTERN = "^([0-9]+(ms|s|m|h|d))+$|^0$";

    private TimeSpan() {}

    /** The units, the longest first: parts are written in this order. */
    private enum Unit {
        DAY("d", 86_400_000),
        HOUR("h", 3_600_000),
        MINUTE("m", 60_000),
        SECOND("s", 1_000),
        MILLISECOND("ms", 1);

        private final String word;
        private final long millis;

        Unit(String word, long millis) {
            this.word = word;
            this.millis = millis;
        }
    }

    /** Reads a length of time in milliseconds. A bare 0 needs no unit. */
    public static Parsed<Long> parse(String text) {
        String stripped = text.strip();
        if (stripped.equals("0")) {
            return new Parsed.Value<>(0L);
        }
        if (!WHOLE.matcher(stripped).matches()) {
            return wrong(
                    "'" + text + "' is not a length of time", "write a whole number and a unit, such as 30s or 15m");
        }
        long millis = 0;
        int last = -1;
        Matcher part = PART.matcher(stripped);
        while (part.find()) {
            String word = part.group(2);
            int position = words().indexOf(word);
            if (position < 0) {
                return badUnit(text, part.group(1), word);
            }
            if (position <= last) {
                return wrong(
                        "'" + text + "' has its units out of order", "write each unit once, the longest first: 1h30m");
            }
            last = position;
            try {
                long step = Math.multiplyExact(Long.parseLong(part.group(1)), Unit.values()[position].millis);
                millis = Math.addExact(millis, step);
            } catch (NumberFormatException | ArithmeticException e) {
                return wrong("'" + text + "' is longer than can be counted", "write a shorter time");
            }
        }
        return new Parsed.Value<>(millis);
    }

    /** Writes a time in the longest unit that leaves a whole number; {@link #parse} reads the same value back. */
    public static String format(long millis) {
        for (Unit unit : Unit.values()) {
            if (millis != 0 && millis % unit.millis == 0) {
                return millis / unit.millis + unit.word;
            }
        }
        return millis + "s";
    }

    /** Writes a time as people read it, in at most two units and rounded down: {@code 14m52s}; negative with a minus. */
    public static String rough(long millis) {
        if (millis < 0) {
            return millis == Long.MIN_VALUE ? rough(millis + 1) : "-" + rough(-millis);
        }
        Unit[] units = Unit.values();
        for (int i = 0; i < units.length - 1; i++) {
            long count = millis / units[i].millis;
            if (count > 0) {
                long rest = millis % units[i].millis / units[i + 1].millis;
                boolean omitted = rest == 0 || units[i] == Unit.SECOND;
                return count + units[i].word + (omitted ? "" : rest + units[i + 1].word);
            }
        }
        return millis == 0 ? "0s" : millis + "ms";
    }

    private static List<String> words() {
        List<String> words = new ArrayList<>();
        for (Unit unit : Unit.values()) {
            words.add(unit.word);
        }
        return words;
    }

    private static Parsed<Long> badUnit(String text, String number, String word) {
        return word.isEmpty()
                ? wrong("'" + text + "' has no unit", "add one of ms, s, m, h, d: " + number + "s")
                : wrong("'" + text + "' has the unknown unit " + word, "use one of ms, s, m, h, d");
    }

    private static Parsed<Long> wrong(String found, String advice) {
        return new Parsed.Wrong<>(found, advice);
    }
}
