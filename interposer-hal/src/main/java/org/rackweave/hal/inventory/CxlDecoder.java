package org.rackweave.hal.inventory;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One HDM decoder: it sends a range of host addresses on to one target or interleaves it over several.
 *
 * @param name the kernel's name for it
 * @param role where it sits
 * @param port the port that has it
 * @param startBytes the first host address that it decodes
 * @param sizeBytes how much it decodes; 0 when it is idle
 * @param mode for an endpoint's decoder, which part of the device it draws on
 * @param deviceBytes for an endpoint's decoder, how much of the device's capacity it has taken
 * @param ways over how many targets it interleaves
 * @param granularityBytes how much goes to one target before the next
 * @param region the region that it serves
 */
public record CxlDecoder(
        String name,
        Role role,
        Optional<String> port,
        OptionalLong startBytes,
        OptionalLong sizeBytes,
        Optional<String> mode,
        OptionalLong deviceBytes,
        OptionalInt ways,
        OptionalInt granularityBytes,
        Optional<String> region) {
    public CxlDecoder {
        Require.notBlank(name, "name");
    }

    /** Where a decoder sits. */
    public enum Role {
        /** A window that firmware set aside for CXL in the host's address map. */
        ROOT,
        SWITCH,
        ENDPOINT
    }
}
