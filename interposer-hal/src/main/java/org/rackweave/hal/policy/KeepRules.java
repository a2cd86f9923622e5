package org.rackweave.hal.policy;

import java.util.Set;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.PciFunction;

/**
 * What the machine itself needs.
 *
 * @param cores whole cores
 * @param memoryBytes DRAM
 * @param classes PCI classes of which every function stays: a base class such as {@code 0x02}, or base class and subclass
 *     such as {@code 0x0108}
 * @param addresses PCI functions that stay
 */
public record KeepRules(int cores, long memoryBytes, Set<Integer> classes, Set<PciAddress> addresses) {
    public KeepRules {
        if (cores < 0 || memoryBytes < 0) {
            throw new IllegalArgumentException(
                    "what is kept is not negative, but is " + cores + " cores and " + memoryBytes + " bytes");
        }
        for (int code : classes) {
            if (code < 0 || code > 0xFFFF) {
                throw new IllegalArgumentException(
                        "a PCI class is 8 or 16 bits, but this is " + Integer.toHexString(code));
            }
        }
        classes = Set.copyOf(classes);
        addresses = Set.copyOf(addresses);
    }

    boolean keeps(PciFunction function) {
        // No class and subclass is below 0x100 but the ancient 00.xx, of which nothing can be lent.
        return addresses.contains(function.address())
                || classes.contains(function.classCode().base())
                || classes.contains(function.classCode().baseAndSub());
    }
}
