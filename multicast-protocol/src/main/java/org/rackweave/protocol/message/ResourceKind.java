package org.rackweave.protocol.message;

import java.util.Optional;

/** What can be lent. The code is the wire value and never changes; new kinds are appended. */
public enum ResourceKind {
    MEMORY(1, "memory", "bytes"),
    PCIE_DEVICE(2, "pcie-device", "devices"),
    FUNCTION(3, "function", "functions"),
    LANES(4, "lanes", "lanes"),
    ACCELERATOR(5, "accelerator", "slices"),
    CORES(6, "cores", "cores");

    private final int code;
    private final String word;
    private final String unit;

    ResourceKind(int code, String word, String unit) {
        this.code = code;
        this.word = word;
        this.unit = unit;
    }

    /** The value on the wire. */
    public int code() {
        return code;
    }

    /** The word that people type. */
    public String word() {
        return word;
    }

    /** The unit in which amounts of this kind count. */
    public String unit() {
        return unit;
    }

    public static Optional<ResourceKind> ofCode(long code) {
        for (ResourceKind kind : values()) {
            if (kind.code == code) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    public static Optional<ResourceKind> ofWord(String word) {
        for (ResourceKind kind : values()) {
            if (kind.word.equals(word)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
