package org.rackweave.hal.nvme;

import java.util.Objects;
import java.util.Set;
import org.rackweave.hal.HalException;
import org.rackweave.hal.mctp.Octets;

/** A drive that nothing else on this machine uses. For one thread. */
public interface NvmeDrive extends AutoCloseable {
    /**
     * What came back.
     *
     * @param data what the drive answered with, as long as was asked for; means nothing unless the status is success
     */
    record Completion(NvmeStatus status, Octets data) {
        public Completion {
            Objects.requireNonNull(status);
            Objects.requireNonNull(data);
        }
    }

    /**
     * Runs an admin command to its end.
     *
     * @throws HalException.OutcomeUnknown when a command that changes something did not come to an end, or within its limit
     * @throws HalException.Unavailable when one that changes nothing did not
     */
    Completion run(NvmeCommand command) throws HalException;

    /** Namespaces that this machine can read and write as block devices. */
    Set<Integer> namespaces();

    /** How large this machine sees a namespace, bytes. */
    long bytes(int namespace) throws HalException;

    /**
     * Writes past what this machine caches, and returns when the drive has it.
     *
     * @param at where, as {@code content.length} a multiple of the namespace's blocks
     */
    void write(int namespace, long at, byte[] content) throws HalException;

    /** Reads past what this machine caches; the same alignment. */
    byte[] read(int namespace, long at, int bytes) throws HalException;

    @Override
    void close();
}
