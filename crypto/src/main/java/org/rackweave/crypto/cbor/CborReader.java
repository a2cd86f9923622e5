package org.rackweave.crypto.cbor;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads deterministic CBOR in one pass, in place, and refuses everything else.
 *
 * <p>The first fault stays: after it every read answers zero or empty, nothing more comes, and {@link #fault} tells what
 * was wrong and {@link #itemAt} where. So a caller reads straight through and asks once. It allocates what it returns and
 * nothing else.
 */
public final class CborReader {
    public static final int UNSIGNED = 0;
    public static final int NEGATIVE = 1;
    public static final int BYTES = 2;
    public static final int TEXT = 3;
    public static final int ARRAY = 4;
    public static final int MAP = 5;
    public static final int TAG = 6;
    public static final int SIMPLE = 7;

    static final int FALSE = 0xf4;
    static final int TRUE = 0xf5;

    static final int MAJOR_SHIFT = 5;
    static final int ONE_BYTE_ARGUMENT = 24;

    private static final int ARGUMENT_MASK = 0x1f;
    private static final int EIGHT_BYTE_ARGUMENT = 27;
    private static final int INDEFINITE_LENGTH = 31;
    private static final byte[] NOTHING = {};

    private final byte[] source;
    private final int end;
    private final int maxItems;
    private int position;
    private int itemAt;
    private int contentStart;
    private int items;
    private Optional<CborFault> fault = Optional.empty();

    /** Reads a part of {@code source}; each item has a byte at least, which bounds them. */
    public CborReader(byte[] source, int offset, int length) {
        this(source, offset, length, length);
    }

    /** Reads {@code source} up to so many items, where keys and containers count as items too. */
    public CborReader(byte[] source, int maxItems) {
        this(source, 0, source.length, maxItems);
    }

    private CborReader(byte[] source, int offset, int length, int maxItems) {
        this.source = source;
        this.position = offset;
        this.end = offset + length;
        this.maxItems = maxItems;
    }

    // ---- what is wrong ---------------------------------------------------------------------------------------------

    /** What was wrong first, if anything was. */
    public Optional<CborFault> fault() {
        return fault;
    }

    public boolean hasFault() {
        return fault.isPresent();
    }

    /** Where the item begins that was read last, or that had the fault. */
    public int itemAt() {
        return itemAt;
    }

    /** Marks what the caller finds wrong; the first mark stays. */
    public void reject(CborFault what) {
        if (fault.isEmpty()) {
            fault = Optional.of(what);
        }
        position = end;
    }

    /** Call at the end: bytes that are left over are a fault. */
    public void requireEnd() {
        if (position < end) {
            itemAt = position;
            reject(CborFault.TRAILING_BYTES);
        }
    }

    /** Whether everything was read, well, and nothing is left over. */
    public boolean isCleanlyAtEnd() {
        return fault.isEmpty() && position == end;
    }

    // ---- one item --------------------------------------------------------------------------------------------------

    /** Where what comes next begins. */
    public int position() {
        return position;
    }

    /** The major type of what comes next, or -1 when nothing does. */
    public int nextMajor() {
        return position < end ? (source[position] & 0xff) >>> MAJOR_SHIFT : -1;
    }

    /** A number from 0 to 2^63 - 1. */
    public long unsigned() {
        return head(UNSIGNED);
    }

    /** An integer of either sign, as far as a long holds it. */
    public long integer() {
        return nextMajor() == NEGATIVE ? ~head(NEGATIVE) : head(UNSIGNED);
    }

    public boolean truth() {
        return head(SIMPLE) == (TRUE & ARGUMENT_MASK);
    }

    public long tag() {
        return head(TAG);
    }

    /** How many elements follow. */
    public int array() {
        return count(ARRAY, 1);
    }

    /** Requires an array of this many elements. */
    public void array(int expectedElements) {
        if (array() != expectedElements) {
            reject(CborFault.WRONG_TYPE);
        }
    }

    /** How many pairs follow. */
    public int map() {
        return count(MAP, 2);
    }

    /** A map's next key, an unsigned number above the one before it. */
    public long keyAfter(long previousKey) {
        long key = unsigned();
        if (!hasFault() && key <= previousKey) {
            reject(key == previousKey ? CborFault.DUPLICATE_KEY : CborFault.KEY_ORDER);
        }
        return key;
    }

    /** Steps over a byte string; answers its length, and {@link #contentStart()} where it began. */
    public int bytes() {
        return content(BYTES);
    }

    /** Steps over a text string; its characters are not looked at. */
    public int text() {
        return content(TEXT);
    }

    /** Where the content of the string begins that was stepped over last. */
    public int contentStart() {
        return contentStart;
    }

    /** A copy of a byte string of at most so many bytes. */
    public byte[] bytes(int maxBytes) {
        return copy(BYTES, maxBytes);
    }

    /** A copy of a byte string of exactly so many bytes: zeroes after a fault. */
    public byte[] exactly(int bytes) {
        byte[] copy = copy(BYTES, bytes);
        if (copy.length == bytes) {
            return copy;
        }
        reject(CborFault.WRONG_LENGTH);
        return new byte[bytes];
    }

    /** A text of at most so many bytes of UTF-8. */
    public String text(int maxBytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(copy(TEXT, maxBytes)))
                    .toString();
        } catch (CharacterCodingException e) {
            reject(CborFault.NOT_UTF8);
            return "";
        }
    }

    /**
     * Passes over one item that a later version may have put there: any of at most so many levels without truths, and with
     * unsigned keys only.
     */
    public void skip(int levels) {
        int major = nextMajor();
        if (major >= 0 && levels == 0) {
            reject(CborFault.TOO_DEEP);
            return;
        }
        switch (major) {
            case NEGATIVE -> head(NEGATIVE);
            case BYTES, TEXT -> content(major);
            case ARRAY -> skipElements(array(), levels - 1);
            case MAP -> skipPairs(map(), levels - 1);
            default -> head(UNSIGNED);
        }
    }

    private void skipElements(int count, int levels) {
        for (int i = 0; i < count && !hasFault(); i++) {
            skip(levels);
        }
    }

    private void skipPairs(int count, int levels) {
        long key = -1;
        for (int i = 0; i < count && !hasFault(); i++) {
            key = keyAfter(key);
            skip(levels);
        }
    }

    // ---- heads and contents ----------------------------------------------------------------------------------------

    private int count(int major, int itemsEach) {
        long count = head(major);
        // Each item has at least one byte: a count that the rest cannot hold is refused before anything is looped over.
        return count > (end - position) / itemsEach ? (int) fail(CborFault.TRUNCATED) : (int) count;
    }

    private byte[] copy(int major, int maxBytes) {
        int length = content(major);
        if (length > maxBytes) {
            reject(CborFault.WRONG_LENGTH);
        }
        return hasFault() ? NOTHING : Arrays.copyOfRange(source, contentStart, contentStart + length);
    }

    private int content(int major) {
        long length = head(major);
        if (length > end - position) {
            reject(CborFault.TRUNCATED);
        }
        if (hasFault()) {
            return 0;
        }
        contentStart = position;
        position += (int) length;
        return (int) length;
    }

    private long head(int expectedMajor) {
        if (hasFault()) {
            return 0;
        }
        itemAt = position;
        if (position >= end) {
            return fail(CborFault.TRUNCATED);
        }
        if (++items > maxItems) {
            return fail(CborFault.TOO_MANY_ITEMS);
        }
        int first = source[position++] & 0xff;
        int major = first >>> MAJOR_SHIFT;
        if (major != expectedMajor) {
            return fail(major >= TAG ? CborFault.NOT_ALLOWED : CborFault.WRONG_TYPE);
        }
        if (major == SIMPLE && first != TRUE && first != FALSE) {
            return fail(CborFault.NOT_ALLOWED);
        }
        return argument(first & ARGUMENT_MASK);
    }

    private long argument(int head) {
        if (head < ONE_BYTE_ARGUMENT) {
            return head;
        }
        if (head > EIGHT_BYTE_ARGUMENT) {
            return fail(head == INDEFINITE_LENGTH ? CborFault.INDEFINITE : CborFault.NOT_ALLOWED);
        }
        int width = 1 << (head - ONE_BYTE_ARGUMENT);
        if (width > end - position) {
            return fail(CborFault.TRUNCATED);
        }
        long value = 0;
        for (int i = 0; i < width; i++) {
            value = value << Byte.SIZE | (source[position++] & 0xff);
        }
        if (value < 0) {
            return fail(CborFault.TOO_LARGE);
        }
        return value < smallestOf(width) ? fail(CborFault.NOT_SHORTEST) : value;
    }

    /** What needs this many bytes at least; a smaller value had a shorter form. */
    private static long smallestOf(int width) {
        return width == 1 ? ONE_BYTE_ARGUMENT : 1L << (width * Byte.SIZE / 2);
    }

    private long fail(CborFault what) {
        reject(what);
        return 0;
    }
}
