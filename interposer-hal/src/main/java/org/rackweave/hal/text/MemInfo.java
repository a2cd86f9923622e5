package org.rackweave.hal.text;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /proc/meminfo} and the {@code meminfo} of a NUMA node, whose lines begin with {@code Node 0}. */
public final class MemInfo {
    private static final Pattern LINE = Pattern.compile("(?:Node [0-9]+ )?([A-Za-z0-9_()]+):\\s+(.*)");

    private MemInfo() {}

    public static OptionalLong bytes(String text, String field) {
        for (String line : text.split("\n", -1)) {
            Matcher parts = LINE.matcher(line);
            if (parts.matches() && parts.group(1).equals(field)) {
                return Numerals.kibibytes(parts.group(2));
            }
        }
        return OptionalLong.empty();
    }
}
