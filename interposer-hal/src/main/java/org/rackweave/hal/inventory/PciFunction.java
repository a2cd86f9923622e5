package org.rackweave.hal.inventory;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * One PCI function.
 *
 * @param address where it sits now
 * @param classCode what it is
 * @param id its model
 * @param subsystem the board's model
 * @param revision its revision
 * @param names what the PCI ID list calls it
 * @param driver the driver that holds it
 * @param link its PCI Express link
 * @param slot the physical slot that it sits in
 * @param placement its place in the machine
 * @param sriov its virtual functions
 * @param physicalFunction for a virtual function, whose it is
 */
public record PciFunction(
        PciAddress address,
        PciClass classCode,
        PciId id,
        Optional<PciId> subsystem,
        OptionalInt revision,
        PciNames names,
        Optional<String> driver,
        Optional<PciLink> link,
        Optional<String> slot,
        Placement placement,
        Optional<Sriov> sriov,
        Optional<PciAddress> physicalFunction) {

    public boolean isBridge() {
        return classCode.base() == PciClass.BASE_BRIDGE;
    }

    public PciFunction named(PciNames found) {
        return new PciFunction(
                address,
                classCode,
                id,
                subsystem,
                revision,
                found,
                driver,
                link,
                slot,
                placement,
                sriov,
                physicalFunction);
    }

    /**
     * A function's place in the machine.
     *
     * @param parent the bridge right above it
     * @param numaNode the node that it is near to
     * @param iommuGroup the smallest set of functions that the IOMMU can keep apart from others
     */
    public record Placement(Optional<PciAddress> parent, OptionalInt numaNode, OptionalInt iommuGroup) {}
}
