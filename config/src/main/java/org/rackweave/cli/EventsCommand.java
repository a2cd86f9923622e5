package org.rackweave.cli;

import java.util.ArrayList;
import java.util.List;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.EventView;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code rackweave events}: what happened at a node since its daemon started, and what happens. */
@CommandLine.Command(name = "events", description = "List what happened at the node since its daemon started.")
final class EventsCommand implements Action {
    private static final long POLL_MILLIS = 1_000;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what happens, until interrupted.")
    private boolean follow;

    @Option(names = "--after", paramLabel = "NUMBER", description = "Only events after this one.")
    private long after;

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        if (after < 0) {
            throw new CommandFailed(ExitCode.USAGE, "--after is negative", "write the number of an event, or 0");
        }
        if (follow) {
            return follow(session);
        }
        List<EventView> events = new ArrayList<>();
        List<EventView> page = page(session).events();
        // A daemon that repeats itself must not keep us here for ever.
        while (!page.isEmpty() && last(page) > after) {
            events.addAll(page);
            after = last(page);
            page = page(session).events();
        }
        session.show(new Shown(
                ViewTree.list(events, ViewTree::event),
                events.stream().map(event -> Long.toString(event.number())).toList(),
                events.isEmpty() ? "" : table(session, events).toString()));
        return ExitCode.DONE;
    }

    private ExitCode follow(Session session) throws CommandFailed {
        if (session.output() == OutputFormat.TABLE) {
            session.out().print(table(session, List.of()));
        }
        while (true) {
            Answer.Events answer = page(session);
            if (answer.newest() < after) {
                session.note("The daemon was restarted; its events count from 1 again.");
                after = 0;
                continue;
            }
            boolean news = !answer.events().isEmpty() && last(answer.events()) > after;
            if (news) {
                session.out().print(streamed(session, answer.events()));
                after = last(answer.events());
            }
            // Whoever read our output has gone.
            if (session.out().checkError()) {
                return ExitCode.DONE;
            }
            if (!news) {
                session.pause(POLL_MILLIS);
            }
        }
    }

    private Answer.Events page(Session session) throws CommandFailed {
        return session.ask(Answer.Events.class, new Command.ReadEvents(after));
    }

    private static String streamed(Session session, List<EventView> events) {
        StringBuilder text = new StringBuilder();
        switch (session.output()) {
            case TABLE -> text.append(table(session, events).body());
            case JSON -> events.forEach(event -> text.append(JsonText.line(ViewTree.event(event))));
            case YAML -> events.forEach(event -> text.append("---\n").append(YamlText.document(ViewTree.event(event))));
            case NAME -> events.forEach(event -> text.append(event.number()).append('\n'));
        }
        return text.toString();
    }

    private static Table table(Session session, List<EventView> events) {
        Table table = new Table(session.style(), ">    NO", "TIME                ", "EVENT           ", "WHAT");
        for (EventView event : events) {
            String subject = Phrases.brief(event.subject());
            table.row(
                    Long.toString(event.number()),
                    Phrases.moment(event.atEpochMillis()),
                    event.kind(),
                    event.text().isEmpty() ? subject : subject + ": " + event.text());
        }
        return table;
    }

    private static long last(List<EventView> events) {
        return events.get(events.size() - 1).number();
    }
}
