package org.rackweave.sim.lab.attack;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.rackweave.crypto.RackId;
import org.rackweave.crypto.cbor.CborWriter;

/**
 * Seals what it likes in whose name it likes, by nothing but the group key and the protocol's document (PROTOCOL.md, 2): what
 * everybody can do who stole that key.
 */
final class ForgedSeal {
    static final int KEY_ID_BYTES = 40;

    private static final int SENDER_BYTES = 28;
    private static final int GROUP_NUMBER_AT = 28;
    private static final int GROUP_HASH_AT = 32;
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int SIGNATURE_BYTES = 64;
    private static final byte[] EDDSA_HEADER =
            new CborWriter().map(1).integer(1).integer(-8).toBytes();

    private final byte[] groupKey;
    private final RackId rack;

    /** @param groupKey its 32 bytes */
    ForgedSeal(byte[] groupKey, RackId rack) {
        this.groupKey = groupKey.clone();
        this.rack = rack;
    }

    /** A payload in the form of a signed message, with a signature that is none. */
    static byte[] unsigned(byte[] payload, byte filling) {
        byte[] signature = new byte[SIGNATURE_BYTES];
        Arrays.fill(signature, filling);
        return new CborWriter()
                .tag(18)
                .array(4)
                .bytes(EDDSA_HEADER)
                .map(0)
                .bytes(payload)
                .bytes(signature)
                .toBytes();
    }

    /** @param keyId 40 bytes: in whose name, and under which group key */
    byte[] seal(byte[] keyId, int type, long sequence, byte[] inside) {
        byte[] header = new CborWriter()
                .map(4)
                .integer(1)
                .integer(24)
                .integer(4)
                .bytes(keyId)
                .integer(6)
                .bytes(withoutZeroes(sequence))
                .integer(-65_537)
                .integer(type)
                .toBytes();
        byte[] info = ByteBuffer.allocate(RackId.BYTES + SENDER_BYTES)
                .put(rack.bytes())
                .put(keyId, 0, SENDER_BYTES)
                .array();
        byte[] derived = hkdf(info, KEY_BYTES + NONCE_BYTES);
        ByteBuffer nonce = ByteBuffer.allocate(NONCE_BYTES).put(derived, KEY_BYTES, NONCE_BYTES);
        int last = NONCE_BYTES - Long.BYTES;
        nonce.putLong(last, nonce.getLong(last) ^ sequence);
        ByteBuffer id = ByteBuffer.wrap(keyId);
        byte[] externalAad = new CborWriter()
                .array(4)
                .text("rackweave/1")
                .bytes(rack.bytes())
                .integer(type)
                .array(2)
                .integer(Integer.toUnsignedLong(id.getInt(GROUP_NUMBER_AT)))
                .bytes(ByteBuffer.allocate(Long.BYTES)
                        .putLong(id.getLong(GROUP_HASH_AT))
                        .array())
                .toBytes();
        byte[] associated = new CborWriter()
                .array(3)
                .text("Encrypt0")
                .bytes(header)
                .bytes(externalAad)
                .toBytes();
        try {
            Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(derived, 0, KEY_BYTES, "ChaCha20"),
                    new IvParameterSpec(nonce.array()));
            cipher.updateAAD(associated);
            return new CborWriter()
                    .tag(16)
                    .array(3)
                    .bytes(header)
                    .map(0)
                    .bytes(cipher.doFinal(inside))
                    .toBytes();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java runtime has no ChaCha20-Poly1305", missing);
        }
    }

    private byte[] hkdf(byte[] info, int length) {
        byte[] secret = hmac("rackweave/1 datagram".getBytes(StandardCharsets.US_ASCII), groupKey);
        ByteBuffer output = ByteBuffer.allocate(length);
        byte[] block = new byte[0];
        for (byte i = 1; output.hasRemaining(); i++) {
            block = hmac(
                    secret,
                    ByteBuffer.allocate(block.length + info.length + 1)
                            .put(block)
                            .put(info)
                            .put(i)
                            .array());
            output.put(block, 0, Math.min(block.length, output.remaining()));
        }
        return output.array();
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java runtime has no HMAC-SHA256", missing);
        }
    }

    private static byte[] withoutZeroes(long sequence) {
        int length = Math.max(1, Long.BYTES - Long.numberOfLeadingZeros(sequence) / Byte.SIZE);
        byte[] all = ByteBuffer.allocate(Long.BYTES).putLong(sequence).array();
        return Arrays.copyOfRange(all, Long.BYTES - length, Long.BYTES);
    }
}
