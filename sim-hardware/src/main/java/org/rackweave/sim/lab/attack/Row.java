package org.rackweave.sim.lab.attack;

import java.util.Objects;
import org.rackweave.sim.lab.LabFailure;

/**
 * One attack.
 *
 * @param name by which it can be chosen
 * @param attacker what whoever plays it has
 * @param expected what is to come of it, for people
 * @param play plays it
 */
record Row(String name, String attacker, String expected, Play play) {
    Row {
        Objects.requireNonNull(name);
        Objects.requireNonNull(attacker);
        Objects.requireNonNull(expected);
        Objects.requireNonNull(play);
    }

    /** Plays an attack, and says what came of it. */
    interface Play {
        Outcome play(Ground ground) throws LabFailure;
    }

    /**
     * What came of it.
     *
     * @param asExpected whether it is what the row expects
     * @param seen by what this was seen
     */
    record Outcome(boolean asExpected, String seen) {
        Outcome {
            Objects.requireNonNull(seen);
        }

        /** Both have to hold. */
        Outcome and(Outcome other) {
            return new Outcome(asExpected && other.asExpected, seen + "; " + other.seen);
        }
    }
}
