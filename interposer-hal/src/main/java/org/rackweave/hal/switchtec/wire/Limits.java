package org.rackweave.hal.switchtec.wire;

/** The sizes that MRPC sets, and the check of a number against its range. */
final class Limits {
    /** Bytes of one command's or answer's data: the switch has a buffer of that size for each. */
    static final int MAX_DATA_BYTES = 1_024;

    static final int MAX_BYTE = 0xFF;
    static final int MAX_SHORT = 0xFFFF;

    private Limits() {}

    static void check(long value, long least, long most, String what) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " is " + least + " to " + most + ", not " + value);
        }
    }
}
