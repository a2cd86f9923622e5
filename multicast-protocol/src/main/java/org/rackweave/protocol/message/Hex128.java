package org.rackweave.protocol.message;

import java.util.HexFormat;

/** The text form of the 128-bit identifiers: 32 lower-case hexadecimal digits. */
final class Hex128 {
    private Hex128() {}

    static String format(long high, long low) {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }

    static long high(String text) {
        return part(text, 0);
    }

    static long low(String text) {
        return part(text, 16);
    }

    private static long part(String text, int from) {
        if (text.length() != 32) {
            throw new IllegalArgumentException("an identifier has 32 hexadecimal digits, not " + text.length());
        }
        return HexFormat.fromHexDigitsToLong(text, from, from + 16);
    }
}
