package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.rackweave.hal.cxl.GetEventRecords.Overflow;

/**
 * Reads a log of a component until it is empty, and clears by handle what it read. A record is cleared after it was read, so one that
 * was read is in the answer even when the path breaks then; after a crash in between it is read again.
 *
 * <p>It ends whatever the component says: at a number of records, and when the component shows nothing new.
 */
public final class EventReader {
    private final FmComponent component;
    private final EventLog log;
    private final int mostRecords;
    private final List<EventRecord> records = new ArrayList<>();
    private Optional<Overflow> lost = Optional.empty();

    /** Why reading ended. */
    public enum End {
        /** The log has no more. */
        EMPTY,
        /** There may be more: as many were read as were wanted. */
        LIMIT,
        /** The component says that there is more and shows none, or shows again what it says that it cleared. */
        STUCK,
        /** A command was not answered, or declined: another manager may have cleared the same records. */
        BROKEN
    }

    /**
     * What was read.
     *
     * @param lost events that the log had no room for, since it was last cleared
     * @param why empty but for {@link End#STUCK} and {@link End#BROKEN}
     */
    public record Read(List<EventRecord> records, Optional<Overflow> lost, End end, String why) {
        public Read {
            records = List.copyOf(records);
            Objects.requireNonNull(lost);
            Objects.requireNonNull(end);
            Objects.requireNonNull(why);
        }
    }

    private EventReader(FmComponent component, EventLog log, int mostRecords) {
        this.component = component;
        this.log = log;
        this.mostRecords = mostRecords;
    }

    /**
     * Reads and clears.
     *
     * @param mostRecords at least 1; it may be exceeded by what one answer has, {@link CxlLimits#MOST_EVENT_RECORDS}
     */
    public static Read drain(FmComponent component, EventLog log, int mostRecords) {
        if (mostRecords < 1) {
            throw new IllegalArgumentException("at most " + mostRecords + " records");
        }
        return new EventReader(component, log, mostRecords).drain();
    }

    private Read drain() {
        while (records.size() < mostRecords) {
            Outcome<GetEventRecords.Response> asked = component.call(new GetEventRecords.Request(log));
            if (!(asked instanceof Outcome.Answered<GetEventRecords.Response> answered)) {
                return ended(End.BROKEN, asked.toString());
            }
            GetEventRecords.Response page = answered.response();
            lost = page.overflow().or(() -> lost);
            if (page.records().isEmpty()) {
                return page.more() == GetEventRecords.More.NO
                        ? ended(End.EMPTY, "")
                        : ended(End.STUCK, "it says that there are more records, and shows none");
            }
            if (isAgain(page.records().get(0))) {
                return ended(End.STUCK, "it shows a record again that it says it cleared");
            }
            records.addAll(page.records());
            Outcome<NoPayload> cleared = component.call(ClearEventRecords.Request.of(log, page.records()));
            if (cleared.kind() != Outcome.Kind.ANSWERED) {
                return ended(End.BROKEN, cleared.toString());
            }
        }
        return ended(End.LIMIT, "");
    }

    private boolean isAgain(EventRecord first) {
        // Handles come round; what is the same in every field and was just read is the same record.
        return records.contains(first);
    }

    private Read ended(End end, String why) {
        return new Read(records, lost, end, why);
    }
}
