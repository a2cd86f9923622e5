package org.rackweave.crypto;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Optional;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.rackweave.crypto.cbor.CborWriter;

/**
 * COSE_Sign1 (RFC 9052, section 4.2) with EdDSA over Ed25519 or ES256, and nothing else.
 *
 * <pre>
 * 18([ protected : bstr, unprotected : map, payload : bstr, signature : bstr .size 64 ])
 * signed bytes: [ "Signature1", protected, external_aad, payload ]
 * </pre>
 */
public final class CoseSign1 {
    private static final byte[] EDDSA_HEADER = header(CoseAlgorithm.EDDSA);
    private static final byte[] ES256_HEADER = header(CoseAlgorithm.ES256);

    private final CoseFrame frame;
    private final CoseAlgorithm algorithm;

    private CoseSign1(CoseFrame frame, CoseAlgorithm algorithm) {
        this.frame = frame;
        this.algorithm = algorithm;
    }

    /** Reads a message that fills {@code bytes}; believes nothing of it yet. */
    public static Checked<CoseSign1> parse(byte[] bytes) {
        return parse(bytes, 0, bytes.length);
    }

    static Checked<CoseSign1> parse(byte[] bytes, int offset, int length) {
        Checked<CoseFrame> parsed = CoseFrame.parse(CoseFrame.Kind.SIGN1, bytes, offset, length);
        if (parsed instanceof Checked.Rejected<CoseFrame> rejected) {
            return rejected.ofOther();
        }
        CoseFrame frame = ((Checked.Accepted<CoseFrame>) parsed).value();
        boolean es256 = frame.headers.isAlgorithm(CoseAlgorithm.ES256);
        if (!es256 && !frame.headers.isAlgorithm(CoseAlgorithm.EDDSA)) {
            return frame.algorithmRefused();
        }
        return new Checked.Accepted<>(new CoseSign1(frame, es256 ? CoseAlgorithm.ES256 : CoseAlgorithm.EDDSA));
    }

    /** What it claims to be signed with. */
    public CoseAlgorithm algorithm() {
        return algorithm;
    }

    /** The key id beside the signature, where there is one. */
    public Optional<byte[]> keyId() {
        return frame.headers.keyId.isAbsent() ? Optional.empty() : Optional.of(frame.copy(frame.headers.keyId));
    }

    /** The payload as it stands there. Believe it only after a {@code verify} said yes. */
    public byte[] unverifiedPayload() {
        return frame.content();
    }

    /** Whether {@code key} signed this message together with {@code externalAad}. */
    public boolean verify(BootPublicKey key, byte[] externalAad) {
        return algorithm == CoseAlgorithm.EDDSA && key.verify(signedBytes(externalAad), frame.signature());
    }

    /** Whether {@code key}, on P-256, signed this message together with {@code externalAad}. */
    public boolean verify(PublicKey key, byte[] externalAad) {
        return algorithm == CoseAlgorithm.ES256 && P256.verify(key, signedBytes(externalAad), frame.signature());
    }

    /** Whether it is exactly as made here: tagged, the algorithm protected, and no other parameter. */
    boolean isInOwnForm() {
        return frame.tagged && frame.headers.areExactlyProtected(CoseHeaders.ALGORITHM);
    }

    static byte[] sign(Ed25519PrivateKeyParameters key, byte[] externalAad, byte[] payload) {
        byte[] message = signedBytes(EDDSA_HEADER, externalAad, payload);
        Ed25519Signer signer = new Ed25519Signer();
        signer.init(true, key);
        signer.update(message, 0, message.length);
        return encode(EDDSA_HEADER, payload, signer.generateSignature());
    }

    static byte[] sign(PrivateKey key, byte[] externalAad, byte[] payload, SecureRandom random) {
        byte[] message = signedBytes(ES256_HEADER, externalAad, payload);
        return encode(ES256_HEADER, payload, P256.sign(key, message, random));
    }

    private byte[] signedBytes(byte[] externalAad) {
        return signedBytes(frame.protectedHeader(), externalAad, frame.content());
    }

    private static byte[] signedBytes(byte[] protectedHeader, byte[] externalAad, byte[] payload) {
        return new CborWriter()
                .array(4)
                .text("Signature1")
                .bytes(protectedHeader)
                .bytes(externalAad)
                .bytes(payload)
                .toBytes();
    }

    private static byte[] encode(byte[] protectedHeader, byte[] payload, byte[] signature) {
        return new CborWriter()
                .tag(CoseFrame.Kind.SIGN1.tag())
                .array(CoseFrame.Kind.SIGN1.elements())
                .bytes(protectedHeader)
                .map(0)
                .bytes(payload)
                .bytes(signature)
                .toBytes();
    }

    private static byte[] header(CoseAlgorithm algorithm) {
        return new CborWriter()
                .map(1)
                .integer(CoseHeaders.ALGORITHM)
                .integer(algorithm.identifier())
                .toBytes();
    }
}
