package org.rackweave.protocol.message;

/**
 * Names one loan: the group of leases that together meet one requirement. Drawn at random by whoever asks for it, so that a repeated request is recognised as the same one.
 *
 * @param high the first eight bytes
 * @param low the last eight bytes
 */
public record LoanId(long high, long low) {
    /** Reads 32 hexadecimal digits; anything else is an {@link IllegalArgumentException}. */
    public static LoanId parse(String text) {
        return new LoanId(Hex128.high(text), Hex128.low(text));
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
