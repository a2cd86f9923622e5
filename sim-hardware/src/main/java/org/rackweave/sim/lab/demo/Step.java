package org.rackweave.sim.lab.demo;

import java.util.Objects;
import org.rackweave.sim.lab.LabFailure;

/**
 * One step of the story.
 *
 * @param name one word, for scripts
 * @param title what is claimed, for people
 * @param check does it and looks; a {@link LabFailure} says what was seen instead
 */
record Step(String name, String title, Check check) {
    /** What a step does. */
    @FunctionalInterface
    interface Check {
        void run(Seen seen) throws LabFailure;
    }

    Step {
        Objects.requireNonNull(name);
        Objects.requireNonNull(title);
        Objects.requireNonNull(check);
    }
}
