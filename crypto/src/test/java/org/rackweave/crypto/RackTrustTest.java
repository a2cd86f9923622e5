package org.rackweave.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

class RackTrustTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    private final SecureRandom random = new SeededRandom(2);
    private final KeyPair rootPair = P256.generate(random);
    private final X509Certificate root = root("lab", rootPair);
    private final RackTrust trust = RackTrust.of(List.of(root));
    private final KeyPair leafPair = P256.generate(random);
    private final NodeId leafId = NodeId.of(leafPair.getPublic());

    @Test
    void a_leaf_of_the_root_is_trusted_with_or_without_the_root_behind_it() {
        X509Certificate leaf = leaf(new Principal("a", leafId, Role.NODE, Optional.empty()));

        assertThat(trust.verify(List.of(leaf), NOW))
                .isEqualTo(trust.verify(List.of(leaf, root), NOW))
                .isInstanceOf(Verdict.Trusted.class);
    }

    @Test
    void nobody_and_the_root_itself_are_not_members() {
        assertThat(reason(List.of())).isEqualTo(Distrust.NO_CERTIFICATE);
        assertThat(reason(List.of(root))).isEqualTo(Distrust.NOT_A_LEAF);
    }

    @Test
    void another_root_of_the_same_name_or_another_name_is_told_apart() {
        KeyPair other = P256.generate(random);
        X509Certificate sameName = CertificateProfile.leaf(
                root("lab", other), other.getPrivate(), node(), leafPair.getPublic(), year(), random);
        X509Certificate otherName = CertificateProfile.leaf(
                root("office", other), other.getPrivate(), node(), leafPair.getPublic(), year(), random);

        assertThat(reason(List.of(sameName))).isEqualTo(Distrust.BAD_SIGNATURE);
        assertThat(reason(List.of(otherName))).isEqualTo(Distrust.UNKNOWN_ISSUER);
    }

    @Test
    void two_roots_are_believed_while_one_follows_the_other() {
        KeyPair next = P256.generate(random);
        RackTrust both = RackTrust.of(List.of(root, root("lab", next)));
        X509Certificate leaf = CertificateProfile.leaf(
                root("lab", next), next.getPrivate(), node(), leafPair.getPublic(), year(), random);

        assertThat(both.verify(List.of(leaf), NOW)).isInstanceOf(Verdict.Trusted.class);
        assertThat(both.rackId()).isEqualTo(RackId.of(rootPair.getPublic()));
    }

    @Test
    void a_certificate_in_which_any_bit_is_changed_is_none_of_this_rack() throws Exception {
        for (X509Certificate certificate : List.of(leaf(node()), leafWhoseSignatureEndsInZeros())) {
            byte[] der = certificate.getEncoded();
            for (int bit = 0; bit < der.length * Byte.SIZE; bit++) {
                byte[] changed = der.clone();
                changed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
                assertThat(trust.verify(changed, NOW)).as("bit %d", bit).isInstanceOf(Verdict.Untrusted.class);
            }
            assertThat(trust.verify(der, NOW)).isInstanceOf(Verdict.Trusted.class);
        }
    }

    /** Of such a one Java's parser also reads a signature that is some bits shorter. */
    private X509Certificate leafWhoseSignatureEndsInZeros() {
        X509Certificate leaf = leaf(node());
        while (leaf.getSignature()[leaf.getSignature().length - 1] != 0) {
            leaf = leaf(node());
        }
        return leaf;
    }

    @Test
    void times_are_judged_at_the_given_instant() {
        X509Certificate leaf = leaf(node());

        assertThat(trust.verify(List.of(leaf), NOW.minus(Duration.ofHours(2))))
                .isEqualTo(new Verdict.Untrusted(Distrust.NOT_YET_VALID));
        assertThat(trust.verify(List.of(leaf), NOW.plus(Duration.ofDays(366))))
                .isEqualTo(new Verdict.Untrusted(Distrust.EXPIRED));
    }

    @Test
    void a_leaf_that_claims_an_id_not_its_own_is_refused() {
        assertThat(reason(List.of(leaf(new Principal("a", new NodeId(1, 2), Role.NODE, Optional.empty())))))
                .isEqualTo(Distrust.ID_MISMATCH);
    }

    @Test
    void a_leaf_must_say_exactly_one_role_and_id_and_nothing_unknown() {
        String id = "urn:rackweave:node:" + leafId;
        String role = "urn:rackweave:role:node";
        String agentOf = "urn:rackweave:agent-of:" + new NodeId(1, 2);

        assertThat(reasonOfUris(id, role, "https://example.org/")).isEmpty();
        assertThat(reasonOfUris(id)).contains(Distrust.BAD_CLAIMS);
        assertThat(reasonOfUris(role)).contains(Distrust.BAD_CLAIMS);
        assertThat(reasonOfUris(id, id, role)).contains(Distrust.BAD_CLAIMS);
        assertThat(reasonOfUris(id, role, "urn:rackweave:role:operator")).contains(Distrust.BAD_CLAIMS);
        assertThat(reasonOfUris(id, "urn:rackweave:role:king")).contains(Distrust.BAD_CLAIMS);
        assertThat(reasonOfUris(id, role, agentOf)).contains(Distrust.BAD_CLAIMS);
        assertThat(reasonOfUris(id, "urn:rackweave:role:host-agent")).contains(Distrust.BAD_CLAIMS);
        assertThat(reasonOfUris(id, "urn:rackweave:role:host-agent", agentOf)).isEmpty();
        assertThat(reasonOfUris(id, role, "urn:rackweave:only-on-sundays")).contains(Distrust.BAD_CLAIMS);
        assertThat(reasonOfUris("urn:rackweave:node:XYZ", role)).contains(Distrust.BAD_CLAIMS);
    }

    @Test
    void a_leaf_in_another_form_is_refused_by_name() {
        GeneralNames claims = uris("urn:rackweave:node:" + leafId, "urn:rackweave:role:node");

        assertThat(reason(List.of(custom("CN=a", claims, KeyUsage.digitalSignature, Duration.ofDays(400)))))
                .isEqualTo(Distrust.VALID_TOO_LONG);
        assertThat(reason(List.of(custom("CN=a", claims, KeyUsage.keyAgreement, Duration.ofDays(1)))))
                .isEqualTo(Distrust.WRONG_USAGE);
        for (String name : List.of("CN=A", "O=a", "CN=a,O=b", "CN=a+O=b", "CN=a b")) {
            assertThat(reason(List.of(custom(name, claims, KeyUsage.digitalSignature, Duration.ofDays(1)))))
                    .as(name)
                    .isEqualTo(Distrust.BAD_NAME);
        }
    }

    @Test
    void trust_needs_one_to_three_real_roots() {
        X509Certificate leaf = leaf(node());

        assertThatThrownBy(() -> RackTrust.of(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RackTrust.of(List.of(leaf))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RackTrust.of(List.of(root, root, root, root)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Principal node() {
        return new Principal("a", leafId, Role.NODE, Optional.empty());
    }

    private X509Certificate root(String name, KeyPair pair) {
        return CertificateProfile.root(
                name,
                pair.getPublic(),
                pair.getPrivate(),
                CertificateProfile.Validity.from(NOW, CertificateProfile.ROOT_VALIDITY),
                random);
    }

    private X509Certificate leaf(Principal subject) {
        return CertificateProfile.leaf(root, rootPair.getPrivate(), subject, leafPair.getPublic(), year(), random);
    }

    private static CertificateProfile.Validity year() {
        return CertificateProfile.Validity.from(NOW, CertificateProfile.LEAF_VALIDITY);
    }

    private Distrust reason(List<X509Certificate> chain) {
        return ((Verdict.Untrusted) trust.verify(chain, NOW)).reason();
    }

    private Optional<Distrust> reasonOfUris(String... texts) {
        X509Certificate leaf = custom("CN=a", uris(texts), KeyUsage.digitalSignature, Duration.ofDays(1));
        return trust.verify(List.of(leaf), NOW).fold(principal -> Optional.empty(), Optional::of);
    }

    private static GeneralNames uris(String... texts) {
        GeneralName[] names = new GeneralName[texts.length];
        for (int i = 0; i < texts.length; i++) {
            names[i] = new GeneralName(GeneralName.uniformResourceIdentifier, texts[i]);
        }
        return new GeneralNames(names);
    }

    /** A certificate that the profile itself would never make. */
    private X509Certificate custom(String subject, GeneralNames claims, int usage, Duration length) {
        try {
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                    X500Name.getInstance(root.getSubjectX500Principal().getEncoded()),
                    BigInteger.TEN,
                    Date.from(NOW),
                    Date.from(NOW.plus(length)),
                    new X500Name(subject),
                    SubjectPublicKeyInfo.getInstance(leafPair.getPublic().getEncoded()));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
            KeyPurposeId[] purposes = {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth};
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
            builder.addExtension(Extension.subjectAlternativeName, false, claims);
            byte[] der = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(rootPair.getPrivate()))
                    .getEncoded();
            return CertificateProfile.parse(der).orElseThrow();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
