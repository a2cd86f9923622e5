package org.rackweave.crypto;

import org.rackweave.crypto.cbor.CborReader;

/**
 * The header parameters of a COSE message that are understood here, found in place: offsets into the message, no copies.
 *
 * <pre>
 *      1  alg           integer (a text is noted, and refused later)
 *      3  content type  integer or text, not used
 *      4  kid           bytes
 *      5  IV            bytes
 *      6  Partial IV    bytes
 * -65537  message type  unsigned; from the private-use range, as no registered parameter means it
 * </pre>
 *
 * <p>Anything else is refused: "crit" because what it demands is not understood, the rest because nobody here sends it.
 */
final class CoseHeaders {
    static final int ALGORITHM = 1;
    static final int CONTENT_TYPE = 3;
    static final int KEY_ID = 4;
    static final int IV = 5;
    static final int PARTIAL_IV = 6;
    static final int MESSAGE_TYPE = -65_537;

    /** Where a parameter stands. */
    enum Bucket {
        PROTECTED,
        UNPROTECTED
    }

    /** A byte string of the message, where it is; a length of -1 when it is not there. */
    static final class Slice {
        int offset;
        int length = -1;

        boolean isAbsent() {
            return length < 0;
        }
    }

    final Slice keyId = new Slice();
    final Slice iv = new Slice();
    final Slice partialIv = new Slice();

    private static final int ALGORITHM_ABSENT = 0;
    private static final int ALGORITHM_TEXT = 1;
    private static final int ALGORITHM_NUMBER = 2;

    private long algorithm;
    private int algorithmForm = ALGORITHM_ABSENT;
    private long messageType = -1;
    private int seen;
    private int unprotectedCount;

    /** Reads one bucket's map; false when a parameter is not allowed. The reader tells of what is not CBOR. */
    boolean read(CborReader reader, Bucket bucket) {
        int count = reader.map();
        long previousRank = -1;
        for (int i = 0; i < count && !reader.hasFault(); i++) {
            long label = reader.integer();
            long rank = rank(label);
            if (reader.hasFault() || rank <= previousRank || !value(label, reader)) {
                return false;
            }
            previousRank = rank;
        }
        if (bucket == Bucket.UNPROTECTED) {
            unprotectedCount += count;
        }
        return true;
    }

    boolean isAlgorithm(CoseAlgorithm expected) {
        return algorithmForm == ALGORITHM_NUMBER && algorithm == expected.identifier();
    }

    String algorithmName() {
        return switch (algorithmForm) {
            case ALGORITHM_ABSENT -> "no algorithm";
            case ALGORITHM_TEXT -> "an algorithm named by a text";
            default -> CoseAlgorithm.nameOf(algorithm);
        };
    }

    /** The message type, or -1. */
    long messageType() {
        return messageType;
    }

    /** Whether exactly these parameters are there, all of them protected. */
    boolean areExactlyProtected(int... labels) {
        int expected = 0;
        for (int label : labels) {
            expected |= bit(label);
        }
        return seen == expected && unprotectedCount == 0;
    }

    /** Deterministic order puts the keys' encodings in order: the non-negative by value, then the negative. */
    private static long rank(long label) {
        return label >= 0 ? label : (1L << 40) + (-1 - label);
    }

    private boolean value(long label, CborReader reader) {
        if (label < MESSAGE_TYPE || label > PARTIAL_IV || bit((int) label) == 0 || (seen & bit((int) label)) != 0) {
            return false;
        }
        seen |= bit((int) label);
        switch ((int) label) {
            case ALGORITHM -> algorithm(reader);
            case CONTENT_TYPE -> contentType(reader);
            case KEY_ID -> slice(keyId, reader);
            case IV -> slice(iv, reader);
            case PARTIAL_IV -> slice(partialIv, reader);
            default -> messageType = reader.unsigned();
        }
        return true;
    }

    private static int bit(int label) {
        return switch (label) {
            case ALGORITHM, CONTENT_TYPE, KEY_ID, IV, PARTIAL_IV -> 1 << label;
            case MESSAGE_TYPE -> 1 << (PARTIAL_IV + 1);
            default -> 0;
        };
    }

    private void algorithm(CborReader reader) {
        if (reader.nextMajor() == CborReader.TEXT) {
            reader.text();
            algorithmForm = ALGORITHM_TEXT;
        } else {
            algorithm = reader.integer();
            algorithmForm = ALGORITHM_NUMBER;
        }
    }

    private static void contentType(CborReader reader) {
        if (reader.nextMajor() == CborReader.TEXT) {
            reader.text();
        } else {
            reader.unsigned();
        }
    }

    private static void slice(Slice slice, CborReader reader) {
        slice.length = reader.bytes();
        slice.offset = reader.contentStart();
    }
}
