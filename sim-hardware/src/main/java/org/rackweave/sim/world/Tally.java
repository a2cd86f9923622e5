package org.rackweave.sim.world;

/** What a run counts. */
public enum Tally {
    LOANS("loans that became whole", 4),
    GRANTS("grants", 6),
    RELEASES("releases", 4),
    REVOKES("revokes", 1),
    RECLAIMS("taken back for a higher priority", 0.1),
    WAITS("demands that waited", 1),
    FENCES("fences", 4),
    LOSSES("losses", 0.5),
    OVERDUE("overdue", 0.7),
    QUARANTINES("quarantines", 2),
    CRASHES("crashes", 3),
    REBOOTS("reboots", 1),
    LEDGER_REFUSALS("ledger refusals", 5),
    EVENTS("events", 1000),
    SIMULATED_SECONDS("simulated seconds", 60);

    private final String words;
    private final double floor;

    Tally(String words, double floor) {
        this.words = words;
        this.floor = floor;
    }

    /**
     * How many there must be at least in a run of a minute, on the average over many seeds of three nodes or more: where little
     * happens, little is shown.
     */
    public double floor() {
        return floor;
    }

    public String words() {
        return words;
    }
}
