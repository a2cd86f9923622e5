package org.rackweave.crypto;

import static org.rackweave.crypto.IdentityException.Reason.KEY_MISMATCH;
import static org.rackweave.crypto.IdentityException.Reason.MALFORMED;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The names and contents of the files in an authority's and in an identity's directory. */
final class IdentityFiles {
    static final String CA_KEY = "ca.key.pem";
    static final String CA_CERTIFICATE = "ca.cert.pem";
    static final String NODE_KEY = "node.key.pem";
    static final String NODE_CERTIFICATE = "node.cert.pem";
    static final String GROUP_KEY = "group.key";
    static final String ISSUED_LOG = "issued.log";
    static final String REQUEST = "request.pem";
    static final String NEXT_CA_KEY = "ca.next.key.pem";
    static final String ROLLOVER = "rollover.pem";

    private static final byte[] PROBE =
            "rackweave: does this key belong to this certificate?".getBytes(StandardCharsets.US_ASCII);

    private IdentityFiles() {}

    static SecretDirectory.NewFile key(String name, PrivateKey key) {
        String pem = Pem.encode(Pem.PRIVATE_KEY, key.getEncoded());
        return new SecretDirectory.NewFile(name, SecretDirectory.Secrecy.SECRET, pem);
    }

    static SecretDirectory.NewFile certificate(String name, X509Certificate certificate) {
        return certificates(name, List.of(certificate));
    }

    static SecretDirectory.NewFile certificates(String name, List<X509Certificate> certificates) {
        String pem = certificates.stream()
                .map(certificate -> Pem.encode(Pem.CERTIFICATE, der(certificate)))
                .collect(Collectors.joining());
        return new SecretDirectory.NewFile(name, SecretDirectory.Secrecy.PUBLIC, pem);
    }

    static PrivateKey readKey(SecretDirectory directory, String name) throws IdentityException {
        Path file = directory.file(name);
        byte[] pem = directory.read(name, SecretDirectory.Secrecy.SECRET);
        List<byte[]> blocks = Pem.decode(Pem.PRIVATE_KEY, pem).orElse(List.of());
        if (blocks.size() != 1) {
            throw malformed(file, "is not one unencrypted PKCS#8 private key in PEM");
        }
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(blocks.get(0)));
        } catch (GeneralSecurityException e) {
            // The cause is not passed on: a parser's message may quote what it could not parse.
            throw malformed(file, "is not an elliptic-curve private key");
        }
    }

    static List<X509Certificate> readCertificates(SecretDirectory directory, String name) throws IdentityException {
        Path file = directory.file(name);
        byte[] pem = directory.read(name, SecretDirectory.Secrecy.PUBLIC);
        List<X509Certificate> certificates = new ArrayList<>();
        for (byte[] der : Pem.decode(Pem.CERTIFICATE, pem).orElse(List.of())) {
            certificates.add(CertificateProfile.parse(der)
                    .orElseThrow(() -> malformed(file, "holds a certificate that does not parse")));
        }
        if (certificates.isEmpty()) {
            throw malformed(file, "holds no certificate in PEM");
        }
        return List.copyOf(certificates);
    }

    /** New roots as older ones vouch for them; empty where no root ever followed another. */
    static List<X509Certificate> readRollover(SecretDirectory directory) throws IdentityException {
        return directory.holds(ROLLOVER) ? readCertificates(directory, ROLLOVER) : List.of();
    }

    static RackTrust readTrust(SecretDirectory directory) throws IdentityException {
        List<X509Certificate> roots = readCertificates(directory, CA_CERTIFICATE);
        try {
            return RackTrust.of(roots);
        } catch (IllegalArgumentException e) {
            throw malformed(
                    directory.file(CA_CERTIFICATE),
                    "holds a root that is not a self-signed authority on P-256, or too many");
        }
    }

    static boolean belong(PrivateKey key, PublicKey publicKey, SecureRandom random) {
        try {
            return P256.verify(publicKey, PROBE, P256.sign(key, PROBE, random));
        } catch (IllegalStateException e) {
            return false;
        }
    }

    static void requireBelonging(Path keyFile, PrivateKey key, X509Certificate certificate, SecureRandom random)
            throws IdentityException {
        if (!belong(key, certificate.getPublicKey(), random)) {
            throw new IdentityException(
                    KEY_MISMATCH,
                    keyFile,
                    "does not belong to the certificate beside it",
                    "restore the pair, or issue a new one");
        }
    }

    static byte[] der(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a parsed certificate has no encoding", e);
        }
    }

    static IdentityException malformed(Path file, String problem) {
        return new IdentityException(MALFORMED, file, problem, "restore it, or issue the identity again");
    }
}
