package org.rackweave.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How people write a number of bytes: {@code 16GiB}. Only binary units: whether {@code 16GB} means 16·10⁹ or 16·2³⁰ is
 * answered differently by those who sell memory and those who sell disks, and a loan must not depend on it.
 */
public final class ByteSize {
    private static final Pattern FORM = Pattern.compile("([0-9]+)(\\.[0-9]+)?\\s?([A-Za-z]*)");
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");

    /** What a JSON Schema checks of it. */
    static final String PATTERN = "^[0-9]+ ?(B|KiB|MiB|GiB|TiB|PiB)$|^0$";

    private ByteSize() {}

    /** Reads a size in whole bytes. A bare 0 needs no unit. */
    public static Parsed<Long> parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            return wrong("'" + text + "' is not a size", "write a whole number and a unit, such as 512MiB or 16GiB");
        }
        String number = matcher.group(1);
        String unit = matcher.group(3);
        if (unit.isEmpty()) {
            return number.equals("0") && matcher.group(2) == null
                    ? new Parsed.Value<>(0L)
                    : wrong("'" + text + "' has no unit", "add one of B, KiB, MiB, GiB, TiB: " + number + "MiB");
        }
        int power = UNITS.indexOf(unit);
        if (power < 0) {
            return unknownUnit(text, number, unit);
        }
        if (matcher.group(2) != null) {
            return wrong("'" + text + "' has a fraction", "write a whole number in a smaller unit, such as 1536MiB");
        }
        return scaled(text, number, power);
    }

    /** Writes a size in the largest unit that leaves a whole number; {@link #parse} reads the same value back. */
    public static String format(long bytes) {
        int power = 0;
        long rest = bytes;
        while (rest != 0 && rest % 1024 == 0 && power < UNITS.size() - 1) {
            rest /= 1024;
            power++;
        }
        return rest + UNITS.get(power);
    }

    /** Writes a size for people to read, to a tenth of its largest unit: {@code 23.5GiB}. */
    public static String rough(long bytes) {
        int power = 0;
        while (power < UNITS.size() - 1 && bytes >> (10 * (power + 1)) > 0) {
            power++;
        }
        return format(bytes).endsWith(UNITS.get(power))
                ? format(bytes)
                : String.format(Locale.ROOT, "%.1f%s", (double) bytes / (1L << (10 * power)), UNITS.get(power));
    }

    private static Parsed<Long> scaled(String text, String number, int power) {
        try {
            return new Parsed.Value<>(Math.multiplyExact(Long.parseLong(number), 1L << (10 * power)));
        } catch (NumberFormatException | ArithmeticException e) {
            return wrong("'" + text + "' is more bytes than can be counted", "write at most 8191PiB");
        }
    }

    private static Parsed<Long> unknownUnit(String text, String number, String unit) {
        for (String known : UNITS) {
            boolean meant = known.equalsIgnoreCase(unit)
                    || known.replace("i", "").equalsIgnoreCase(unit)
                    || known.substring(0, 1).equalsIgnoreCase(unit);
            if (meant) {
                return wrong(
                        "'" + text + "' has the unit " + unit + ", and sizes here are binary",
                        "write " + number + known + " if that is what is meant");
            }
        }
        return wrong("'" + text + "' has the unknown unit " + unit, "use one of B, KiB, MiB, GiB, TiB, PiB");
    }

    private static Parsed<Long> wrong(String found, String advice) {
        return new Parsed.Wrong<>(found, advice);
    }
}
