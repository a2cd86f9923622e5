package org.rackweave.cli;

import java.nio.file.Path;

/** Finds the way to a daemon. */
interface DaemonConnector {
    /**
     * Prepares to talk to the daemon at an address; whether it is there is seen with the first question.
     *
     * @param identityDir the key and certificate to show
     * @throws CommandFailed when there is no usable identity, or the address has no meaning
     */
    Daemon connect(DaemonAddress address, Path identityDir) throws CommandFailed;
}
