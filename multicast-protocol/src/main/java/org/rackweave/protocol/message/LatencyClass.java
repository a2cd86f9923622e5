package org.rackweave.protocol.message;

import java.util.Optional;

/**
 * How far what is lent is from the borrower's host, nearest first. A borrower names the farthest that will do. The code is the
 * wire value and never changes; new ones are appended.
 */
public enum LatencyClass {
    /** Inside the borrower's own server. */
    HOST(1, "host"),
    /** Behind a CXL or PCIe switch that both reach: hundreds of nanoseconds more. */
    SWITCH(2, "switch"),
    /** A window into another server's memory (PCIe NTB, RDMA): a microsecond and more. */
    WINDOW(3, "window"),
    /** A service over the network, or an execution slot at the lender: tens of microseconds and more. */
    NETWORK(4, "network");

    private final int code;
    private final String word;

    LatencyClass(int code, String word) {
        this.code = code;
        this.word = word;
    }

    /** The value on the wire; a higher one is farther. */
    public int code() {
        return code;
    }

    /** The word that people type. */
    public String word() {
        return word;
    }

    /** Whether it will do where {@code worst} would. */
    public boolean isWithin(LatencyClass worst) {
        return code <= worst.code;
    }

    public static Optional<LatencyClass> ofCode(long code) {
        for (LatencyClass value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    public static Optional<LatencyClass> ofWord(String word) {
        for (LatencyClass value : values()) {
            if (value.word.equals(word)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
