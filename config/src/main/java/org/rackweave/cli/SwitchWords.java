package org.rackweave.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Words and numbers of orders to switches: what a family has as constants, as people write it. */
final class SwitchWords {
    private SwitchWords() {}

    /** {@code assert-perst} for {@code ASSERT_PERST}. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static <E extends Enum<E>> E oneOf(E[] values, String word, String what) throws CommandFailed {
        return Arrays.stream(values)
                .filter(each -> word(each).equals(word))
                .findAny()
                .orElseThrow(() -> new CommandFailed(
                        ExitCode.USAGE,
                        what + ": '" + word + "' means nothing here",
                        "write one of "
                                + Arrays.stream(values).map(SwitchWords::word).collect(Collectors.joining(", "))));
    }

    /** A number that the wire has room for. */
    static int within(String what, int value, int most) throws CommandFailed {
        if (value < 0 || value > most) {
            throw new CommandFailed(
                    ExitCode.USAGE, what + " " + value + " is out of range", "write a number from 0 to " + most);
        }
        return value;
    }
}
