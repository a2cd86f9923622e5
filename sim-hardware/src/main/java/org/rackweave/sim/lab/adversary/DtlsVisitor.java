package org.rackweave.sim.lab.adversary;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
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
import org.eclipse.californium.scandium.dtls.x509.CertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.StaticNewAdvancedCertificateVerifier;
import org.rackweave.crypto.Identity;
import org.rackweave.sim.lab.LabFailure;

/**
 * Somebody who opens a DTLS session and says in it what they like. It believes whatever the daemon shows, because the daemon's
 * judgement is what is to be seen.
 */
public final class DtlsVisitor implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;
    private static final long ANSWER_SECONDS = 3;
    private static final int ANSWERS = 64;
    private static final byte[] COAP_PING = {0x40, 0, 0, 1};

    private final DTLSConnector connector;
    private final InetSocketAddress daemon;
    private final BlockingQueue<byte[]> answers = new ArrayBlockingQueue<>(ANSWERS);

    private DtlsVisitor(DTLSConnector connector, InetSocketAddress daemon) {
        this.connector = connector;
        this.daemon = daemon;
    }

    /**
     * How it was received.
     *
     * @param outcome {@code refused}, {@code admitted} or {@code silence}
     * @param told what came of the handshake, in the transport's own words
     */
    public record Reception(String outcome, String told) {}

    /** @param identity what it shows; without one it shows no certificate */
    public static DtlsVisitor open(Optional<Identity> identity, InetSocketAddress daemon) throws IOException {
        Configuration settings = new Configuration(DtlsConfig.DEFINITIONS, SystemConfig.DEFINITIONS)
                .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
                .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1)
                .set(DtlsConfig.DTLS_VERIFY_SERVER_CERTIFICATES_SUBJECT, false);
        DtlsConnectorConfig.Builder builder = DtlsConnectorConfig.builder(settings)
                .setAdvancedCertificateVerifier(StaticNewAdvancedCertificateVerifier.builder()
                        .setTrustAllCertificates()
                        .build());
        builder.setCertificateIdentityProvider(identity.<CertificateProvider>map(shown -> new SingleCertificateProvider(
                        shown.privateKey(),
                        shown.certificateChain().toArray(new Certificate[0]),
                        CertificateType.X_509))
                .orElseGet(NoCertificate::new));
        DtlsVisitor visitor = new DtlsVisitor(new DTLSConnector(builder.build()), daemon);
        visitor.connector.setRawDataReceiver(answer -> {
            boolean unused = visitor.answers.offer(answer.getBytes());
        });
        visitor.connector.start();
        return visitor;
    }

    /** Opens a session and says one thing in it. */
    public static Reception knock(Optional<Identity> identity, InetSocketAddress daemon)
            throws IOException, LabFailure {
        try (DtlsVisitor visitor = open(identity, daemon)) {
            return visitor.send(COAP_PING);
        }
    }

    /** Says something in the session, which is opened first when there is none. */
    public Reception send(byte[] message) throws LabFailure {
        CompletableFuture<Reception> reception = new CompletableFuture<>();
        connector.send(RawData.outbound(message, new AddressEndpointContext(daemon), new Listener(reception), false));
        try {
            return reception.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException silent) {
            return new Reception("silence", "nothing within " + PATIENCE_SECONDS + " s");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted", interrupted);
        } catch (ExecutionException impossible) {
            throw new LabFailure("the transport failed: " + impossible.getMessage(), impossible);
        }
    }

    /** Begins to open a session, and does not wait for what comes of it. */
    public void begin() {
        connector.send(RawData.outbound(COAP_PING, new AddressEndpointContext(daemon), null, false));
    }

    /** The next thing that the daemon says in the session; empty when it says nothing for some seconds. */
    public Optional<byte[]> answer() throws LabFailure {
        try {
            return Optional.ofNullable(answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted", interrupted);
        }
    }

    @Override
    public void close() {
        connector.destroy();
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
