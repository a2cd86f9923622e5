package org.rackweave.daemon;

import java.util.regex.Pattern;

/**
 * Text of a peer, fit for a log and a terminal: a line feed in a reason would write a log line of its own, an escape sequence
 * would command the terminal of whoever reads it.
 */
public final class Printable {
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private Printable() {}

    public static String of(String text) {
        // Nearly all text is plain, and each row of the ledger passes here several times.
        if (isPlain(text)) {
            return text;
        }
        return UNPRINTABLE.matcher(text).replaceAll(" ");
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /** As many words from the start as fit; what is left out is shown by an ellipsis. */
    public static String startOf(String text, int maxChars) {
        if (text.length() <= maxChars) {
            return text;
        }
        int end = text.lastIndexOf(' ', maxChars - 1);
        // A single word of that length has no better place to end.
        String words = text.substring(0, end < maxChars / 2 ? maxChars - 1 : end);
        return words.stripTrailing() + "…";
    }

    /** As much of the end as fits: a problem of a file begins with its path, which may be long, and ends with what to do. */
    public static String endOf(String text, int maxChars) {
        return text.length() <= maxChars ? text : "…" + text.substring(text.length() - maxChars + 1);
    }
}
