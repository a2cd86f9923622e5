package org.rackweave.crypto;

/**
 * Reads the strict CBOR of COSE frames (RFC 8949, section 4.2: definite lengths, shortest form) out of an array.
 *
 * <p>A failure sticks: every later read answers 0, and {@link #failed()} tells at the end. So callers read straight
 * through, bytes from the network throw nothing, and a length is never believed beyond the bytes that are there.
 */
final class CborReader {
    static final int UNSIGNED = 0;
    static final int NEGATIVE = 1;
    static final int BYTES = 2;
    static final int TEXT = 3;
    static final int ARRAY = 4;
    static final int MAP = 5;
    static final int TAG = 6;

    private static final int MAJOR_SHIFT = 5;
    private static final int ARGUMENT_MASK = 0x1f;
    private static final int ONE_BYTE_ARGUMENT = 24;
    private static final int EIGHT_BYTE_ARGUMENT = 27;

    private final byte[] source;
    private final int end;
    private int position;
    private int contentStart;
    private boolean failed;

    CborReader(byte[] source, int offset, int length) {
        this.source = source;
        this.position = offset;
        this.end = offset + length;
    }

    /** The major type of what comes next, or -1 when nothing does. */
    int nextMajor() {
        return failed || position >= end ? -1 : (source[position] & 0xff) >>> MAJOR_SHIFT;
    }

    long unsigned() {
        return head(UNSIGNED);
    }

    /** An integer of either sign. */
    long integer() {
        return nextMajor() == NEGATIVE ? -1 - head(NEGATIVE) : head(UNSIGNED);
    }

    /** The number of elements of an array. */
    long array() {
        return head(ARRAY);
    }

    /** The number of pairs of a map. */
    long map() {
        return head(MAP);
    }

    long tag() {
        return head(TAG);
    }

    /** Steps over a byte string; answers its length, and {@link #contentStart()} where it began. */
    int bytes() {
        return content(BYTES);
    }

    /** Steps over a text string; its characters are not looked at. */
    int text() {
        return content(TEXT);
    }

    int contentStart() {
        return contentStart;
    }

    boolean failed() {
        return failed;
    }

    /** Whether everything was read, well, and nothing is left over. */
    boolean isCleanlyAtEnd() {
        return !failed && position == end;
    }

    void fail() {
        failed = true;
    }

    private int content(int major) {
        long length = head(major);
        if (length > end - position) {
            failed = true;
        }
        if (failed) {
            return 0;
        }
        contentStart = position;
        position += (int) length;
        return (int) length;
    }

    private long head(int major) {
        if (nextMajor() != major) {
            failed = true;
            return 0;
        }
        int argument = source[position++] & ARGUMENT_MASK;
        if (argument < ONE_BYTE_ARGUMENT) {
            return argument;
        }
        return argument > EIGHT_BYTE_ARGUMENT ? failure() : longArgument(1 << (argument - ONE_BYTE_ARGUMENT));
    }

    private long longArgument(int width) {
        if (end - position < width) {
            return failure();
        }
        long value = 0;
        for (int i = 0; i < width; i++) {
            value = value << Byte.SIZE | (source[position++] & 0xff);
        }
        return value < smallestOf(width) ? failure() : value;
    }

    /** What needs this many bytes at least; a smaller value had a shorter form. Values beyond a long come out negative. */
    private static long smallestOf(int width) {
        return width == 1 ? ONE_BYTE_ARGUMENT : 1L << (width * Byte.SIZE / 2);
    }

    private long failure() {
        failed = true;
        return 0;
    }
}
