package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Clear Event Records, 0101h: takes records that were read out of a log. Request:
 *
 * <pre>
 * 0    log   1 bit 0 all of them, which a component allows only when events were lost   2 number of handles   3-5 reserved
 * 6-   the handles, two bytes each, the oldest first and none left out before the last
 * </pre>
 *
 * Response: nothing.
 */
public final class ClearEventRecords {
    private static final int ALL_BIT = 0x01;

    private ClearEventRecords() {}

    /** Which records. */
    public enum Which {
        LISTED,
        ALL
    }

    /** @param handles 0 to 65535 each, at most 255; none when all are cleared */
    public record Request(EventLog log, Which which, List<Integer> handles) implements FmRequest<NoPayload> {
        public Request {
            Objects.requireNonNull(log);
            Objects.requireNonNull(which);
            Field.atMost("handles", handles.size(), CxlLimits.MOST_HANDLES);
            handles.forEach(handle -> Field.wordValue("handle", handle));
            handles = List.copyOf(handles);
            if (which == Which.ALL && !handles.isEmpty()) {
                throw new IllegalArgumentException("handles where all records are cleared");
            }
        }

        /** Of these records, in their order. */
        public static Request of(EventLog log, List<EventRecord> records) {
            return new Request(
                    log, Which.LISTED, records.stream().map(EventRecord::handle).toList());
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            EventLog log = EventLog.read(in);
            Which which = (in.u8("flags") & ALL_BIT) == 0 ? Which.LISTED : Which.ALL;
            int count = in.u8("number of handles");
            in.skip(3);
            if (which == Which.ALL && count > 0) {
                throw new MalformedException(CciFault.CONTRADICTION, count + " handles where all records are cleared");
            }
            List<Integer> handles = new ArrayList<>(count);
            for (int index = 0; index < count; index++) {
                handles.add(in.u16("handle"));
            }
            return new Request(log, which, handles);
        }

        @Override
        public Opcode opcode() {
            return Opcode.CLEAR_EVENT_RECORDS;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(log.code())
                    .u8(which == Which.ALL ? ALL_BIT : 0)
                    .u8(handles.size())
                    .zeros(3);
            handles.forEach(out::u16);
        }

        @Override
        public NoPayload readResponse(PayloadReader in, Dialect dialect) {
            return new NoPayload();
        }
    }
}
