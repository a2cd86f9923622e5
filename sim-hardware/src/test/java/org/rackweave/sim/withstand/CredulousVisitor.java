package org.rackweave.sim.withstand;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.Optional;
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

/**
 * Begins a DTLS session with any certificate and believes whatever the daemon shows: it is the daemon's judgement that ends the
 * handshake, or does not.
 */
final class CredulousVisitor {
    private static final byte[] COAP_PING = {0x40, 0, 0, 1};

    private CredulousVisitor() {}

    /** What the transport said when the session did not come to be; empty when it did. */
    static Optional<String> refusalOf(int port, Path identityDirectory) {
        try {
            return knock(
                    Identity.load(identityDirectory, Instant.now()),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IdentityException e) {
            throw new AssertionError(e);
        }
    }

    private static Optional<String> knock(Identity identity, InetSocketAddress daemon) throws IOException {
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
            CompletableFuture<Optional<String>> outcome = new CompletableFuture<>();
            connector.send(
                    RawData.outbound(COAP_PING, new AddressEndpointContext(daemon), new Listener(outcome), false));
            return outcome.get(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("no handshake came to an end", e);
        } finally {
            connector.destroy();
        }
    }

    /** Takes the first thing that happens. */
    private record Listener(CompletableFuture<Optional<String>> outcome) implements MessageCallback {
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
            // Whether the daemon takes the message is seen next.
        }

        @Override
        public void onSent() {
            outcome.complete(Optional.empty());
        }

        @Override
        public void onError(Throwable error) {
            outcome.complete(Optional.of(String.valueOf(error.getMessage())));
        }
    }
}
