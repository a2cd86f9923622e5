package org.rackweave.sim.world;

/** An invariant did not hold. */
public final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Invariant invariant;

    Violation(Invariant invariant, String seen) {
        super(seen);
        this.invariant = invariant;
    }

    Violation(Invariant invariant, String seen, Throwable cause) {
        super(seen, cause);
        this.invariant = invariant;
    }

    public Invariant invariant() {
        return invariant;
    }
}
