package org.rackweave.hal.cxl;

/**
 * How long a client waits, in milliseconds.
 *
 * @param connectMillis for a connection and for the first answer on it
 * @param answerMillis for each answer
 * @param backgroundMillis for the end of a background operation, and for a path to drain
 */
public record FmPatience(long connectMillis, long answerMillis, long backgroundMillis) {
    /** For hardware: it answers in milliseconds, and one known emulator never answers what it does not know. */
    public static final FmPatience USUAL = new FmPatience(2_000, 2_000, CxlLimits.MOST_BACKGROUND_MILLIS);

    public FmPatience {
        if (connectMillis < 1 || answerMillis < 1 || backgroundMillis < 1) {
            throw new IllegalArgumentException("patience of less than a millisecond");
        }
        Field.inRange("background patience", backgroundMillis, CxlLimits.MOST_BACKGROUND_MILLIS);
    }
}
