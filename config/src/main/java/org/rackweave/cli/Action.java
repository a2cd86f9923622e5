package org.rackweave.cli;

/** What a command does. */
interface Action {
    /** Does it, and says how it ended. */
    ExitCode run(Session session) throws CommandFailed;
}
