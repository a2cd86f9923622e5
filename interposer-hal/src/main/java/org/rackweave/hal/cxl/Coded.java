package org.rackweave.hal.cxl;

/** A value that the specification numbers. */
interface Coded {
    /** The number on the wire. */
    int code();

    /** The value of this number. */
    static <E extends Coded> E of(E[] values, int code, String field) throws MalformedException {
        for (E each : values) {
            if (each.code() == code) {
                return each;
            }
        }
        throw new MalformedException(CciFault.VALUE, field + " " + code + " has no meaning");
    }
}
