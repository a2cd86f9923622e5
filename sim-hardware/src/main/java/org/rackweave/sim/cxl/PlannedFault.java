package org.rackweave.sim.cxl;

import org.rackweave.hal.cxl.Opcode;

/**
 * What a switch does wrong with the next commands of one kind.
 *
 * @param millis for {@link Kind#LATE} only
 * @param count how many commands it befalls, at least 1
 */
public record PlannedFault(Opcode opcode, Kind kind, long millis, int count) {
    /** The ways to go wrong. */
    public enum Kind {
        /** Answers that it failed, and did nothing. */
        FAIL,
        /** Does nothing and says nothing. */
        HANG,
        /** Does it and says nothing. */
        FORGET,
        /** Says that it did, also in the background, and did nothing. For commands that answer with a return code alone. */
        LIE,
        /** Does it later, and answers then. */
        LATE
    }

    private static final long MOST_MILLIS = 60_000;

    public PlannedFault {
        if (count < 1 || millis < 0 || millis > MOST_MILLIS) {
            throw new IllegalArgumentException("a fault happens at least once, and is late by 60 s at most");
        }
        boolean tellsNothingElse = opcode == Opcode.BIND_VPPB
                || opcode == Opcode.UNBIND_VPPB
                || opcode == Opcode.CONTROL_PORT
                || opcode == Opcode.SANITIZE
                || opcode == Opcode.GENERATE_AER;
        if (kind == Kind.LIE && !tellsNothingElse) {
            throw new IllegalArgumentException(opcode + " is answered with more than a return code; it cannot lie");
        }
    }

    PlannedFault usedOnce() {
        return new PlannedFault(opcode, kind, millis, count - 1);
    }
}
