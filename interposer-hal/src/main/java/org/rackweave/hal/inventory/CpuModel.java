package org.rackweave.hal.inventory;

import java.util.Optional;

/**
 * What CPUs say they are. On x86 the words of {@code /proc/cpuinfo}; on ARM the implementer is the vendor, the
 * architecture the family, the part the model and the revision the stepping, as the numbers that the registers hold.
 *
 * @param cpus the logical CPUs that say so
 * @param vendor the maker
 * @param name the name in clear
 * @param family the family
 * @param model the model
 * @param stepping the stepping
 */
public record CpuModel(
        IdSet cpus,
        Optional<String> vendor,
        Optional<String> name,
        Optional<String> family,
        Optional<String> model,
        Optional<String> stepping) {}
