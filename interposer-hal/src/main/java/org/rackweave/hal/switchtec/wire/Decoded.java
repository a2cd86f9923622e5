package org.rackweave.hal.switchtec.wire;

/** What became of bytes. */
public sealed interface Decoded<T> {
    /** They hold this. */
    record Accepted<T>(T value) implements Decoded<T> {}

    /**
     * They hold nothing that may be believed.
     *
     * @param detail which field, at which byte
     */
    record Rejected<T>(Problem problem, String detail) implements Decoded<T> {
        @Override
        public String toString() {
            return problem + ": " + detail;
        }
    }
}
