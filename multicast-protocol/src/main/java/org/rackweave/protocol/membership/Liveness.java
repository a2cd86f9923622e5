package org.rackweave.protocol.membership;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * What one node believes of another.
 *
 * <pre>
 *                 heard                  probe answered
 *   UNKNOWN ───────────────► UNCONFIRMED ──────────────► ALIVE ◄────────────────┐
 *      ▲                      ▲  ▲  │  │ ◄───────────────  │  │                 │ heard, or
 *      │ forgotten            │  │  │  │   restarted       │  │ 3 T silent      │ probe answered
 *      │                      │  │  │  │                   │  └──────────► SUSPECT
 *      │     heard again      │  │  │  │     goodbye       │                │ │ │
 *      ├──── LEFT ────────────┘  │  │  └────────►  LEFT ◄──┴────────────────┘ │ │ restarted:
 *      │                         │  │ 4 T silent                              │ └─► UNCONFIRMED
 *      └──── DEAD ───────────────┘  └────────────► DEAD ◄─────────────────────┘
 *                heard again                               4 T silent
 *
 *   any ──── revoked ────► BANNED, for good; only its place in a full table is given away
 * </pre>
 */
public enum Liveness {
    /** Not in the table. */
    UNKNOWN,
    /** Heard by multicast, but nothing yet shows that it is more than a recording: a probe by DTLS is under way. */
    UNCONFIRMED,
    /** Confirmed in this incarnation and not silent. The only state that matching may use. */
    ALIVE,
    /** Silent for longer than it announced: being probed. */
    SUSPECT,
    /** Silent for so long that nothing new is asked of it. */
    DEAD,
    /** It said goodbye. */
    LEFT,
    /** Its certificate was revoked: whatever it says is ignored. */
    BANNED;

    /** The word that people read. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The table of legal steps. A step to the same state is not a step. */
    public boolean mayBecome(Liveness next) {
        return successors().contains(next);
    }

    private Set<Liveness> successors() {
        return switch (this) {
            case UNKNOWN -> EnumSet.of(UNCONFIRMED, BANNED);
            case UNCONFIRMED -> EnumSet.of(ALIVE, DEAD, LEFT, BANNED, UNKNOWN);
            case ALIVE -> EnumSet.of(UNCONFIRMED, SUSPECT, LEFT, BANNED);
            case SUSPECT -> EnumSet.of(ALIVE, UNCONFIRMED, DEAD, LEFT, BANNED);
            case DEAD -> EnumSet.of(UNCONFIRMED, LEFT, BANNED, UNKNOWN);
            case LEFT -> EnumSet.of(UNCONFIRMED, BANNED, UNKNOWN);
            // Only its place in the table goes to somebody else; that it is banned is remembered apart.
            case BANNED -> EnumSet.of(UNKNOWN);
        };
    }
}
