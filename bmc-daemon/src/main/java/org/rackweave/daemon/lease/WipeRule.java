package org.rackweave.daemon.lease;

import java.util.Optional;

/**
 * How far a wipe has to reach before a slice may be lent again, by its kind. What the hardware says of its wipe is held against
 * what there is: a byte that is left is somebody's, and so is a configuration that is still loaded.
 *
 * <pre>
 * kind           who wipes                          how far                          how it is verified
 * memory         the device, or a window's owner    every byte of the amount         every byte read back as zero
 * pcie-device    the device (reset, sanitise)       all that the device says it has  what was wiped is read back
 * function       the device (function-level reset)  the function's own state         what was wiped is read back
 * accelerator    the device (default image, scrub)  configuration, queues, memory    nothing is loaded; the rest as above
 * lanes, cores   nobody: they keep nothing          nothing                          there is nothing to read
 * </pre>
 *
 * Whatever the kind: in the end nothing is loaded, and all that was wiped was read back.
 */
final class WipeRule {
    private WipeRule() {}

    /** What is missing, for people; empty when the wipe is whole. */
    static Optional<String> shortfall(SliceFacts facts, HardwareResult.Wiped wipe) {
        if (wipe.loaded().isPresent()) {
            return Optional.of(wipe.loaded().get() + " is still loaded");
        }
        if (wipe.verifiedBytes() != wipe.wipedBytes() || wipe.wipedBytes() < leastBytes(facts)) {
            return Optional.of(
                    wipe.wipedBytes() + " bytes wiped, " + wipe.verifiedBytes() + " of them read back as zero");
        }
        if (keepsData(facts) && wipe.isNoneNeeded()) {
            return Optional.of("its hardware says that none is needed, and a "
                    + facts.kind().word() + " can keep what a host wrote");
        }
        return Optional.empty();
    }

    /** Only of memory does the owner know how much there is. */
    private static long leastBytes(SliceFacts facts) {
        return switch (facts.kind()) {
            case MEMORY -> facts.amount();
            case PCIE_DEVICE, FUNCTION, LANES, ACCELERATOR, CORES -> 0;
        };
    }

    private static boolean keepsData(SliceFacts facts) {
        return switch (facts.kind()) {
            case MEMORY, PCIE_DEVICE, FUNCTION, ACCELERATOR -> true;
            case LANES, CORES -> false;
        };
    }
}
