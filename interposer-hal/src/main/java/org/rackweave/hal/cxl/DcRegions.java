package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Get Host DC Region Configuration, 5601h, and Set DC Region Configuration, 5602h, to a dynamic capacity device. Request of Get:
 *
 * <pre>
 * 0-1  host   2 most regions   3 index of the first
 * </pre>
 *
 * Response of Get:
 *
 * <pre>
 * 0-1  host   2 regions   3 regions that follow
 * 4-   for each 40 bytes: 8 base, 8 decode length in units of 256 MiB, 8 length in bytes, 8 block size in bytes,
 *      1 attributes, see {@link Region}, 3 reserved, 1 bit 0 sanitised on release, 3 reserved
 * then 4 bytes each: extents the device supports here, those left, tags it supports, those left
 * </pre>
 *
 * Request of Set:
 *
 * <pre>
 * 0    region   1-3 reserved   4-11 block size in bytes   12 bit 0 sanitise on release   13-15 reserved
 * </pre>
 *
 * Response of Set: nothing, or the request again: the text can be read either way.
 */
public final class DcRegions {
    private static final long MOST_U32 = 0xFFFF_FFFFL;
    private static final int SANITISE_BIT = 0x01;

    private DcRegions() {}

    /** Whether a device wipes what is released from a region. */
    public enum OnRelease {
        LEFT,
        SANITISED
    }

    /**
     * @param base the first address of it in the device
     * @param decodeUnits how much address space it has, in units of 256 MiB
     * @param bytes how much capacity it can have
     * @param blockBytes what capacity comes in
     * @param attributes bit 2 not volatile, 3 can be shared, 4 kept coherent by hardware, 6 read only
     */
    public record Region(
            long base, long decodeUnits, long bytes, long blockBytes, int attributes, OnRelease onRelease) {
        /** Its capacity can be given to several hosts. */
        public static final int SHARABLE = 0x08;

        public Region {
            Field.inRange("base", base, Long.MAX_VALUE);
            Field.inRange("decode length", decodeUnits, Long.MAX_VALUE);
            Field.inRange("length", bytes, Long.MAX_VALUE);
            Field.inRange("block size", blockBytes, Long.MAX_VALUE);
            Field.byteValue("attributes", attributes);
            Objects.requireNonNull(onRelease);
        }

        static Region read(PayloadReader in) throws MalformedException {
            long base = in.size("region base");
            long decode = in.size("decode length");
            long bytes = in.size("region length");
            long block = in.size("block size");
            int attributes = in.u8("attributes");
            in.skip(3);
            int sanitise = in.u8("sanitise");
            in.skip(3);
            return new Region(base, decode, bytes, block, attributes, whether(sanitise));
        }

        void write(PayloadWriter out) {
            out.u64(base)
                    .u64(decodeUnits)
                    .u64(bytes)
                    .u64(blockBytes)
                    .u8(attributes)
                    .zeros(3);
            out.u8(bit(onRelease)).zeros(3);
        }
    }

    /** @param host the logical device by which the host has it */
    public record Get(int host, int most, int first) implements FmRequest<Held> {
        public Get {
            Field.wordValue("host", host);
            Field.byteValue("most regions", most);
            Field.byteValue("first region", first);
        }

        static Get read(PayloadReader in, Dialect dialect) throws MalformedException {
            return new Get(in.u16("host"), in.u8("most regions"), in.u8("first region"));
        }

        @Override
        public Opcode opcode() {
            return Opcode.GET_DC_REGIONS;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u16(host).u8(most).u8(first);
        }

        @Override
        public Held readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            int of = in.u16("host");
            int available = in.u8("regions");
            int returned = in.u8("regions that follow");
            if (returned > most || available > DcdInfo.MOST_REGIONS) {
                throw new MalformedException(
                        CciFault.COUNT, returned + " of " + available + " regions where " + most + " were asked for");
            }
            if (of != host || (returned > 0 && first + returned > available)) {
                throw new MalformedException(
                        CciFault.CONTRADICTION,
                        returned + " regions from " + first + " of " + available + " of host " + of);
            }
            List<Region> regions = new ArrayList<>(returned);
            for (int index = 0; index < returned; index++) {
                regions.add(Region.read(in));
            }
            return new Held(of, available, regions, Room.read(in));
        }
    }

    /** What a device can still keep track of, each 0 to 2^32 - 1. */
    public record Room(long extents, long extentsLeft, long tags, long tagsLeft) {
        public Room {
            Field.inRange("extents", extents, MOST_U32);
            Field.inRange("extents left", extentsLeft, MOST_U32);
            Field.inRange("tags", tags, MOST_U32);
            Field.inRange("tags left", tagsLeft, MOST_U32);
        }

        static Room read(PayloadReader in) throws MalformedException {
            return new Room(in.u32("extents"), in.u32("extents left"), in.u32("tags"), in.u32("tags left"));
        }
    }

    /** @param available how many regions the host has; {@code regions} are some of them */
    public record Held(int host, int available, List<Region> regions, Room room) implements FmResponse {
        public Held {
            Field.wordValue("host", host);
            Field.inRange("regions", available, DcdInfo.MOST_REGIONS);
            Field.atMost("regions", regions.size(), DcdInfo.MOST_REGIONS);
            regions = List.copyOf(regions);
            Objects.requireNonNull(room);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u16(host).u8(available).u8(regions.size());
            regions.forEach(region -> region.write(out));
            out.u32(room.extents).u32(room.extentsLeft).u32(room.tags).u32(room.tagsLeft);
        }
    }

    /**
     * @param region 0 to 7
     * @param blockBytes 0 to 2^63 - 1
     */
    public record Set(int region, long blockBytes, OnRelease onRelease) implements FmRequest<Taken> {
        public Set {
            Field.inRange("region", region, DcdInfo.MOST_REGIONS - 1);
            Field.inRange("block size", blockBytes, Long.MAX_VALUE);
            Objects.requireNonNull(onRelease);
        }

        static Set read(PayloadReader in, Dialect dialect) throws MalformedException {
            int region = in.u8("region");
            if (region >= DcdInfo.MOST_REGIONS) {
                throw new MalformedException(CciFault.VALUE, "region " + region);
            }
            in.skip(3);
            long block = in.size("block size");
            int sanitise = in.u8("sanitise");
            in.skip(3);
            return new Set(region, block, whether(sanitise));
        }

        @Override
        public Opcode opcode() {
            return Opcode.SET_DC_REGION;
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            out.u8(region).zeros(3).u64(blockBytes).u8(bit(onRelease)).zeros(3);
        }

        @Override
        public Taken readResponse(PayloadReader in, Dialect dialect) throws MalformedException {
            Optional<Set> said = in.left() == 0 ? Optional.empty() : Optional.of(read(in, dialect));
            if (said.isPresent() && said.get().region != region) {
                throw new MalformedException(CciFault.CONTRADICTION, "region " + said.get().region + " was not set");
            }
            return new Taken(said);
        }
    }

    /** @param said what the device has now, when it says so */
    public record Taken(Optional<Set> said) implements FmResponse {
        public Taken {
            Objects.requireNonNull(said);
        }

        @Override
        public void write(PayloadWriter out, Dialect dialect) {
            said.ifPresent(set -> set.write(out, dialect));
        }
    }

    private static OnRelease whether(int flags) {
        return (flags & SANITISE_BIT) == 0 ? OnRelease.LEFT : OnRelease.SANITISED;
    }

    private static int bit(OnRelease onRelease) {
        return onRelease == OnRelease.SANITISED ? SANITISE_BIT : 0;
    }
}
