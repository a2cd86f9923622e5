package org.rackweave.sim.world;

import java.util.Optional;
import java.util.function.Supplier;
import org.rackweave.daemon.lease.HardwareOrder;
import org.rackweave.daemon.lease.HardwareResult;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.LeasePolicy;
import org.rackweave.daemon.lease.LoanPolicy;
import org.rackweave.daemon.ledger.Journal;

/**
 * Where the product meets the world: the places at which a check of the world itself plants a mistake that the product does
 * not have, to see that it is found. Nothing is planted here.
 */
interface Seams {
    Seams SOUND = new Seams() {};

    default Journal journal(Journal sound) {
        return sound;
    }

    /** @param sound carries the order out */
    default HardwareResult carryOut(HardwareOrder order, Supplier<HardwareResult> sound) {
        return sound.get();
    }

    default LeaseEvent.Boot boot(LeaseEvent.Boot sound) {
        return sound;
    }

    default String hostPort(String sound) {
        return sound;
    }

    default LeasePolicy leasePolicy(LeasePolicy sound) {
        return sound;
    }

    default LoanPolicy loanPolicy(LoanPolicy sound) {
        return sound;
    }

    /**
     * What is believed of a message that was damaged on its way.
     *
     * @param sound what the seal lets through
     * @param readable what its decoder would read if there was no seal
     */
    default <T> Optional<T> believed(Optional<T> sound, Optional<T> readable) {
        return sound;
    }

    default double clockDrift(double sound) {
        return sound;
    }
}
