package org.rackweave.hal;

import java.util.Objects;

/**
 * What was done so that the next host cannot read what the last one left.
 *
 * @param wiper who wiped
 * @param method how, such as {@code cxl-sanitize} or {@code file-window-zero}; {@link #NONE_NEEDED} for
 *     {@link SliceKind#keepsData() kinds that keep nothing}
 * @param wipedBytes how far
 * @param verifiedBytes how much of it was read back and found to be zero
 * @param durationMillis how long both took
 */
public record WipeReport(Wiper wiper, String method, long wipedBytes, long verifiedBytes, long durationMillis) {
    /** The method of a wipe that was not needed, because there is nothing in which a host could have left anything. */
    public static final String NONE_NEEDED = "none-needed";

    /** Who wipes. The word is what certificates say: it never changes. */
    public enum Wiper {
        /** Nothing was wiped: there is nothing to wipe, or an operator has said so. */
        NOBODY("nobody"),
        /** The device itself, when it was told to. */
        DEVICE("device"),
        /** The device itself, as part of the command by which it takes capacity back. */
        RELEASE_COMMAND("release-command"),
        /** A machine that the operator trusts and that maps the memory: the one that this runs on. */
        WASH_HOST("wash-host");

        private final String word;

        Wiper(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    public WipeReport {
        Objects.requireNonNull(wiper);
        Objects.requireNonNull(method);
        if (wipedBytes < 0 || verifiedBytes < 0 || verifiedBytes > wipedBytes || durationMillis < 0) {
            throw new IllegalArgumentException("impossible wipe: " + wipedBytes + " wiped, " + verifiedBytes
                    + " verified, in " + durationMillis + " ms");
        }
    }

    /** Nothing can be left in a slice of this kind. */
    public static WipeReport noneNeeded() {
        return new WipeReport(Wiper.NOBODY, NONE_NEEDED, 0, 0, 0);
    }
}
