package org.rackweave.hal.cxl;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Get Event Records, 0100h: the oldest records of a log, as many as an answer holds. They stay until they are cleared. Request:
 *
 * <pre>
 * 0    log
 * </pre>
 *
 * Response:
 *
 * <pre>
 * 0    bit 0 overflow: the log was full and events were lost, bit 1 there are more records   1 reserved
 * 2-3  events lost, 65535 for more   4-11 time of the first one   12-19 and of the last one, nanoseconds since 1970
 * 20-21 number of records   22-31 reserved   32- the records, see {@link EventRecord}
 * </pre>
 */
public final class GetEventRecords {
    private static final int OVERFLOW_BIT = 0x01;
    private static final int MORE_BIT = 0x02;

    private GetEventRecords() {}

    /** Whether a log has records beyond those of an answer. */
    public enum More {
        NO,
        YES
    }

    public record Request(EventLog log) implements FmRequest<Response> {
        public Request {
            Objects.requireNonNull(log);
        }

        static Request read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Request(EventLog.read(in));
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_EVENT_RECORDS;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(log.code());
        }

        @Override
        public Response readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            int flags = in.u8("flags");
            in.skip(1);
            Overflow overflow =
                    new Overflow(in.u16("events lost"), in.u64("time of the first"), in.u64("time of the last"));
            int count = in.u16("number of records");
            in.skip(10);
            return new Response(
                    (flags & OVERFLOW_BIT) == 0 ? Optional.empty() : Optional.of(overflow),
                    (flags & MORE_BIT) == 0 ? More.NO : More.YES,
                    EventRecord.read(in, count));
        }
    }

    /**
     * Events that happened and were not recorded.
     *
     * @param events 0 to 65535; 0: nobody counted, 65535: or more
     * @param firstNanos since 1970, all 64 bits count; 0: not known
     * @param lastNanos as the first
     */
    public record Overflow(int events, long firstNanos, long lastNanos) {
        /** What the count says when there are as many or more, in events. */
        public static final int MOST_COUNTED = 0xFFFF;

        public Overflow {
            Field.wordValue("events lost", events);
        }
    }

    /** @param records the oldest first, at most {@link CxlLimits#MOST_EVENT_RECORDS} */
    public record Response(Optional<Overflow> overflow, More more, List<EventRecord> records) implements FmResponse {
        public Response {
            Objects.requireNonNull(overflow);
            Objects.requireNonNull(more);
            Field.atMost("event records", records.size(), CxlLimits.MOST_EVENT_RECORDS);
            records = List.copyOf(records);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            Overflow lost = overflow.orElse(new Overflow(0, 0, 0));
            out.u8((overflow.isPresent() ? OVERFLOW_BIT : 0) | (more == More.YES ? MORE_BIT : 0))
                    .zeros(1)
                    .u16(lost.events())
                    .u64(lost.firstNanos())
                    .u64(lost.lastNanos())
                    .u16(records.size())
                    .zeros(10);
            records.forEach(record -> record.write(out));
        }
    }
}
