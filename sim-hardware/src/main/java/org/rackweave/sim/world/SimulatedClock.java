package org.rackweave.sim.world;

/** The clocks of one card. They run at a rate of their own, and start again with each reboot. */
final class SimulatedClock {
    private static final long WALL_START_MILLIS = 1_750_000_000_000L;
    private static final long DAY_MILLIS = 86_400_000L;

    private final Agenda agenda;
    private final Dice dice;
    private final double rate;
    private long bootedMicros;
    private long bootNumber;
    private long wallOffsetMillis;

    /** @param driftShare how far off a clock may be, as a share of time */
    SimulatedClock(Agenda agenda, Dice dice, double driftShare) {
        this.agenda = agenda;
        this.dice = dice;
        this.rate = 1 + (dice.unit() * 2 - 1) * driftShare;
        reboot();
    }

    /** Counts while the card sleeps, and from nothing after a reboot. */
    long bootMillis() {
        return (long) ((agenda.nowMicros() - bootedMicros) * rate / Agenda.MICROS_PER_MILLI);
    }

    /** What passes in truth until this clock shows that. */
    long microsUntil(long bootMillis) {
        return (long) Math.ceil((bootMillis - bootMillis()) * Agenda.MICROS_PER_MILLI / rate);
    }

    /** For people; may be a day off, and jumps. */
    long wallMillis() {
        return WALL_START_MILLIS + agenda.nowMillis() + wallOffsetMillis;
    }

    String bootId() {
        return "boot-" + bootNumber;
    }

    /** Somebody sets it, or finds the time at last. The clock that counts does not care. */
    void jump() {
        wallOffsetMillis = dice.between(-DAY_MILLIS, DAY_MILLIS);
    }

    void reboot() {
        bootNumber++;
        // A kernel takes a while until it has a daemon.
        bootedMicros = agenda.nowMicros() - dice.between(5_000, 60_000) * Agenda.MICROS_PER_MILLI;
        jump();
    }
}
