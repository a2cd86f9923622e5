package org.rackweave.hal.cxl;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.rackweave.hal.mctp.Octets;

/**
 * A piece of dynamic capacity: 40 bytes.
 *
 * <pre>
 * 0-7  address in the device   8-15 length in bytes   16-31 tag   32-33 sequence number when shared, else 0   34-39 reserved
 * </pre>
 *
 * @param dpa 0 to 2^63 - 1
 * @param bytes 0 to 2^63 - 1
 * @param tag 16 bytes; zeros: none
 */
public record DcExtent(long dpa, long bytes, Octets tag, int sharedSequence) {
    /** The bytes of a tag. */
    public static final int TAG_BYTES = 16;

    public DcExtent {
        Field.inRange("address", dpa, Long.MAX_VALUE);
        Field.inRange("length", bytes, Long.MAX_VALUE);
        isTag(tag);
        Field.wordValue("shared sequence", sharedSequence);
    }

    static void isTag(Octets tag) {
        Objects.requireNonNull(tag);
        if (tag.length() != TAG_BYTES) {
            throw new IllegalArgumentException("a tag of " + tag.length() + " bytes, not 16");
        }
    }

    /** Who says which extents. */
    enum Extents {
        /** The device. */
        CHOSEN,
        /** The manager. */
        PRESCRIBED
    }

    static List<DcExtent> checked(Extents due, List<DcExtent> extents) {
        if (due == Extents.CHOSEN && !extents.isEmpty()) {
            throw new IllegalArgumentException(extents.size() + " extents where the device chooses them");
        }
        return checked(extents);
    }

    static List<DcExtent> checked(List<DcExtent> extents) {
        Field.atMost("extents", extents.size(), CxlLimits.MOST_EXTENTS);
        return List.copyOf(extents);
    }

    /**
     * Reads a count of four bytes and so many extents, which are there when extents are prescribed. Otherwise nothing is there; some peers
     * put a count of zero.
     */
    static List<DcExtent> readPrescribed(PayloadReader in, Extents extents) throws MalformedException {
        if (extents == Extents.CHOSEN && in.left() == 0) {
            return List.of();
        }
        long count = in.u32("number of extents");
        if (extents == Extents.CHOSEN && count > 0) {
            throw new MalformedException(CciFault.CONTRADICTION, count + " extents where the device chooses them");
        }
        return read(in, count);
    }

    static List<DcExtent> read(PayloadReader in, long count) throws MalformedException {
        if (count > CxlLimits.MOST_EXTENTS) {
            throw new MalformedException(CciFault.COUNT, count + " extents");
        }
        List<DcExtent> read = new ArrayList<>();
        for (long index = 0; index < count; index++) {
            DcExtent extent = new DcExtent(
                    in.size("extent address"),
                    in.size("extent length"),
                    in.bytes(TAG_BYTES, "extent tag"),
                    in.u16("shared sequence"));
            in.skip(6);
            read.add(extent);
        }
        return read;
    }

    static void writePrescribed(PayloadWriter out, Extents extents, List<DcExtent> list) {
        if (extents == Extents.PRESCRIBED) {
            out.u32(list.size());
            writeEach(out, list);
        }
    }

    static void writeEach(PayloadWriter out, List<DcExtent> extents) {
        for (DcExtent each : extents) {
            out.u64(each.dpa)
                    .u64(each.bytes)
                    .bytes(each.tag)
                    .u16(each.sharedSequence)
                    .zeros(6);
        }
    }
}
