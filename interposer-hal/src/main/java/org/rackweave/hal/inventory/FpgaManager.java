package org.rackweave.hal.inventory;

import java.util.Optional;

/**
 * What loads configurations into one FPGA.
 *
 * @param name the kernel's name for it
 * @param label the driver's name for it
 * @param state what the driver says that it does now
 * @param function the PCI function behind which it sits
 */
public record FpgaManager(String name, Optional<String> label, Optional<String> state, Optional<PciAddress> function) {
    public FpgaManager {
        Require.notBlank(name, "name");
    }
}
