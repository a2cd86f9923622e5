package org.rackweave.hal.text;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rackweave.hal.inventory.NtbDevice;

/**
 * What the kernel's {@code ntb_tool} says of an inbound window of a non-transparent bridge ({@code mw_transN} below the peer's folder), a line for
 * each thing, of which these are read:
 *
 * <pre>
 * Window Size    TAB 0x0000000000100000    of the memory that the peer reaches now; 0 while there is none
 * Alignment      TAB 0x0000000000100000    of its address
 * Size Max       TAB 0x0000000001000000    what it can have at most
 * </pre>
 */
public final class NtbWindowText {
    /** There are eight. */
    private static final int MOST_LINES = 16;

    private static final Pattern LINE = Pattern.compile("([A-Za-z][A-Za-z ]{0,30}?) *\\t(\\S{1,32})(?: .{0,32})?");

    private NtbWindowText() {}

    /**
     * Empty when it is no such text.
     *
     * @param peer the number of the machine on the other side
     * @param number that of the window
     */
    public static Optional<NtbDevice.Window> parse(String text, int peer, int number) {
        Map<String, String> said = new HashMap<>();
        for (String line : text.strip().split("\n", MOST_LINES + 1)) {
            Matcher parts = LINE.matcher(line.stripTrailing());
            if (!parts.matches() || said.size() == MOST_LINES || said.put(parts.group(1), parts.group(2)) != null) {
                return Optional.empty();
            }
        }
        OptionalLong bytes = bytes(said, "Window Size");
        OptionalLong alignment = bytes(said, "Alignment");
        OptionalLong most = bytes(said, "Size Max");
        return bytes.isPresent()
                        && alignment.isPresent()
                        && alignment.getAsLong() > 0
                        && most.isPresent()
                        && bytes.getAsLong() <= most.getAsLong()
                ? Optional.of(
                        new NtbDevice.Window(peer, number, bytes.getAsLong(), most.getAsLong(), alignment.getAsLong()))
                : Optional.empty();
    }

    private static OptionalLong bytes(Map<String, String> said, String what) {
        String value = said.get(what);
        return value == null ? OptionalLong.empty() : Numerals.byteCount(value);
    }
}
