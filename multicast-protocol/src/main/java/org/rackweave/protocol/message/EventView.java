package org.rackweave.protocol.message;

/**
 * Something that happened at a node.
 *
 * @param number grows by one with each event of this daemon's run
 * @param atEpochMillis by the node's wall clock, advisory
 * @param kind a dotted word: {@code lease.granted}, {@code node.dead}; at most 48 characters
 * @param subject what it is about: an identifier in text; at most 128 characters
 * @param text for people; at most 256 characters
 */
public record EventView(long number, long atEpochMillis, String kind, String subject, String text) {
    public static final int MAX_KIND_CHARS = 48;
    public static final int MAX_SUBJECT_CHARS = 128;
    public static final int MAX_TEXT_CHARS = 256;

    public EventView {
        if (number < 0
                || kind.length() > MAX_KIND_CHARS
                || subject.length() > MAX_SUBJECT_CHARS
                || text.length() > MAX_TEXT_CHARS) {
            throw new IllegalArgumentException("event out of limits");
        }
    }
}
