package org.rackweave.hal.inventory;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The management endpoint of one Switchtec PCI Express switch.
 *
 * @param name the kernel's name for it
 * @param function the PCI function that it is
 * @param product its maker, product and revision
 * @param firmware its firmware's version
 * @param partition the partition through which this machine sees it
 * @param partitionCount how many partitions it has
 */
public record SwitchtecDevice(
        String name,
        Optional<PciAddress> function,
        Make product,
        Optional<String> firmware,
        OptionalInt partition,
        OptionalInt partitionCount) {
    public SwitchtecDevice {
        Require.notBlank(name, "name");
    }
}
