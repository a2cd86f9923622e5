package org.rackweave.hal.policy;

import java.util.Locale;
import java.util.regex.Pattern;
import org.rackweave.hal.inventory.PciFunction;

/**
 * The name by which a piece of hardware is claimed, offered and found again, across reboots and across the kernel's
 * numbering:
 *
 * <pre>
 * cxl:0x1a2b               a CXL memory device, by its serial number
 * pci:0000:3b:00.0:8086-1572   a PCI function, by its address and its ids: another card in its place is another identity
 * cores:node0              the cores of a NUMA node
 * memory:node0             the DRAM of a NUMA node
 * </pre>
 *
 * @param value 1 to 64 characters of {@code [a-z0-9._:-]}, as a slice's key
 */
public record HardwareIdentity(String value) implements Comparable<HardwareIdentity> {
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._:-]{0,63}");

    public HardwareIdentity {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "a hardware identity is 1 to 64 characters of [a-z0-9._:-], not: " + value);
        }
    }

    /** Whether a slice's key names a device of the machine itself. */
    public static boolean isDevice(String key) {
        return key.startsWith("cxl:") || key.startsWith("pci:");
    }

    public static HardwareIdentity ofCxlSerial(long serial) {
        return new HardwareIdentity("cxl:0x" + Long.toHexString(serial));
    }

    public static HardwareIdentity ofFunction(PciFunction function) {
        String ids = function.id().toString().replace(':', '-');
        return new HardwareIdentity(("pci:" + function.address() + ":" + ids).toLowerCase(Locale.ROOT));
    }

    public static HardwareIdentity ofCores(int numaNode) {
        return new HardwareIdentity("cores:node" + numaNode);
    }

    public static HardwareIdentity ofMemory(int numaNode) {
        return new HardwareIdentity("memory:node" + numaNode);
    }

    /** For a CXL device without a usable serial number: enough to name it in a report, never enough to claim it. */
    static HardwareIdentity ofNameless(String kernelName) {
        return new HardwareIdentity("unidentified:" + kernelName);
    }

    @Override
    public int compareTo(HardwareIdentity other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
