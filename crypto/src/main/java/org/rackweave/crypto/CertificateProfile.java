package org.rackweave.crypto;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The one form that certificates of a rack have, written and read in one place so that the two cannot drift apart.
 *
 * <p>Role and id stand in the subject alternative name as URIs: {@code urn:rackweave:node:<32 hex>},
 * {@code urn:rackweave:role:<word>} and, for a host agent, {@code urn:rackweave:agent-of:<32 hex>}. A URI that starts with
 * {@code urn:rackweave:} and is not one of these is refused: it may be a restriction that a later version made. Key
 * identifiers are the same 16 bytes as {@link NodeId} and {@link RackId}, so that any X.509 tool shows them.
 */
final class CertificateProfile {
    static final Duration ROOT_VALIDITY = Duration.ofDays(3650);
    static final Duration LEAF_VALIDITY = Duration.ofDays(365);
    /** Certificates begin this much before they are made: the clocks of a rack's cards do not agree to the minute. */
    static final Duration BACKDATED = Duration.ofHours(1);

    static final Duration LEAF_VALIDITY_AT_MOST = Duration.ofDays(366);

    private static final String URN = "urn:rackweave:";
    private static final String NODE_URN = URN + "node:";
    private static final String ROLE_URN = URN + "role:";
    private static final String AGENT_OF_URN = URN + "agent-of:";

    static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    private static final String CLIENT_AUTHENTICATION = KeyPurposeId.id_kp_clientAuth.getId();
    private static final String SERVER_AUTHENTICATION = KeyPurposeId.id_kp_serverAuth.getId();
    private static final int SAN_URI = 6;
    private static final int DIGITAL_SIGNATURE_BIT = 0;
    private static final int CERTIFICATE_SIGNING_BIT = 5;
    private static final int SERIAL_BITS = 127;

    private CertificateProfile() {}

    /** An interval of validity, in whole seconds as X.509 has them. */
    record Validity(Instant notBefore, Instant notAfter) {
        static Validity from(Instant now, Duration length) {
            Instant second = now.truncatedTo(ChronoUnit.SECONDS);
            return new Validity(second.minus(BACKDATED), second.plus(length));
        }

        Validity within(X509Certificate issuer) {
            Instant first = issuer.getNotBefore().toInstant();
            Instant last = issuer.getNotAfter().toInstant();
            return new Validity(
                    notBefore.isBefore(first) ? first : notBefore, notAfter.isAfter(last) ? last : notAfter);
        }
    }

