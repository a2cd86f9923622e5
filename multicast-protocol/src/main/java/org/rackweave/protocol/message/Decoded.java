package org.rackweave.protocol.message;

import java.util.function.Function;

/** What became of a peer's bytes. */
public sealed interface Decoded<T> {
    /** They are a valid value. */
    record Accepted<T>(T value) implements Decoded<T> {
        @Override
        public <R> R fold(Function<? super T, R> accepted, Function<String, R> rejected) {
            return accepted.apply(value);
        }
    }

    /**
     * They are not. The asker has to correct the request; whoever got this as an answer talks to a broken or newer peer.
     *
     * @param reason names the field and says what is wrong with it
     */
    record Rejected<T>(String reason) implements Decoded<T> {
        @Override
        public <R> R fold(Function<? super T, R> accepted, Function<String, R> rejected) {
            return rejected.apply(reason);
        }
    }

    /** Goes on with whichever it is. */
    <R> R fold(Function<? super T, R> accepted, Function<String, R> rejected);
}
