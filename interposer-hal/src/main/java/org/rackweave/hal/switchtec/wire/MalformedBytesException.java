package org.rackweave.hal.switchtec.wire;

/** Ends the reading of a layout; the codec makes a {@link Decoded.Rejected} of it. */
final class MalformedBytesException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Problem problem;

    MalformedBytesException(Problem problem, String detail) {
        super(detail);
        this.problem = problem;
    }

    <T> Decoded<T> rejected() {
        return new Decoded.Rejected<>(problem, String.valueOf(getMessage()));
    }
}
