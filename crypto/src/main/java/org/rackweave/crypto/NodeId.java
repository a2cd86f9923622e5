package org.rackweave.crypto;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Names a node: the first 16 bytes of SHA-256 over the DER SubjectPublicKeyInfo of its hardware key.
 *
 * @param high bytes 0 to 7
 * @param low bytes 8 to 15
 */
public record NodeId(long high, long low) implements Comparable<NodeId> {
    public static final int BYTES = 16;

    private static final Comparator<NodeId> ORDER =
            Comparator.comparing(NodeId::high, Long::compareUnsigned).thenComparing(NodeId::low, Long::compareUnsigned);

    public static NodeId of(PublicKey key) {
        try {
            return fromBytes(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()), 0);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Reads 32 hexadecimal digits; anything else is an {@link IllegalArgumentException}. */
    public static NodeId parse(String text) {
        if (text.length() != 2 * BYTES) {
            throw new IllegalArgumentException("a node id has 32 hexadecimal digits, not " + text.length());
        }
        return fromBytes(HexFormat.of().parseHex(text), 0);
    }

    public static Optional<NodeId> fromBytes(byte[] bytes) {
        return bytes.length == BYTES ? Optional.of(fromBytes(bytes, 0)) : Optional.empty();
    }

    private static NodeId fromBytes(byte[] bytes, int offset) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, BYTES);
        return new NodeId(buffer.getLong(), buffer.getLong());
    }

    public byte[] bytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    /** The first eight digits, for tables. */
    public String brief() {
        return toString().substring(0, 8);
    }

    @Override
    public int compareTo(NodeId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
