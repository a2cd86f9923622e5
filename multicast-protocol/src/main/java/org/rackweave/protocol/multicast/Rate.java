package org.rackweave.protocol.multicast;

/**
 * How fast something may be done: so many at once after a rest, and so many a second in the long run.
 *
 * @param perSecond at least 1
 * @param burst at least 1
 */
record Rate(int perSecond, int burst) {
    Rate {
        if (perSecond < 1 || burst < 1) {
            throw new IllegalArgumentException("a rate and its burst are at least 1");
        }
    }
}
