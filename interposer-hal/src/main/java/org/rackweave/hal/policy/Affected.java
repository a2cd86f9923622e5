package org.rackweave.hal.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.rackweave.hal.inventory.CxlMemoryDevice;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.PciFunction;

/** What a failure of a PCI function concerns: itself, its virtual functions, and all that is reached through it. */
public final class Affected {
    private Affected() {}

    /** Everything that can be claimed at or below a function. */
    public static Set<HardwareIdentity> by(PciAddress address, Inventory inventory) {
        List<PciFunction> functions = inventory.pciFunctions().stream()
                .filter(function -> isAtOrBelow(function, address, inventory))
                .toList();
        Set<PciAddress> addresses = functions.stream().map(PciFunction::address).collect(Collectors.toSet());
        Set<HardwareIdentity> affected = new TreeSet<>();
        functions.forEach(function -> affected.add(HardwareIdentity.ofFunction(function)));
        for (CxlMemoryDevice device : inventory.cxl().devices()) {
            if (device.function().filter(addresses::contains).isPresent()
                    && device.serial().isPresent()) {
                affected.add(HardwareIdentity.ofCxlSerial(device.serial().getAsLong()));
            }
        }
        return affected;
    }

    /** A way up has no more steps than there are functions; a tree that says otherwise has a circle. */
    private static boolean isAtOrBelow(PciFunction function, PciAddress address, Inventory inventory) {
        Optional<PciFunction> at = Optional.of(function);
        for (int steps = inventory.pciFunctions().size(); steps >= 0 && at.isPresent(); steps--) {
            PciFunction here = at.get();
            if (here.address().equals(address)
                    || here.physicalFunction().filter(address::equals).isPresent()) {
                return true;
            }
            at = here.placement().parent().flatMap(inventory::pciFunction);
        }
        return false;
    }
}
