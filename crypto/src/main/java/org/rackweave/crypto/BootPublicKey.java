package org.rackweave.crypto;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * The Ed25519 key that a node signs with from one start to the next, as its neighbours hold it.
 *
 * <p>The library's own class is used, not the JDK's provider: it verifies eight times as many signatures a second.
 */
public final class BootPublicKey {
    /** How long the key is. */
    public static final int BYTES = 32;

    static final int SIGNATURE_BYTES = 64;

    private final Ed25519PublicKeyParameters key;
    private final long id;

    BootPublicKey(Ed25519PublicKeyParameters key) {
        this.key = key;
        this.id = ByteBuffer.wrap(KeyHash.sha256(key.getEncoded())).getLong();
    }

    /** Reads a key; empty when these are not {@value #BYTES} bytes that encode a point of the curve. */
    public static Optional<BootPublicKey> fromBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BootPublicKey(new Ed25519PublicKeyParameters(bytes)));
        } catch (IllegalArgumentException e) {
            // The library has no other way to say that the bytes are no point. Delegations are rare and paid for.
            return Optional.empty();
        }
    }

    /** The first 8 bytes of SHA-256 over the key: what the outside of a sealed datagram names it by. */
    public long id() {
        return id;
    }

    /** The key's bytes. */
    public byte[] bytes() {
        return key.getEncoded();
    }

    boolean verify(byte[] message, byte[] signature) {
        if (signature.length != SIGNATURE_BYTES) {
            return false;
        }
        Ed25519Signer verifier = new Ed25519Signer();
        verifier.init(false, key);
        verifier.update(message, 0, message.length);
        return verifier.verifySignature(signature);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BootPublicKey that && Arrays.equals(bytes(), that.bytes());
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }

    /** The id in hexadecimal. */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(id);
    }
}
