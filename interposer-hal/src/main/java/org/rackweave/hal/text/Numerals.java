package org.rackweave.hal.text;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ways in which the kernel writes numbers. */
public final class Numerals {
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]{1,19}");
    private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-fA-F]{1,16}");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})([KMG]?)");
    private static final Pattern KIBIBYTES = Pattern.compile("([0-9]{1,15})\\s*kB");
    private static final Pattern TRANSFERS = Pattern.compile("([0-9]{1,3})(?:\\.([0-9]))? GT/s(?: PCIe)?");

    private Numerals() {}

    public static OptionalInt decimal(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(Integer.parseInt(text));
        } catch (NumberFormatException outOfRange) {
            return OptionalInt.empty();
        }
    }

    /** A decimal number of 64 bits with its sign, as sensors write theirs. */
    public static OptionalLong signed(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException outOfRange) {
            return OptionalLong.empty();
        }
    }

    /** A decimal number that is a count or an id: a negative one is the kernel's way to say that there is none. */
    public static OptionalInt ordinal(String text) {
        OptionalInt number = decimal(text);
        return number.isPresent() && number.getAsInt() >= 0 ? number : OptionalInt.empty();
    }

    /** Hexadecimal with or without {@code 0x}, as 64 unsigned bits. */
    public static OptionalLong hexadecimal(String text) {
        String digits = text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text;
        return HEXADECIMAL.matcher(digits).matches()
                ? OptionalLong.of(Long.parseUnsignedLong(digits, 16))
                : OptionalLong.empty();
    }

    /** Hexadecimal of at most {@code bits} bits. */
    public static OptionalInt hexadecimal(String text, int bits) {
        OptionalLong number = hexadecimal(text);
        return number.isPresent() && Long.numberOfLeadingZeros(number.getAsLong()) >= Long.SIZE - bits
                ? OptionalInt.of((int) number.getAsLong())
                : OptionalInt.empty();
    }

    /** A size in bytes: {@code 0x…} or decimal. One that needs the 64th bit is empty. */
    public static OptionalLong byteCount(String text) {
        if (text.startsWith("0x")) {
            OptionalLong number = hexadecimal(text);
            return number.isPresent() && number.getAsLong() >= 0 ? number : OptionalLong.empty();
        }
        if (!DECIMAL.matcher(text).matches() || text.startsWith("-")) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException outOfRange) {
            return OptionalLong.empty();
        }
    }

    /** A size with the letter of a power of 1024, as caches write theirs: {@code 32K}. */
    public static OptionalLong lettered(String text) {
        Matcher parts = SIZE.matcher(text);
        if (!parts.matches()) {
            return OptionalLong.empty();
        }
        int shift = parts.group(2).isEmpty() ? 0 : ("KMG".indexOf(parts.group(2)) + 1) * 10;
        return OptionalLong.of(Long.parseLong(parts.group(1)) << shift);
    }

    /** A size as {@code /proc/meminfo} writes it: {@code 1024 kB}. */
    public static OptionalLong kibibytes(String text) {
        Matcher parts = KIBIBYTES.matcher(text.trim());
        return parts.matches() ? OptionalLong.of(Long.parseLong(parts.group(1)) << 10) : OptionalLong.empty();
    }

    /** A link speed in million transfers a second, from {@code 2.5 GT/s PCIe}. */
    public static OptionalInt megatransfers(String text) {
        Matcher parts = TRANSFERS.matcher(text);
        if (!parts.matches()) {
            return OptionalInt.empty();
        }
        int tenths = Optional.ofNullable(parts.group(2)).map(Integer::parseInt).orElse(0);
        return OptionalInt.of(Integer.parseInt(parts.group(1)) * 1000 + tenths * 100);
    }

    /** Whether the kernel says, in so many words, that it does not know. */
    public static boolean isUnknown(String text) {
        return text.toLowerCase(Locale.ROOT).startsWith("unknown");
    }
}
