package org.rackweave.crypto;

import static org.rackweave.crypto.IdentityException.Reason.EXPIRED;
import static org.rackweave.crypto.IdentityException.Reason.NOT_ISSUABLE;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rack's certificate authority: a directory with the root's key, to be kept off line.
 *
 * <p>Issuing writes a line to {@code issued.log} and syncs it before the identity directory appears, so that no
 * certificate is in use that the authority does not know of.
 */
public final class RackAuthority {
    private static final Pattern ISSUED = Pattern.compile(" name=(\\S+) role=\\S+ id=([0-9a-f]{32}) ");

    private final SecretDirectory directory;
    private final PrivateKey key;
    private final List<X509Certificate> roots;
    /** The one of them that signs. */
    private final X509Certificate root;

    private final SecureRandom random;

    private RackAuthority(
            SecretDirectory directory,
            PrivateKey key,
            List<X509Certificate> roots,
            X509Certificate root,
            SecureRandom random) {
        this.directory = directory;
        this.key = key;
        this.roots = roots;
        this.root = root;
        this.random = random;
    }

    /** Makes a new rack: a root that is valid for ten years, and the first group key. */
    public static RackAuthority create(Path directory, String rackName, Instant now, SecureRandom random)
            throws IdentityException {
        requireName(directory, rackName);
        KeyPair pair = P256.generate(random);
        var validity = CertificateProfile.Validity.from(now, CertificateProfile.ROOT_VALIDITY);
        X509Certificate root = CertificateProfile.root(rackName, pair.getPublic(), pair.getPrivate(), validity, random);
        SecretDirectory.create(
                directory,
                List.of(
                        IdentityFiles.key(IdentityFiles.CA_KEY, pair.getPrivate()),
                        IdentityFiles.certificate(IdentityFiles.CA_CERTIFICATE, root),
                        GroupKey.generate(GroupKey.FIRST_NUMBER, random).file()),
                random);
        return open(directory, random);
    }

    /** Opens the authority in {@code directory}, after the same checks of permissions as {@link Identity#load}. */
    public static RackAuthority open(Path directory, SecureRandom random) throws IdentityException {
        SecretDirectory opened = SecretDirectory.open(directory);
        PrivateKey key = IdentityFiles.readKey(opened, IdentityFiles.CA_KEY);
        List<X509Certificate> roots = IdentityFiles.readTrust(opened).roots();
        X509Certificate root = roots.stream()
                .filter(one -> IdentityFiles.belong(key, one.getPublicKey(), random))
                .findFirst()
                .orElse(roots.get(0));
        IdentityFiles.requireBelonging(opened.file(IdentityFiles.CA_KEY), key, root, random);
        return new RackAuthority(opened, key, roots, root, random);
    }

    /**
     * Makes a key and a certificate for {@code name} in the new directory {@code out}.
     *
     * @param agentOf the node whose host it is, for {@link Role#HOST_AGENT} and for no other role
     */
    public Principal issue(String name, Role role, Optional<NodeId> agentOf, Path out, Instant now)
            throws IdentityException {
        KeyPair pair = P256.generate(random);
        return certify(
                name,
                role,
                agentOf,
                pair.getPublic(),
                out,
                List.of(IdentityFiles.key(IdentityFiles.NODE_KEY, pair.getPrivate())),
                now);
    }

    /**
     * Makes a certificate for a key that was made elsewhere and stays there, in the new directory {@code out}, which
     * {@link Enrolment#install} takes.
     *
     * @param name what the request must ask for: whoever mixes two of them up is told
     * @param request the file that {@link Enrolment#request} wrote
     */
    public Principal issue(String name, Role role, Optional<NodeId> agentOf, Path request, Path out, Instant now)
            throws IdentityException {
        EnrolmentRequest asked = EnrolmentRequest.read(request);
        if (!asked.name().equals(name)) {
            throw new IdentityException(
                    NOT_ISSUABLE,
                    request,
                    "this is the request of '" + asked.name() + "', not of '" + name + "'",
                    "name the right file, or the right member");
        }
        return certify(name, role, agentOf, asked.key(), out, List.of(), now);
    }

