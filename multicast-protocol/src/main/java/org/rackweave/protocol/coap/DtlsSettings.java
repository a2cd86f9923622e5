package org.rackweave.protocol.coap;

import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.config.CoapConfig.TrackerMode;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.CertificateAuthenticationMode;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.util.Filter;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.SignatureAndHashAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite.CertificateKeyAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.XECDHECryptography.SupportedGroup;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.AnswerCodec;
import org.rackweave.protocol.message.CommandCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every number of CoAP and DTLS, with its unit and its reason. They are set in code alone: a card's root file system is
 * read-only, and a properties file that Californium finds by chance must not change them.
 */
final class DtlsSettings {
    private static final Logger LOG = LoggerFactory.getLogger(DtlsSettings.class);

    /** First retransmission of a CoAP message. The round trip in a rack is below 1 ms; a lost datagram must not cost seconds. */
    static final int ACK_TIMEOUT_MILLIS = 500;

    /** 0.5, 1, 2, 4 s, times at most 1.5: a peer has 23 s in all to answer one message. */
    static final int MAX_RETRANSMIT = 4;

    /** The 12 s of retransmissions, and twice 10 s for a card that is busy: how long a repeated message is known again. */
    static final int EXCHANGE_LIFETIME_SECONDS = 40;

    /** An answer within this time travels in the acknowledgement; well below the first retransmission. */
    static final int ACK_DELAY_MILLIS = 100;

    /** A handshake's flight has to be computed by a slow card: 0.4 s for the wire, 0.3 s for the curve. */
    static final int FLIGHT_MILLIS = 400;

    static final int FLIGHT_CURVE_MILLIS = 300;
    static final int MAX_FLIGHT_MILLIS = 2000;
    static final int MAX_FLIGHTS = 6;

    /** With CoAP's and DTLS's own bytes this stays below 1,280, the least that IPv6 carries whole. */
    static final int BLOCK_BYTES = 1024;

    static final int MTU_BYTES = 1280;

    /** Two certificates of the rack's form have 1.2 kB. */
    static final int MAX_HANDSHAKE_MESSAGE_BYTES = 4096;

    /** Enough to tell 512 sessions apart among two thousand million. */
    static final int CONNECTION_ID_BYTES = 4;

    /** A client has one socket and few sessions: it needs no id to find them, but lets the server have one. */
    static final int NO_CONNECTION_ID = 0;

    /**
     * An idle session may make room for a new one after this, when there is no other room; its peer then pays one handshake.
     * Short, because the engine keeps closed sessions too: those of a script that asks four times a second fill 40 places.
     */
    static final long STALE_SECONDS = 10;

    /** Sessions of a client: its neighbours. */
    static final int CLIENT_SESSIONS = 320;

    /** Requests of a client that wait for one handshake; the default of 10 would drop the rest without a word. */
    static final int WAITING_FOR_HANDSHAKE = 256;

    /**
     * Messages remembered per peer to recognise repeats. Each keeps its whole exchange, 4 kB, for {@link
     * #EXCHANGE_LIFETIME_SECONDS}: with 96 of them, 64 busy peers filled a heap of 32 MB and the daemon did nothing but
     * collect garbage; with 8 and all sessions busy they are 17 MB. A repeat that is not recognised does no harm: commands
     * are made for that.
     */
    static final int REMEMBERED_PER_PEER = 8;

    /** How long half of a block-wise transfer is kept: three retransmissions. */
    static final int BLOCKWISE_SECONDS = 20;

    /** How long closing waits for alerts to be on the wire. */
    private static final long GOODBYE_MILLIS = 300;

    private DtlsSettings() {}

