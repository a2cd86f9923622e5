package org.rackweave.daemon.lease;

import java.util.Objects;

/**
 * How long a holding lasts: its term, how far it has come, and whether and why it is ending.
 *
 * @param millis what a renewal gives
 * @param deadlineMillis by the clock that counts while the machine sleeps: when the reservation lapses, the term is over by
 *     the owner's reckoning, or the grace ends, as the state of the slice says
 * @param renewal the number of the newest renewal, 0 before the first
 * @param end whether and why it is ending
 * @param rebootGraces how often a reboot of this card has given it a fresh term since it was renewed last
 */
public record Term(long millis, long deadlineMillis, long renewal, End end, int rebootGraces) {
    public Term {
        Objects.requireNonNull(end);
    }

    /** Of what is promised until then, and not yet granted. */
    static Term promised(long millis, long deadlineMillis) {
        return new Term(millis, deadlineMillis, 0, End.NOT_ENDING, 0);
    }

    Term until(long newDeadlineMillis) {
        return new Term(millis, newDeadlineMillis, renewal, end, rebootGraces);
    }

    /** A borrower that renews is alive: reboots are counted from here. */
    Term renewed(long number, long newDeadlineMillis) {
        return new Term(millis, newDeadlineMillis, number, end, 0);
    }

    Term ending(End newEnd) {
        return new Term(millis, deadlineMillis, renewal, newEnd, rebootGraces);
    }

    Term afterReboot(long newDeadlineMillis) {
        return new Term(millis, newDeadlineMillis, renewal, end, rebootGraces + 1);
    }
}
