package org.rackweave.protocol.message;

import java.util.Optional;

/** How late commands of an older epoch are kept from a slice's hardware. The code is the wire value and never changes; new ones are appended. */
public enum FenceKind {
    /** The hardware holds the epoch and refuses an older one. */
    HARDWARE_EPOCH(1, "hardware-epoch"),
    /** The owner drains the path and reads its route back. */
    ROUTE_READBACK(2, "route-readback");

    private final int code;
    private final String word;

    FenceKind(int code, String word) {
        this.code = code;
        this.word = word;
    }

    /** The value on the wire. */
    public int code() {
        return code;
    }

    /** The word that people read. */
    public String word() {
        return word;
    }

    public static Optional<FenceKind> ofCode(long code) {
        for (FenceKind value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
