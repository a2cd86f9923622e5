package org.rackweave.daemon.conductor;

import java.util.Objects;
import org.rackweave.crypto.Principal;

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
        Objects.requireNonNull(software);
        Objects.requireNonNull(hardware);
    }
}
