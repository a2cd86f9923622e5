package org.rackweave.protocol.message;

/**
 * A number that only grows, one per slice. Each reservation gets a new one, and whatever carries an older one is dropped.
 *
 * @param value 0 for a slice that was never reserved, else at least 1
 */
public record Epoch(long value) implements Comparable<Epoch> {
    /** The epoch of a slice that was never reserved. */
    public static final Epoch NONE = new Epoch(0);

    public Epoch {
        if (value < 0) {
            throw new IllegalArgumentException("an epoch is not negative: " + value);
        }
    }

    public Epoch next() {
        return new Epoch(Math.addExact(value, 1));
    }

    public boolean isOlderThan(Epoch other) {
        return value < other.value;
    }

    @Override
    public int compareTo(Epoch other) {
        return Long.compare(value, other.value);
    }
}