    /**
     * Makes the next certificate for a member that this authority knows, with the same key, name and role, in the new directory
     * {@code out}, which {@link Enrolment#install} takes. The old one may have expired.
     */
    public Principal renew(Path certificate, Path out, Instant now) throws IdentityException {
        X509Certificate old = readCertificate(certificate);
        Instant then = old.getNotAfter().toInstant();
        RackTrust believed = trust();
        revocations().ifPresent(believed::revoke);
        Verdict verdict = believed.verify(List.of(old), now.isAfter(then) ? then : now);
        if (!(verdict instanceof Verdict.Trusted trusted)) {
            throw new IdentityException(
                    IdentityException.Reason.NOT_TRUSTED,
                    certificate,
                    ((Verdict.Untrusted) verdict).reason().sentence(),
                    "renew what this authority issued, and issue a new identity to whoever else may join");
        }
        Principal member = trusted.principal();
        return certify(member.name(), member.role(), member.agentOf(), old.getPublicKey(), out, List.of(), now);
    }

    private static X509Certificate readCertificate(Path file) throws IdentityException {
        if (!Files.exists(file)) {
            throw new IdentityException(
                    IdentityException.Reason.MISSING, file, "there is no such file", "name a member's node.cert.pem");
        }
        List<byte[]> blocks =
                Pem.decode(Pem.CERTIFICATE, SecretDirectory.readBounded(file)).orElse(List.of());
        return blocks.stream()
                .findFirst()
                .flatMap(CertificateProfile::parse)
                .orElseThrow(() -> new IdentityException(
                        IdentityException.Reason.MALFORMED,
                        file,
                        "holds no certificate in PEM",
                        "name a member's node.cert.pem"));
    }

    private Principal certify(
            String name,
            Role role,
            Optional<NodeId> agentOf,
            PublicKey memberKey,
            Path out,
            List<SecretDirectory.NewFile> more,
            Instant now)
            throws IdentityException {
        requireName(out, name);
        requireAgentOf(out, role, agentOf);
        requireCurrent(now);
        Principal subject = new Principal(name, NodeId.of(memberKey), role, agentOf);
        if (revocations().filter(list -> list.members().contains(subject.id())).isPresent()) {
            throw new IdentityException(
                    NOT_ISSUABLE,
                    directory.file(RevocationList.FILE),
                    "the key " + subject.id() + " was revoked, for good",
                    "make a new key for whoever is to join again");
        }
        var validity = CertificateProfile.Validity.from(now, CertificateProfile.LEAF_VALIDITY);
        X509Certificate leaf = CertificateProfile.leaf(root, key, subject, memberKey, validity, random);
        directory.append(IdentityFiles.ISSUED_LOG, logLine(subject, leaf, now));
        List<SecretDirectory.NewFile> files = new ArrayList<>(more);
        files.addAll(files(leaf, role));
        SecretDirectory.create(out, files, random);
        return subject;
    }

    /**
     * Makes the root that is to follow this one. From now on whoever is issued or renewed believes both, and the old one still
     * signs: nobody is to show a certificate of the new root before all believe it. {@link #completeRollover} goes on.
     */
    public void rollover(Instant now) throws IdentityException {
        requireCurrent(now);
        if (isRollingOver()) {
            throw new IdentityException(
                    NOT_ISSUABLE,
                    directory.file(IdentityFiles.NEXT_CA_KEY),
                    "a new root is there already, and does not sign yet",
                    "renew the members and complete it");
        }
        if (roots.size() == RackTrust.MAX_ROOTS) {
            throw new IdentityException(
                    NOT_ISSUABLE,
                    directory.file(IdentityFiles.CA_CERTIFICATE),
                    "a rack has at most " + RackTrust.MAX_ROOTS + " roots, and this one has them",
                    "make a new rack");
        }
        KeyPair pair = P256.generate(random);
        var validity = CertificateProfile.Validity.from(now, CertificateProfile.ROOT_VALIDITY);
        String name = CertificateProfile.rackName(root);
        X509Certificate next = CertificateProfile.root(name, pair.getPublic(), pair.getPrivate(), validity, random);
        // RFC 4210, 4.4: the new key with the old one's signature, by which those who believe the old one believe it.
        X509Certificate newWithOld =
                CertificateProfile.root(name, pair.getPublic(), key, validity.within(root), random);
        List<X509Certificate> vouched = new ArrayList<>(IdentityFiles.readRollover(directory));
        vouched.add(newWithOld);
        List<X509Certificate> both = new ArrayList<>(roots);
        both.add(next);
        // The certificate last: a root without its key must not be believed by anybody.
        directory.replace(IdentityFiles.key(IdentityFiles.NEXT_CA_KEY, pair.getPrivate()));
        directory.replace(IdentityFiles.certificates(IdentityFiles.ROLLOVER, vouched));
        directory.replace(IdentityFiles.certificates(IdentityFiles.CA_CERTIFICATE, both));
    }

