package org.rackweave.crypto;

import java.nio.ByteBuffer;
import org.rackweave.crypto.cbor.CborWriter;

/**
 * What the outside of a sealed datagram says. It is readable by anybody, and believed only after seal and signature.
 *
 * <pre>
 * { 1 : 24,                      ChaCha20-Poly1305
 *   4 : key id, 40 bytes,
 *   6 : sequence, 1 to 8 bytes without leading zeroes (the Partial IV),
 *   -65537 : message type, 0 to 255 }
 *
 * key id:  0               16      20              28      32              40
 *         +----------------+-------+---------------+-------+---------------+
 *         | node id        | boot  | boot key id   | group | group hash    |
 *         |                | epoch |               | number|               |
 *         +----------------+-------+---------------+-------+---------------+
 * </pre>
 *
 * <p>The boot key id is there for two reasons. The seal's key is derived from it, so that nonces do not repeat even when
 * a card that lost its state comes back with a boot epoch that it used before. And a receiver that does not know the boot
 * key drops the datagram before it computes anything.
 *
 * @param messageType what kind of message is inside, 0 to 255
 * @param sequence grows with each datagram of one boot key
 * @param sender the node that it claims to be from
 * @param bootEpoch the boot that it claims to be from
 * @param bootKeyId which boot key its signature is by
 * @param groupEpoch which group key it is sealed under
 */
public record OuterHeader(
        int messageType, long sequence, NodeId sender, long bootEpoch, long bootKeyId, GroupEpochId groupEpoch) {
    /** The highest message type. */
    public static final int MAX_MESSAGE_TYPE = 255;

    static final int KEY_ID_BYTES = NodeId.BYTES + Integer.BYTES + Long.BYTES + GroupEpochId.BYTES;
    static final int PARAMETERS = 4;

    private static final int BOOT_EPOCH_OFFSET = NodeId.BYTES;
    private static final int BOOT_KEY_ID_OFFSET = BOOT_EPOCH_OFFSET + Integer.BYTES;
    private static final int GROUP_NUMBER_OFFSET = BOOT_KEY_ID_OFFSET + Long.BYTES;
    private static final int GROUP_HASH_OFFSET = GROUP_NUMBER_OFFSET + Integer.BYTES;
    private static final long U32 = 0xFFFF_FFFFL;

    /** Refuses numbers that the wire cannot carry. */
    public OuterHeader {
        if (messageType < 0 || messageType > MAX_MESSAGE_TYPE) {
            throw new IllegalArgumentException("a message type is 0 to 255, not " + messageType);
        }
        if (sequence < 0) {
            throw new IllegalArgumentException("a sequence is not negative: " + sequence);
        }
        BootKey.requireEpoch(bootEpoch);
    }

    static OuterHeader read(int messageType, long sequence, byte[] source, int keyIdOffset) {
        ByteBuffer keyId = ByteBuffer.wrap(source, 0, keyIdOffset + KEY_ID_BYTES);
        long groupNumber = keyId.getInt(keyIdOffset + GROUP_NUMBER_OFFSET) & U32;
        return new OuterHeader(
                messageType,
                sequence,
                NodeId.read(source, keyIdOffset),
                keyId.getInt(keyIdOffset + BOOT_EPOCH_OFFSET) & U32,
                keyId.getLong(keyIdOffset + BOOT_KEY_ID_OFFSET),
                new GroupEpochId(groupNumber, keyId.getLong(keyIdOffset + GROUP_HASH_OFFSET)));
    }

    byte[] encode() {
        return new CborWriter()
                .map(PARAMETERS)
                .integer(CoseHeaders.ALGORITHM)
                .integer(CoseAlgorithm.CHACHA20_POLY1305.identifier())
                .integer(CoseHeaders.KEY_ID)
                .bytes(keyId())
                .integer(CoseHeaders.PARTIAL_IV)
                .bytes(partialIv())
                .integer(CoseHeaders.MESSAGE_TYPE)
                .integer(messageType)
                .toBytes();
    }

    static byte[] eightBytes(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    private byte[] keyId() {
        return ByteBuffer.allocate(KEY_ID_BYTES)
                .put(sender.bytes())
                .putInt((int) bootEpoch)
                .putLong(bootKeyId)
                .putInt((int) groupEpoch.number())
                .putLong(groupEpoch.hash())
                .array();
    }

    private byte[] partialIv() {
        int length = Math.max(1, Long.BYTES - Long.numberOfLeadingZeros(sequence) / Byte.SIZE);
        byte[] bytes = new byte[length];
        System.arraycopy(eightBytes(sequence), Long.BYTES - length, bytes, 0, length);
        return bytes;
    }
}
