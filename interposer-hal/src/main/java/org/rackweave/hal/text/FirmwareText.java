package org.rackweave.hal.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Texts that firmware wrote: DMI strings, often left as their template, and device tree properties. */
public final class FirmwareText {
    private static final Set<String> TEMPLATES = Set.of(
            "to be filled by o.e.m.",
            "to be filled by o.e.m",
            "default string",
            "not specified",
            "not available",
            "not applicable",
            "none",
            "n/a",
            "unknown",
            "system manufacturer",
            "system product name",
            "system version",
            "system serial number",
            "no asset tag",
            "chassis serial number",
            "base board serial number",
            "0123456789",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff");

    private FirmwareText() {}

    /** Whether this is a template that nobody filled in. */
    public static boolean isTemplate(String text) {
        return text.isBlank() || TEMPLATES.contains(text.trim().toLowerCase(Locale.ROOT));
    }

    /** The strings of a device tree property, each of which ends with a zero byte. */
    public static List<String> strings(byte[] property) {
        String all = new String(property, StandardCharsets.UTF_8);
        return Arrays.stream(all.split("\0"))
                .map(String::trim)
                .filter(each -> !each.isEmpty())
                .toList();
    }
}