    /** From now on the new root signs, and the key of the old one is no more. Only once all members believe the new one. */
    public void completeRollover() throws IdentityException {
        if (!isRollingOver()) {
            throw new IdentityException(
                    NOT_ISSUABLE,
                    directory.file(IdentityFiles.NEXT_CA_KEY),
                    "there is no new root that does not sign yet",
                    "make one first");
        }
        PrivateKey next = IdentityFiles.readKey(directory, IdentityFiles.NEXT_CA_KEY);
        directory.replace(IdentityFiles.key(IdentityFiles.CA_KEY, next));
        directory.remove(IdentityFiles.NEXT_CA_KEY);
    }

    /** Whether the newest root is believed already and another one signs. What a crash left of a roll-over is none. */
    private boolean isRollingOver() throws IdentityException {
        X509Certificate newest = roots.get(roots.size() - 1);
        return directory.holds(IdentityFiles.NEXT_CA_KEY)
                && !newest.equals(root)
                && IdentityFiles.belong(
                        IdentityFiles.readKey(directory, IdentityFiles.NEXT_CA_KEY), newest.getPublicKey(), random);
    }

    /** Issues for any role but {@link Role#HOST_AGENT}. */
    public Principal issue(String name, Role role, Path out, Instant now) throws IdentityException {
        return issue(name, role, Optional.empty(), out, now);
    }

    /** Issues for the host agent of {@code node}. */
    public Principal issueHostAgent(String name, NodeId node, Path out, Instant now) throws IdentityException {
        return issue(name, Role.HOST_AGENT, Optional.of(node), out, now);
    }

    /**
     * Revokes members for good: signs the next list, with those of the list before, and keeps it in {@link RevocationList#FILE}.
     *
     * @param members by name, as in {@code issued.log}, or by id in hexadecimal
     */
    public RevocationList revoke(List<String> members, Instant now) throws IdentityException {
        requireCurrent(now);
        Path file = directory.file(RevocationList.FILE);
        Set<NodeId> ids = new TreeSet<>();
        for (String member : members) {
            ids.addAll(idsOf(member));
        }
        Optional<RevocationList> before = revocations();
        SortedSet<NodeId> all = new TreeSet<>(ids);
        before.ifPresent(list -> all.addAll(list.members()));
        if (all.size() > RevocationList.MAX_MEMBERS) {
            throw new IdentityException(
                    NOT_ISSUABLE,
                    file,
                    "a list has room for " + RevocationList.MAX_MEMBERS + " members, and would have " + all.size(),
                    "make a new rack: most of this one's keys are not trusted any more");
        }
        long number = before.map(RevocationList::number).orElse(0L) + 1;
        RevocationList next = new RevocationList(rackId(), number, now.truncatedTo(ChronoUnit.SECONDS), all);
        directory.replace(RevocationList.file(next.sign(key, random)));
        return next;
    }

