package org.rackweave.protocol.message;

/**
 * One counter with its sentence.
 *
 * @param name lower case with underscores; at most 64 characters
 * @param sentence what it counts; at most 256 characters
 * @param value since the daemon started
 */
public record CounterView(String name, String sentence, long value) {
    public CounterView {
        if (name.length() > 64 || sentence.length() > 256) {
            throw new IllegalArgumentException("counter out of limits: " + name);
        }
    }
}
