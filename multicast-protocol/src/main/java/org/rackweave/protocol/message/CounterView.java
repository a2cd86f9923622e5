package org.rackweave.protocol.message;

/**
 * One counter with its sentence.
 *
 * @param name lower case with underscores; at most 64 characters
 * @param sentence what it counts; at most 256 characters
 * @param value since the daemon started
 */
public record CounterView(String name, String sentence, long value) {
    public static final int MAX_NAME_CHARS = 64;
    public static final int MAX_SENTENCE_CHARS = 256;

    public CounterView {
        if (name.length() > MAX_NAME_CHARS || sentence.length() > MAX_SENTENCE_CHARS) {
            throw new IllegalArgumentException("counter out of limits: " + name);
        }
    }
}
