package org.rackweave.hal.inventory;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One CXL region: a range of host addresses made of one or more devices.
 *
 * @param name the kernel's name for it
 * @param mode volatile ({@code ram}) or persistent ({@code pmem})
 * @param startBytes its first host address
 * @param sizeBytes its size
 * @param ways over how many devices it interleaves
 * @param granularityBytes how much goes to one device before the next
 * @param commitment whether the hardware decodes it
 * @param window the root decoder whose addresses it uses
 * @param targets the endpoint decoders that make it up, in order
 */
public record CxlRegion(
        String name,
        Optional<String> mode,
        OptionalLong startBytes,
        OptionalLong sizeBytes,
        OptionalInt ways,
        OptionalInt granularityBytes,
        Optional<Commitment> commitment,
        Optional<String> window,
        List<String> targets) {
    public CxlRegion {
        Require.notBlank(name, "name");
        targets = List.copyOf(targets);
    }

    /** Whether the hardware decodes a region. */
    public enum Commitment {
        COMMITTED,
        UNCOMMITTED
    }
}
