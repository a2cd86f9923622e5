package org.rackweave.daemon.agent;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.ResourceKind;

/**
 * The VMs of this host and the CPUs that they share out among them: each CPU is one VM's at most. What there is to know is read
 * from the machine each time. One thread uses it.
 */
final class Host {
    private static final long PERCENT = 100;

    private final BitSet cpus;
    private final long memoryBytes;
    private final Map<String, AgentConfiguration.Vm> vms = new LinkedHashMap<>();
    private final Map<String, HostControl> controls;
    private final Map<String, Long> cpuMicros = new HashMap<>();
    private long reportedAtMillis;

    /**
     * @param cpus those that VMs may have
     * @param memoryBytes how much memory VMs may have
     * @param controls one for each VM, by its name
     */
    Host(BitSet cpus, long memoryBytes, List<AgentConfiguration.Vm> vms, Map<String, HostControl> controls) {
        this.cpus = (BitSet) cpus.clone();
        this.memoryBytes = memoryBytes;
        this.controls = Map.copyOf(controls);
        vms.forEach(vm -> this.vms.put(vm.name(), vm));
    }

    /**
     * Gives each VM CPUs of its own, if some share one: they were started without anybody who told them apart. Else everything
     * is left as it is, which is how an earlier agent left it.
     */
    void layOut() throws ControlException {
        BitSet seen = new BitSet();
        boolean apart = true;
        for (String vm : vms.keySet()) {
            BitSet held = control(vm).cpus();
            apart &= !held.intersects(seen) && isSubset(held, cpus);
            seen.or(held);
        }
        if (apart) {
            return;
        }
        BitSet free = (BitSet) cpus.clone();
        List<AgentConfiguration.Vm> byPriority = new ArrayList<>(vms.values());
        byPriority.sort(Comparator.comparingInt(AgentConfiguration.Vm::priority).reversed());
        long promised = byPriority.stream()
                .mapToLong(AgentConfiguration.Vm::guaranteedCores)
                .sum();
        for (AgentConfiguration.Vm vm : byPriority) {
            promised -= vm.guaranteedCores();
            long most = Math.max(vm.guaranteedCores(), free.cardinality() - promised);
            BitSet own = first(free, Math.min(vm.normalCores(), most));
            control(vm.name()).runOn(own);
            free.andNot(own);
        }
    }

    /** Lets a VM have this much of a kind, no more and no less. */
    void set(String vm, ResourceKind kind, long amount) throws ControlException {
        if (!vms.containsKey(vm)) {
            throw new ControlException("there is no VM " + vm + " here");
        }
        switch (kind) {
            case CORES -> setCores(vm, amount);
            case MEMORY -> control(vm).limitMemory(amount);
            case PCIE_DEVICE, FUNCTION, LANES, ACCELERATOR ->
                throw new ControlException("this agent gives out cores and memory, not " + kind.word());
        }
    }

    private void setCores(String vm, long amount) throws ControlException {
        BitSet own = control(vm).cpus();
        own.and(cpus);
        BitSet next = first(own, amount);
        if (next.cardinality() < amount) {
            BitSet free = (BitSet) cpus.clone();
            for (String other : vms.keySet()) {
                free.andNot(control(other).cpus());
            }
            next.or(first(free, amount - next.cardinality()));
        }
        if (next.cardinality() < amount) {
            throw new ControlException(
                    vm + " was to have " + amount + " cores, and only " + next.cardinality() + " are not others'");
        }
        control(vm).runOn(next);
        if (!control(vm).cpus().equals(next)) {
            throw new ControlException(
                    vm + " runs on " + ProcFile.cpuList(control(vm).cpus()) + " instead of " + ProcFile.cpuList(next));
        }
    }

    List<String> vms() {
        return List.copyOf(vms.keySet());
    }

    /** The processes that a VM is now. */
    List<Long> processes(String vm) throws ControlException {
        return control(vm).processes();
    }

    /** Stops a VM, until it is given cores again. */
    void stop(String vm) throws ControlException {
        control(vm).runOn(new BitSet());
    }

    /**
     * @param nowMillis of a clock that only goes forward
     * @param loans how much is used of what was borrowed
     */
    HostReport report(long nowMillis, List<HostReport.LoanUse> loans) throws ControlException {
        List<HostReport.Vm> reported = new ArrayList<>();
        long elapsedMillis = nowMillis - reportedAtMillis;
        boolean first = cpuMicros.isEmpty();
        reportedAtMillis = nowMillis;
        for (AgentConfiguration.Vm vm : vms.values()) {
            List<HostReport.Share> shares = new ArrayList<>();
            shares.add(cores(vm, first ? 0 : elapsedMillis));
            if (vm.normalMemoryBytes() > 0) {
                // A new cgroup has no limit. Until it has one it may take all there is, and the card is to hear so.
                long held = control(vm.name()).memoryBytes().orElse(HostReport.MAX_AMOUNT);
                shares.add(memory(vm, held));
            }
            reported.add(new HostReport.Vm(vm.name(), vm.priority(), shares));
        }
        List<HostReport.Capacity> capacities = List.of(
                new HostReport.Capacity(ResourceKind.CORES, cpus.cardinality()),
                new HostReport.Capacity(ResourceKind.MEMORY, memoryBytes));
        return new HostReport(capacities, reported, loans);
    }

    private HostReport.Share cores(AgentConfiguration.Vm vm, long elapsedMillis) throws ControlException {
        int held = control(vm.name()).cpus().cardinality();
        long micros = control(vm.name()).cpuMicros();
        Long before = cpuMicros.put(vm.name(), micros);
        long possible = elapsedMillis * 1_000 * held;
        long used = before == null || possible <= 0 ? 0 : (micros - before) * PERCENT / possible;
        return new HostReport.Share(ResourceKind.CORES, vm.guaranteedCores(), vm.normalCores(), held, percent(used));
    }

    private HostReport.Share memory(AgentConfiguration.Vm vm, long heldBytes) throws ControlException {
        long usedBytes = control(vm.name()).usedMemoryBytes().orElse(0);
        return new HostReport.Share(
                ResourceKind.MEMORY,
                vm.guaranteedMemoryBytes(),
                vm.normalMemoryBytes(),
                Math.min(heldBytes, HostReport.MAX_AMOUNT),
                percent(heldBytes == 0 ? 0 : usedBytes / Math.max(1, heldBytes / PERCENT)));
    }

    /** A tick more or less, or a process that ended, may bring it out of its range. */
    private static int percent(long found) {
        return (int) Math.max(0, Math.min(PERCENT, found));
    }

    private HostControl control(String vm) throws ControlException {
        HostControl control = controls.get(vm);
        if (control == null) {
            throw new ControlException("there is no VM " + vm + " here");
        }
        return control;
    }

    private static boolean isSubset(BitSet part, BitSet whole) {
        BitSet rest = (BitSet) part.clone();
        rest.andNot(whole);
        return rest.isEmpty();
    }

    private static BitSet first(BitSet from, long count) {
        BitSet taken = new BitSet();
        for (int cpu = from.nextSetBit(0); cpu >= 0 && taken.cardinality() < count; cpu = from.nextSetBit(cpu + 1)) {
            taken.set(cpu);
        }
        return taken;
    }
}
