package org.rackweave.hal.inventory;

import java.util.List;
import java.util.Optional;

/**
 * Which machine this is, as its firmware says.
 *
 * @param source where the firmware said it
 * @param product the machine
 * @param board its main board
 * @param firmware its firmware
 * @param numbers what tells it from its twins
 * @param compatible the device tree's list of what it is compatible with, most exact first
 * @param kernelRelease the running kernel
 * @param architecture the instruction set, in the kernel's words
 */
public record MachineIdentity(
        Source source,
        Make product,
        Make board,
        Make firmware,
        Numbers numbers,
        List<String> compatible,
        Optional<String> kernelRelease,
        Optional<String> architecture) {
    public MachineIdentity {
        compatible = List.copyOf(compatible);
    }

    /** Where an identity comes from. */
    public enum Source {
        DMI,
        DEVICE_TREE,
        NONE
    }

    /**
     * What tells a machine from its twins. Reading serial and UUID needs root on most kernels.
     *
     * @param serial the maker's serial number
     * @param uuid the SMBIOS UUID
     * @param assetTag the owner's tag
     */
    public record Numbers(Optional<String> serial, Optional<String> uuid, Optional<String> assetTag) {
        public static final Numbers UNTOLD = new Numbers(Optional.empty(), Optional.empty(), Optional.empty());
    }
}
