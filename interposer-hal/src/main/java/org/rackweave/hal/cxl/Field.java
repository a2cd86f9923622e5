package org.rackweave.hal.cxl;

/** Checks of the constructors here. */
final class Field {
    private Field() {}

    static void inRange(String field, long value, long most) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(field + " " + value + " is not from 0 to " + most);
        }
    }

    static void byteValue(String field, long value) {
        inRange(field, value, 0xFF);
    }

    static void wordValue(String field, long value) {
        inRange(field, value, 0xFFFF);
    }

    static void atMost(String field, int count, int most) {
        if (count > most) {
            throw new IllegalArgumentException(count + " " + field + "; at most " + most + " fit");
        }
    }
}
