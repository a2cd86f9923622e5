package org.rackweave.sim.world;

/** What a run counts. */
public enum Tally {
    GRANTS("grants"),
    RELEASES("releases"),
    REVOKES("revokes"),
    FENCES("fences"),
    LOSSES("losses"),
    OVERDUE("overdue"),
    QUARANTINES("quarantines"),
    CRASHES("crashes"),
    REBOOTS("reboots"),
    LEDGER_REFUSALS("ledger refusals"),
    EVENTS("events"),
    SIMULATED_SECONDS("simulated seconds");

    private final String words;

    Tally(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}
