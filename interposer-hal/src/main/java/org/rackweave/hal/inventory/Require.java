package org.rackweave.hal.inventory;

/** The checks that constructors of values share. */
public final class Require {
    private Require() {}

    public static int atLeastZero(int value, String name) {
        that(value >= 0, name + " must not be negative, but is " + value);
        return value;
    }

    public static long atLeastZero(long value, String name) {
        that(value >= 0, name + " must not be negative, but is " + value);
        return value;
    }

    public static int within(int value, int highest, String name) {
        that(value >= 0 && value <= highest, name + " must lie in 0.." + highest + ", but is " + value);
        return value;
    }

    public static String notBlank(String value, String name) {
        that(!value.isBlank(), name + " must not be blank");
        return value;
    }

    public static void that(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
