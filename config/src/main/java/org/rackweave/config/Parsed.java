package org.rackweave.config;

import java.util.Objects;

/**
 * What became of a text that somebody wrote: a value, or what is wrong with it.
 *
 * @param <T> what it was to be
 */
public sealed interface Parsed<T> {
    /** It is one. */
    record Value<T>(T value) implements Parsed<T> {
        public Value {
            Objects.requireNonNull(value);
        }
    }

    /**
     * It is none.
     *
     * @param found what was found instead, as the rest of a sentence: {@code 16GB has a decimal unit}
     * @param advice what to write, as an order
     */
    record Wrong<T>(String found, String advice) implements Parsed<T> {
        public Wrong {
            Objects.requireNonNull(found);
            Objects.requireNonNull(advice);
        }
    }
}
