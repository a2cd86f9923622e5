package org.rackweave.hal.health;

import java.util.Objects;
import java.util.OptionalLong;
import org.rackweave.hal.inventory.Require;

/**
 * An energy counter of the kernel's power capping ({@code /sys/class/powercap}); on x86 these are RAPL's.
 *
 * @param zone the kernel's name of it, such as {@code intel-rapl:0:0}
 * @param name what it measures, such as {@code package-0} or {@code dram}
 * @param microjoules the counter; it starts again at 0 after {@code rangeMicrojoules}
 * @param rangeMicrojoules the highest value of the counter, where the kernel says it
 */
public record EnergyZone(String zone, String name, long microjoules, OptionalLong rangeMicrojoules) {
    public EnergyZone {
        Require.notBlank(zone, "zone");
        Require.notBlank(name, "name");
        Require.atLeastZero(microjoules, "microjoules");
        Objects.requireNonNull(rangeMicrojoules);
    }
}
