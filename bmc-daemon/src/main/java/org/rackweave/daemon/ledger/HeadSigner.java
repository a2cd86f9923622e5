package org.rackweave.daemon.ledger;

import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.util.Objects;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.LedgerHead;
import org.rackweave.crypto.NodeId;

/** Signs heads of the audit trail with the node's own key. */
public record HeadSigner(Identity identity, SecureRandom random) {
    public HeadSigner {
        Objects.requireNonNull(identity);
        Objects.requireNonNull(random);
    }

    NodeId node() {
        return identity.principal().id();
    }

    byte[] certificate() {
        try {
            return identity.certificateChain().get(0).getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    byte[] sign(Trail trail, long wallMillis) {
        return new LedgerHead(node(), trail.number(), trail.hash(), Math.max(0, wallMillis), trail.anchor())
                .sign(identity, random);
    }
}
