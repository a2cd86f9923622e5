package org.rackweave.daemon.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What the agent is told.
 *
 * @param card host and port at which the card answers CoAP over DTLS
 * @param identityDir the agent's key and certificate, which name the node that it is the agent of
 * @param reportMillis the time between two reports
 * @param cpus the CPUs that VMs may have, as a list such as 2-15; all that the agent itself may use when empty
 * @param memoryBytes how much memory VMs may have in all
 * @param vms the VMs
 */
record AgentConfiguration(
        String card, Path identityDir, long reportMillis, String cpus, long memoryBytes, List<Vm> vms) {
    AgentConfiguration {
        Objects.requireNonNull(card);
        Objects.requireNonNull(identityDir);
        Objects.requireNonNull(cpus);
        vms = List.copyOf(vms);
    }

    /** Where a VM is to be found. */
    sealed interface Place {
        /** A process and all that it started. */
        record InProcess(long pid) implements Place {}

        /** A cgroup of version 2, by its directory. */
        record InCgroup(Path directory) implements Place {
            public InCgroup {
                Objects.requireNonNull(directory);
            }
        }
    }

    /**
     * A VM.
     *
     * @param priority 0 (least) to 9
     * @param guaranteedCores it is never scaled down below this
     * @param normalCores what it has when nobody asks for anything
     * @param guaranteedMemoryBytes the same of memory
     * @param normalMemoryBytes the same of memory; 0 where its memory is not the agent's affair
     */
    record Vm(
            String name,
            int priority,
            long guaranteedCores,
            long normalCores,
            long guaranteedMemoryBytes,
            long normalMemoryBytes,
            Place place) {
        Vm {
            Objects.requireNonNull(name);
            Objects.requireNonNull(place);
        }
    }
}
