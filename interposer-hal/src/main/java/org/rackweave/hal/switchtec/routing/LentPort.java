package org.rackweave.hal.switchtec.routing;

import java.util.Optional;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.switchtec.wire.PhysicalPort;

/**
 * A port that the owner lends.
 *
 * @param facts what it is to everybody else
 * @param port as it sits on the chip
 * @param split how its stack is split while it is lent; empty for a port that is lent as it is
 */
record LentPort(HardwareSlice facts, PhysicalPort port, Optional<StackSplit> split) {
    String key() {
        return facts.key();
    }
}
