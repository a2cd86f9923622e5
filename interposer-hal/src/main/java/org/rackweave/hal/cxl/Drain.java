package org.rackweave.hal.cxl;

import java.util.Objects;
import java.util.Optional;

/** Whether, after an unknown outcome, the path to a switch is empty again. */
public sealed interface Drain {
    /** Which of them it is. */
    enum Kind {
        IDLE,
        STUCK
    }

    /** By which connection the switch was asked. */
    enum Through {
        /** The one that the command went by: a switch that answers in order has done with the command. */
        SAME_CONNECTION,
        /** A new one: the switch is idle now, but a command that it had not yet taken from the old connection may still land. */
        NEW_CONNECTION
    }

    Kind kind();

    /**
     * The switch answers and does nothing in the background. What is read now may be believed as far as {@code through} goes.
     *
     * @param lateAnswer what it said after all of the command whose outcome was unknown
     */
    record Idle(Through through, Optional<ReturnCode> lateAnswer) implements Drain {
        public Idle {
            Objects.requireNonNull(through);
            Objects.requireNonNull(lateAnswer);
        }

        @Override
        public Kind kind() {
            return Kind.IDLE;
        }
    }

    /** It does not answer, or is still busy. Quarantine it, or drain again. */
    record Stuck(String why) implements Drain {
        public Stuck {
            Objects.requireNonNull(why);
        }

        @Override
        public Kind kind() {
            return Kind.STUCK;
        }
    }
}
