package org.rackweave.hal;

import java.util.Objects;

/**
 * What was done so that the next host cannot read what the last one left.
 *
 * @param method who wiped and how, such as {@code cxl-sanitize} or {@code file-window-zero}; {@link #NONE_NEEDED} for
 *     {@link SliceKind#keepsData() kinds that keep nothing}
 * @param wipedBytes how far
 * @param verifiedBytes how much of it was read back and found to be zero
 * @param durationMillis how long both took
 */
public record WipeReport(String method, long wipedBytes, long verifiedBytes, long durationMillis) {
    /** The method of a wipe that was not needed, because there is nothing in which a host could have left anything. */
    public static final String NONE_NEEDED = "none-needed";

    public WipeReport {
        Objects.requireNonNull(method);
        if (wipedBytes < 0 || verifiedBytes < 0 || verifiedBytes > wipedBytes || durationMillis < 0) {
            throw new IllegalArgumentException("impossible wipe: " + wipedBytes + " wiped, " + verifiedBytes
                    + " verified, in " + durationMillis + " ms");
        }
    }

    /** Nothing can be left in a slice of this kind. */
    public static WipeReport noneNeeded() {
        return new WipeReport(NONE_NEEDED, 0, 0, 0);
    }
}
