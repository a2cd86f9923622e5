package org.rackweave.crypto;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A node that showed both its certificate and its delegation: who it is, and which key its datagrams are signed with.
 *
 * @param principal what the certificate says
 * @param delegation what the node's key says of its boot key
 */
public record Introduction(Principal principal, Delegation delegation) {
    /**
     * Judges a certificate and a delegation that came from the network, together.
     *
     * @param trust whom this rack believes, and which rack it is
     * @param certificateDer the sender's certificate
     * @param delegationBytes the delegation that it sent along
     * @param now the time to judge the certificate by
     */
    public static Checked<Introduction> check(
            RackTrust trust, byte[] certificateDer, byte[] delegationBytes, Instant now) {
        Optional<X509Certificate> parsed = CertificateProfile.parse(certificateDer);
        if (parsed.isEmpty()) {
            return untrusted(Distrust.NO_CERTIFICATE);
        }
        X509Certificate leaf = parsed.get();
        return trust.verify(List.of(leaf), now)
                .fold(principal -> introduce(trust, principal, leaf, delegationBytes), reason -> untrusted(reason));
    }

    private static Checked<Introduction> introduce(
            RackTrust trust, Principal principal, X509Certificate leaf, byte[] delegationBytes) {
        if (principal.role() != Role.NODE) {
            return new Checked.Rejected<>(
                    SealRejection.CERTIFICATE_UNTRUSTED,
                    "only a node announces, not a " + principal.role().word());
        }
        return Delegation.verify(delegationBytes, leaf, trust.rackId())
                .fold(
                        delegation -> new Checked.Accepted<>(new Introduction(principal, delegation)),
                        rejected -> rejected.ofOther());
    }

    private static Checked<Introduction> untrusted(Distrust reason) {
        return new Checked.Rejected<>(SealRejection.CERTIFICATE_UNTRUSTED, reason.sentence());
    }
}
