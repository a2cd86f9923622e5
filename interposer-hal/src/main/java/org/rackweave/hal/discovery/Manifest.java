package org.rackweave.hal.discovery;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A recorded tree as text, one that people can read, compare and review:
 *
 * <pre>
 * rackweave-capture 1
 * # machine: qemu-system-x86_64 -M q35 …
 * d /sys/bus/pci/devices
 * l /sys/bus/pci/devices/0000:00:01.0 ../../../devices/pci0000:00/0000:00:01.0
 * f /sys/devices/pci0000:00/0000:00:01.0/vendor
 * |0x1af4
 * f /sys/firmware/devicetree/base/compatible
 * %6c696e75782c64756d6d792d7669727400
 * x /sys/class/dmi/id/product_serial UNREADABLE Permission denied
 * </pre>
 *
 * <p>{@code d} is a folder, {@code l} a symbolic link and where it points, {@code f} a file, {@code x} something that was
 * there but refused. A file's content follows it: {@code |} and a line that ended with a line feed, {@code >} and a last
 * line that did not, {@code %} and bytes in hexadecimal where the content is no plain text. In paths and targets, every
 * byte outside {@code !} to {@code ~}, and the backslash, is {@code \xNN}. Lines that begin with {@code #} are remarks.
 * Entries are in the order of their paths.
 *
 * @param remarks the remarks of the head, without their mark
 * @param entries what was read
 */
record Manifest(List<String> remarks, Map<TreePath, RecordedEntry> entries) {
    static final String FORMAT = "rackweave-capture 1";

    Manifest {
        remarks = List.copyOf(remarks);
        entries = new TreeMap<>(entries);
        for (String remark : remarks) {
            if (remark.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("a remark is one line, but this is more: " + remark);
            }
        }
    }

    @Override
    public Map<TreePath, RecordedEntry> entries() {
        return new TreeMap<>(entries);
    }
}
