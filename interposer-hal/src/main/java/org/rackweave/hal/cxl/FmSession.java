package org.rackweave.hal.cxl;

import java.io.IOException;
import org.rackweave.hal.mctp.Deadline;

/** One connection to a switch, however it goes there. For one thread. */
interface FmSession extends AutoCloseable {
    /**
     * Sends a request; its tag comes back.
     *
     * @throws IOException when it could not be sent whole: nothing sensible can follow on this connection
     */
    int send(FmRequest<?> request, Deadline deadline) throws IOException;

    /**
     * The next answer, to this session's first request or to any that is not answered yet.
     *
     * @throws java.net.SocketTimeoutException when none came in time; it may come later
     */
    CciMessage receive(Deadline deadline) throws IOException, MalformedException;

    /** How the switch speaks; known once it has answered. */
    Dialect dialect();

    /** How many requests were never answered. */
    int unanswered();

    @Override
    void close();
}
