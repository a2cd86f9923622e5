package org.rackweave.hal.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.rackweave.hal.inventory.PciAddress;

/**
 * What has to hold before a function is given to a virtual machine, whose owner is not trusted: it must reach no memory but that machine's,
 * and no peer. The first line that does not hold decides:
 *
 * <ol>
 *   <li>The IOMMU is on: the function is in a group.
 *   <li>It is alone there: who shares a group shares its addresses.
 *   <li>It does not translate addresses itself, unless an operator attests that its ATS can be trusted: what it calls translated the
 *       IOMMU lets pass.
 *   <li>Each port above it redirects peers (ACS): otherwise two functions below one switch reach each other without the IOMMU.
 * </ol>
 */
public final class PassThroughRule {
    private final Set<PciAddress> attested;

    /** @param attested functions whose own translation of addresses an operator trusts */
    public PassThroughRule(Set<PciAddress> attested) {
        this.attested = Set.copyOf(attested);
    }

    /** Why it must not be given away; empty when nothing speaks against it. */
    public Optional<Objection> objection(Isolation isolation) {
        if (isolation.iommuGroup().isEmpty()) {
            return objection(Reason.NO_IOMMU, isolation.function() + " is in no IOMMU group");
        }
        if (!isolation.neighbours().isEmpty()) {
            return objection(
                    Reason.SHARES_IOMMU_GROUP,
                    "IOMMU group " + isolation.iommuGroup().getAsInt() + " also holds " + isolation.neighbours());
        }
        if (isolation.addressTranslation() != Isolation.Setting.OFF && !attested.contains(isolation.function())) {
            return objection(
                    Reason.TRANSLATES_ADDRESSES,
                    "ATS of " + isolation.function() + " is " + word(isolation.addressTranslation()));
        }
        List<Isolation.Port> open = isolation.portsAbove().stream()
                .filter(port -> port.redirect() != Isolation.Setting.ON)
                .toList();
        return open.isEmpty()
                ? Optional.empty()
                : objection(
                        Reason.PEERS_NOT_REDIRECTED,
                        "ACS redirect of " + open.get(0).address() + " is "
                                + word(open.get(0).redirect()));
    }

    private static Optional<Objection> objection(Reason reason, String detail) {
        return Optional.of(new Objection(reason, detail));
    }

    private static String word(Isolation.Setting setting) {
        return switch (setting) {
            case ON -> "on";
            case OFF -> "off";
            case UNKNOWN -> "not to be read";
        };
    }

    /**
     * What speaks against it.
     *
     * @param detail the same for this very function, as a sentence without its end
     */
    public record Objection(Reason reason, String detail) {}

    /** Which line of the rule does not hold. */
    public enum Reason {
        NO_IOMMU("switch the IOMMU on in firmware and kernel (intel_iommu=on)"),
        SHARES_IOMMU_GROUP("move one of them to another slot; they can only go together"),
        TRANSLATES_ADDRESSES("boot with pci=noats, run as root, or attest the device's ATS (atsAttested)"),
        PEERS_NOT_REDIRECTED("use a slot below ports with ACS, and run as root");

        private final String advice;

        Reason(String advice) {
            this.advice = advice;
        }

        /** What to do about it. */
        public String advice() {
            return advice;
        }
    }
}
