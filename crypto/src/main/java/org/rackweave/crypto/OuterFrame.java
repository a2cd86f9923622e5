package org.rackweave.crypto;

import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * A sealed datagram whose outside was read: the first of the three steps of opening one.
 *
 * <p>It refers to the array that it was read from, which must not change until {@link GroupCipher#open} returned. Between
 * the steps the receiver does what is cheaper than the next one: is the sender known, is the sequence new, has its budget
 * room.
 */
public final class OuterFrame {
    /** What fits an IPv6 packet that no link of a management network fragments. */
    public static final int MAX_DATAGRAM_BYTES = 1_200;

    /** Nothing shorter has a header, a seal and a signature. */
    static final int MIN_DATAGRAM_BYTES = 128;

    private static final byte FIRST_BYTE = (byte) 0xd0;

    private final CoseEncrypt0 message;
    private final OuterHeader header;

    private OuterFrame(CoseEncrypt0 message, OuterHeader header) {
        this.message = message;
        this.header = header;
    }

    /** What reading the outside came to. */
    public sealed interface Result {
        /** Goes on with whichever it is. */
        <T> T fold(Function<OuterFrame, T> parsed, Function<SealRejection, T> malformed);
    }

    /** It has the form of a sealed datagram. Nothing is proved yet. */
    public record Parsed(OuterFrame frame) implements Result {
        @Override
        public <T> T fold(Function<OuterFrame, T> parsed, Function<SealRejection, T> malformed) {
            return parsed.apply(frame);
        }
    }

    /** It has not: count the reason, forget the datagram. */
    public record Malformed(SealRejection reason) implements Result {
        @Override
        public <T> T fold(Function<OuterFrame, T> parsed, Function<SealRejection, T> malformed) {
            return malformed.apply(reason);
        }
    }

    /** Reads the first {@code length} bytes of {@code datagram}. */
    public static Result parse(byte[] datagram, int length) {
        return parse(datagram, 0, length);
    }

    /** Reads what remains in {@code datagram}, without copying where it has an array, and leaves its position alone. */
    public static Result parse(ByteBuffer datagram) {
        if (datagram.hasArray()) {
            return parse(datagram.array(), datagram.arrayOffset() + datagram.position(), datagram.remaining());
        }
        if (datagram.remaining() > MAX_DATAGRAM_BYTES) {
            return new Malformed(SealRejection.TOO_LONG);
        }
        byte[] copy = new byte[datagram.remaining()];
        datagram.get(datagram.position(), copy);
        return parse(copy, 0, copy.length);
    }

    private static Result parse(byte[] source, int offset, int length) {
        if (length < MIN_DATAGRAM_BYTES) {
            return new Malformed(SealRejection.TOO_SHORT);
        }
        if (length > MAX_DATAGRAM_BYTES) {
            return new Malformed(SealRejection.TOO_LONG);
        }
        if (source[offset] != FIRST_BYTE) {
            return new Malformed(SealRejection.OTHER_MESSAGE);
        }
        Checked<CoseEncrypt0> message = CoseEncrypt0.parse(source, offset, length);
        return message instanceof Checked.Accepted<CoseEncrypt0> accepted
                ? ofMessage(accepted.value())
                : new Malformed(((Checked.Rejected<CoseEncrypt0>) message).reason());
    }

    private static Result ofMessage(CoseEncrypt0 message) {
        CoseHeaders headers = message.frame().headers;
        boolean own = headers.areExactlyProtected(
                CoseHeaders.ALGORITHM, CoseHeaders.KEY_ID, CoseHeaders.PARTIAL_IV, CoseHeaders.MESSAGE_TYPE);
        if (!own
                || headers.keyId.length != OuterHeader.KEY_ID_BYTES
                || headers.messageType() > OuterHeader.MAX_MESSAGE_TYPE) {
            return new Malformed(SealRejection.WRONG_FORM);
        }
        byte[] source = message.frame().source;
        long sequence = sequence(source, headers.partialIv);
        if (sequence < 0) {
            return new Malformed(SealRejection.WRONG_FORM);
        }
        OuterHeader header = OuterHeader.read((int) headers.messageType(), sequence, source, headers.keyId.offset);
        return new Parsed(new OuterFrame(message, header));
    }

    /** Everything that the outside says. */
    public OuterHeader header() {
        return header;
    }

    /** What kind of message is inside. */
    public int messageType() {
        return header.messageType();
    }

    /** Its place in the row of its boot key. */
    public long sequence() {
        return header.sequence();
    }

    /** Who it claims to be from. */
    public NodeId sender() {
        return header.sender();
    }

    /** The sender's boot. */
    public long bootEpoch() {
        return header.bootEpoch();
    }

    /** The sender's boot key, as {@link BootPublicKey#id()}. */
    public long bootKeyId() {
        return header.bootKeyId();
    }

    /** The group key that it is sealed under. */
    public GroupEpochId groupEpoch() {
        return header.groupEpoch();
    }

    CoseEncrypt0 message() {
        return message;
    }

    /** The one encoding of a sequence: 1 to 8 bytes, no leading zero, not beyond a long; -1 for any other. */
    private static long sequence(byte[] source, CoseHeaders.Slice slice) {
        boolean padded = slice.length > 1 && source[slice.offset] == 0;
        if (slice.length < 1 || slice.length > Long.BYTES || padded) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < slice.length; i++) {
            value = value << Byte.SIZE | (source[slice.offset + i] & 0xff);
        }
        return value;
    }
}
