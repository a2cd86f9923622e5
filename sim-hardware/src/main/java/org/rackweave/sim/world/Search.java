package org.rackweave.sim.world;

import java.util.Optional;
import java.util.function.LongFunction;

/** From a seed to the name of the invariant that a minute of four nodes violates; empty when none. */
public final class Search implements LongFunction<String> {
    private static final int NODES = 4;
    private static final long FAULTY_MILLIS = 60_000;

    private final Optional<PlantedFault> fault;

    /** Of the cores that are loaded beside it. */
    public Search() {
        this(Optional.empty());
    }

    public Search(Optional<PlantedFault> fault) {
        this.fault = fault;
    }

    @Override
    public String apply(long seed) {
        Setup setup = new Setup(seed, NODES, FAULTY_MILLIS, Without.NOTHING, fault);
        return setup.run(History.UNREAD)
                .violation()
                .map(violation -> violation.invariant().name())
                .orElse("");
    }
}
