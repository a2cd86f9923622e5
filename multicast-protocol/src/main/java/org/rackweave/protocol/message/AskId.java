package org.rackweave.protocol.message;

/**
 * Names what was asked for a VM. Drawn at random by whoever asks, so that a repeated request is recognised as the same one.
 *
 * @param high the first eight bytes
 * @param low the last eight bytes
 */
public record AskId(long high, long low) {
    /** Reads 32 hexadecimal digits; anything else is an {@link IllegalArgumentException}. */
    public static AskId parse(String text) {
        return new AskId(Hex128.high(text), Hex128.low(text));
    }

    /** The loan that brings what the host itself has not: the same name, so that a restarted card asks for it only once. */
    public LoanId loan() {
        return new LoanId(high, low);
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
