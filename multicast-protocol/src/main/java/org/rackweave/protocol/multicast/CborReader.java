package org.rackweave.protocol.multicast;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads deterministic CBOR in one pass, in place, and refuses everything else.
 *
 * <p>It never throws. The first fault stays: after it every read gives a zero or an empty value, the end has been
 * reached, and {@link #fault} says what was wrong. So a decoder reads straight through and asks once.
 *
 * <p>Our own and not a library's because a general reader builds a tree of what it is sent before anybody can judge
 * it; this one allocates what it returns and nothing else, and is bounded by {@link ProtocolLimits} in depth and items.
 */
final class CborReader {
    static final int UNSIGNED = 0;
    static final int NEGATIVE = 1;
    static final int BYTES = 2;
    static final int TEXT = 3;
    static final int ARRAY = 4;
    static final int MAP = 5;
    static final int TAG = 6;
    static final int SIMPLE = 7;

    private final byte[] bytes;
    private int position;
    private int items;
    private Optional<PayloadFault> fault = Optional.empty();

    CborReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** What was wrong first, if anything was. */
    Optional<PayloadFault> fault() {
        return fault;
    }

    boolean hasFault() {
        return fault.isPresent();
    }

    /** Marks what the caller finds wrong; the first mark stays. */
    void reject(PayloadFault what) {
        if (fault.isEmpty()) {
            fault = Optional.of(what);
        }
        position = bytes.length;
    }

    /** Call at the end: bytes that are left over are a fault. */
    void requireEnd() {
        if (position < bytes.length) {
            reject(PayloadFault.TRAILING_BYTES);
        }
    }

    /** How many pairs follow. */
    int map() {
        return count(MAP, 2);
    }

    /** How many items follow. */
    int array() {
        return count(ARRAY, 1);
    }

    /** Requires an array of this many items. */
    void array(int expectedItems) {
        if (array() != expectedItems) {
            reject(PayloadFault.WRONG_TYPE);
        }
    }

    /** A number from 0 to 2^63 - 1. */
    long unsigned() {
        return head(UNSIGNED);
    }

    /** A map's next key, an unsigned number above the one before it. */
    long keyAfter(long previousKey) {
        long key = unsigned();
        if (!hasFault() && key <= previousKey) {
            reject(key == previousKey ? PayloadFault.DUPLICATE_KEY : PayloadFault.KEY_ORDER);
        }
        return key;
    }

    byte[] bytes(int maxBytes) {
        return string(BYTES, maxBytes);
    }

    /** Exactly eight bytes, as a number. */
    long eightBytes() {
        byte[] eight = bytes(Long.BYTES);
        if (eight.length != Long.BYTES) {
            reject(PayloadFault.WRONG_LENGTH);
            return 0;
        }
        return ByteBuffer.wrap(eight).getLong();
    }

    String text(int maxBytes) {
        byte[] utf8 = string(TEXT, maxBytes);
        try {
            CharBuffer text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(utf8));
            return text.toString();
        } catch (CharacterCodingException e) {
            reject(PayloadFault.NOT_UTF8);
            return "";
        }
    }

    /**
     * Passes over one item that a later version may have put there, as long as it is well-formed and within the
     * limits.
     */
    void skip(int depth) {
        if (hasFault() || position >= bytes.length) {
            reject(PayloadFault.TRUNCATED);
            return;
        }
        if (depth > ProtocolLimits.MAX_CBOR_DEPTH) {
            reject(PayloadFault.TOO_DEEP);
            return;
        }
        int major = (bytes[position] & 0xFF) >>> 5;
        switch (major) {
            case UNSIGNED, NEGATIVE -> head(major);
            case BYTES, TEXT -> string(major, ProtocolLimits.MAX_DATAGRAM_BYTES);
            case ARRAY -> skipAll(array(), depth + 1);
            case MAP -> skipPairs(map(), depth + 1);
            default -> reject(PayloadFault.NOT_ALLOWED);
        }
    }

    private void skipAll(int count, int depth) {
        for (int i = 0; i < count && !hasFault(); i++) {
            skip(depth);
        }
    }

    private void skipPairs(int count, int depth) {
        long key = -1;
        for (int i = 0; i < count && !hasFault(); i++) {
            key = keyAfter(key);
            skip(depth);
        }
    }

    private int count(int major, int itemsEach) {
        long count = head(major);
        // Each item has at least one byte: a count that the rest cannot hold is refused before anything is looped over.
        if (!hasFault() && count > (bytes.length - position) / itemsEach) {
            reject(PayloadFault.TRUNCATED);
        }
        return hasFault() ? 0 : (int) count;
    }

    private byte[] string(int major, int maxBytes) {
        long length = head(major);
        if (hasFault()) {
            return new byte[0];
        }
        if (length > bytes.length - position) {
            reject(PayloadFault.TRUNCATED);
            return new byte[0];
        }
        if (length > maxBytes) {
            reject(PayloadFault.WRONG_LENGTH);
            return new byte[0];
        }
        byte[] copy = new byte[(int) length];
        System.arraycopy(bytes, position, copy, 0, copy.length);
        position += copy.length;
        return copy;
    }

    private long head(int expectedMajor) {
        if (hasFault()) {
            return 0;
        }
        if (position >= bytes.length) {
            return fail(PayloadFault.TRUNCATED);
        }
        if (++items > ProtocolLimits.MAX_CBOR_ITEMS) {
            return fail(PayloadFault.TOO_MANY_ITEMS);
        }
        int first = bytes[position++] & 0xFF;
        int major = first >>> 5;
        if (major == TAG || major == SIMPLE) {
            return fail(PayloadFault.NOT_ALLOWED);
        }
        if (major != expectedMajor) {
            return fail(PayloadFault.WRONG_TYPE);
        }
        return argument(first & 0x1F);
    }

    private long argument(int additional) {
        if (additional < 24) {
            return additional;
        }
        if (additional > 27) {
            return fail(additional == 31 ? PayloadFault.INDEFINITE : PayloadFault.NOT_ALLOWED);
        }
        int length = 1 << (additional - 24);
        if (length > bytes.length - position) {
            return fail(PayloadFault.TRUNCATED);
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            value = (value << 8) | (bytes[position++] & 0xFF);
        }
        if (length == 8 && value < 0) {
            return fail(PayloadFault.TOO_LARGE);
        }
        long smallestOfThisLength = length == 1 ? 24 : 1L << (4 * length);
        return value < smallestOfThisLength ? fail(PayloadFault.NOT_SHORTEST) : value;
    }

    private long fail(PayloadFault what) {
        reject(what);
        return 0;
    }
}
