package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Get and Set LD Allocations, 5401h and 5402h, to an MLD through a tunnel. Request of Get:
 *
 * <pre>
 * 0    first logical device   1 most
 * </pre>
 *
 * Response of Get:
 *
 * <pre>
 * 0    logical devices   1 granularity: 0 256 MiB, 1 512 MiB, 2 1 GiB   2 first   3 number of entries
 * 4-   for each: 8 bytes range 1, 8 bytes range 2, both in units of the granularity
 * </pre>
 *
 * Request and response of Set:
 *
 * <pre>
 * 0    number of entries   1 first   2-3 reserved   4- as above
 * </pre>
 */
public final class LdAllocations {
    private LdAllocations() {}

    /** The unit of ranges. */
    public enum Granularity implements Coded {
        MIB_256(0, 256L << 20),
        MIB_512(1, 512L << 20),
        GIB_1(2, 1L << 30);

        private final int code;
        private final long bytes;

        Granularity(int code, long bytes) {
            this.code = code;
            this.bytes = bytes;
        }

        @Override
        public int code() {
            return code;
        }

        public long bytes() {
            return bytes;
        }
    }

    /** What one logical device has of the memory, in units of the granularity; both as unsigned 64 bits. */
    public record Range(long range1, long range2) {}

    public record Get(int first, int most) implements FmRequest<Held> {
        public Get {
            Field.byteValue("first logical device", first);
            Field.byteValue("most logical devices", most);
        }

        static Get read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Get(in.u8("first logical device"), in.u8("most logical devices"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_LD_ALLOCATIONS;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(first).u8(most);
        }

        @Override
        public Held readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            int devices = in.u8("logical devices");
            Granularity unit = Coded.of(Granularity.values(), in.u8("granularity"), "granularity");
            int start = in.u8("first logical device");
            int count = in.u8("number of entries");
            if (count > most) {
                throw new MalformedException(CciFault.COUNT, count + " entries where " + most + " were asked for");
            }
            if (start != first || start + count > devices) {
                throw new MalformedException(
                        CciFault.CONTRADICTION,
                        count + " entries from " + start + " of " + devices + " where " + first + " was asked for");
            }
            return new Held(devices, unit, start, ranges(in, count));
        }
    }

    /**
     * @param devices how many logical devices the MLD has
     * @param ranges of the logical devices from {@code first} on
     */
    public record Held(int devices, Granularity granularity, int first, List<Range> ranges) implements FmResponse {
        public Held {
            Field.byteValue("logical devices", devices);
            Objects.requireNonNull(granularity);
            Field.byteValue("first logical device", first);
            Field.atMost("entries", ranges.size(), CxlLimits.MOST_LDS);
            ranges = List.copyOf(ranges);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(devices).u8(granularity.code()).u8(first).u8(ranges.size());
            writeRanges(out, ranges);
        }
    }

    public record Set(int first, List<Range> ranges) implements FmRequest<Taken> {
        public Set {
            Field.byteValue("first logical device", first);
            Field.atMost("entries", ranges.size(), CxlLimits.MOST_LDS);
            ranges = List.copyOf(ranges);
        }

        static Set read(PayloadReader in, Dialect dialect) throws MalformedException {
            Taken read = taken(in);
            return new Set(read.first(), read.ranges());
        }

        @Override
        public Opcode opcode() {
            return Opcode.SET_LD_ALLOCATIONS;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            new Taken(first, ranges).write(out, dialect);
        }

        @Override
        public Taken readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            Taken read = taken(in);
            if (read.first() != first || read.ranges().size() > ranges.size()) {
                throw new MalformedException(CciFault.CONTRADICTION, "other entries than were set");
            }
            return read;
        }
    }

    /** What the device took: it may have rounded. */
    public record Taken(int first, List<Range> ranges) implements FmResponse {
        public Taken {
            Field.byteValue("first logical device", first);
            Field.atMost("entries", ranges.size(), CxlLimits.MOST_LDS);
            ranges = List.copyOf(ranges);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(ranges.size()).u8(first).zeros(2);
            writeRanges(out, ranges);
        }
    }

    private static Taken taken(PayloadReader in) throws MalformedException {
        int count = in.u8("number of entries");
        int first = in.u8("first logical device");
        in.skip(2);
        return new Taken(first, ranges(in, count));
    }

    private static List<Range> ranges(PayloadReader in, int count) throws MalformedException {
        List<Range> read = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            read.add(new Range(in.u64("range 1"), in.u64("range 2")));
        }
        return read;
    }

    private static void writeRanges(PayloadWriter out, List<Range> ranges) {
        ranges.forEach(range -> out.u64(range.range1()).u64(range.range2()));
    }
}
