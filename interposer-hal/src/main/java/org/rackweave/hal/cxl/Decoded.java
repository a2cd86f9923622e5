package org.rackweave.hal.cxl;

import java.util.function.BiFunction;
import java.util.function.Function;

/** What a decoder made of bytes. */
public sealed interface Decoded<T> {
    /** Which of them it is. */
    enum Kind {
        ACCEPTED,
        REFUSED
    }

    Kind kind();

    /** One or the other. */
    default <A> A fold(Function<T, A> accepted, BiFunction<CciFault, String, A> refused) {
        return switch (kind()) {
            case ACCEPTED -> accepted.apply(((Accepted<T>) this).value());
            case REFUSED -> refused.apply(((Refused<T>) this).fault(), ((Refused<T>) this).detail());
        };
    }

    /** For decoders of what this is a part of. */
    default T orThrow() throws MalformedException {
        return switch (kind()) {
            case ACCEPTED -> ((Accepted<T>) this).value();
            case REFUSED -> throw new MalformedException(((Refused<T>) this).fault(), ((Refused<T>) this).detail());
        };
    }

    /** The bytes are this. */
    record Accepted<T>(T value) implements Decoded<T> {
        @Override
        public Kind kind() {
            return Kind.ACCEPTED;
        }
    }

    /** The bytes are nothing that the specification knows. */
    record Refused<T>(CciFault fault, String detail) implements Decoded<T> {
        @Override
        public Kind kind() {
            return Kind.REFUSED;
        }
    }
}
