package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.rackweave.hal.mctp.Octets;

/**
 * The form that every event record has: 128 bytes.
 *
 * <pre>
 * 0-15  which event this is, a UUID in the order in which it is printed   16 bytes of the record that mean something
 * 17-19 flags: bits 1:0 severity, see {@link Severity}, 2 permanent, 3 maintenance needed, 4 slower, 5 replace the hardware
 * 20-21 handle   22-23 handle of a related record, or 0   24-31 nanoseconds since 1970, or 0
 * 32    class of maintenance asked for, or 0   33 its subclass   34-47 reserved   48-127 the event, see {@link FabricEvent}
 * </pre>
 *
 * @param format 16 bytes
 * @param length 0 to 255
 * @param flags 24 bits
 * @param handle 0 to 65535; what a record is cleared by. The specification says that none is 0
 * @param timestampNanos all 64 bits count
 * @param event 80 bytes
 */
public record EventRecord(
        Octets format,
        int length,
        int flags,
        int handle,
        int relatedHandle,
        long timestampNanos,
        int maintenanceClass,
        int maintenanceSubclass,
        Octets event) {
    /** The bytes of a record. */
    public static final int RECORD_BYTES = 128;

    static final int FORMAT_BYTES = 16;
    static final int EVENT_BYTES = 80;
    private static final int MOST_FLAGS = 0xFF_FFFF;
    private static final int RESERVED_BYTES = 14;

    /** How bad it is. */
    public enum Severity implements Coded {
        INFORMATIONAL(0),
        WARNING(1),
        FAILURE(2),
        FATAL(3);

        private final int code;

        Severity(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }

    public EventRecord {
        isOf("format", format, FORMAT_BYTES);
        Field.byteValue("length", length);
        Field.inRange("flags", flags, MOST_FLAGS);
        Field.wordValue("handle", handle);
        Field.wordValue("related handle", relatedHandle);
        Field.byteValue("maintenance class", maintenanceClass);
        Field.byteValue("maintenance subclass", maintenanceSubclass);
        isOf("event", event, EVENT_BYTES);
    }

    /** The bits of the flags that say it. */
    public Severity severity() {
        return Severity.values()[flags & 0x03];
    }

    private static void isOf(String field, Octets bytes, int length) {
        Objects.requireNonNull(bytes);
        if (bytes.length() != length) {
            throw new IllegalArgumentException(field + " of " + bytes.length() + " bytes, not " + length);
        }
    }

    static List<EventRecord> read(PayloadReader in, int count) throws MalformedException {
        if (count > CxlLimits.MOST_EVENT_RECORDS) {
            throw new MalformedException(CciFault.COUNT, count + " event records");
        }
        List<EventRecord> read = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            read.add(readOne(in));
        }
        return read;
    }

    private static EventRecord readOne(PayloadReader in) throws MalformedException {
        Octets format = in.bytes(FORMAT_BYTES, "format of the event");
        int length = in.u8("length of the record");
        int flags = in.u16("flags") | in.u8("flags") << 16;
        int handle = in.u16("handle");
        int relatedHandle = in.u16("related handle");
        long timestampNanos = in.u64("time");
        int maintenanceClass = in.u8("maintenance class");
        int maintenanceSubclass = in.u8("maintenance subclass");
        in.skip(RESERVED_BYTES);
        return new EventRecord(
                format,
                length,
                flags,
                handle,
                relatedHandle,
                timestampNanos,
                maintenanceClass,
                maintenanceSubclass,
                in.bytes(EVENT_BYTES, "event"));
    }

    void write(PayloadWriter out) {
        out.bytes(format).u8(length).u16(flags & 0xFFFF).u8(flags >> 16);
        out.u16(handle).u16(relatedHandle).u64(timestampNanos);
        out.u8(maintenanceClass).u8(maintenanceSubclass).zeros(RESERVED_BYTES).bytes(event);
    }
}
