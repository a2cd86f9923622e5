package org.rackweave.hal.cxl;

import java.util.Objects;

/**
 * What became of a command. A command that went on in the background has been followed to its end.
 *
 * @param <R> what it is answered with
 */
public sealed interface Outcome<R> {
    /** Which of them it is. */
    enum Kind {
        ANSWERED,
        DECLINED,
        UNKNOWN,
        NOT_SENT
    }

    Kind kind();

    /** The same outcome of something else: for whoever gives up when a part was not answered. */
    default <A> Outcome<A> unanswered() {
        return switch (kind()) {
            case ANSWERED -> throw new IllegalStateException("this was answered: " + this);
            case DECLINED -> new Declined<>(((Declined<R>) this).code(), ((Declined<R>) this).vendorStatus());
            case UNKNOWN -> new Unknown<>(((Unknown<R>) this).why());
            case NOT_SENT -> new NotSent<>(((NotSent<R>) this).why());
        };
    }

    /** The component did it. */
    record Answered<R>(R response) implements Outcome<R> {
        public Answered {
            Objects.requireNonNull(response);
        }

        @Override
        public Kind kind() {
            return Kind.ANSWERED;
        }
    }

    /**
     * The component answered no, at once or at the end of its background operation. Nothing was changed, as far as its word goes.
     *
     * @param vendorStatus the vendor's extended status, 0 to 65535
     */
    record Declined<R>(ReturnCode code, int vendorStatus) implements Outcome<R> {
        public Declined {
            Objects.requireNonNull(code);
        }

        @Override
        public Kind kind() {
            return Kind.DECLINED;
        }
    }

    /**
     * Nobody knows. A command that changes something may have been done, or may still be: {@link FmClient#drain} before anything
     * that is read is believed, or quarantine the switch. One that only reads has changed nothing.
     */
    record Unknown<R>(String why) implements Outcome<R> {
        public Unknown {
            Objects.requireNonNull(why);
        }

        @Override
        public Kind kind() {
            return Kind.UNKNOWN;
        }
    }

    /** No byte of it left. Nothing was changed. */
    record NotSent<R>(String why) implements Outcome<R> {
        public NotSent {
            Objects.requireNonNull(why);
        }

        @Override
        public Kind kind() {
            return Kind.NOT_SENT;
        }
    }
}
