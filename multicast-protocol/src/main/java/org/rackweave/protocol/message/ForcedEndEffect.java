package org.rackweave.protocol.message;

import java.util.Optional;

/** What a forced end of a loan does to the borrower's server. The code is the wire value and never changes; new ones are appended. */
public enum ForcedEndEffect {
    /** Accesses fail; the kernel lives. */
    TOLERATED(1, "tolerated"),
    /** The kernel that uses it is likely to die. */
    FATAL(2, "fatal");

    private final int code;
    private final String word;

    ForcedEndEffect(int code, String word) {
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

    public static Optional<ForcedEndEffect> ofCode(long code) {
        for (ForcedEndEffect value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
