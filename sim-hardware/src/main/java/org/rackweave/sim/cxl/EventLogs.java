package org.rackweave.sim.cxl;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.rackweave.hal.cxl.ClearEventRecords;
import org.rackweave.hal.cxl.EventLog;
import org.rackweave.hal.cxl.EventRecord;
import org.rackweave.hal.cxl.EventRecord.Severity;
import org.rackweave.hal.cxl.FabricEvent;
import org.rackweave.hal.cxl.FmHandler.Handled;
import org.rackweave.hal.cxl.GetEventRecords;
import org.rackweave.hal.cxl.GetEventRecords.Overflow;
import org.rackweave.hal.cxl.NoPayload;
import org.rackweave.hal.cxl.ReturnCode;

/**
 * The logs of event records of one component. A log that is full keeps what it has and counts what it loses, until something is cleared;
 * records are cleared oldest first. Nobody tells this component the time, so its records have none.
 */
final class EventLogs {
    /** The most records of one log: what a small component has, and little enough to see a log run over. */
    static final int MOST_RECORDS = 64;

    /** Nobody told the time. */
    private static final long NO_TIME = 0;

    private static final int MOST_HANDLE = 0xFFFF;

    private final Map<EventLog, Log> logs = new EnumMap<>(EventLog.class);

    private static final class Log {
        private final Deque<EventRecord> records = new ArrayDeque<>();
        private long lost;
        private int lastHandle;
    }

    EventLogs() {
        for (EventLog log : EventLog.values()) {
            logs.put(log, new Log());
        }
    }

    /** Records what happened, as often as it did. */
    void add(EventLog log, Severity severity, FabricEvent event, long times) {
        Log of = of(log);
        long left = times;
        while (left > 0 && of.records.size() < MOST_RECORDS) {
            of.lastHandle = of.lastHandle % MOST_HANDLE + 1;
            of.records.add(event.record(severity, of.lastHandle, NO_TIME));
            left--;
        }
        of.lost = Math.min(Overflow.MOST_COUNTED, of.lost + Math.min(left, Overflow.MOST_COUNTED));
    }

    void inform(FabricEvent event) {
        add(EventLog.INFORMATIONAL, Severity.INFORMATIONAL, event, 1);
    }

    /** How many records are kept, of all logs. */
    int size() {
        return logs.values().stream().mapToInt(log -> log.records.size()).sum();
    }

    /** @param most how many fit the answer */
    Handled get(GetEventRecords.Request request, int most, CxlSwitch.Honesty honesty) {
        Log of = of(request.log());
        List<EventRecord> oldest = of.records.stream().limit(most).toList();
        boolean isMore = oldest.size() < of.records.size() || honesty == CxlSwitch.Honesty.MISCOUNTING;
        return Handled.with(new GetEventRecords.Response(
                of.lost == 0 ? Optional.empty() : Optional.of(new Overflow((int) of.lost, NO_TIME, NO_TIME)),
                isMore ? GetEventRecords.More.YES : GetEventRecords.More.NO,
                oldest));
    }

    Handled clear(ClearEventRecords.Request request, CxlSwitch.Honesty honesty) {
        Log of = of(request.log());
        if (request.which() == ClearEventRecords.Which.ALL && of.lost == 0) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        if (!areOldest(of, request.handles())) {
            return Handled.as(ReturnCode.INVALID_HANDLE);
        }
        if (honesty != CxlSwitch.Honesty.LYING) {
            int count = request.which() == ClearEventRecords.Which.ALL
                    ? of.records.size()
                    : request.handles().size();
            for (int index = 0; index < count; index++) {
                of.records.remove();
            }
            of.lost = count > 0 ? 0 : of.lost;
        }
        return Handled.with(new NoPayload());
    }

    private static boolean areOldest(Log of, List<Integer> handles) {
        if (handles.size() > of.records.size()) {
            return false;
        }
        Iterator<EventRecord> records = of.records.iterator();
        return handles.stream().allMatch(handle -> records.next().handle() == handle);
    }

    private Log of(EventLog log) {
        return Objects.requireNonNull(logs.get(log));
    }
}
