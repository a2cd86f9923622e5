package org.rackweave.hal.sysfs;

import org.rackweave.hal.policy.HardwareIdentity;

/**
 * Memory of one device that the operator says is this node's to lend: from the device's first volatile byte on. A device is one slice, for
 * the kernel gives a device's memory back only in the reverse of the order in which it was taken.
 *
 * @param serial the device's serial number: the kernel's {@code memN} is another one after each boot
 * @param bytes how much of it, a positive multiple of {@link #UNIT_BYTES}
 */
record Claim(long serial, long bytes) {
    /** What decoders of hosts count in. */
    static final long UNIT_BYTES = 256L << 20;

    Claim {
        if (serial == 0 || serial == -1) {
            throw new IllegalArgumentException("a device without a serial number of its own cannot be claimed: 0x"
                    + Long.toHexString(serial) + " is what such a one says");
        }
        if (bytes < UNIT_BYTES || bytes % UNIT_BYTES != 0) {
            throw new IllegalArgumentException(
                    "CXL memory is claimed in multiples of 256MiB, from 256MiB on, not " + bytes + " bytes");
        }
    }

    /** By which the slice is known: {@code cxl:0x1a2b}. */
    String key() {
        return HardwareIdentity.ofCxlSerial(serial).value();
    }
}
