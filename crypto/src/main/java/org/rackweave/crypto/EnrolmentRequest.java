package org.rackweave.crypto;

import static org.rackweave.crypto.IdentityException.Reason.MALFORMED;
import static org.rackweave.crypto.IdentityException.Reason.MISSING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;

/**
 * What a member to be asks the authority for: a PKCS#10 request (RFC 2986) with one common name and a key on P-256, signed with
 * that key by ECDSA and SHA-256. It proves that whoever asks has the key, and nothing else: the authority's holder compares the
 * id, the hash of that key, by a way of their own.
 */
record EnrolmentRequest(String name, PublicKey key) {
    EnrolmentRequest {
        Objects.requireNonNull(name);
        Objects.requireNonNull(key);
    }

    /** In PEM. */
    String signed(PrivateKey privateKey, SecureRandom random) {
        X500Name subject =
                new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
        try {
            byte[] der = new PKCS10CertificationRequestBuilder(
                            subject, SubjectPublicKeyInfo.getInstance(key.getEncoded()))
                    .build(new JcaContentSignerBuilder("SHA256withECDSA")
                            .setSecureRandom(random)
                            .build(privateKey))
                    .getEncoded();
            return Pem.encode(Pem.CERTIFICATE_REQUEST, der);
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException("a key just made could not sign: " + e.getMessage(), e);
        }
    }

    static EnrolmentRequest read(Path file) throws IdentityException {
        if (!Files.exists(file)) {
            throw new IdentityException(
                    MISSING, file, "there is no such file", "name what 'rackweave enroll request' wrote");
        }
        List<byte[]> blocks = Pem.decode(Pem.CERTIFICATE_REQUEST, SecretDirectory.readBounded(file))
                .orElse(List.of());
        return Optional.of(blocks)
                .filter(found -> found.size() == 1)
                .flatMap(found -> parse(found.get(0)))
                .orElseThrow(() -> new IdentityException(
                        MALFORMED,
                        file,
                        "is not one request for a certificate whose key signed it",
                        "name what 'rackweave enroll request' wrote, or make it again"));
    }

    /** The request in these bytes, when they are one in its only form; empty for all else. */
    static Optional<EnrolmentRequest> parse(byte[] der) {
        try {
            PKCS10CertificationRequest request = new PKCS10CertificationRequest(der);
            byte[] info =
                    request.toASN1Structure().getCertificationRequestInfo().getEncoded(ASN1Encoding.DER);
            Optional<PublicKey> key =
                    P256.publicKey(request.getSubjectPublicKeyInfo().getEncoded(ASN1Encoding.DER));
            boolean holds =
                    request.getSignatureAlgorithm().getAlgorithm().getId().equals(CertificateProfile.ECDSA_WITH_SHA256)
                            && Arrays.equals(request.getEncoded(), der)
                            && key.isPresent()
                            && P256.verifyDer(key.get(), info, request.getSignature());
            return holds
                    ? CertificateProfile.commonName(request.getSubject())
                            .filter(Principal::isName)
                            .map(name -> new EnrolmentRequest(name, key.get()))
                    : Optional.empty();
        } catch (IOException | RuntimeException e) {
            // The parser is not ours, and odd bytes are known to make parsers of ASN.1 throw what they do not declare.
            return Optional.empty();
        }
    }
}
