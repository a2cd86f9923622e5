package org.rackweave.daemon.lease;

import java.util.Objects;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.Limits;

/**
 * The numbers by which an owner lends.
 *
 * @param minTermMillis the shortest term that may be asked for
 * @param maxTermMillis the longest
 * @param reservationMillis how long a promise holds without a commit
 * @param firstTermMillis the short term that a commit gives, so that a group that never completes ends soon
 * @param driftPercent by how much two clocks may run apart
 * @param maxPriority the highest priority that is granted
 * @param rebootGraces how often a reboot of this card may give a loan a fresh term
 * @param hardwareLimitMillis how long a hardware step may take before the slice is quarantined
 * @param routeLookMillis in how long the owner looks once at every route, to see whether somebody else moved it
 * @param rules what is kept from all borrowers, and from each
 * @param line how demands wait, and how a higher priority takes back
 */
public record LeasePolicy(
        long minTermMillis,
        long maxTermMillis,
        long reservationMillis,
        long firstTermMillis,
        int driftPercent,
        int maxPriority,
        int rebootGraces,
        long hardwareLimitMillis,
        long routeLookMillis,
        LendingRules rules,
        LinePolicy line) {
    public LeasePolicy {
        Objects.requireNonNull(rules);
        Objects.requireNonNull(line);
        if (minTermMillis < 1 || maxTermMillis < minTermMillis || reservationMillis < 1 || firstTermMillis < 1) {
            throw new IllegalArgumentException(
                    "terms and reservations are positive, and the longest is not the shorter");
        }
        if (driftPercent < 0
                || driftPercent > 50
                || rebootGraces < 0
                || hardwareLimitMillis < 1
                || routeLookMillis < 1) {
            throw new IllegalArgumentException("drift, graces, hardware limit or looks at routes out of range");
        }
    }

    /** Without rules, and with the usual line. */
    public LeasePolicy(
            long minTermMillis,
            long maxTermMillis,
            long reservationMillis,
            long firstTermMillis,
            int driftPercent,
            int maxPriority,
            int rebootGraces,
            long hardwareLimitMillis) {
        this(
                minTermMillis,
                maxTermMillis,
                reservationMillis,
                firstTermMillis,
                driftPercent,
                maxPriority,
                rebootGraces,
                hardwareLimitMillis,
                Limits.ROUTE_LOOK_MILLIS);
    }

    /** The same, with looks at routes as often as is said. */
    public LeasePolicy(
            long minTermMillis,
            long maxTermMillis,
            long reservationMillis,
            long firstTermMillis,
            int driftPercent,
            int maxPriority,
            int rebootGraces,
            long hardwareLimitMillis,
            long routeLookMillis) {
        this(
                minTermMillis,
                maxTermMillis,
                reservationMillis,
                firstTermMillis,
                driftPercent,
                maxPriority,
                rebootGraces,
                hardwareLimitMillis,
                routeLookMillis,
                LendingRules.NONE,
                LinePolicy.USUAL);
    }

    public LeasePolicy with(LendingRules newRules, LinePolicy newLine) {
        return new LeasePolicy(
                minTermMillis,
                maxTermMillis,
                reservationMillis,
                firstTermMillis,
                driftPercent,
                maxPriority,
                rebootGraces,
                hardwareLimitMillis,
                routeLookMillis,
                newRules,
                newLine);
    }

    /** What a borrower's priority counts as here: its policy's highest, when it asks for more. */
    int priority(NodeId borrower, int asked) {
        return rules.capped(borrower, Math.min(asked, maxPriority));
    }

    /** When the owner acts on a term that it starts to count now: T(1+ρ), rounded up. */
    long ownerDeadline(long nowMillis, long termMillis) {
        return nowMillis + termMillis + (termMillis * driftPercent + 99) / 100;
    }

    /** A grace is no longer than the longest term, so that no number that somebody types ends before it begins. */
    long graceEnd(long nowMillis, long graceMillis) {
        return nowMillis + Math.min(graceMillis, maxTermMillis);
    }
}
