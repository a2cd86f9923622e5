package org.rackweave.hal.cxl;

import org.rackweave.hal.mctp.Octets;

/** Reads the fields of a payload in their order, little endian. A field that is not all there is {@link CciFault#TRUNCATED}. */
final class PayloadReader {
    private final Octets bytes;
    private int at;

    PayloadReader(Octets bytes) {
        this.bytes = bytes;
    }

    int u8(String field) throws MalformedException {
        need(1, field);
        return bytes.at(at++);
    }

    int u16(String field) throws MalformedException {
        return (int) little(2, field);
    }

    long u32(String field) throws MalformedException {
        return little(4, field);
    }

    /** All 64 bits; those above 2^63 - 1 come out negative. */
    long u64(String field) throws MalformedException {
        return little(8, field);
    }

    /** A size or address, of which no device has 2^63 bytes. */
    long size(String field) throws MalformedException {
        long value = u64(field);
        if (value < 0) {
            throw new MalformedException(CciFault.VALUE, field + " is beyond 2^63");
        }
        return value;
    }

    /** Reserved bytes: a receiver takes whatever they hold. */
    void skip(int count) throws MalformedException {
        need(count, "reserved bytes");
        at += count;
    }

    Octets bytes(int count, String field) throws MalformedException {
        need(count, field);
        at += count;
        return bytes.slice(at - count, at);
    }

    int left() {
        return bytes.length() - at;
    }

    void atEnd() throws MalformedException {
        if (left() != 0) {
            throw new MalformedException(CciFault.EXTRA_BYTES, left() + " bytes after the last field");
        }
    }

    private long little(int count, String field) throws MalformedException {
        need(count, field);
        long value = 0;
        for (int index = count - 1; index >= 0; index--) {
            value = value << 8 | bytes.at(at + index);
        }
        at += count;
        return value;
    }

    private void need(int count, String field) throws MalformedException {
        if (count > left()) {
            throw new MalformedException(
                    CciFault.TRUNCATED, field + " needs " + count + " bytes at " + at + ", there are " + left());
        }
    }
}
