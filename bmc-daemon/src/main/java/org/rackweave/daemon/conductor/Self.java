package org.rackweave.daemon.conductor;

import java.util.Objects;
import org.rackweave.crypto.Principal;
import org.rackweave.protocol.message.Answer;

/**
 * What a node says about itself.
 *
 * @param principal who it is
 * @param bootEpoch its incarnation
 * @param endpoint where it answers, for people
 * @param software name and version
 * @param hardware what its interposer says of itself
 * @param simulated whether that is simulated
 */
public record Self(
        Principal principal, long bootEpoch, String endpoint, String software, String hardware, boolean simulated) {
    public Self {
        Objects.requireNonNull(principal);
        Objects.requireNonNull(endpoint);
        software = clipped(software, Answer.Description.MAX_SOFTWARE_CHARS);
        hardware = clipped(hardware, Answer.Description.MAX_HARDWARE_CHARS);
    }

    /** What it says of its hardware and of the machine that it is in. */
    String hardwareIn(String machine) {
        return clipped(hardware + "; machine: " + machine, Answer.Description.MAX_HARDWARE_CHARS);
    }

    /** An interposer may have more to say of itself than an answer can carry. */
    private static String clipped(String text, int maxChars) {
        return text.length() <= maxChars ? text : text.substring(0, maxChars);
    }
}
