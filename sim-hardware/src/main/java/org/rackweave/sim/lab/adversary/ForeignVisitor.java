package org.rackweave.sim.lab.adversary;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.MessageCallback;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.StaticNewAdvancedCertificateVerifier;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.RackAuthority;
import org.rackweave.crypto.Role;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.ScratchDirectory;

/**
 * Knocks at a daemon with a certificate that a rack of its own issued. It believes whatever the daemon shows, because the
 * daemon's judgement is what is to be seen.
 */
final class ForeignVisitor {
    private static final long PATIENCE_SECONDS = 20;

    private ForeignVisitor() {}

    /**
     * How it was received.
     *
     * @param outcome {@code refused}, {@code admitted} or {@code silence}
     * @param told what came of the handshake, in the transport's own words
     */
    record Reception(String outcome, String told) {}

    static Reception knockAt(int port) throws LabFailure {
        Path scratch = ScratchDirectory.create("rackweave-foreign-");
        try {
            return knock(foreignIdentity(scratch), new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IdentityException | IOException failed) {
            throw new LabFailure("cannot knock: " + failed.getMessage(), failed);
        } finally {
            ScratchDirectory.remove(scratch);
        }
    }

    /** Another rack's node, in form and in every check but one like a node of this one. */
    private static Identity foreignIdentity(Path scratch) throws IdentityException {
        Instant now = Instant.now();
        RackAuthority authority = RackAuthority.create(scratch.resolve("ca"), "elsewhere", now, new SecureRandom());
        authority.issue("b", Role.NODE, scratch.resolve("b"), now);
        return Identity.load(scratch.resolve("b"), now);
    }

    private static Reception knock(Identity identity, InetSocketAddress daemon) throws IOException, LabFailure {
        Configuration settings = new Configuration(DtlsConfig.DEFINITIONS, SystemConfig.DEFINITIONS)
                .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
                .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1)
                .set(DtlsConfig.DTLS_VERIFY_SERVER_CERTIFICATES_SUBJECT, false);
        DTLSConnector connector = new DTLSConnector(DtlsConnectorConfig.builder(settings)
                .setCertificateIdentityProvider(new SingleCertificateProvider(
                        identity.privateKey(),
                        identity.certificateChain().toArray(new Certificate[0]),
                        CertificateType.X_509))
                .setAdvancedCertificateVerifier(StaticNewAdvancedCertificateVerifier.builder()
                        .setTrustAllCertificates()
                        .build())
                .build());
        connector.setRawDataReceiver(answer -> {});
        connector.start();
        try {
            CompletableFuture<Reception> reception = new CompletableFuture<>();
            byte[] coapPing = {0x40, 0, 0, 1};
            connector.send(
                    RawData.outbound(coapPing, new AddressEndpointContext(daemon), new Listener(reception), false));
            return reception.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException silent) {
            return new Reception("silence", "nothing within " + PATIENCE_SECONDS + " s");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted", interrupted);
        } catch (ExecutionException impossible) {
            throw new LabFailure("the transport failed: " + impossible.getMessage(), impossible);
        } finally {
            connector.destroy();
        }
    }

    /** Takes the first thing that happens. */
    private record Listener(CompletableFuture<Reception> reception) implements MessageCallback {
        @Override
        public void onConnecting() {
            // The handshake begins.
        }

        @Override
        public void onDtlsRetransmission(int flight) {
            // The next flight may still be answered.
        }

        @Override
        public void onContextEstablished(EndpointContext context) {
            // The last flight was sent or received; whether the daemon takes the message is seen next.
        }

        @Override
        public void onSent() {
            reception.complete(new Reception("admitted", "the session was made and a message was sent in it"));
        }

        @Override
        public void onError(Throwable error) {
            reception.complete(new Reception("refused", String.valueOf(error.getMessage())));
        }
    }
}
