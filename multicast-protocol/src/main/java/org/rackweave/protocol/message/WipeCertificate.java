package org.rackweave.protocol.message;

import java.util.Objects;

/**
 * What the owner did to a slice before this grant, so that its borrower knows that nobody reads what was there, and that
 * nothing of the last borrower is left. There is one only when nothing was loaded any more after the wipe.
 *
 * @param method who wiped and how; {@code none-needed} for lanes and cores, which keep nothing; at most 64 characters
 * @param wipedBytes how far
 * @param verifiedBytes how much was read back and seen to be zero
 * @param epoch the epoch of the loan whose leavings were wiped; {@link Epoch#NONE} for a wipe before the first loan
 */
public record WipeCertificate(String method, long wipedBytes, long verifiedBytes, Epoch epoch) {
    public static final int MAX_METHOD_CHARS = 64;

    public WipeCertificate {
        Objects.requireNonNull(epoch);
        if (method.isEmpty() || method.length() > MAX_METHOD_CHARS || wipedBytes < 0 || verifiedBytes < 0) {
            throw new IllegalArgumentException("impossible wipe certificate");
        }
    }
}
