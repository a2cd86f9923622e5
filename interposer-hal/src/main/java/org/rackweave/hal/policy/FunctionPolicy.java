package org.rackweave.hal.policy;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.PciClass;
import org.rackweave.hal.inventory.PciFunction;

/** PCI functions, each one slice. CXL memory devices are left to {@link CxlPolicy}. */
final class FunctionPolicy {
    private final KeepRules keep;
    private final Findings findings;

    FunctionPolicy(KeepRules keep, Findings findings) {
        this.keep = keep;
        this.findings = findings;
    }

    void decide(Inventory inventory) {
        Set<PciAddress> listedAsMemory = new HashSet<>();
        inventory.cxl().devices().forEach(device -> device.function().ifPresent(listedAsMemory::add));
        for (PciFunction function : inventory.pciFunctions()) {
            if (!listedAsMemory.contains(function.address())) {
                decide(inventory, function, HardwareIdentity.ofFunction(function));
            }
        }
    }

    private void decide(Inventory inventory, PciFunction function, HardwareIdentity identity) {
        if (findings.withheldAsBorrowed(identity, SliceKind.FUNCTION, Lineage.of(function, inventory))) {
            return;
        }
        if (function.isBridge()) {
            withhold(identity, WithheldSlice.Reason.INFRASTRUCTURE, "it is a bridge: it carries what is below it");
            return;
        }
        if (findings.withheldAsUnclaimed(identity, SliceKind.FUNCTION)) {
            return;
        }
        OptionalInt group = function.placement().iommuGroup();
        int parts = function.sriov().map(sriov -> sriov.usedFunctions()).orElse(0);
        if (keep.keeps(function)) {
            withhold(identity, WithheldSlice.Reason.KEPT, "the configuration keeps its address or its class");
        } else if (parts > 0) {
            withhold(identity, WithheldSlice.Reason.IN_USE, parts + " virtual functions of it exist");
        } else if (group.isEmpty()) {
            withhold(
                    identity,
                    WithheldSlice.Reason.ISOLATION_UNKNOWN,
                    "it is in no IOMMU group: switch the IOMMU on in firmware and kernel");
        } else {
            decideByGroup(inventory, function, identity, group.getAsInt());
        }
    }

    private void decideByGroup(Inventory inventory, PciFunction function, HardwareIdentity identity, int group) {
        List<String> neighbours = inventory.pciFunctions().stream()
                .filter(other -> !other.isBridge() && !other.address().equals(function.address()))
                .filter(other -> other.placement().iommuGroup().equals(OptionalInt.of(group)))
                .map(other -> other.address().toString())
                .toList();
        if (neighbours.isEmpty()) {
            findings.offer(new OfferableSlice(identity, SliceKind.FUNCTION, 1, capabilities(function)));
        } else {
            withhold(
                    identity,
                    WithheldSlice.Reason.SHARES_IOMMU_GROUP,
                    "IOMMU group " + group + " also holds " + String.join(", ", neighbours));
        }
    }

    private void withhold(HardwareIdentity identity, WithheldSlice.Reason reason, String detail) {
        findings.withhold(identity, SliceKind.FUNCTION, reason, detail);
    }

    /** What the class alone promises. What a model can do beyond that is not guessed from its name. */
    private static Set<String> capabilities(PciFunction function) {
        PciClass code = function.classCode();
        Set<String> capabilities = new TreeSet<>();
        switch (code.base()) {
            case 0x01 -> capabilities.add(code.baseAndSub() == 0x0108 ? "storage/nvme" : "storage");
            case 0x02 -> capabilities.add("net");
            case 0x03 -> capabilities.add("display");
            case 0x10 -> capabilities.add("crypto");
            case 0x12 -> capabilities.add("accelerator");
            default -> {
                // A class without a word of its own is known by its ids alone.
            }
        }
        if (function.physicalFunction().isPresent()) {
            capabilities.add("sriov/virtual");
        }
        return capabilities;
    }
}
