package org.rackweave.sim.switchtec;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rackweave.hal.switchtec.wire.MrpcKind;

/**
 * What shall go wrong with a command: a line {@code COMMAND FAULT [DURATION] [COUNT]}, such as {@code bind late 2s 1}.
 *
 * @param command which; empty for any
 * @param pause how long, for those that take a time; else zero
 * @param remaining how often it still happens; empty for always
 */
record SwitchtecFault(Optional<MrpcKind> command, Fault fault, Duration pause, OptionalInt remaining) {
    /** What can go wrong. */
    enum Fault {
        /** It takes longer, then is done and answered. */
        DELAY,
        /** No answer for a while, then the connection ends. It is not done. */
        HANG,
        /** It is done; the connection ends without an answer. */
        FORGET,
        /** The connection ends at once; it is done later, perhaps after it was read as not done. */
        LATE,
        /** The answer says that it is done; nothing was. */
        LIE,
        /** A bind or unbind begins, and ends as failed. */
        FAIL,
        /** The firmware has no thread for it; nothing is done. */
        REFUSE,
        /** It is done; the answer has a byte too few. */
        SHORT
    }

    private static final Pattern LINE = Pattern.compile("(?<command>[a-z-]{1,40})\\s+(?<fault>[a-z]{1,10})"
            + "(?:\\s+(?<pause>[0-9]{1,6})(?<unit>ms|s))?(?:\\s+(?<count>[0-9]{1,6}))?");

    SwitchtecFault {
        boolean isTimed = fault == Fault.DELAY || fault == Fault.HANG || fault == Fault.LATE;
        if (isTimed == pause.isZero()) {
            throw new IllegalArgumentException("delay, hang and late say how long, the others do not");
        }
    }

    static SwitchtecFault parse(String line) {
        Matcher matcher = LINE.matcher(line.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not of the form COMMAND FAULT [DURATION] [COUNT]");
        }
        String command = Objects.requireNonNull(matcher.group("command"));
        String count = matcher.group("count");
        return new SwitchtecFault(
                "any".equals(command) ? Optional.empty() : Optional.of(word(MrpcKind.class, command)),
                word(Fault.class, Objects.requireNonNull(matcher.group("fault"))),
                pause(matcher),
                count == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(count)));
    }

    boolean concerns(MrpcKind kind) {
        return command.map(kind::equals).orElse(true) && (remaining.isEmpty() || remaining.getAsInt() > 0);
    }

    /** This line after it has happened once more. */
    SwitchtecFault consumed() {
        return remaining.isEmpty()
                ? this
                : new SwitchtecFault(command, fault, pause, OptionalInt.of(remaining.getAsInt() - 1));
    }

    String text() {
        return command.map(kind -> spoken(kind.name())).orElse("any") + " " + spoken(fault.name())
                + (pause.isZero() ? "" : " " + pause.toMillis() + "ms")
                + (remaining.isPresent() ? " " + remaining.getAsInt() : "");
    }

    private static <E extends Enum<E>> E word(Class<E> type, String word) {
        return Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    private static String spoken(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Duration pause(Matcher matcher) {
        String digits = matcher.group("pause");
        if (digits == null) {
            return Duration.ZERO;
        }
        long number = Long.parseLong(digits);
        return "s".equals(matcher.group("unit")) ? Duration.ofSeconds(number) : Duration.ofMillis(number);
    }
}
