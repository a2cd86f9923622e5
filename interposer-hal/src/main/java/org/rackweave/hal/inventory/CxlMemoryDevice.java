package org.rackweave.hal.inventory;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One CXL memory device. The kernel numbers them in the order in which they answered, so {@code name} differs from boot
 * to boot; the serial number is the identity.
 *
 * @param name the kernel's name for it
 * @param serial its serial number, as the 64 bits that it gave
 * @param function the PCI function that it is
 * @param firmware its firmware's version
 * @param volatileBytes its volatile capacity
 * @param persistentBytes its persistent capacity
 * @param numaNode the node that it is near to
 */
public record CxlMemoryDevice(
        String name,
        OptionalLong serial,
        Optional<PciAddress> function,
        Optional<String> firmware,
        OptionalLong volatileBytes,
        OptionalLong persistentBytes,
        OptionalInt numaNode) {
    public CxlMemoryDevice {
        Require.notBlank(name, "name");
    }
}
