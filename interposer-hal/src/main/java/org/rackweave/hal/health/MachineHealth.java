package org.rackweave.hal.health;

import java.util.List;
import java.util.Optional;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.PciAddress;

/**
 * One look at how a machine is.
 *
 * @param pcieErrors of the functions that report errors, by address
 * @param links its PCIe links, by address
 * @param sensors its temperatures, power and fans
 * @param energy its energy counters
 * @param memoryErrors of its memory controllers and modules
 * @param problems what could not be read; a part of the kernel's tree that is not there is named here too
 */
public record MachineHealth(
        List<PcieErrors> pcieErrors,
        List<LinkHealth> links,
        List<Sensor> sensors,
        List<EnergyZone> energy,
        List<MemoryErrors> memoryErrors,
        List<DiscoveryProblem> problems) {
    public MachineHealth {
        pcieErrors = List.copyOf(pcieErrors);
        links = List.copyOf(links);
        sensors = List.copyOf(sensors);
        energy = List.copyOf(energy);
        memoryErrors = List.copyOf(memoryErrors);
        problems = List.copyOf(problems);
    }

    /** What a function reported; empty when it reports nothing. */
    public Optional<PcieErrors> pcieErrors(PciAddress address) {
        return pcieErrors.stream()
                .filter(errors -> errors.address().equals(address))
                .findFirst();
    }
}
