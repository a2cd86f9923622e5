package org.rackweave.protocol.message;

import java.util.Optional;

/** How near to one another the slices of one loan have to be. The code is the wire value and never changes; new ones are appended. */
public enum Locality {
    /** Anywhere. */
    ANY(1, "any"),
    /** All behind one switch or pool: their {@link SlicePlace#fabric()} is the same, and known. */
    ONE_FABRIC(2, "one-fabric");

    private final int code;
    private final String word;

    Locality(int code, String word) {
        this.code = code;
        this.word = word;
    }

    /** The value on the wire. */
    public int code() {
        return code;
    }

    /** The word that people type. */
    public String word() {
        return word;
    }

    public static Optional<Locality> ofCode(long code) {
        for (Locality value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    public static Optional<Locality> ofWord(String word) {
        for (Locality value : values()) {
            if (value.word.equals(word)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
