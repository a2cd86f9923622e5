package org.rackweave.hal.health;

import java.util.Objects;
import java.util.Optional;
import org.rackweave.hal.inventory.Require;

/**
 * The memory errors that the kernel counted (EDAC), since it was booted or its counters were reset.
 *
 * @param place the kernel's name of it: {@code mc0} for all of a memory controller, {@code mc0/dimm1} for one module
 * @param label what the driver calls it: the controller's name, or what is printed beside the module's socket
 * @param corrected errors that were corrected
 * @param uncorrected errors that were not: data was lost
 */
public record MemoryErrors(String place, Optional<String> label, long corrected, long uncorrected) {
    public MemoryErrors {
        Require.notBlank(place, "place");
        Objects.requireNonNull(label);
        Require.atLeastZero(corrected, "corrected");
        Require.atLeastZero(uncorrected, "uncorrected");
    }
}
