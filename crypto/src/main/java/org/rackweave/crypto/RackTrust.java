package org.rackweave.crypto;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * The roots that a rack believes, and the one place where a certificate is believed.
 *
 * <p>A leaf is signed by a root directly; there are no intermediates. The first root names the rack; others are there
 * only while one root follows another.
 */
public final class RackTrust {
    /** A root, its successor, and room for one more hand-over that is not yet finished. */
    public static final int MAX_ROOTS = 3;

    private final List<X509Certificate> roots;
    private final RackId rackId;
    private volatile SortedSet<NodeId> revoked = Collections.emptySortedSet();

    private RackTrust(List<X509Certificate> roots) {
        this.roots = roots;
        this.rackId = RackId.of(roots.get(0).getPublicKey());
    }

    /** Trusts these roots, the first of which names the rack; throws when one is not a self-signed P-256 root. */
    public static RackTrust of(List<X509Certificate> roots) {
        if (roots.isEmpty() || roots.size() > MAX_ROOTS) {
            throw new IllegalArgumentException("a rack has 1 to " + MAX_ROOTS + " roots, not " + roots.size());
        }
        if (!roots.stream().allMatch(CertificateProfile::isRoot)) {
            throw new IllegalArgumentException("a root must be a self-signed authority on P-256 with SHA-256");
        }
        return new RackTrust(List.copyOf(roots));
    }

    /** The rack that the first root stands for. */
    public RackId rackId() {
        return rackId;
    }

    /** The roots, the one that names the rack first. */
    public List<X509Certificate> roots() {
        return roots;
    }

    /**
     * Whether those who believe these roots may believe {@code next} instead: it is the same rack, no root is missing, and each that is
     * new was vouched for by one that is believed already (RFC 4210, 4.4, "NewWithOld").
     *
     * @param vouched keys of roots, each signed by another root
     */
    boolean isFollowedBy(RackTrust next, List<X509Certificate> vouched) {
        if (!next.rackId.equals(rackId) || !next.roots.containsAll(roots)) {
            return false;
        }
        Set<PublicKey> believed = new HashSet<>();
        roots.forEach(root -> believed.add(root.getPublicKey()));
        // In their order: each may rest on the one before.
        for (X509Certificate one : vouched) {
            if (CertificateProfile.isAuthority(one)
                    && Set.copyOf(believed).stream().anyMatch(key -> CertificateProfile.isSignedBy(one, key))) {
                believed.add(one.getPublicKey());
            }
        }
        return next.roots.stream().allMatch(root -> believed.contains(root.getPublicKey()));
    }

    /** From now on nobody on this list is believed, whatever they show. It takes the place of the list before. */
    public void revoke(RevocationList list) {
        revoked = list.members();
    }

    /** Judges the first certificate of {@code chain} at {@code now}; the rest is ignored, as roots are held here. */
    public Verdict verify(List<X509Certificate> chain, Instant now) {
        if (chain.isEmpty()) {
            return new Verdict.Untrusted(Distrust.NO_CERTIFICATE);
        }
        X509Certificate leaf = chain.get(0);
        return CertificateProfile.faultOfForm(leaf)
                .or(() -> faultOfIssuer(leaf, now))
                .or(() -> CertificateProfile.faultOfTime(leaf, now))
                .or(() -> faultOfHolder(leaf))
                .<Verdict>map(Verdict.Untrusted::new)
                .orElseGet(() -> CertificateProfile.principal(leaf));
    }

    /** Judges one certificate in DER, as it came in a message. */
    public Verdict verify(byte[] certificateDer, Instant now) {
        return CertificateProfile.parse(certificateDer)
                .map(certificate -> verify(List.of(certificate), now))
                .orElseGet(() -> new Verdict.Untrusted(Distrust.NO_CERTIFICATE));
    }

    private Optional<Distrust> faultOfHolder(X509Certificate leaf) {
        return revoked.contains(NodeId.of(leaf.getPublicKey())) ? Optional.of(Distrust.REVOKED) : Optional.empty();
    }

    private Optional<Distrust> faultOfIssuer(X509Certificate leaf, Instant now) {
        List<X509Certificate> named = roots.stream()
                .filter(root -> root.getSubjectX500Principal().equals(leaf.getIssuerX500Principal()))
                .toList();
        if (named.isEmpty()) {
            return Optional.of(Distrust.UNKNOWN_ISSUER);
        }
        return named.stream()
                .filter(root -> CertificateProfile.isSignedBy(leaf, root.getPublicKey()))
                .findFirst()
                .map(root -> CertificateProfile.faultOfTime(root, now))
                .orElseGet(() -> Optional.of(Distrust.BAD_SIGNATURE));
    }
}
