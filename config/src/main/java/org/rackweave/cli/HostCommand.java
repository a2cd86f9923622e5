package org.rackweave.cli;

import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import picocli.CommandLine;

/** {@code rackweave host}: what the node's host gives to whom. */
@CommandLine.Command(name = "host", description = "Show the VMs of the node's host, and what was asked for them.")
final class HostCommand implements Action {
    @Override
    public ExitCode run(Session session) throws CommandFailed {
        Answer.Host host = session.ask(Answer.Host.class, new Command.ReadHost());
        Answer.VmAsks asks = session.ask(Answer.VmAsks.class, new Command.ListAsks());
        session.show(HostText.host(host, asks.asks(), session.style()));
        return ExitCode.DONE;
    }
}
