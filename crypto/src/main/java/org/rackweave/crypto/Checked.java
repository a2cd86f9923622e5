package org.rackweave.crypto;

import java.util.function.Function;

/**
 * What became of bytes from the network: a value that was checked, or the reason why there is none.
 *
 * @param <T> what the bytes stand for once they are believed
 */
public sealed interface Checked<T> {
    /** The check held. */
    record Accepted<T>(T value) implements Checked<T> {
        @Override
        public <R> R fold(Function<T, R> accepted, Function<Rejected<T>, R> rejected) {
            return accepted.apply(value);
        }
    }

    /**
     * The check did not hold: count the reason, answer nothing.
     *
     * @param detail what exactly, where the reason alone does not say it (the name of a refused algorithm); else empty
     */
    record Rejected<T>(SealRejection reason, String detail) implements Checked<T> {
        @Override
        public <R> R fold(Function<T, R> accepted, Function<Rejected<T>, R> rejected) {
            return rejected.apply(this);
        }

        /** The same rejection of something else. */
        @SuppressWarnings("unchecked") // No T is held, so that a rejection of one thing is a rejection of any other.
        public <U> Rejected<U> ofOther() {
            return (Rejected<U>) this;
        }
    }

    /** Goes on with whichever it is. */
    <R> R fold(Function<T, R> accepted, Function<Rejected<T>, R> rejected);

    /** The rejection with this reason and no detail. */
    static <T> Rejected<T> rejected(SealRejection reason) {
        return new Rejected<>(reason, "");
    }
}