    static Configuration server(ServerLimits limits) {
        return common().set(CoapConfig.MAX_ACTIVE_PEERS, limits.sessions())
                .set(CoapConfig.MAX_SERVER_OBSERVES, limits.observers())
                .set(CoapConfig.MAX_RESOURCE_BODY_SIZE, CommandCodec.MAX_BODY_BYTES)
                .set(DtlsConfig.DTLS_ROLE, DtlsRole.SERVER_ONLY)
                .set(DtlsConfig.DTLS_MAX_CONNECTIONS, limits.sessions())
                .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, CONNECTION_ID_BYTES)
                .set(DtlsConfig.DTLS_CLIENT_AUTHENTICATION_MODE, CertificateAuthenticationMode.NEEDED);
    }

    static Configuration client() {
        return common().set(CoapConfig.MAX_ACTIVE_PEERS, CLIENT_SESSIONS)
                .set(CoapConfig.MAX_RESOURCE_BODY_SIZE, AnswerCodec.MAX_BYTES)
                .set(DtlsConfig.DTLS_ROLE, DtlsRole.CLIENT_ONLY)
                .set(DtlsConfig.DTLS_MAX_CONNECTIONS, CLIENT_SESSIONS)
                .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, NO_CONNECTION_ID)
                .set(DtlsConfig.DTLS_MAX_DEFERRED_OUTBOUND_APPLICATION_MESSAGES, WAITING_FOR_HANDSHAKE);
    }

    private static Configuration common() {
        Configuration settings =
                new Configuration(CoapConfig.DEFINITIONS, DtlsConfig.DEFINITIONS, SystemConfig.DEFINITIONS);
        coap(settings);
        dtls(settings);
        return settings;
    }

    private static void coap(Configuration settings) {
        settings.set(CoapConfig.ACK_TIMEOUT, ACK_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .set(CoapConfig.MAX_RETRANSMIT, MAX_RETRANSMIT)
                .set(CoapConfig.EXCHANGE_LIFETIME, EXCHANGE_LIFETIME_SECONDS, TimeUnit.SECONDS)
                .set(CoapConfig.MAX_MESSAGE_SIZE, BLOCK_BYTES)
                .set(CoapConfig.PREFERRED_BLOCK_SIZE, BLOCK_BYTES)
                .set(CoapConfig.BLOCKWISE_STATUS_LIFETIME, BLOCKWISE_SECONDS, TimeUnit.SECONDS)
                .set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP)
                .set(CoapConfig.PEERS_MARK_AND_SWEEP_MESSAGES, REMEMBERED_PER_PEER)
                .set(CoapConfig.MID_TRACKER, TrackerMode.GROUPED)
                .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 1);
    }

    private static void dtls(Configuration settings) {
        settings.set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
                .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1)
                .set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST, true)
                // A resumed session would skip the certificate, and with it expiry and revocation.
                .set(DtlsConfig.DTLS_SERVER_USE_SESSION_ID, false)
                .set(DtlsConfig.DTLS_RETRANSMISSION_TIMEOUT, FLIGHT_MILLIS, TimeUnit.MILLISECONDS)
                .set(DtlsConfig.DTLS_ADDITIONAL_ECC_TIMEOUT, FLIGHT_CURVE_MILLIS, TimeUnit.MILLISECONDS)
                .set(DtlsConfig.DTLS_MAX_RETRANSMISSION_TIMEOUT, MAX_FLIGHT_MILLIS, TimeUnit.MILLISECONDS)
                .set(DtlsConfig.DTLS_MAX_RETRANSMISSIONS, MAX_FLIGHTS)
                .set(DtlsConfig.DTLS_MAX_TRANSMISSION_UNIT, MTU_BYTES)
                .set(DtlsConfig.DTLS_MAX_FRAGMENTED_HANDSHAKE_MESSAGE_LENGTH, MAX_HANDSHAKE_MESSAGE_BYTES)
                .set(DtlsConfig.DTLS_STALE_CONNECTION_THRESHOLD, STALE_SECONDS, TimeUnit.SECONDS)
                .set(DtlsConfig.DTLS_USE_ANTI_REPLAY_FILTER, true)
                // Names do not prove anything here: the principal does, and the expected node id is compared with it.
                .set(DtlsConfig.DTLS_VERIFY_SERVER_CERTIFICATES_SUBJECT, false)
                .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
                .set(DtlsConfig.DTLS_CERTIFICATE_KEY_ALGORITHMS, List.of(CertificateKeyAlgorithm.EC))
                .set(
                        DtlsConfig.DTLS_SIGNATURE_AND_HASH_ALGORITHMS,
                        List.of(SignatureAndHashAlgorithm.SHA256_WITH_ECDSA))
                .set(DtlsConfig.DTLS_CURVES, List.of(SupportedGroup.secp256r1))
                // The last one is what RFC 7252 demands of everybody.
                .set(
                        DtlsConfig.DTLS_CIPHER_SUITES,
                        List.of(
                                CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                                CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8));
    }

    /** A connector of this identity at this address, not yet started. */
    static DTLSConnector connector(
            Configuration settings,
            Identity identity,
            InetSocketAddress address,
            InstantSource now,
            UnicastCounters counters) {
        PeerVerifier verifier = new PeerVerifier(identity.trust(), now, counters);
        DtlsConnectorConfig config = DtlsConnectorConfig.builder(settings)
                .setAddress(address)
                .setCertificateIdentityProvider(new SingleCertificateProvider(
                        identity.privateKey(),
                        identity.certificateChain().toArray(new Certificate[0]),
                        CertificateType.X_509))
                .setAdvancedCertificateVerifier(verifier)
                .setApplicationLevelInfoSupplier(verifier)
                .setDatagramFilter(new HelloLimiter(counters))
                .setHealthHandler(new CountingHealth(counters))
                .build();
        return new DTLSConnector(config);
    }

    static CoapEndpoint endpoint(Configuration settings, DTLSConnector connector) {
        return CoapEndpoint.builder()
                .setConfiguration(settings)
                .setConnector(connector)
                .setEndpointContextMatcher(new ExpectedPeer.Matcher())
                .build();
    }

    /** Tells peers that their sessions are over, so that they do not repeat notifications to nobody. */
    static void sayGoodbye(DTLSConnector connector) {
        Filter<Connection> close = connection -> {
            Optional.ofNullable(connection.getPeerAddress()).ifPresent(connector::close);
            return false;
        };
        // Each connection has a queue of its own: once something later has passed it, the alert is on the wire.
        Filter<Connection> pass = connection -> false;
        try {
            connector.startForEach(close).get(GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
            connector.startForEach(pass).get(GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("Peers were not told of the end of their sessions; they will notice.", e);
        }
    }

    /** Starts to end all sessions of this peer. Each ends on the thread that owns it; nothing is worth waiting for. */
    static void drop(DTLSConnector connector, NodeId peer) {
        Filter<java.security.Principal> ofPeer = principal -> SessionPeer.of(principal)
                .filter(session -> session.principal().id().equals(peer))
                .isPresent();
        Future<Void> unused = connector.startTerminateConnectionsForPrincipal(ofPeer);
    }
}
