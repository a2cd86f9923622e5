package org.rackweave.hal.policy;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.rackweave.hal.inventory.PciAddress;

/**
 * What keeps a PCI function apart from others, as its machine shows it now.
 *
 * @param function which
 * @param iommuGroup the group in which the IOMMU has it; empty when the IOMMU is off, or does not see it
 * @param neighbours the other functions of that group, but bridges
 * @param addressTranslation whether it translates addresses itself (ATS)
 * @param portsAbove the ports between it and the root of its bus, the highest first; none for a part of the root complex
 */
public record Isolation(
        PciAddress function,
        OptionalInt iommuGroup,
        List<PciAddress> neighbours,
        Setting addressTranslation,
        List<Port> portsAbove) {
    public Isolation {
        Objects.requireNonNull(function);
        Objects.requireNonNull(iommuGroup);
        Objects.requireNonNull(addressTranslation);
        neighbours = List.copyOf(neighbours);
        portsAbove = List.copyOf(portsAbove);
    }

    /** What a register says. */
    public enum Setting {
        ON,
        /** Off, or the function cannot. */
        OFF,
        /** It may not be read. */
        UNKNOWN
    }

    /**
     * A port of a switch, or of the root complex.
     *
     * @param redirect whether what is below it reaches its peers only by way of the IOMMU (ACS redirect and upstream forwarding)
     */
    public record Port(PciAddress address, Setting redirect) {
        public Port {
            Objects.requireNonNull(address);
            Objects.requireNonNull(redirect);
        }
    }
}
