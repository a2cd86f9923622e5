package org.rackweave.crypto;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The first 16 bytes of SHA-256 over a key's DER SubjectPublicKeyInfo: the value behind {@link NodeId} and {@link RackId}.
 *
 * <p>128 bits leave a second preimage at 2^128 work; that two keys of one attacker collide (2^64) gains them nothing,
 * since both ids would be theirs.
 */
record KeyHash(long high, long low) {
    static final int BYTES = 16;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{32}");

    static KeyHash of(PublicKey key) {
        byte[] spki = P256.requirePublic(key).getEncoded();
        return read(sha256(spki), 0);
    }

    static KeyHash read(byte[] bytes, int offset) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, BYTES);
        return new KeyHash(buffer.getLong(), buffer.getLong());
    }

    static KeyHash parse(String hex, String what) {
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException(
                    what + " must be 32 lower-case hexadecimal digits, but was '" + shortened(hex) + "'");
        }
        return read(HexFormat.of().parseHex(hex), 0);
    }

    static byte[] bytes(long high, long low) {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    static String hex(long high, long low) {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }

    static int compare(long high, long low, long otherHigh, long otherLow) {
        int byHigh = Long.compareUnsigned(high, otherHigh);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, otherLow);
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256, this one does not", e);
        }
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