    static X509Certificate root(
            String rackName, PublicKey key, PrivateKey signer, Validity validity, SecureRandom random) {
        // The organisation keeps this name apart from every member's: with equal names a leaf would look self-issued.
        X500Name name = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, "Rackweave")
                .addRDN(BCStyle.CN, rackName)
                .build();
        X509v3CertificateBuilder builder = builder(name, name, key, validity, random);
        byte[] id = RackId.of(key).bytes();
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(id));
            return signed(builder, signer, random);
        } catch (CertIOException e) {
            throw new IllegalStateException("an extension of our own making could not be encoded", e);
        }
    }

    /** What the rack is called, by a root that was made here. */
    static String rackName(X509Certificate root) {
        RDN[] names = X500Name.getInstance(root.getSubjectX500Principal().getEncoded())
                .getRDNs(BCStyle.CN);
        return names.length == 1 && names[0].getFirst().getValue() instanceof ASN1String name ? name.getString() : "";
    }

    static X509Certificate leaf(
            X509Certificate root,
            PrivateKey signer,
            Principal subject,
            PublicKey key,
            Validity validity,
            SecureRandom random) {
        X500Name issuer = X500Name.getInstance(root.getSubjectX500Principal().getEncoded());
        X500Name name = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, subject.name())
                .build();
        X509v3CertificateBuilder builder = builder(issuer, name, key, validity.within(root), random);
        KeyPurposeId[] purposes = {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth};
        byte[] rackId = RackId.of(root.getPublicKey()).bytes();
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
            builder.addExtension(Extension.subjectAlternativeName, false, claims(subject));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new SubjectKeyIdentifier(subject.id().bytes()));
            builder.addExtension(Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(rackId));
            return signed(builder, signer, random);
        } catch (CertIOException e) {
            throw new IllegalStateException("an extension of our own making could not be encoded", e);
        }
    }

    /** Whether {@code certificate} is a root of the form made here, signed by itself. */
    static boolean isRoot(X509Certificate certificate) {
        return isAuthority(certificate) && isSignedBy(certificate, certificate.getPublicKey());
    }

    /** Whether {@code certificate} is of the form of a root, whoever signed it. */
    static boolean isAuthority(X509Certificate certificate) {
        boolean[] usage = Optional.ofNullable(certificate.getKeyUsage()).orElse(new boolean[0]);
        return P256.isP256(certificate.getPublicKey())
                && certificate.getSigAlgOID().equals(ECDSA_WITH_SHA256)
                && certificate.getBasicConstraints() >= 0
                && usage.length > CERTIFICATE_SIGNING_BIT
                && usage[CERTIFICATE_SIGNING_BIT]
                && !certificate.hasUnsupportedCriticalExtension();
    }

    static boolean isSignedBy(X509Certificate certificate, PublicKey issuer) {
        try {
            return isInOwnForm(certificate)
                    && P256.verifyDer(issuer, certificate.getTBSCertificate(), certificate.getSignature());
        } catch (CertificateEncodingException e) {
            return false;
        }
    }

    /**
     * Whether the bytes around what is signed are the only ones that its parts can have in DER (RFC 5280, 4.1; RFC 5758,
     * 3.2). Java's parser also takes others, such as a signature of 509 bits whose last three are zero: a certificate would
     * then have more than one form under one signature, and a changed export of a ledger would pass for the one it was.
     */
    private static boolean isInOwnForm(X509Certificate certificate) throws CertificateEncodingException {
        ASN1EncodableVector parts = new ASN1EncodableVector();
        try {
            parts.add(ASN1Primitive.fromByteArray(certificate.getTBSCertificate()));
            parts.add(new AlgorithmIdentifier(new ASN1ObjectIdentifier(certificate.getSigAlgOID())));
            parts.add(new DERBitString(certificate.getSignature()));
            return Arrays.equals(new DERSequence(parts).getEncoded(ASN1Encoding.DER), certificate.getEncoded());
        } catch (IOException e) {
            return false;
        }
    }

    /** What can be refused of a leaf before a signature is computed. */
    static Optional<Distrust> faultOfForm(X509Certificate leaf) {
        if (!P256.isP256(leaf.getPublicKey())) {
            return Optional.of(Distrust.WRONG_KEY);
        }
        if (!leaf.getSigAlgOID().equals(ECDSA_WITH_SHA256)) {
            return Optional.of(Distrust.WRONG_SIGNATURE_ALGORITHM);
        }
        if (leaf.getBasicConstraints() >= 0) {
            return Optional.of(Distrust.NOT_A_LEAF);
        }
        if (leaf.hasUnsupportedCriticalExtension()) {
            return Optional.of(Distrust.UNKNOWN_CRITICAL_EXTENSION);
        }
        Duration length = Duration.between(
                leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant());
        if (length.compareTo(LEAF_VALIDITY_AT_MOST) > 0) {
            return Optional.of(Distrust.VALID_TOO_LONG);
        }
        return provesBothEnds(leaf) ? Optional.empty() : Optional.of(Distrust.WRONG_USAGE);
    }

    static Optional<Distrust> faultOfTime(X509Certificate certificate, Instant now) {
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            return Optional.of(Distrust.NOT_YET_VALID);
        }
        return now.isAfter(certificate.getNotAfter().toInstant()) ? Optional.of(Distrust.EXPIRED) : Optional.empty();
    }

    /** Reads whom a leaf speaks of; the caller has checked its signature. */
    static Verdict principal(X509Certificate leaf) {
        Optional<String> name = commonName(
                        X500Name.getInstance(leaf.getSubjectX500Principal().getEncoded()))
                .filter(Principal::isName);
        if (name.isEmpty()) {
            return new Verdict.Untrusted(Distrust.BAD_NAME);
        }
        Claims claims = Claims.of(leaf);
        if (!claims.areComplete()) {
            return new Verdict.Untrusted(Distrust.BAD_CLAIMS);
        }
        NodeId id = claims.ids.get(0);
        if (!id.equals(NodeId.of(leaf.getPublicKey()))) {
            return new Verdict.Untrusted(Distrust.ID_MISMATCH);
        }
        Optional<NodeId> agentOf = claims.agentOf.stream().findFirst();
        return new Verdict.Trusted(new Principal(name.get(), id, claims.roles.get(0), agentOf));
    }

    /** Parses one DER certificate; empty when it is none. */
    static Optional<X509Certificate> parse(byte[] der) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            ByteArrayInputStream input = new ByteArrayInputStream(der);
            X509Certificate certificate = (X509Certificate) factory.generateCertificate(input);
            return input.available() == 0 ? Optional.of(certificate) : Optional.empty();
        } catch (CertificateException | RuntimeException e) {
            // The parser is not ours, and odd bytes are known to make parsers of X.509 throw what they do not declare.
            return Optional.empty();
        }
    }

    /** The URIs of a leaf, sorted; unknown ones of our own name space are remembered as a fault. */
    private static final class Claims {
        private final List<NodeId> ids = new ArrayList<>();
        private final List<Role> roles = new ArrayList<>();
        private final List<NodeId> agentOf = new ArrayList<>();
        private int faults;

        static Claims of(X509Certificate leaf) {
            Claims claims = new Claims();
            alternativeUris(leaf).forEach(claims::add);
            return claims;
        }

        boolean areComplete() {
            if (faults > 0 || ids.size() != 1 || roles.size() != 1) {
                return false;
            }
            int expected = roles.get(0) == Role.HOST_AGENT ? 1 : 0;
            return agentOf.size() == expected;
        }

        private void add(String uri) {
            if (uri.startsWith(NODE_URN)) {
                addId(uri.substring(NODE_URN.length()), ids);
            } else if (uri.startsWith(AGENT_OF_URN)) {
                addId(uri.substring(AGENT_OF_URN.length()), agentOf);
            } else if (uri.startsWith(ROLE_URN)) {
                Role.ofWord(uri.substring(ROLE_URN.length())).ifPresentOrElse(roles::add, () -> faults++);
            } else if (uri.startsWith(URN)) {
                faults++;
            }
        }

        private void addId(String hex, List<NodeId> found) {
            try {
                found.add(NodeId.parse(hex));
            } catch (IllegalArgumentException e) {
                faults++;
            }
        }
    }

    private static GeneralNames claims(Principal subject) {
        List<GeneralName> names = new ArrayList<>();
        names.add(uri(NODE_URN + subject.id()));
        names.add(uri(ROLE_URN + subject.role().word()));
        subject.agentOf().ifPresent(node -> names.add(uri(AGENT_OF_URN + node)));
        return new GeneralNames(names.toArray(new GeneralName[0]));
    }

    private static GeneralName uri(String text) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, text);
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey key, Validity validity, SecureRandom random) {
        return new X509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1),
                Date.from(validity.notBefore()),
                Date.from(validity.notAfter()),
                subject,
                SubjectPublicKeyInfo.getInstance(P256.requirePublic(key).getEncoded()));
    }

    private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey signer, SecureRandom random) {
        try {
            // Without a provider named, the builder asks Java's own: registering another costs a card tens of
            // megabytes.
            byte[] der = builder.build(new JcaContentSignerBuilder("SHA256withECDSA")
                            .setSecureRandom(random)
                            .build(signer))
                    .getEncoded();
            return parse(der).orElseThrow(() -> new IllegalStateException("a certificate just made does not parse"));
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException("the authority's key could not sign: " + e.getMessage(), e);
        }
    }

    private static boolean provesBothEnds(X509Certificate leaf) {
        try {
            boolean[] usage = Optional.ofNullable(leaf.getKeyUsage()).orElse(new boolean[1]);
            List<String> purposes =
                    Optional.ofNullable(leaf.getExtendedKeyUsage()).orElse(List.of());
            return usage[DIGITAL_SIGNATURE_BIT]
                    && purposes.contains(CLIENT_AUTHENTICATION)
                    && purposes.contains(SERVER_AUTHENTICATION);
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    private static List<String> alternativeUris(X509Certificate leaf) {
        try {
            Collection<List<?>> names =
                    Optional.ofNullable(leaf.getSubjectAlternativeNames()).orElse(List.of());
            return names.stream()
                    .filter(name -> name.get(0).equals(SAN_URI))
                    .map(name -> String.valueOf(name.get(1)))
                    .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    /** The one common name that a subject consists of; empty when it is anything else. */
    static Optional<String> commonName(X500Name subject) {
        RDN[] rdns = subject.getRDNs();
        if (rdns.length != 1 || rdns[0].isMultiValued()) {
            return Optional.empty();
        }
        ASN1Encodable value = rdns[0].getFirst().getValue();
        boolean isCommonName = rdns[0].getFirst().getType().equals(BCStyle.CN);
        return isCommonName && value instanceof ASN1String text ? Optional.of(text.getString()) : Optional.empty();
    }
}
