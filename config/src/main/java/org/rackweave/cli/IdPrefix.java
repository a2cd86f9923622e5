package org.rackweave.cli;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The start of an identifier, long enough that one is not hit by chance.
 *
 * @param digits 4 to 32 hexadecimal digits in lower case
 */
record IdPrefix(String digits) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{4,32}");

    IdPrefix {
        if (!FORM.matcher(digits).matches()) {
            throw new IllegalArgumentException("an identifier's start is 4 to 32 hexadecimal digits");
        }
    }

    static boolean isOne(String text) {
        return FORM.matcher(text.toLowerCase(Locale.ROOT)).matches();
    }

    static IdPrefix of(String text) {
        return new IdPrefix(text.toLowerCase(Locale.ROOT));
    }

    /** Reads what somebody typed as an identifier. */
    static IdPrefix parse(String text) throws CommandFailed {
        if (!isOne(text)) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "'" + text + "' is no identifier",
                    "write at least the first 4 of its 32 hexadecimal digits");
        }
        return of(text);
    }

    boolean fits(String id) {
        return id.startsWith(digits);
    }
}
