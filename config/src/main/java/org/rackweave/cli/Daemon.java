package org.rackweave.cli;

import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;

/** A daemon that the command line talks to. */
interface Daemon extends AutoCloseable {
    /**
     * Asks, and waits for the answer; a refusal is one.
     *
     * @throws CommandFailed when there is none in time, or the other side is not whom it should be
     */
    Answer ask(Command command, long timeoutMillis) throws CommandFailed;

    @Override
    void close();
}
