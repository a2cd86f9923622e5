package org.rackweave.hal.cxl;

import java.io.IOException;
import java.util.Objects;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.Octets;

/**
 * A component's mailbox (CXL 3.x, 8.2.8.4): one command at a time, told apart by nothing, its answer in the place of the command. For one
 * thread.
 */
public interface CciMailbox extends AutoCloseable {
    /**
     * What a command left in the mailbox.
     *
     * @param returnCode 0 to 65535
     * @param vendorStatus the vendor's extended status, 0 to 65535
     */
    record Answer(int returnCode, int vendorStatus, Octets payload) {
        public Answer {
            Field.wordValue("return code", returnCode);
            Field.wordValue("vendor status", vendorStatus);
            Objects.requireNonNull(payload);
        }
    }

    /**
     * Runs a command.
     *
     * @throws java.net.SocketTimeoutException when the mailbox was not done with it, or with the one before, in time. What was not done then
     *     may be done later
     * @throws IOException when the mailbox is gone
     */
    Answer run(int opcode, Octets payload, Deadline deadline) throws IOException;

    @Override
    void close();
}
