package org.rackweave.hal.policy;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.PciFunction;

/** What a PCI function belongs to: itself, the function that it is a part of, and every bridge above either. */
final class Lineage {
    private Lineage() {}

    static Set<HardwareIdentity> of(PciFunction function, Inventory inventory) {
        Set<HardwareIdentity> lineage = new LinkedHashSet<>();
        function.physicalFunction()
                .flatMap(inventory::pciFunction)
                .ifPresent(whole -> climb(whole, inventory, lineage));
        climb(function, inventory, lineage);
        return lineage;
    }

    private static void climb(PciFunction from, Inventory inventory, Set<HardwareIdentity> lineage) {
        Optional<PciFunction> at = Optional.of(from);
        // An inventory can be built of anything, also of bridges in a circle: what is known already ends the climb.
        while (at.isPresent() && lineage.add(HardwareIdentity.ofFunction(at.get()))) {
            Optional<PciAddress> parent = at.get().placement().parent();
            at = parent.flatMap(inventory::pciFunction);
        }
    }
}
