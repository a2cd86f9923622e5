package org.rackweave.hal.discovery;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.rackweave.hal.inventory.DiscoveryProblem;

/**
 * What a tree says to one question: here it is, there is no such thing, or I cannot say and this is why.
 *
 * @param <T> what was asked for
 */
public sealed interface Answer<T> {
    <R> R fold(Function<T, R> given, Supplier<R> absent, Function<Refused<T>, R> refused);

    default Optional<T> value() {
        return fold(Optional::of, Optional::empty, refused -> Optional.empty());
    }

    /** The same outcome for another type, when this one gave nothing. */
    default <R> Answer<R> then(Function<T, Answer<R>> next) {
        return fold(next, Absent::new, refused -> new Refused<>(refused.kind(), refused.reason()));
    }

    /** Here it is. */
    record Given<T>(T given) implements Answer<T> {
        @Override
        public <R> R fold(Function<T, R> onGiven, Supplier<R> absent, Function<Refused<T>, R> refused) {
            return onGiven.apply(given);
        }
    }

    /** There is no such thing. */
    record Absent<T>() implements Answer<T> {
        @Override
        public <R> R fold(Function<T, R> given, Supplier<R> onAbsent, Function<Refused<T>, R> refused) {
            return onAbsent.get();
        }
    }

    /**
     * It cannot be said.
     *
     * @param kind what stands in the way
     * @param reason the same in words, the same on every reading
     */
    record Refused<T>(DiscoveryProblem.Kind kind, String reason) implements Answer<T> {
        @Override
        public <R> R fold(Function<T, R> given, Supplier<R> absent, Function<Refused<T>, R> onRefused) {
            return onRefused.apply(this);
        }
    }
}
