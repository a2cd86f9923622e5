package org.rackweave.hal.text;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.rackweave.hal.inventory.PciClass;
import org.rackweave.hal.inventory.PciFunction;
import org.rackweave.hal.inventory.PciId;
import org.rackweave.hal.inventory.PciNames;

/**
 * The PCI ID list:
 *
 * <pre>
 * 8086  vendor                 C 02  class
 * TAB 10c9  device             TAB 00  subclass
 * TAB TAB 8086 a03c  subsystem
 * </pre>
 *
 * <p>The list has some 35,000 lines and a machine needs a few dozen, so it is cut down to an {@linkplain #excerpt
 * excerpt} before anything is kept: a BMC has no heap for the rest.
 */
public final class PciIds {
    private static final String CLASS_MARK = "C ";

    private final Map<String, String> nameByKey;

    private PciIds(Map<String, String> nameByKey) {
        this.nameByKey = nameByKey;
    }

    /** The lines of a list that name these functions, in the list's own form and order. */
    public static String excerpt(String list, Collection<PciFunction> functions) {
        Set<String> wanted = new HashSet<>();
        functions.forEach(function -> want(wanted, function));
        StringBuilder kept = new StringBuilder();
        walk(list, (key, line) -> {
            if (wanted.contains(key)) {
                kept.append(line).append('\n');
            }
        });
        return kept.toString();
    }

    /** Reads a list, or an excerpt of one. */
    public static PciIds parse(String list) {
        Map<String, String> names = new HashMap<>();
        walk(list, (key, line) -> names.putIfAbsent(key, nameIn(line)));
        return new PciIds(Map.copyOf(names));
    }

    public PciNames namesOf(PciFunction function) {
        Optional<PciId> board = function.subsystem();
        return new PciNames(
                name(subclassKey(function.classCode())).or(() -> name(classKey(function.classCode()))),
                name(vendorKey(function.id().vendor())),
                name(deviceKey(function.id())),
                board.flatMap(id -> name(vendorKey(id.vendor()))),
                board.flatMap(id -> name(subsystemKey(function.id(), id))));
    }

    private Optional<String> name(String key) {
        return Optional.ofNullable(nameByKey.get(key));
    }

    private static void want(Set<String> wanted, PciFunction function) {
        wanted.add(classKey(function.classCode()));
        wanted.add(subclassKey(function.classCode()));
        wanted.add(vendorKey(function.id().vendor()));
        wanted.add(deviceKey(function.id()));
        function.subsystem().ifPresent(board -> {
            wanted.add(vendorKey(board.vendor()));
            wanted.add(subsystemKey(function.id(), board));
        });
    }

    private interface Entry {
        void at(String key, String line);
    }

    /** Goes through the list once, line by line, without splitting it: the text is over a megabyte. */
    private static void walk(String list, Entry entry) {
        String top = "";
        String below = "";
        int start = 0;
        while (start < list.length()) {
            int end = list.indexOf('\n', start);
            end = end < 0 ? list.length() : end;
            String line = list.substring(start, end);
            start = end + 1;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("\t\t")) {
                entry.at(below + "/" + numberIn(line), line);
            } else if (line.startsWith("\t")) {
                below = top + "/" + numberIn(line);
                entry.at(below, line);
            } else {
                top = numberIn(line);
                entry.at(top, line);
            }
        }
    }

    private static String numberIn(String line) {
        String text = line.strip();
        int gap = text.indexOf("  ");
        return gap < 0 ? text : text.substring(0, gap);
    }

    private static String nameIn(String line) {
        String text = line.strip();
        int gap = text.indexOf("  ");
        return gap < 0 ? "" : text.substring(gap).strip();
    }

    private static String vendorKey(int vendor) {
        return String.format(Locale.ROOT, "%04x", vendor);
    }

    private static String deviceKey(PciId id) {
        return String.format(Locale.ROOT, "%04x/%04x", id.vendor(), id.device());
    }

    private static String subsystemKey(PciId id, PciId board) {
        return deviceKey(id) + String.format(Locale.ROOT, "/%04x %04x", board.vendor(), board.device());
    }

    private static String classKey(PciClass code) {
        return CLASS_MARK + String.format(Locale.ROOT, "%02x", code.base());
    }

    private static String subclassKey(PciClass code) {
        return classKey(code) + String.format(Locale.ROOT, "/%02x", code.baseAndSub() & 0xFF);
    }
}
