package org.rackweave.hal.inventory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything that discovery found on one machine at one moment, and what it could not find out.
 *
 * @param machine which machine it is
 * @param cpus its processors
 * @param numaNodes its NUMA nodes, ascending
 * @param memory its memory
 * @param pciFunctions its PCI functions, by address
 * @param cxl its CXL bus
 * @param switchtecDevices its Switchtec management endpoints
 * @param fpgaManagers its FPGA managers
 * @param partitions the parts into which drivers divide its devices
 * @param ntbDevices its non-transparent bridges
 * @param runningHost what native calls said; empty when the inventory was not read from the machine it runs on
 * @param problems what could not be read or believed
 */
public record Inventory(
        MachineIdentity machine,
        CpuTopology cpus,
        List<NumaNode> numaNodes,
        MemoryLayout memory,
        List<PciFunction> pciFunctions,
        CxlBus cxl,
        List<SwitchtecDevice> switchtecDevices,
        List<FpgaManager> fpgaManagers,
        Partitions partitions,
        List<NtbDevice> ntbDevices,
        Optional<RunningHost> runningHost,
        List<DiscoveryProblem> problems) {
    public Inventory {
        numaNodes = List.copyOf(numaNodes);
        pciFunctions = List.copyOf(pciFunctions);
        switchtecDevices = List.copyOf(switchtecDevices);
        fpgaManagers = List.copyOf(fpgaManagers);
        ntbDevices = List.copyOf(ntbDevices);
        problems = List.copyOf(problems);
    }

    public Optional<PciFunction> pciFunction(PciAddress address) {
        return pciFunctions.stream()
                .filter(function -> function.address().equals(address))
                .findFirst();
    }

    public Inventory withRunningHost(RunningHost host) {
        return new Inventory(
                machine,
                cpus,
                numaNodes,
                memory,
                pciFunctions,
                cxl,
                switchtecDevices,
                fpgaManagers,
                partitions,
                ntbDevices,
                Optional.of(host),
                problems);
    }

    public Inventory withProblem(DiscoveryProblem problem) {
        List<DiscoveryProblem> more = new ArrayList<>(problems);
        more.add(problem);
        return new Inventory(
                machine,
                cpus,
                numaNodes,
                memory,
                pciFunctions,
                cxl,
                switchtecDevices,
                fpgaManagers,
                partitions,
                ntbDevices,
                runningHost,
                more);
    }
}
