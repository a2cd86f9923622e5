package org.rackweave.hal.mctp;

import java.io.IOException;

/** A way for messages to one peer and back. For one thread. */
public interface MctpLink extends AutoCloseable {
    /** Who chooses the tags by which an answer finds its request. */
    enum Tags {
        /** They are those of the messages that were sent. */
        OURS,
        /** The kernel gives each request another; an answer's says nothing here. */
        THE_KERNELS
    }

    Tags tags();

    /** @throws java.net.SocketTimeoutException when the peer did not take it all in time: the link is to be closed */
    void send(MctpMessage message, Deadline deadline) throws IOException;

    /**
     * The next message.
     *
     * @throws java.net.SocketTimeoutException when it did not come in time; to ask again loses nothing
     * @throws java.io.EOFException when the peer closed the connection
     * @throws BadPacketException when a packet was refused
     */
    MctpMessage receive(Deadline deadline) throws IOException;

    @Override
    void close() throws IOException;
}
