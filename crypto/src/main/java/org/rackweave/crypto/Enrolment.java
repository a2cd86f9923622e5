package org.rackweave.crypto;

import static org.rackweave.crypto.IdentityException.Reason.NOT_ISSUABLE;
import static org.rackweave.crypto.IdentityException.Reason.NOT_TRUSTED;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A member's side of its identity: it makes its key, which never leaves its directory, takes what the authority answers, and tells
 * how it stands. A directory with a key and a request and no certificate is one that waits for its answer.
 */
public final class Enrolment {
    /** What is left of a certificate when its holder should have the next one. */
    public static final Duration RENEW_BEFORE = Duration.ofDays(30);

    /** The file for the authority. */
    public static final String REQUEST = IdentityFiles.REQUEST;

    private Enrolment() {}

    /**
     * How an identity stands.
     *
     * @param principal whom its certificate names
     * @param rack of its first root
     * @param notAfter when its certificate ends
     * @param roots when each root ends that it believes, the one that names the rack first
     * @param revocations the number of the list of revocations beside it; empty when there is none
     * @param groupKey the group key beside it; empty when there is none
     */
    public record Standing(
            Principal principal,
            RackId rack,
            Instant notAfter,
            List<Instant> roots,
            Optional<Long> revocations,
            Optional<GroupEpochId> groupKey) {
        public Standing {
            Objects.requireNonNull(principal);
            Objects.requireNonNull(rack);
            Objects.requireNonNull(notAfter);
            roots = List.copyOf(roots);
            Objects.requireNonNull(revocations);
            Objects.requireNonNull(groupKey);
        }

        /** Whether its holder should have the next certificate by now. */
        public boolean isToBeRenewed(Instant now) {
            return Enrolment.isToBeRenewed(notAfter, now);
        }
    }

    /** Whether a certificate that ends then is near its end. */
    public static boolean isToBeRenewed(Instant notAfter, Instant now) {
        return now.isAfter(notAfter.minus(RENEW_BEFORE));
    }

    /**
     * Makes a key and a request in the new directory {@code directory}.
     *
     * @return the id that the authority's holder has to see too
     */
    public static NodeId request(Path directory, String name, SecureRandom random) throws IdentityException {
        RackAuthority.requireName(directory, name);
        KeyPair pair = P256.generate(random);
        String request = new EnrolmentRequest(name, pair.getPublic()).signed(pair.getPrivate(), random);
        SecretDirectory.create(
                directory,
                List.of(
                        IdentityFiles.key(IdentityFiles.NODE_KEY, pair.getPrivate()),
                        new SecretDirectory.NewFile(IdentityFiles.REQUEST, SecretDirectory.Secrecy.PUBLIC, request)),
                random);
        return NodeId.of(pair.getPublic());
    }

