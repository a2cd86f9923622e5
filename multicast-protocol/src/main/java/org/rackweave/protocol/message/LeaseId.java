package org.rackweave.protocol.message;

/**
 * Names one lease of one slice. The borrower draws it at random with its reservation, so that a repeated reservation is recognised as the same one.
 *
 * @param high the first eight bytes
 * @param low the last eight bytes
 */
public record LeaseId(long high, long low) {
    /** Reads 32 hexadecimal digits; anything else is an {@link IllegalArgumentException}. */
    public static LeaseId parse(String text) {
        return new LeaseId(Hex128.high(text), Hex128.low(text));
    }

    /** The first eight digits, for tables. */
    public String brief() {
        return toString().substring(0, 8);
    }

    @Override
    public String toString() {
        return Hex128.format(high, low);
    }
}
