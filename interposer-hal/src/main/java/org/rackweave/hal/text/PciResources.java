package org.rackweave.hal.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rackweave.hal.inventory.NtbDevice;

/**
 * The address ranges of a PCI function ({@code resource}): first, last and flags in each line, the first six lines its BARs. One that is not used is
 * all zeros.
 */
public final class PciResources {
    private static final int BARS = 6;
    /** Six BARs, a ROM, virtual functions' and a bridge's. */
    private static final int MOST_LINES = 32;
    /** {@code IORESOURCE_MEM} of the kernel. */
    private static final long MEMORY = 0x200;

    private static final Pattern LINE =
            Pattern.compile("(0x[0-9a-fA-F]{1,16}) (0x[0-9a-fA-F]{1,16}) (0x[0-9a-fA-F]{1,16})");

    private PciResources() {}

    /** The BARs that are memory; empty when it is no such list. */
    public static Optional<List<NtbDevice.Bar>> memoryBars(String text) {
        String[] lines = text.strip().split("\n", MOST_LINES + 1);
        if (lines.length < BARS || lines.length > MOST_LINES) {
            return Optional.empty();
        }
        List<NtbDevice.Bar> bars = new ArrayList<>();
        for (int number = 0; number < BARS; number++) {
            Matcher parts = LINE.matcher(lines[number].strip());
            if (!parts.matches()) {
                return Optional.empty();
            }
            OptionalLong first = Numerals.byteCount(parts.group(1));
            OptionalLong last = Numerals.byteCount(parts.group(2));
            OptionalLong flags = Numerals.hexadecimal(parts.group(3));
            if (first.isEmpty() || last.isEmpty() || flags.isEmpty() || last.getAsLong() < first.getAsLong()) {
                return Optional.empty();
            }
            if ((flags.getAsLong() & MEMORY) != 0 && last.getAsLong() > first.getAsLong()) {
                bars.add(new NtbDevice.Bar(number, last.getAsLong() - first.getAsLong() + 1));
            }
        }
        return Optional.of(bars);
    }
}
