package org.rackweave.hal.inventory;

import java.util.Locale;

/**
 * The class code of a PCI function.
 *
 * @param code 24 bits: base class, subclass, programming interface
 */
public record PciClass(int code) {
    public static final int BASE_BRIDGE = 0x06;
    /** Subclass of a CXL memory device. */
    public static final int CXL_MEMORY = 0x0502;

    /** A drive by NVM Express: base class, subclass and interface. */
    private static final int NVME = 0x010802;

    public PciClass {
        Require.within(code, 0xFFFFFF, "code");
    }

    public int base() {
        return code >> 16;
    }

    /** Whether it is a drive by NVM Express. */
    public boolean isNvme() {
        return code == NVME;
    }

    /** Base class and subclass, the 16 bits by which people and {@code lspci} name a class. */
    public int baseAndSub() {
        return code >> 8;
    }

    public int programmingInterface() {
        return code & 0xFF;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%06x", code);
    }
}
