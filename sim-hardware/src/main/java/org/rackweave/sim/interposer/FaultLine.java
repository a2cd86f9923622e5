package org.rackweave.sim.interposer;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of a {@link FaultScript}.
 *
 * @param operation which call of the interposer it concerns
 * @param fault what goes wrong
 * @param pause how long, for {@link Fault#DELAY} and {@link Fault#HANG}; else zero
 * @param remaining how often it still happens; empty for always
 */
record FaultLine(Operation operation, Fault fault, Duration pause, OptionalInt remaining) {
    /** The calls of an interposer, as an operator and a fault script name them. */
    enum Operation {
        SLICES("slices"),
        ROUTE("route"),
        LOAD("load"),
        LOADED("loaded"),
        BIND("bind"),
        UNBIND("unbind"),
        SANITISE("sanitise");

        private final String word;

        Operation(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /** What can go wrong with a call. */
    enum Fault {
        /** It takes longer, then does as told. */
        DELAY,
        /** It does not answer for a while, and was not carried out; the caller cannot know that. */
        HANG,
        /** It is carried out, but the answer is lost. */
        UNKNOWN,
        /** The hardware says no, and nothing changes. */
        REFUSE,
        /** The hardware does not answer at all, and nothing changes. */
        GONE,
        /** A wipe leaves a byte behind. */
        FAIL
    }

    private static final Pattern LINE = Pattern.compile(
            "(?<operation>slices|route|load|loaded|bind|unbind|sanitise)\\s+(?<fault>delay|hang|unknown|refuse|gone|fail)"
                    + "(?:\\s+(?<pause>[0-9]{1,6})(?<unit>ms|s))?(?:\\s+(?<count>[0-9]{1,6}))?");

    FaultLine {
        Objects.requireNonNull(operation);
        Objects.requireNonNull(fault);
        Objects.requireNonNull(pause);
        Objects.requireNonNull(remaining);
        boolean pauses = fault == Fault.DELAY || fault == Fault.HANG;
        if (pauses == pause.isZero()) {
            throw new IllegalArgumentException("delay and hang say how long, the others do not");
        }
        if (fault == Fault.FAIL && operation != Operation.SANITISE) {
            throw new IllegalArgumentException("only sanitise can fail halfway");
        }
    }

    static FaultLine parse(String line) {
        Matcher matcher = LINE.matcher(line.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not of the form OPERATION FAULT [DURATION] [COUNT]");
        }
        String count = matcher.group("count");
        return new FaultLine(
                Operation.valueOf(upper(matcher, "operation")),
                Fault.valueOf(upper(matcher, "fault")),
                pause(matcher),
                count == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(count)));
    }

    /** This line after it has happened once more. */
    FaultLine consumed() {
        return new FaultLine(
                operation, fault, pause, remaining.isPresent() ? OptionalInt.of(remaining.getAsInt() - 1) : remaining);
    }

    boolean isSpent() {
        return remaining.isPresent() && remaining.getAsInt() == 0;
    }

    String text() {
        return operation.word()
                + " "
                + fault.name().toLowerCase(Locale.ROOT)
                + (pause.isZero() ? "" : " " + pause.toMillis() + "ms")
                + (remaining.isPresent() ? " " + remaining.getAsInt() : "");
    }

    private static String upper(Matcher matcher, String group) {
        return Objects.requireNonNull(matcher.group(group)).toUpperCase(Locale.ROOT);
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
