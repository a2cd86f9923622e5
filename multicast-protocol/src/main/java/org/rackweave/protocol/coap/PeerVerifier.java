package org.rackweave.protocol.coap;

import java.net.InetSocketAddress;
import java.security.cert.CertPath;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.elements.auth.AdditionalInfo;
import org.eclipse.californium.scandium.auth.ApplicationLevelInfoSupplier;
import org.eclipse.californium.scandium.dtls.AlertMessage;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertLevel;
import org.eclipse.californium.scandium.dtls.CertificateMessage;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.CertificateVerificationResult;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.x509.NewAdvancedCertificateVerifier;
import org.eclipse.californium.scandium.util.ServerNames;
import org.jspecify.annotations.Nullable;
import org.rackweave.crypto.Distrust;
import org.rackweave.crypto.RackTrust;
import org.rackweave.crypto.Verdict;

/** Lets the rack's trust judge every certificate of every handshake, on both sides, by the same clock as everything else. */
final class PeerVerifier implements NewAdvancedCertificateVerifier, ApplicationLevelInfoSupplier {
    private final RackTrust trust;
    private final InstantSource now;
    private final UnicastCounters counters;

    PeerVerifier(RackTrust trust, InstantSource now, UnicastCounters counters) {
        this.trust = trust;
        this.now = now;
        this.counters = counters;
    }

    @Override
    public CertificateVerificationResult verifyCertificate(
            ConnectionId cid,
            @Nullable ServerNames serverName,
            InetSocketAddress remotePeer,
            boolean clientUsage,
            boolean verifySubject,
            boolean truncateCertificatePath,
            CertificateMessage message) {
        List<X509Certificate> chain = chain(message);
        Verdict verdict = trust.verify(chain, now.instant());
        return verdict.fold(
                principal -> new CertificateVerificationResult(
                        cid,
                        message.getCertificateChain(),
                        new SessionPeer(principal, chain.get(0).getNotAfter().toInstant())),
                reason -> refused(cid, reason));
    }

    private static List<X509Certificate> chain(CertificateMessage message) {
        return Optional.ofNullable(message.getCertificateChain())
                .map(CertPath::getCertificates)
                .orElse(List.of())
                .stream()
                .filter(X509Certificate.class::isInstance)
                .map(X509Certificate.class::cast)
                .toList();
    }

    private CertificateVerificationResult refused(ConnectionId cid, Distrust reason) {
        boolean time = reason == Distrust.EXPIRED || reason == Distrust.NOT_YET_VALID;
        counters.count(time ? UnicastCounter.CERTIFICATE_EXPIRED : UnicastCounter.CERTIFICATE_UNTRUSTED);
        // The other side learns the class of the fault, so that its people can act, and nothing of what is trusted
        // here.
        AlertDescription alert = time ? AlertDescription.CERTIFICATE_EXPIRED : AlertDescription.BAD_CERTIFICATE;
        return new CertificateVerificationResult(
                cid, new DistrustException(reason, new AlertMessage(AlertLevel.FATAL, alert)), null);
    }

    /** Our own verdict, so that it can be told from an alert that the other side sent. */
    static final class DistrustException extends HandshakeException {
        private static final long serialVersionUID = 1L;

        DistrustException(Distrust reason, AlertMessage alert) {
            super(reason.sentence(), alert);
        }
    }

    @Override
    public @Nullable AdditionalInfo getInfo(java.security.Principal peerIdentity, @Nullable Object argument) {
        return argument instanceof SessionPeer peer ? peer.info() : null;
    }

    @Override
    public List<CertificateType> getSupportedCertificateTypes() {
        return List.of(CertificateType.X_509);
    }

    /** Empty: a peer has one certificate, and outsiders need not learn which authority stands above it. */
    @Override
    public List<X500Principal> getAcceptedIssuers() {
        return List.of();
    }

    @Override
    public void setResultHandler(HandshakeResultHandler resultHandler) {
        // Never needed: verdicts are given at once.
    }
}
