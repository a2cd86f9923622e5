package org.rackweave.crypto;

import static org.rackweave.crypto.IdentityException.Reason.EXPIRED;
import static org.rackweave.crypto.IdentityException.Reason.NOT_TRUSTED;
import static org.rackweave.crypto.IdentityException.Reason.NOT_YET_VALID;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * This process's own key and certificate, and the roots that it believes: what DTLS and the per-boot key are made with.
 *
 * <p>The directory holds {@code node.key.pem}, {@code node.cert.pem} and {@code ca.cert.pem}, and for a node also
 * {@code group.key}, which {@link GroupKey#load} reads.
 */
public final class Identity {
    private final Principal principal;
    private final X509Certificate certificate;
    private final PrivateKey privateKey;
    private final RackTrust trust;

    private Identity(Principal principal, X509Certificate certificate, PrivateKey privateKey, RackTrust trust) {
        this.principal = principal;
        this.certificate = certificate;
        this.privateKey = privateKey;
        this.trust = trust;
    }

    /**
     * Loads the identity in {@code directory} and checks it as a stranger would.
     *
     * @param now the time to judge the certificate by; a card without a clock passes the last time that it knows of
     * @throws IdentityException when others can reach the secrets, something is missing or malformed, key and
     *     certificate do not belong together, or the rack's root does not vouch for the certificate at {@code now}
     */
    public static Identity load(Path directory, Instant now) throws IdentityException {
        return load(SecretDirectory.open(directory), now);
    }

    static Identity load(SecretDirectory directory, Instant now) throws IdentityException {
        PrivateKey key = IdentityFiles.readKey(directory, IdentityFiles.NODE_KEY);
        List<X509Certificate> chain = IdentityFiles.readCertificates(directory, IdentityFiles.NODE_CERTIFICATE);
        RackTrust trust = IdentityFiles.readTrust(directory);
        RevocationList.load(directory.file(RevocationList.FILE), trust).ifPresent(trust::revoke);
        X509Certificate leaf = chain.get(0);
        // ECDSA signs nothing of value here, the signature is thrown away: any random source will do.
        IdentityFiles.requireBelonging(directory.file(IdentityFiles.NODE_KEY), key, leaf, new SecureRandom());
        Verdict verdict = trust.verify(chain, now);
        if (verdict instanceof Verdict.Trusted trusted) {
            return new Identity(trusted.principal(), leaf, key, trust);
        }
        Distrust reason = ((Verdict.Untrusted) verdict).reason();
        throw untrusted(directory.file(IdentityFiles.NODE_CERTIFICATE), leaf, reason, now);
    }

    /** What the certificate says of its holder. */
    public Principal principal() {
        return principal;
    }

    /** The certificates to show a peer: the leaf alone, as every member holds the root. */
    public List<X509Certificate> certificateChain() {
        return List.of(certificate);
    }

    /** The key, for the DTLS engine; it may be a handle to one that cannot be extracted. */
    public PrivateKey privateKey() {
        return privateKey;
    }

    /** The roots that this process believes. */
    public RackTrust trust() {
        return trust;
    }

    /** When the certificate ends: the time by which it must have been renewed. */
    public Instant notAfter() {
        return certificate.getNotAfter().toInstant();
    }

    /** Names the holder; never shows the key. */
    @Override
    public String toString() {
        return principal.toString();
    }

    private static IdentityException untrusted(Path file, X509Certificate leaf, Distrust reason, Instant now) {
        if (reason == Distrust.EXPIRED) {
            return new IdentityException(
                    EXPIRED,
                    file,
                    "expired at " + leaf.getNotAfter().toInstant() + ", and it is " + now,
                    "issue a new identity, or correct the clock");
        }
        if (reason == Distrust.NOT_YET_VALID) {
            return new IdentityException(
                    NOT_YET_VALID,
                    file,
                    "is valid from " + leaf.getNotBefore().toInstant() + ", and it is " + now,
                    "correct the clock: it is behind");
        }
        return new IdentityException(
                NOT_TRUSTED, file, reason.sentence(), "issue the identity with this rack's authority");
    }
}
