package org.rackweave.daemon.conductor;

import java.util.ArrayDeque;
import java.util.List;
import org.rackweave.daemon.Limits;
import org.rackweave.protocol.message.EventView;

/** The newest events, for readers and observers. */
final class EventLog {
    private final ArrayDeque<EventView> events = new ArrayDeque<>();
    private long newest;

    void add(long wallMillis, String kind, String subject, String text) {
        newest++;
        events.addLast(new EventView(
                newest,
                wallMillis,
                clipped(kind, EventView.MAX_KIND_CHARS),
                clipped(subject, EventView.MAX_SUBJECT_CHARS),
                clipped(text, EventView.MAX_TEXT_CHARS)));
        if (events.size() > Limits.EVENTS) {
            events.removeFirst();
        }
    }

    long newest() {
        return newest;
    }

    List<EventView> after(long number) {
        return events.stream()
                .filter(event -> event.number() > number)
                .limit(Limits.EVENTS_PER_ANSWER)
                .toList();
    }

    private static String clipped(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max);
    }
}
