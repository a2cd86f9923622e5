package org.rackweave.protocol.multicast;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.rackweave.crypto.GroupEpochId;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackId;
import org.rackweave.crypto.cbor.CborWriter;

/**
 * A holder of the group key who seals in anybody's name: written from the specification with the JDK's ciphers, so
 * that it is also a second opinion on the form of a datagram.
 */
final class Forger {
    private final RackId rack;
    private final byte[] groupKey;
    private final GroupEpochId groupEpoch;

    Forger(RackId rack, byte[] groupKey, GroupEpochId groupEpoch) {
        this.rack = rack;
        this.groupKey = groupKey;
        this.groupEpoch = groupEpoch;
    }

    /** Who it pretends to be. */
    record Victim(NodeId node, long bootEpoch, long bootKeyId) {}

    byte[] datagram(Victim victim, int type, int sequence, byte[] payload, byte[] signature) {
        byte[] header = header(victim, type, sequence);
        byte[] inside = concat(hex(0xd2, 0x84), bstr(hex(0xa1, 0x01, 0x27)), hex(0xa0), bstr(payload), bstr(signature));
        byte[] derived = hkdf(victim);
        byte[] nonce = Arrays.copyOfRange(derived, 32, 44);
        nonce[11] ^= (byte) sequence;
        byte[] aad = concat(
                new CborWriter()
                        .array(4)
                        .text("rackweave/1")
                        .bytes(rack.bytes())
                        .unsigned(type)
                        .toBytes(),
                new CborWriter()
                        .array(2)
                        .unsigned(groupEpoch.number())
                        .bytes(eight(groupEpoch.hash()))
                        .toBytes());
        byte[] associated = new CborWriter()
                .array(3)
                .text("Encrypt0")
                .bytes(header)
                .bytes(aad)
                .toBytes();
        byte[] sealed = seal(Arrays.copyOf(derived, 32), nonce, associated, inside);
        return concat(hex(0xd0, 0x83), bstr(header), hex(0xa0), bstr(sealed));
    }

    private byte[] header(Victim victim, int type, int sequence) {
        byte[] keyId = ByteBuffer.allocate(40)
                .put(victim.node().bytes())
                .putInt((int) victim.bootEpoch())
                .putLong(victim.bootKeyId())
                .putInt((int) groupEpoch.number())
                .putLong(groupEpoch.hash())
                .array();
        // Label -65537 of a private header: major type 1, argument 65536.
        return concat(
                hex(0xa4, 0x01, 0x18, 0x18, 0x04),
                bstr(keyId),
                hex(0x06, 0x41, sequence),
                hex(0x3a, 0x00, 0x01, 0x00, 0x00),
                new CborWriter().unsigned(type).toBytes());
    }

    private byte[] hkdf(Victim victim) {
        byte[] info = ByteBuffer.allocate(44)
                .put(rack.bytes())
                .put(victim.node().bytes())
                .putInt((int) victim.bootEpoch())
                .putLong(victim.bootKeyId())
                .array();
        byte[] prk = hmac("rackweave/1 datagram".getBytes(StandardCharsets.US_ASCII), groupKey);
        byte[] first = hmac(prk, concat(info, hex(1)));
        byte[] second = hmac(prk, concat(first, info, hex(2)));
        return Arrays.copyOf(concat(first, second), 44);
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] seal(byte[] key, byte[] nonce, byte[] associated, byte[] text) {
        try {
            Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(nonce));
            cipher.updateAAD(associated);
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bstr(byte[] bytes) {
        return new CborWriter().bytes(bytes).toBytes();
    }

    private static byte[] eight(long value) {
        return ByteBuffer.allocate(8).putLong(value).array();
    }

    private static byte[] hex(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuffer whole = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            whole.put(part);
        }
        return whole.array();
    }
}
