package org.rackweave.hal.inventory;

import java.util.Optional;

/**
 * The names that the PCI ID list has for a function's numbers.
 *
 * @param className of its class and subclass
 * @param vendor of its vendor
 * @param device of its model
 * @param subsystemVendor of who built the board
 * @param subsystem of the board
 */
public record PciNames(
        Optional<String> className,
        Optional<String> vendor,
        Optional<String> device,
        Optional<String> subsystemVendor,
        Optional<String> subsystem) {
    public static final PciNames UNTOLD =
            new PciNames(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
