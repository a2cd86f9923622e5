package org.rackweave.crypto;

import java.security.PublicKey;
import java.util.Optional;

/**
 * Who a node (or agent, operator, auditor) is: the first 16 bytes of SHA-256 over the DER SubjectPublicKeyInfo of its P-256 key.
 *
 * <p>The id is proved by using the key, so nobody assigns it and nobody can take it over.
 */
public record NodeId(long high, long low) implements Comparable<NodeId> {
    /** How many bytes the id has on the wire. */
    public static final int BYTES = KeyHash.BYTES;

    /** The id of the holder of {@code key}, which must be on P-256. */
    public static NodeId of(PublicKey key) {
        return from(KeyHash.of(key));
    }

    /** Reads 32 lower-case hexadecimal digits; anything else is an {@link IllegalArgumentException} that says so. */
    public static NodeId parse(String hex) {
        return from(KeyHash.parse(hex, "a node id"));
    }

    /** Reads exactly {@link #BYTES} bytes; empty when there are more or fewer. */
    public static Optional<NodeId> fromBytes(byte[] bytes) {
        return bytes.length == BYTES ? Optional.of(read(bytes, 0)) : Optional.empty();
    }

    static NodeId read(byte[] bytes, int offset) {
        return from(KeyHash.read(bytes, offset));
    }

    private static NodeId from(KeyHash hash) {
        return new NodeId(hash.high(), hash.low());
    }

    /** The id's bytes in network order. */
    public byte[] bytes() {
        return KeyHash.bytes(high, low);
    }

    /** The first 8 hexadecimal digits: enough for a table, never enough for a decision. */
    public String brief() {
        return toString().substring(0, 8);
    }

    /** Orders ids as their hexadecimal text would be ordered. */
    @Override
    public int compareTo(NodeId other) {
        return KeyHash.compare(high, low, other.high, other.low);
    }

    /** 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return KeyHash.hex(high, low);
    }
}
