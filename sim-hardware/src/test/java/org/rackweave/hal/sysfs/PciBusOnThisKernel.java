package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import java.util.Objects;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.PciAddress;

/** The contract on the machine that runs this, which is a guest: the property {@code function} names one that nobody uses. */
public class PciBusOnThisKernel extends PciBusContract {
    private PciAddress bridge;

    @Override
    protected PciBus open() throws HalException {
        return PciBus.ofThisMachine();
    }

    @Override
    protected PciAddress function() {
        return PciAddress.parse(System.getProperty("function")).orElseThrow();
    }

    /** As the folders lie one in the other, as long as the function is there. */
    @Override
    protected PciAddress bridge() throws Exception {
        if (bridge == null) {
            Path place = Path.of("/sys/bus/pci/devices", function().toString()).toRealPath();
            bridge = PciAddress.parse(Objects.requireNonNull(place.getParent().getFileName())
                            .toString())
                    .orElseThrow();
        }
        return bridge;
    }
}
