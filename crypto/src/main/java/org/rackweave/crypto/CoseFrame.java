package org.rackweave.crypto;

import java.util.Arrays;
import org.rackweave.crypto.cbor.CborReader;

/**
 * The frame that COSE_Sign1 and COSE_Encrypt0 share (RFC 9052): {@code [protected, unprotected, content, …]}, tagged or not.
 *
 * <p>It is found in place and nothing is copied. Two traps of the specification are settled here: a protected header of
 * {@code h'A0'} counts as the empty byte string wherever it is authenticated, and a message without its tag is legal.
 */
final class CoseFrame {
    /** The kinds of message that are read. */
    enum Kind {
        ENCRYPT0(16, 3),
        SIGN1(18, 4);

        private final int tag;
        private final int elements;

        Kind(int tag, int elements) {
            this.tag = tag;
            this.elements = elements;
        }

        int tag() {
            return tag;
        }

        int elements() {
            return elements;
        }
    }

    private static final byte EMPTY_MAP = (byte) 0xa0;

    final byte[] source;
    final CoseHeaders headers = new CoseHeaders();
    boolean tagged;
    int protectedOffset;
    int protectedLength;
    int contentOffset;
    int contentLength;
    int signatureOffset;
    int signatureLength;

    private CoseFrame(byte[] source) {
        this.source = source;
    }

    static Checked<CoseFrame> parse(Kind kind, byte[] source, int offset, int length) {
        CborReader reader = new CborReader(source, offset, length);
        CoseFrame frame = new CoseFrame(source);
        if (reader.nextMajor() == CborReader.TAG) {
            long tag = reader.tag();
            if (!reader.hasFault() && tag != kind.tag()) {
                return new Checked.Rejected<>(SealRejection.OTHER_MESSAGE, nameOfTag(tag));
            }
            frame.tagged = true;
        }
        if (reader.array() != kind.elements() || reader.hasFault()) {
            return Checked.rejected(SealRejection.MALFORMED);
        }
        if (!frame.readHeaders(reader)) {
            return Checked.rejected(SealRejection.UNKNOWN_HEADER);
        }
        frame.contentLength = reader.bytes();
        frame.contentOffset = reader.contentStart();
        if (kind == Kind.SIGN1) {
            frame.signatureLength = reader.bytes();
            frame.signatureOffset = reader.contentStart();
        }
        return reader.isCleanlyAtEnd() ? new Checked.Accepted<>(frame) : Checked.rejected(SealRejection.MALFORMED);
    }

    byte[] content() {
        return Arrays.copyOfRange(source, contentOffset, contentOffset + contentLength);
    }

    byte[] protectedHeader() {
        return Arrays.copyOfRange(source, protectedOffset, protectedOffset + protectedLength);
    }

    byte[] signature() {
        return Arrays.copyOfRange(source, signatureOffset, signatureOffset + signatureLength);
    }

    byte[] copy(CoseHeaders.Slice slice) {
        return Arrays.copyOfRange(source, slice.offset, slice.offset + slice.length);
    }

    <T> Checked<T> algorithmRefused() {
        return new Checked.Rejected<>(SealRejection.ALGORITHM_REFUSED, headers.algorithmName());
    }

    private boolean readHeaders(CborReader reader) {
        protectedLength = reader.bytes();
        protectedOffset = reader.contentStart();
        if (protectedLength == 1 && source[protectedOffset] == EMPTY_MAP) {
            protectedLength = 0;
        }
        if (protectedLength > 0) {
            CborReader inner = new CborReader(source, protectedOffset, protectedLength);
            if (!headers.read(inner, CoseHeaders.Bucket.PROTECTED) || !inner.isCleanlyAtEnd()) {
                return false;
            }
        }
        return headers.read(reader, CoseHeaders.Bucket.UNPROTECTED);
    }

    private static String nameOfTag(long tag) {
        if (tag < 0 || tag > 98) {
            return "not a COSE message";
        }
        return switch ((int) tag) {
            case 16 -> "COSE_Encrypt0";
            case 17 -> "COSE_Mac0";
            case 18 -> "COSE_Sign1";
            case 96 -> "COSE_Encrypt";
            case 97 -> "COSE_Mac";
            case 98 -> "COSE_Sign";
            default -> "not a COSE message";
        };
    }
}
