package org.rackweave.sim.lab.adversary;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.rackweave.sim.lab.LabFailure;

/**
 * A second fabric manager, which moves what a daemon routed. It asks nobody and undoes nothing: what it took from one host it gives to
 * another one where there is room; where nothing is bound, it binds what is free.
 */
interface RogueManager extends AutoCloseable {
    /**
     * Moves one thing.
     *
     * @param random which one, and where to
     * @return what it did, as a sentence; empty when there is nothing to move
     * @throws LabFailure when the switch is not there, or does not do as told
     */
    Optional<String> strike(RandomGenerator random) throws LabFailure;

    @Override
    void close();

    /** One of a list that is not empty. */
    static <T> T any(List<T> choices, RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
