package org.rackweave.daemon.agent;

import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;

/**
 * How one VM is given more or less. Processes and cgroups are here; a hypervisor's vCPU and memory hot-plug follows behind the
 * same port. CPUs are bits, by the kernel's numbers.
 */
interface HostControl {
    /** Where the VM may run, as read back now; empty while it is stopped. */
    BitSet cpus() throws ControlException;

    /**
     * Lets it run on these and on no others; it holds, and was read back, when this returns.
     *
     * @param cpus none stops the VM
     */
    void runOn(BitSet cpus) throws ControlException;

    /** How much memory it may use, as read back now, in bytes; empty where this control cannot limit it. */
    OptionalLong memoryBytes() throws ControlException;

    /** Limits its memory; where that takes pages away, they are gone when this returns. */
    void limitMemory(long bytes) throws ControlException;

    /** How much memory it uses now, in bytes; empty where nobody counts. */
    OptionalLong usedMemoryBytes() throws ControlException;

    /** The processes that it is now, by their numbers. */
    List<Long> processes() throws ControlException;

    /** CPU time that it has used since it began, in microseconds; the difference of two readings is meant. */
    long cpuMicros() throws ControlException;
}
