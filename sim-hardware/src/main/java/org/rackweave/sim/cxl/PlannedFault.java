package org.rackweave.sim.cxl;

import java.util.Locale;
import java.util.Set;
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
        /** Answers that it is busy, and did nothing. */
        BUSY,
        /** Answers that it has to be asked again, and did nothing. */
        RETRY,
        /** Does it, and answers that it is busy. */
        BUSY_DONE,
        /** Does nothing and says nothing. */
        HANG,
        /** Does it and says nothing. */
        FORGET,
        /** Says that it did, also in the background, and did nothing. For commands that answer with a return code alone. */
        LIE,
        /** Does it, and records no event of it. For commands whose end is recorded. */
        LOSE,
        /** Says that there is more than there is, and never shows it. For commands that list something. */
        MISCOUNT,
        /** Answers what it would after somebody changed it: other firmware, locked. For what a device says of itself. */
        DIFFER,
        /** Does it later, and answers then. */
        LATE
    }

    /** They answer with a return code alone. */
    private static final Set<Opcode> LIARS = Set.of(
            Opcode.BIND_VPPB,
            Opcode.UNBIND_VPPB,
            Opcode.CONTROL_PORT,
            Opcode.SANITIZE,
            Opcode.GENERATE_AER,
            Opcode.CLEAR_EVENT_RECORDS,
            Opcode.ADD_DYNAMIC_CAPACITY,
            Opcode.RELEASE_DYNAMIC_CAPACITY,
            Opcode.ADD_DC_REFERENCE,
            Opcode.REMOVE_DC_REFERENCE);

    private static final Set<Opcode> RECORDED = Set.of(
            Opcode.BIND_VPPB,
            Opcode.UNBIND_VPPB,
            Opcode.CONTROL_PORT,
            Opcode.SANITIZE,
            Opcode.ADD_DYNAMIC_CAPACITY,
            Opcode.RELEASE_DYNAMIC_CAPACITY);

    private static final Set<Opcode> LISTS =
            Set.of(Opcode.GET_EVENT_RECORDS, Opcode.GET_DC_EXTENTS, Opcode.LIST_DC_TAGS);

    private static final Set<Opcode> STATES = Set.of(Opcode.GET_FIRMWARE_INFO, Opcode.GET_SECURITY_STATE);

    private static final long MOST_MILLIS = 60_000;

    public PlannedFault {
        if (count < 1 || millis < 0 || millis > MOST_MILLIS) {
            throw new IllegalArgumentException("a fault happens at least once, and is late by 60 s at most");
        }
        Set<Opcode> sensible = sensibleFor(kind);
        if (!sensible.isEmpty() && !sensible.contains(opcode)) {
            throw new IllegalArgumentException(
                    opcode + " cannot " + kind.name().toLowerCase(Locale.ROOT) + "; these can: " + sensible);
        }
    }

    /** Which commands a fault makes sense with; none: with all. */
    private static Set<Opcode> sensibleFor(Kind kind) {
        return switch (kind) {
            case LIE -> LIARS;
            case LOSE -> RECORDED;
            case MISCOUNT -> LISTS;
            case DIFFER -> STATES;
            case FAIL, BUSY, RETRY, BUSY_DONE, HANG, FORGET, LATE -> Set.of();
        };
    }

    CxlSwitch.Honesty honesty() {
        return switch (kind) {
            case LIE -> CxlSwitch.Honesty.LYING;
            case LOSE -> CxlSwitch.Honesty.LOSING;
            case MISCOUNT -> CxlSwitch.Honesty.MISCOUNTING;
            case DIFFER -> CxlSwitch.Honesty.DIFFERING;
            case FAIL, BUSY, RETRY, BUSY_DONE, HANG, FORGET, LATE -> CxlSwitch.Honesty.HONEST;
        };
    }

    PlannedFault usedOnce() {
        return new PlannedFault(opcode, kind, millis, count - 1);
    }
}
