package org.rackweave.hal.policy;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.inventory.CxlMemoryDevice;
import org.rackweave.hal.inventory.Inventory;

/** CXL memory devices, each one slice of what is free of it. */
final class CxlPolicy {
    private final KeepRules keep;
    private final Findings findings;

    CxlPolicy(KeepRules keep, Findings findings) {
        this.keep = keep;
        this.findings = findings;
    }

    void decide(Inventory inventory) {
        Map<Long, Integer> devicesBySerial = new HashMap<>();
        for (CxlMemoryDevice device : inventory.cxl().devices()) {
            device.serial().ifPresent(serial -> devicesBySerial.merge(serial, 1, Integer::sum));
        }
        for (CxlMemoryDevice device : inventory.cxl().devices()) {
            long serial = device.serial().orElse(0);
            // Zero is what devices show whose maker programmed no number.
            if (serial == 0) {
                withholdNameless(device, "it has no serial number");
            } else if (devicesBySerial.getOrDefault(serial, 0) > 1) {
                withholdNameless(
                        device, "another device here has the same serial number 0x" + Long.toHexString(serial));
            } else {
                decide(inventory, device, HardwareIdentity.ofCxlSerial(serial));
            }
        }
    }

    private void withholdNameless(CxlMemoryDevice device, String detail) {
        findings.withhold(
                HardwareIdentity.ofNameless(device.name()),
                SliceKind.MEMORY,
                WithheldSlice.Reason.IDENTITY_UNKNOWN,
                detail);
    }

    private void decide(Inventory inventory, CxlMemoryDevice device, HardwareIdentity identity) {
        Set<HardwareIdentity> belongsTo = device.function()
                .flatMap(inventory::pciFunction)
                .map(function -> Lineage.of(function, inventory))
                .orElse(Set.of());
        if (findings.withheldAsBorrowed(identity, SliceKind.MEMORY, belongsTo)
                || findings.withheldAsUnclaimed(identity, SliceKind.MEMORY)) {
            return;
        }
        boolean kept = device.function()
                .flatMap(inventory::pciFunction)
                .filter(keep::keeps)
                .isPresent();
        OptionalLong free = inventory.cxl().freeVolatileBytes(device);
        if (kept) {
            findings.withhold(
                    identity, SliceKind.MEMORY, WithheldSlice.Reason.KEPT, "the configuration keeps its function");
        } else if (free.isEmpty()) {
            findings.withhold(
                    identity,
                    SliceKind.MEMORY,
                    WithheldSlice.Reason.AMOUNT_UNKNOWN,
                    "how much of it is free is not known: its endpoint is not in the CXL tree, or did not say");
        } else if (free.getAsLong() == 0) {
            findings.withhold(
                    identity,
                    SliceKind.MEMORY,
                    WithheldSlice.Reason.IN_USE,
                    "its decoders have taken all of its volatile capacity");
        } else {
            findings.offer(new OfferableSlice(identity, SliceKind.MEMORY, free.getAsLong(), Set.of("memory/cxl")));
        }
    }
}
