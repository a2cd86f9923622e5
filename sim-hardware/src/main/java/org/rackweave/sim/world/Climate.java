package org.rackweave.sim.world;

/**
 * How bad a run is, and at what. Each seed has its own: where everything fails at once, some mistakes never get a chance.
 * "One in" is 0 where it never happens.
 */
record Climate(
        int lossPerMille,
        int latePerMille,
        int repeatPerMille,
        int corruptPerMille,
        int busyPerMille,
        int deathOneIn,
        int hardwareFaultPerMille,
        int hangPerMille,
        int liePerMille,
        int lateOrderPerMille,
        int slowCommitPerMille,
        int unknownCommitPerMille,
        int unreadableLedgerPerMille,
        long crashEveryMillis,
        long rebootEveryMillis,
        long stallEveryMillis,
        long splitEveryMillis,
        long fullEveryMillis,
        long goodbyeEveryMillis,
        long jumpEveryMillis,
        long oldLedgerEveryMillis,
        long goneDeviceEveryMillis,
        long switchResetEveryMillis,
        long foreignHandEveryMillis) {
    private static final long NEVER = Long.MAX_VALUE;

    static final Climate CALM = new Climate(
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER, NEVER,
            NEVER);

    static Climate drawn(Dice dice) {
        return new Climate(
                dice.oneIn(4) ? 0 : (int) dice.between(5, 200),
                dice.oneIn(4) ? 0 : (int) dice.between(5, 150),
                dice.oneIn(4) ? 0 : (int) dice.between(5, 100),
                dice.oneIn(3) ? (int) dice.between(1, 60) : 0,
                dice.oneIn(3) ? (int) dice.between(1, 50) : 0,
                dice.oneIn(4) ? 0 : (int) dice.between(60, 900),
                dice.oneIn(4) ? 0 : (int) dice.between(5, 120),
                dice.oneIn(2) ? 0 : (int) dice.between(1, 40),
                dice.oneIn(3) ? (int) dice.between(5, 250) : 0,
                dice.oneIn(3) ? (int) dice.between(5, 250) : 0,
                dice.oneIn(3) ? (int) dice.between(1, 40) : 0,
                dice.oneIn(3) ? (int) dice.between(1, 30) : 0,
                dice.oneIn(3) ? (int) dice.between(10, 300) : 0,
                dice.oneIn(4) ? NEVER : dice.between(8_000, 60_000),
                dice.oneIn(2) ? NEVER : dice.between(8_000, 60_000),
                dice.oneIn(2) ? NEVER : dice.between(8_000, 60_000),
                dice.oneIn(3) ? NEVER : dice.between(6_000, 30_000),
                dice.oneIn(2) ? NEVER : dice.between(6_000, 30_000),
                dice.oneIn(2) ? NEVER : dice.between(20_000, 90_000),
                dice.oneIn(2) ? NEVER : dice.between(5_000, 60_000),
                dice.oneIn(3) ? dice.between(20_000, 90_000) : NEVER,
                dice.oneIn(3) ? dice.between(10_000, 60_000) : NEVER,
                dice.oneIn(3) ? dice.between(20_000, 90_000) : NEVER,
                dice.oneIn(3) ? dice.between(8_000, 60_000) : NEVER);
    }

    /** Whether this kind of trouble comes at all in this run. */
    static boolean comes(long everyMillis) {
        return everyMillis != NEVER;
    }
}
