package org.rackweave.sim.lab.demo;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a step went.
 *
 * @param number from 1
 * @param step which
 * @param at since the demo began, when the step began
 * @param duration how long it took
 * @param seen what it saw
 * @param failure what it saw instead; empty when it holds
 */
record Outcome(int number, Step step, Duration at, Duration duration, List<String> seen, Optional<String> failure) {
    Outcome {
        Objects.requireNonNull(step);
        Objects.requireNonNull(at);
        Objects.requireNonNull(duration);
        seen = List.copyOf(seen);
        Objects.requireNonNull(failure);
    }
}
