package org.rackweave.daemon.coordinator;

import org.rackweave.daemon.Limits;

/**
 * How often and how much is advised.
 *
 * @param roundMillis between two looks at the rack; at least 1
 * @param answerMillis how long a look waits for answers; at least 1
 * @param movesPerRound how many borrowers are asked at a time; at least 0
 * @param restMillis how long the holder of a lease is left alone once it was asked, whatever it answered
 */
public record CoordinatorPolicy(long roundMillis, long answerMillis, int movesPerRound, long restMillis) {
    /** What a daemon advises by. */
    public static final CoordinatorPolicy USUAL = new CoordinatorPolicy(
            Limits.COORDINATOR_ROUND_MILLIS,
            Limits.COORDINATOR_ANSWER_MILLIS,
            Limits.COORDINATOR_MOVES,
            Limits.COORDINATOR_REST_MILLIS);

    public CoordinatorPolicy {
        if (roundMillis < 1 || answerMillis < 1 || movesPerRound < 0 || restMillis < 0) {
            throw new IllegalArgumentException("coordinator policy out of range");
        }
    }
}