    /** Whoever was issued this name: a thief has not told which of them it is. */
    private Set<NodeId> idsOf(String member) throws IdentityException {
        Path log = directory.file(IdentityFiles.ISSUED_LOG);
        Set<NodeId> ids = new TreeSet<>();
        for (String line : issued()) {
            Matcher issued = ISSUED.matcher(line);
            if (issued.find()
                    && (issued.group(1).equals(member) || issued.group(2).equals(member))) {
                ids.add(NodeId.parse(issued.group(2)));
            }
        }
        if (ids.isEmpty()) {
            throw new IdentityException(
                    NOT_ISSUABLE,
                    log,
                    "this authority issued nothing to '" + member + "'",
                    "name a member as in " + log + ", or its id of 32 hexadecimal digits");
        }
        return ids;
    }

    private List<String> issued() throws IdentityException {
        Path log = directory.file(IdentityFiles.ISSUED_LOG);
        try {
            return Files.exists(log) ? Files.readAllLines(log) : List.of();
        } catch (IOException e) {
            throw new IdentityException(
                    IdentityException.Reason.INPUT_OUTPUT,
                    log,
                    "cannot be read: " + e.getMessage(),
                    "run as the user that owns it",
                    e);
        }
    }

    private Optional<RevocationList> revocations() throws IdentityException {
        return RevocationList.load(directory.file(RevocationList.FILE), trust());
    }

    /** What members of this rack believe. */
    public RackTrust trust() {
        return RackTrust.of(roots);
    }

    /** The rack's id. */
    public RackId rackId() {
        return trust().rackId();
    }

    private List<SecretDirectory.NewFile> files(X509Certificate leaf, Role role) throws IdentityException {
        List<SecretDirectory.NewFile> files = new ArrayList<>();
        files.add(IdentityFiles.certificate(IdentityFiles.NODE_CERTIFICATE, leaf));
        files.add(IdentityFiles.certificates(IdentityFiles.CA_CERTIFICATE, roots));
        List<X509Certificate> vouched = IdentityFiles.readRollover(directory);
        if (!vouched.isEmpty()) {
            files.add(IdentityFiles.certificates(IdentityFiles.ROLLOVER, vouched));
        }
        Optional<byte[]> revoked = RevocationList.load(directory.file(RevocationList.FILE));
        if (revoked.isPresent()) {
            files.add(RevocationList.file(revoked.get()));
        }
        if (role == Role.NODE) {
            // Only nodes multicast. A laptop or a host that is lost must not cost the rack its outer seal.
            files.add(GroupKey.load(directory).file());
        }
        return files;
    }

    private void requireCurrent(Instant now) throws IdentityException {
        Path file = directory.file(IdentityFiles.CA_CERTIFICATE);
        if (CertificateProfile.faultOfTime(root, now).isPresent()) {
            throw new IdentityException(
                    EXPIRED,
                    file,
                    "the root is valid from " + root.getNotBefore().toInstant() + " to "
                            + root.getNotAfter().toInstant() + ", and it is " + now,
                    "correct the clock, or make a new root");
        }
    }

    static void requireName(Path path, String name) throws IdentityException {
        if (!Principal.isName(name)) {
            throw new IdentityException(
                    NOT_ISSUABLE,
                    path,
                    "'" + name + "' cannot be a name",
                    "use 1 to 63 of a-z, 0-9, '.' and '-', starting with a letter or digit");
        }
    }

    private static void requireAgentOf(Path out, Role role, Optional<NodeId> agentOf) throws IdentityException {
        if ((role == Role.HOST_AGENT) != agentOf.isPresent()) {
            throw new IdentityException(
                    NOT_ISSUABLE,
                    out,
                    role == Role.HOST_AGENT
                            ? "a host agent needs the node whose host it is"
                            : "a " + role.word() + " is not the agent of a node",
                    "name a node for a host agent, and only for one");
        }
    }

    private static byte[] logLine(Principal subject, X509Certificate leaf, Instant now) {
        String line = String.join(
                " ",
                now.toString(),
                "serial=" + leaf.getSerialNumber().toString(16),
                "name=" + subject.name(),
                "role=" + subject.role().word(),
                "id=" + subject.id(),
                "agent-of=" + subject.agentOf().map(NodeId::toString).orElse("-"),
                "not-after=" + leaf.getNotAfter().toInstant());
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
