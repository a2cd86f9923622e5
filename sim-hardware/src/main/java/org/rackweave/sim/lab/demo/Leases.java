package org.rackweave.sim.lab.demo;

import java.util.Optional;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.sim.lab.LabFailure;

/** Leases as their owner sees them. */
final class Leases {
    private Leases() {}

    /** The lease that holds a slice now. */
    static Optional<LeaseView> onSlice(Stage stage, String owner, String key) throws LabFailure {
        return stage.rack().ask(owner, new Command.ListLeases(), Answer.Leases.class).leases().stream()
                .filter(lease -> lease.slice().key().equals(key))
                .findFirst();
    }
}
