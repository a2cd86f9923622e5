package org.rackweave.crypto;

import java.security.PublicKey;
import java.util.Optional;

/**
 * Which rack: the first 16 bytes of SHA-256 over the DER SubjectPublicKeyInfo of the rack's root certificate authority.
 *
 * <p>A rack is one trust root. Every sealed datagram is bound to it, so that nothing carries over from one rack to another.
 */
public record RackId(long high, long low) implements Comparable<RackId> {
    /** How many bytes the id has on the wire. */
    public static final int BYTES = KeyHash.BYTES;

    /** The id of the holder of {@code key}, which must be on P-256. */
    public static RackId of(PublicKey key) {
        return from(KeyHash.of(key));
    }

    /** Reads 32 lower-case hexadecimal digits; anything else is an {@link IllegalArgumentException} that says so. */
    public static RackId parse(String hex) {
        return from(KeyHash.parse(hex, "a rack id"));
    }

    /** Reads exactly {@link #BYTES} bytes; empty when there are more or fewer. */
    public static Optional<RackId> fromBytes(byte[] bytes) {
        return bytes.length == BYTES ? Optional.of(read(bytes, 0)) : Optional.empty();
    }

    static RackId read(byte[] bytes, int offset) {
        return from(KeyHash.read(bytes, offset));
    }

    private static RackId from(KeyHash hash) {
        return new RackId(hash.high(), hash.low());
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
    public int compareTo(RackId other) {
        return KeyHash.compare(high, low, other.high, other.low);
    }

    /** 32 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return KeyHash.hex(high, low);
    }
}
