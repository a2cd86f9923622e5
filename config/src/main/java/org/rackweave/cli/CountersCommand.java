package org.rackweave.cli;

import java.util.List;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.CounterView;
import picocli.CommandLine;

/** {@code rackweave counters}: what a daemon counted since it started. */
@CommandLine.Command(name = "counters", description = "List what the daemon counted since it started.")
final class CountersCommand implements Action {
    @Override
    public ExitCode run(Session session) throws CommandFailed {
        List<CounterView> counters =
                session.ask(Answer.Counters.class, new Command.ReadCounters()).counters();
        Table table = new Table(session.style(), "COUNTER", ">VALUE", "WHAT IT COUNTS");
        for (CounterView counter : counters) {
            table.row(counter.name(), Long.toString(counter.value()), counter.sentence());
        }
        session.show(new Shown(
                ViewTree.list(counters, ViewTree::counter),
                counters.stream().map(counter -> Printable.line(counter.name())).toList(),
                table.toString()));
        return ExitCode.DONE;
    }
}
