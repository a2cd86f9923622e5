package org.rackweave.hal.switchtec;

import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcError;

/**
 * What became of a command.
 *
 * @param <A> what the switch answers to it
 */
public sealed interface Outcome<A extends MrpcAnswer> {
    Kind kind();

    /** One for each of the records. */
    enum Kind {
        ANSWERED,
        REFUSED,
        NOT_SENT,
        UNKNOWN
    }

    /** The switch did it. A bind or unbind has only begun then. */
    record Answered<A extends MrpcAnswer>(A answer) implements Outcome<A> {
        @Override
        public Kind kind() {
            return Kind.ANSWERED;
        }
    }

    /** The switch said no, by a code that has a name. Nothing has changed; the error has advice. */
    record Refused<A extends MrpcAnswer>(MrpcError error) implements Outcome<A> {
        @Override
        public Kind kind() {
            return Kind.REFUSED;
        }
    }

    /**
     * The command did not leave this machine. Nothing has changed.
     *
     * @param why and what to do
     */
    record NotSent<A extends MrpcAnswer>(String why) implements Outcome<A> {
        @Override
        public Kind kind() {
            return Kind.NOT_SENT;
        }
    }

    /**
     * Nobody knows. After a command that changes something: drain the link, read the switch, and only then decide; or quarantine. After a
     * command that reads, no more than that nothing was learnt.
     *
     * @param seen instead of an answer
     */
    record Unknown<A extends MrpcAnswer>(String seen) implements Outcome<A> {
        @Override
        public Kind kind() {
            return Kind.UNKNOWN;
        }
    }
}
