package org.rackweave.sim.switchtec;

import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcError;

/** What the switch makes of a command. */
sealed interface Verdict {
    /** It is done, or has begun. */
    record Done(MrpcAnswer answer) implements Verdict {}

    /** Nothing has changed. */
    record Refused(MrpcError error) implements Verdict {}
}
