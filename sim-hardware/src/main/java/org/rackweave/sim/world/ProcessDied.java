package org.rackweave.sim.world;

/** Leaves a conductor at the boundary of an effect, as a process does that is killed there. Nobody catches it but its node. */
final class ProcessDied extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Probe where;

    ProcessDied(Probe where) {
        super(where.sentence(), null, false, false);
        this.where = where;
    }

    Probe where() {
        return where;
    }
}
