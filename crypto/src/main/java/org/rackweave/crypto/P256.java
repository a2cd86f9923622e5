package org.rackweave.crypto;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.util.BigIntegers;

/**
 * The one curve of identities and the one signature over it (ES256: ECDSA with SHA-256, signature as 64 bytes r‖s).
 *
 * <p>A private key that lives in a token signs through the Java provider interface, for only a provider can reach it. All
 * else goes through the library's own classes: they verify seven times as many a second (1,669 against 226, C1 only, one core of a
 * busy x86-64), sign three and a half times as many (6,400 against 1,720, C1 only), and a bad signature throws nothing.
 */
final class P256 {
    static final int SIGNATURE_BYTES = 64;
    private static final int DER_HEAD_BYTES = 2;
    private static final byte DER_SEQUENCE = 0x30;
    private static final byte DER_INTEGER = 0x02;
    private static final String CURVE_NAME = "secp256r1";
    private static final String ES256 = "SHA256withECDSAinP1363Format";
    private static final ECParameterSpec PARAMETERS = parameters();
    private static final ECDomainParameters DOMAIN = new ECDomainParameters(CustomNamedCurves.getByName(CURVE_NAME));

    private P256() {}

    static KeyPair generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE_NAME), random);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
            throw missing(e);
        }
    }

    static boolean isP256(PublicKey key) {
        return key instanceof ECPublicKey ec && isP256(ec.getParams());
    }

    static PublicKey requirePublic(PublicKey key) {
        if (!isP256(key)) {
            throw new IllegalArgumentException("an identity's key must be on P-256, this one is " + key.getAlgorithm());
        }
        return key;
    }

    /** The key of a DER SubjectPublicKeyInfo; empty when it is none of a point of this curve, or not in its one form. */
    static Optional<PublicKey> publicKey(byte[] spki) {
        try {
            PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(spki));
            return isOnCurve(key) && Arrays.equals(key.getEncoded(), spki) ? Optional.of(key) : Optional.empty();
        } catch (InvalidKeySpecException e) {
            return Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            throw missing(e);
        }
    }

    private static boolean isOnCurve(PublicKey key) {
        if (!(key instanceof ECPublicKey ec) || !isP256(ec.getParams())) {
            return false;
        }
        BigInteger prime = DOMAIN.getCurve().getField().getCharacteristic();
        BigInteger x = ec.getW().getAffineX();
        BigInteger y = ec.getW().getAffineY();
        return x.compareTo(prime) < 0
                && y.compareTo(prime) < 0
                && DOMAIN.getCurve().createPoint(x, y).isValid();
    }

    static byte[] sign(PrivateKey key, byte[] message, SecureRandom random) {
        return key instanceof ECPrivateKey inMemory && isP256(inMemory.getParams())
                ? signHere(inMemory, message, random)
                : signByProvider(key, message, random);
    }

    private static byte[] signHere(ECPrivateKey key, byte[] message, SecureRandom random) {
        ECDSASigner signer = new ECDSASigner();
        signer.init(true, new ParametersWithRandom(new ECPrivateKeyParameters(key.getS(), DOMAIN), random));
        BigInteger[] signature = signer.generateSignature(KeyHash.sha256(message));
        byte[] raw = new byte[SIGNATURE_BYTES];
        int half = SIGNATURE_BYTES / 2;
        BigIntegers.asUnsignedByteArray(signature[0], raw, 0, half);
        BigIntegers.asUnsignedByteArray(signature[1], raw, half, half);
        return raw;
    }

    private static byte[] signByProvider(PrivateKey key, byte[] message, SecureRandom random) {
        try {
            Signature signature = Signature.getInstance(ES256);
            signature.initSign(key, random);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the identity's key could not sign: " + e.getMessage(), e);
        }
    }

    /** Judges 64 bytes r‖s, as COSE has them. */
    static boolean verify(PublicKey key, byte[] message, byte[] signature) {
        if (signature.length != SIGNATURE_BYTES) {
            return false;
        }
        int half = SIGNATURE_BYTES / 2;
        BigInteger r = new BigInteger(1, signature, 0, half);
        BigInteger s = new BigInteger(1, signature, half, half);
        return verify(key, message, r, s);
    }

    /** Judges a DER sequence of r and s, as X.509 has them. */
    static boolean verifyDer(PublicKey key, byte[] message, byte[] signature) {
        return rawOf(signature).filter(raw -> verify(key, message, raw)).isPresent();
    }

    /**
     * The 64 bytes r‖s of a DER sequence {@code 30 n 02 n r 02 n s}; empty when it is not exactly that. The library's own
     * decoder is not used: bytes that are DER of something else make it throw a ClassCastException.
     */
    static Optional<byte[]> rawOf(byte[] der) {
        byte[] raw = new byte[SIGNATURE_BYTES];
        boolean sequence =
                der.length > DER_HEAD_BYTES && der[0] == DER_SEQUENCE && der[1] == der.length - DER_HEAD_BYTES;
        int half = SIGNATURE_BYTES / 2;
        int second = sequence ? copyInteger(der, DER_HEAD_BYTES, raw, 0) : -1;
        int end = second < 0 ? -1 : copyInteger(der, second, raw, half);
        return end == der.length ? Optional.of(raw) : Optional.empty();
    }

    /** Copies the integer at {@code from} right-aligned into half of {@code raw}; answers where it ends, or -1. */
    private static int copyInteger(byte[] der, int from, byte[] raw, int to) {
        int half = SIGNATURE_BYTES / 2;
        int start = from + DER_HEAD_BYTES;
        int length = start < der.length && der[from] == DER_INTEGER ? der[from + 1] : -1;
        if (length < 1 || length > half + 1 || length > der.length - start || der[start] < 0) {
            return -1;
        }
        // A zero comes first exactly where the next bit would else mean a negative number; anything else has two forms.
        boolean padded = der[start] == 0;
        boolean otherForm = padded ? length == 1 || der[start + 1] >= 0 : length > half;
        if (otherForm) {
            return -1;
        }
        int digits = padded ? length - 1 : length;
        System.arraycopy(der, start + length - digits, raw, to + half - digits, digits);
        return start + length;
    }

    private static boolean verify(PublicKey key, byte[] message, BigInteger r, BigInteger s) {
        if (!(key instanceof ECPublicKey ec) || !isP256(ec.getParams())) {
            return false;
        }
        ECPoint point = ec.getW();
        ECDSASigner verifier = new ECDSASigner();
        verifier.init(
                false,
                new ECPublicKeyParameters(
                        DOMAIN.getCurve().createPoint(point.getAffineX(), point.getAffineY()), DOMAIN));
        return verifier.verifySignature(KeyHash.sha256(message), r, s);
    }

    private static boolean isP256(ECParameterSpec parameters) {
        EllipticCurve curve = parameters.getCurve();
        return curve.equals(PARAMETERS.getCurve())
                && parameters.getGenerator().equals(PARAMETERS.getGenerator())
                && parameters.getOrder().equals(PARAMETERS.getOrder());
    }

    private static ECParameterSpec parameters() {
        try {
            AlgorithmParameters named = AlgorithmParameters.getInstance("EC");
            named.init(new ECGenParameterSpec(CURVE_NAME));
            return named.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    private static IllegalStateException missing(GeneralSecurityException e) {
        return new IllegalStateException(
                "this Java runtime has no elliptic curves; it needs the module jdk.crypto.ec", e);
    }
}
