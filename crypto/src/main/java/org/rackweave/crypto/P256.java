package org.rackweave.crypto;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.EllipticCurve;

/**
 * The one curve of identities and the one signature over it (ES256: ECDSA with SHA-256, signature as 64 bytes r‖s).
 *
 * <p>It goes through the Java provider interface, not through a library's own classes, because the private key may
 * live in a token that only such a provider can reach.
 */
final class P256 {
    static final int SIGNATURE_BYTES = 64;
    private static final String CURVE_NAME = "secp256r1";
    private static final String ES256 = "SHA256withECDSAinP1363Format";
    private static final ECParameterSpec PARAMETERS = parameters();

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

    static byte[] sign(PrivateKey key, byte[] message, SecureRandom random) {
        try {
            Signature signature = Signature.getInstance(ES256);
            signature.initSign(key, random);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the identity's key could not sign: " + e.getMessage(), e);
        }
    }

    static boolean verify(PublicKey key, byte[] message, byte[] signatureBytes) {
        if (signatureBytes.length != SIGNATURE_BYTES || !isP256(key)) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance(ES256);
            signature.initVerify(key);
            signature.update(message);
            return signature.verify(signatureBytes);
        } catch (NoSuchAlgorithmException e) {
            throw missing(e);
        } catch (GeneralSecurityException e) {
            // The JDK throws, instead of answering no, when r or s is out of range: to us that is one more bad
            // signature.
            return false;
        }
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
