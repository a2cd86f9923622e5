package org.rackweave.cli;

import java.util.function.Supplier;

/**
 * One question of a switch's self-test. It changes nothing.
 *
 * @param what is asked
 * @param question asks it, and says what came
 */
record SelfCheck(String what, Supplier<Finding> question) {
    /** How a question ended. */
    enum Verdict {
        PASS,
        FAIL,
        /** The switch says that it has no such command, or it has nothing to ask it about. */
        NOT_KNOWN_HERE;

        String word() {
            return name().replace('_', ' ');
        }
    }

    /** @param detail what was answered, or why that is no answer */
    record Finding(Verdict verdict, String detail) {
        static Finding pass(String detail) {
            return new Finding(Verdict.PASS, detail);
        }

        static Finding fail(String detail) {
            return new Finding(Verdict.FAIL, detail);
        }

        static Finding notKnown(String detail) {
            return new Finding(Verdict.NOT_KNOWN_HERE, detail);
        }
    }
}