    /**
     * Takes what the authority made for the key in {@code directory}: a first certificate, or the next one, with the roots to
     * believe. Its rack is believed at the first time; afterwards only what the roots here vouch for. A crash leaves the old
     * certificate or the new one, and roots that believe it.
     *
     * @param answer a directory that {@link RackAuthority} made from a request or a certificate
     */
    public static Standing install(Path directory, Path answer, Instant now) throws IdentityException {
        SecretDirectory own = SecretDirectory.open(directory);
        SecretDirectory brought = SecretDirectory.open(answer);
        PrivateKey key = IdentityFiles.readKey(own, IdentityFiles.NODE_KEY);
        X509Certificate next = IdentityFiles.readCertificates(brought, IdentityFiles.NODE_CERTIFICATE)
                .get(0);
        IdentityFiles.requireBelonging(own.file(IdentityFiles.NODE_KEY), key, next, new SecureRandom());
        RackTrust trust = IdentityFiles.readTrust(brought);
        if (own.holds(IdentityFiles.CA_CERTIFICATE)) {
            requireSuccession(own, brought, trust);
        }
        if (own.holds(IdentityFiles.NODE_CERTIFICATE)) {
            requireNewer(own, brought, next);
        }
        Optional<byte[]> revoked =
                RevocationList.newest(List.of(own.file(RevocationList.FILE), brought.file(RevocationList.FILE)), trust);
        revoked.flatMap(signed -> RevocationList.read(signed, trust)).ifPresent(trust::revoke);
        Verdict verdict = trust.verify(List.of(next), now);
        if (verdict instanceof Verdict.Untrusted untrusted) {
            throw new IdentityException(
                    NOT_TRUSTED,
                    brought.file(IdentityFiles.NODE_CERTIFICATE),
                    untrusted.reason().sentence(),
                    "let the authority answer once more");
        }
        own.replace(IdentityFiles.certificates(IdentityFiles.CA_CERTIFICATE, trust.roots()));
        if (revoked.isPresent()) {
            own.replace(RevocationList.file(revoked.get()));
        }
        if (brought.holds(IdentityFiles.GROUP_KEY) && isNewerGroupKey(own, brought)) {
            own.replace(GroupKey.load(brought).file());
        }
        own.replace(IdentityFiles.certificate(IdentityFiles.NODE_CERTIFICATE, next));
        own.remove(IdentityFiles.REQUEST);
        return status(directory, now);
    }

    /** How the identity in {@code directory} stands, after the same checks as {@link Identity#load}. */
    public static Standing status(Path directory, Instant now) throws IdentityException {
        SecretDirectory own = SecretDirectory.open(directory);
        if (!own.holds(IdentityFiles.NODE_CERTIFICATE) && own.holds(IdentityFiles.REQUEST)) {
            throw new IdentityException(
                    IdentityException.Reason.MISSING,
                    own.file(IdentityFiles.NODE_CERTIFICATE),
                    "the authority has not answered yet",
                    "bring it " + own.file(IdentityFiles.REQUEST) + ", and install what it makes of it");
        }
        Identity identity = Identity.load(own, now);
        RackTrust trust = identity.trust();
        return new Standing(
                identity.principal(),
                trust.rackId(),
                identity.notAfter(),
                trust.roots().stream()
                        .map(root -> root.getNotAfter().toInstant())
                        .toList(),
                RevocationList.load(own.file(RevocationList.FILE), trust).map(RevocationList::number),
                own.holds(IdentityFiles.GROUP_KEY)
                        ? Optional.of(GroupKey.load(own).id())
                        : Optional.empty());
    }

    private static void requireSuccession(SecretDirectory own, SecretDirectory brought, RackTrust next)
            throws IdentityException {
        if (!IdentityFiles.readTrust(own).isFollowedBy(next, IdentityFiles.readRollover(brought))) {
            throw new IdentityException(
                    NOT_TRUSTED,
                    brought.file(IdentityFiles.CA_CERTIFICATE),
                    "it lacks a root that is believed here, or has one that no such root vouches for",
                    "take the newest answer of this rack's authority; to join another rack, make another identity");
        }
    }

    private static void requireNewer(SecretDirectory own, SecretDirectory brought, X509Certificate next)
            throws IdentityException {
        X509Certificate old = IdentityFiles.readCertificates(own, IdentityFiles.NODE_CERTIFICATE)
                .get(0);
        if (next.getNotAfter().toInstant().isBefore(old.getNotAfter().toInstant())) {
            throw new IdentityException(
                    NOT_ISSUABLE,
                    brought.file(IdentityFiles.NODE_CERTIFICATE),
                    "it ends at " + next.getNotAfter().toInstant() + ", before the one that is here",
                    "install the authority's newest answer");
        }
    }

    private static boolean isNewerGroupKey(SecretDirectory own, SecretDirectory brought) throws IdentityException {
        return !own.holds(IdentityFiles.GROUP_KEY)
                || GroupKey.load(own).id().number()
                        < GroupKey.load(brought).id().number();
    }
}
