package org.rackweave.hal.health;

import java.util.Objects;
import java.util.Optional;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.Require;

/**
 * What one PCIe function reported by its advanced error reporting (AER). A severity that could not be read is empty.
 *
 * @param correctable errors that its link or itself corrected: only their frequency says something
 * @param nonfatal errors that lost a transaction; the link goes on
 * @param fatal errors after which the link or the device has to be reset
 * @param received of a root port, how many messages of each severity came to it from all that is below it
 */
public record PcieErrors(
        PciAddress address,
        Optional<ErrorCount> correctable,
        Optional<ErrorCount> nonfatal,
        Optional<ErrorCount> fatal,
        Optional<Received> received) {
    public PcieErrors {
        Objects.requireNonNull(address);
        Objects.requireNonNull(correctable);
        Objects.requireNonNull(nonfatal);
        Objects.requireNonNull(fatal);
        Objects.requireNonNull(received);
    }

    /** The messages that a root port received, by severity. */
    public record Received(long correctable, long nonfatal, long fatal) {
        public Received {
            Require.atLeastZero(correctable, "correctable");
            Require.atLeastZero(nonfatal, "nonfatal");
            Require.atLeastZero(fatal, "fatal");
        }
    }
}
