package org.rackweave.hal.text;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rackweave.hal.health.ErrorCount;

/**
 * The kernel's list of a device's PCIe errors of one severity ({@code aer_dev_fatal} and its fellows): a name and a number in each
 * line, the last one the total.
 *
 * <pre>
 * RxErr 0
 * BadTLP 12
 * TOTAL_ERR_COR 12
 * </pre>
 */
public final class AerCounts {
    /** There are 32 bits in each register, and a total. */
    private static final int MOST_LINES = 33;

    // The names of older kernels have blanks in them.
    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9_\\[\\]/ ]{1,64}) ([0-9]{1,19})");
    private static final String TOTAL = "TOTAL_ERR_";

    private AerCounts() {}

    /** Empty when it is no such list. */
    public static Optional<ErrorCount> parse(String text) {
        Map<String, Long> byName = new LinkedHashMap<>();
        OptionalLong total = OptionalLong.empty();
        int lines = 0;
        for (String line : text.split("\n", MOST_LINES + 1)) {
            Matcher parts = LINE.matcher(line.strip());
            if (++lines > MOST_LINES || !parts.matches() || total.isPresent()) {
                return Optional.empty();
            }
            OptionalLong count = Numerals.byteCount(parts.group(2));
            if (count.isEmpty()) {
                return Optional.empty();
            }
            if (parts.group(1).startsWith(TOTAL)) {
                total = count;
            } else if (byName.put(parts.group(1), count.getAsLong()) != null) {
                return Optional.empty();
            }
        }
        return total.isEmpty() ? Optional.empty() : Optional.of(new ErrorCount(total.getAsLong(), byName));
    }
}
