package org.rackweave.daemon.conductor;

import java.time.Instant;
import java.util.List;
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
 * @param host whether a server is behind it
 * @param certificateEnd until when it can show who it is
 */
public record Self(
        Principal principal,
        long bootEpoch,
        String endpoint,
        String software,
        String hardware,
        boolean simulated,
        Host host,
        Instant certificateEnd) {
    /** Who would use what this node borrows. */
    public enum Host {
        SERVER,
        /** Nobody: it is the card of a chassis, which only lends. */
        NONE
    }

    public Self {
        Objects.requireNonNull(host);
        Objects.requireNonNull(certificateEnd);
        Objects.requireNonNull(principal);
        Objects.requireNonNull(endpoint);
        software = clipped(software, Answer.Description.MAX_SOFTWARE_CHARS);
        hardware = clipped(hardware, Answer.Description.MAX_HARDWARE_CHARS);
    }

    /** A node in a server, whose certificate does not end. */
    public Self(
            Principal principal, long bootEpoch, String endpoint, String software, String hardware, boolean simulated) {
        this(principal, bootEpoch, endpoint, software, hardware, simulated, Host.SERVER, Instant.MAX);
    }

    /** What it says of its hardware, of what that warns of, and of the machine that it is in. */
    String hardwareIn(String machine, List<String> warnings) {
        String warned = warnings.isEmpty() ? "" : "; warnings: " + String.join(", ", warnings);
        return clipped(hardware + warned + "; machine: " + machine, Answer.Description.MAX_HARDWARE_CHARS);
    }

    /** An interposer may have more to say of itself than an answer can carry. */
    private static String clipped(String text, int maxChars) {
        return text.length() <= maxChars ? text : text.substring(0, maxChars);
    }
}
