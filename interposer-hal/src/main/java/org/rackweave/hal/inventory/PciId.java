package org.rackweave.hal.inventory;

import java.util.Locale;

/**
 * A pair of numbers that names a model of device: its vendor, and the vendor's number for it.
 *
 * @param vendor 16 bits
 * @param device 16 bits
 */
public record PciId(int vendor, int device) {
    public PciId {
        Require.within(vendor, 0xFFFF, "vendor");
        Require.within(device, 0xFFFF, "device");
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%04x:%04x", vendor, device);
    }
}
