package org.rackweave.sim.lab.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rackweave.sim.lab.LabFailure;

/** The story from its beginning to its end, or to the first step that does not hold. */
final class Demo {
    private final List<Step> steps;
    private final Telling telling;

    Demo(Stage stage, Telling telling) {
        List<Step> all = new ArrayList<>();
        all.addAll(new MachineSteps(stage).steps());
        all.addAll(new BorrowerCrashSteps(stage).steps());
        all.addAll(new OwnerCrashSteps(stage).steps());
        all.addAll(new LineSteps(stage).steps());
        all.addAll(new AttackSteps(stage).steps());
        all.addAll(new LedgerSteps(stage).steps());
        this.steps = List.copyOf(all);
        this.telling = telling;
    }

    /** Tells it; the answer is whether every step holds. A step that does not ends the story: the next ones stand on it. */
    boolean run() {
        telling.begin(
                "Rackweave: a rack of three daemons on this machine, each with a simulated CXL switch that it commands over TCP."
                        + " The memory behind a switch is files, and what a host sees of it are links to them. All else is what a BMC runs.");
        long startNanos = System.nanoTime();
        int number = 0;
        for (Step step : steps) {
            number++;
            Outcome outcome = run(number, step, startNanos);
            telling.tell(outcome);
            if (outcome.failure().isPresent()) {
                telling.end("Step " + number + " of " + steps.size() + " does not hold.");
                return false;
            }
        }
        telling.end("All " + steps.size() + " steps hold, in " + millisSince(startNanos) / 1000 + " s.");
        return true;
    }

    private static Outcome run(int number, Step step, long demoStartNanos) {
        Duration at = Duration.ofMillis(millisSince(demoStartNanos));
        long startNanos = System.nanoTime();
        Seen seen = new Seen();
        Optional<String> failure = Optional.empty();
        try {
            step.check().run(seen);
        } catch (LabFailure failed) {
            failure = Optional.of(String.valueOf(failed.getMessage()));
        } catch (RuntimeException bug) {
            failure = Optional.of("the lab itself has a mistake: " + bug);
        }
        return new Outcome(number, step, at, Duration.ofMillis(millisSince(startNanos)), seen.lines(), failure);
    }

    private static long millisSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1_000_000;
    }
}
