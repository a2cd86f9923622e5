package org.rackweave.daemon.ledger;

import java.io.ByteArrayInputStream;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rackweave.crypto.LedgerHead;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackTrust;
import org.rackweave.crypto.Verdict;
import org.rackweave.protocol.message.AuditChain;
import org.rackweave.protocol.message.AuditRow;

/**
 * Follows an audit trail from its anchor to its end, wherever it comes from: first who signs, then the anchor, then the rows
 * in order, each signed head right after the last row that it covers.
 */
final class TrailVerifier {
    /** A trail that is broken once is often broken all along. */
    private static final int MAX_PROBLEMS = 20;

    private final Optional<RackTrust> trust;
    private final Optional<KnownHead> known;
    private final Map<NodeId, PublicKey> signers = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private LedgerHead.Anchor anchor = Trail.NO_ANCHOR;
    private LedgerHead.Anchor signedAnchor = Trail.NO_ANCHOR;
    private long number;
    private String hash = AuditChain.START;
    private long signedThrough;
    private long heads;
    private boolean seenKnown;

    /** A head that was written down elsewhere. */
    record KnownHead(long number, String hash) {
        /** Reads {@code NUMBER:HASH}; anything else is an {@link IllegalArgumentException} that says so. */
        static KnownHead parse(String text) {
            if (!text.matches("[0-9]{1,18}:[0-9a-f]{64}")) {
                throw new IllegalArgumentException("a head is NUMBER:HASH with 64 hexadecimal digits, not " + text);
            }
            int colon = text.indexOf(':');
            return new KnownHead(Long.parseLong(text.substring(0, colon)), text.substring(colon + 1));
        }
    }

    /**
     * @param trust the rack that must vouch for whoever signed; without it, each certificate is taken at its word
     * @param known a head that must be in the trail
     */
    TrailVerifier(Optional<RackTrust> trust, Optional<KnownHead> known) {
        this.trust = trust;
        this.known = known;
    }

    void signer(byte[] certificateDer) {
        try {
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificateDer));
            // A trail outlives certificates: what counts is that the rack vouched for this one when it was new.
            Optional<Verdict> verdict = trust.map(roots ->
                    roots.verify(certificateDer, certificate.getNotBefore().toInstant()));
            if (verdict.filter(Verdict.Untrusted.class::isInstance).isPresent()) {
                problem("the certificate of "
                        + certificate.getSubjectX500Principal().getName() + ", who signed heads, is not of this rack");
            } else if (signers.put(NodeId.of(certificate.getPublicKey()), certificate.getPublicKey()) != null) {
                problem("a certificate of who signed heads is there twice");
            }
        } catch (CertificateException | IllegalArgumentException e) {
            problem("the certificate of who signed heads cannot be read");
        }
    }

    void anchor(LedgerHead.Anchor begins) {
        anchor = begins;
        number = begins.number();
        hash = begins.hash();
        look();
    }

    void row(AuditRow row) {
        if (row.number() != number + 1) {
            problem(
                    row.number() > number
                            ? "audit rows " + (number + 1) + " to " + (row.number() - 1) + " are missing"
                            : "audit row " + row.number() + " is there twice, or out of order");
        }
        if (!AuditChain.holds(hash, row)) {
            problem("audit row " + row.number() + " does not have the hash of its content");
        }
        number = row.number();
        hash = row.hash();
        look();
    }

    void head(TrailRows.Head stored) {
        heads++;
        Optional<LedgerHead> claimed = LedgerHead.claimed(stored.sign1()).filter(h -> h.number() == stored.number());
        Optional<PublicKey> key = claimed.flatMap(head -> Optional.ofNullable(signers.get(head.node())));
        if (key.filter(k -> LedgerHead.isSigned(stored.sign1(), k)).isEmpty()) {
            problem("the signature of the head at row " + stored.number() + " does not hold");
            return;
        }
        LedgerHead head = claimed.orElseThrow();
        if (head.number() > number) {
            problem("audit rows " + (number + 1) + " to " + head.number()
                    + " are missing at the end: a head of them was signed");
        } else if (head.number() < number || !head.hash().equals(hash)) {
            problem("the head that was signed at row " + head.number() + " is not this trail's");
        }
        signedThrough = Math.max(signedThrough, head.number());
        signedAnchor = head.anchor();
    }

    /** Call when all is said. */
    void end() {
        if (heads > 0 && !signedAnchor.equals(anchor)) {
            problem("the trail begins after row " + anchor.number() + ", and what was signed last begins after row "
                    + signedAnchor.number());
        }
        if (known.isPresent() && !seenKnown) {
            long at = known.get().number();
            problem(
                    at > number
                            ? "audit rows " + (number + 1) + " to " + at
                                    + " are missing at the end: their head is known"
                            : "row " + at
                                    + " was removed to save space, so that a head of it shows nothing: name a newer"
                                    + " one");
        }
    }

    void problem(String what) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(what);
        } else if (problems.size() == MAX_PROBLEMS) {
            problems.add("and more");
        }
    }

    private void look() {
        if (known.isPresent() && known.get().number() == number) {
            seenKnown = true;
            if (!known.get().hash().equals(hash)) {
                problem("row " + number + " has the hash " + hash + ", and not the one that is known of it");
            }
        }
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    long number() {
        return number;
    }

    String hash() {
        return hash;
    }

    long rows() {
        return number - anchor.number();
    }

    long heads() {
        return heads;
    }

    /** In a few words: how far it goes, and how far it is signed. */
    String summary() {
        return number + " audit rows"
                + (anchor.number() == 0 ? "" : " (the first " + anchor.number() + " removed)")
                + ", signed up to " + signedThrough;
    }
}
