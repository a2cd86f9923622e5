package org.rackweave.protocol.multicast;

/**
 * Holds something to a {@link Rate}. It is full at first. For one thread; the time is handed in and never goes back.
 */
final class TokenBucket {
    private static final long TOKEN = 1_000;

    private final Rate rate;
    // In thousandths of a token, so that a millisecond at one a second is exactly one.
    private long credit;
    private long updatedMillis;

    TokenBucket(Rate rate, long nowMillis) {
        this.rate = rate;
        this.credit = rate.burst() * TOKEN;
        this.updatedMillis = nowMillis;
    }

    /** Takes a token if there is one. */
    boolean take(long nowMillis) {
        refill(nowMillis);
        if (credit < TOKEN) {
            return false;
        }
        credit -= TOKEN;
        return true;
    }

    /** A full bucket says nothing that a new one would not say. */
    boolean isFull(long nowMillis) {
        refill(nowMillis);
        return credit == rate.burst() * TOKEN;
    }

    private void refill(long nowMillis) {
        long full = rate.burst() * TOKEN;
        // Bounded before it is multiplied: a machine may have slept for years.
        long elapsedMillis = Math.min(Math.max(0, nowMillis - updatedMillis), full);
        credit = Math.min(full, credit + elapsedMillis * rate.perSecond());
        updatedMillis = Math.max(updatedMillis, nowMillis);
    }
}
