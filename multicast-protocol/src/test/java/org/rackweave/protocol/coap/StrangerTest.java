package org.rackweave.protocol.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.cert.Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.StaticNewAdvancedCertificateVerifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;

/** Clients that believe any server, and try with whatever they have. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StrangerTest {
    @TempDir
    Path temporary;

    private final AtomicInteger handled = new AtomicInteger();
    private final ScheduledThreadPoolExecutor executor = CoapThread.start("stranger");
    private TestRack rack;
    private UnicastServer server;

    @BeforeEach
    void serve() throws Exception {
        rack = new TestRack(temporary.resolve("rack"));
        server = TestRack.serve(rack.member("b", Role.NODE), 0, (peer, command, reply) -> {
            handled.incrementAndGet();
            reply.accept(new Answer.Done());
        });
    }

    @AfterEach
    void closeAll() {
        CoapThread.stop(executor);
        server.close();
    }

    private static DtlsConnectorConfig.Builder credulous(Configuration settings) {
        return DtlsConnectorConfig.builder(settings)
                .setAddress(TestRack.loopback(0))
                .setAdvancedCertificateVerifier(StaticNewAdvancedCertificateVerifier.builder()
                        .setTrustAllCertificates()
                        .setTrustAllRPKs()
                        .build());
    }

    private static Configuration settings() {
        return DtlsSettings.client();
    }

    private void assertRefused(Configuration settings, DtlsConnectorConfig config) throws Exception {
        CoapEndpoint endpoint = DtlsSettings.endpoint(settings, new DTLSConnector(config));
        endpoint.setExecutors(executor, executor);
        endpoint.start();
        try {
            Request request = Request.newGet();
            request.getOptions().setUriPath("rw/v1/node");
            request.setDestinationContext(new AddressEndpointContext(TestRack.loopback(server.port())));
            endpoint.sendRequest(request);
            Response response = request.waitForResponse(4_000);

            assertThat(response).isNull();
            assertThat(request.getSendError()).isNotNull();
            assertThat(handled).hasValue(0);
            assertThat(server.counters().value(UnicastCounter.HANDSHAKE_DONE)).isZero();
        } finally {
            endpoint.destroy();
        }
    }

    private static SingleCertificateProvider shows(Identity identity) {
        return new SingleCertificateProvider(
                identity.privateKey(), identity.certificateChain().toArray(new Certificate[0]), CertificateType.X_509);
    }

    @Test
    void a_certificate_of_another_rack() throws Exception {
        Identity foreign = new TestRack(temporary.resolve("foreign")).member("mallory", Role.OPERATOR);
        Configuration settings = settings();

        assertRefused(
                settings,
                credulous(settings)
                        .setCertificateIdentityProvider(shows(foreign))
                        .build());

        Eventually.until(
                "a counted certificate", () -> server.counters().value(UnicastCounter.CERTIFICATE_UNTRUSTED) == 1);
    }

    @Test
    void no_certificate() throws Exception {
        Configuration settings = settings();

        assertRefused(settings, credulous(settings).build());

        Eventually.until("a counted failure", () -> server.counters().value(UnicastCounter.HANDSHAKE_FAILED) == 1);
    }

    @Test
    void a_raw_public_key() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        var pair = generator.generateKeyPair();
        Configuration settings = settings();

        assertRefused(
                settings,
                credulous(settings)
                        .setCertificateIdentityProvider(
                                new SingleCertificateProvider(pair.getPrivate(), pair.getPublic()))
                        .build());

        // The visitor may hear of it before the server has counted it.
        Eventually.until("a counted failure", () -> server.counters().value(UnicastCounter.HANDSHAKE_FAILED) > 0);
    }

    @Test
    void a_member_that_offers_only_the_cipher_suite_that_every_coap_has() throws Exception {
        Identity member = rack.member("a", Role.NODE);
        Configuration settings = settings();
        settings.setAsListFromText(DtlsConfig.DTLS_CIPHER_SUITES, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8");
        CoapEndpoint endpoint = DtlsSettings.endpoint(
                settings,
                DtlsSettings.connector(settings, member, TestRack.loopback(0), TestRack.CLOCK, new UnicastCounters()));
        endpoint.setExecutors(executor, executor);
        endpoint.start();
        try {
            Request request = Request.newGet();
            request.getOptions().setUriPath("rw/v1/node");
            request.setDestinationContext(new AddressEndpointContext(TestRack.loopback(server.port())));
            endpoint.sendRequest(request);

            assertThat(request.waitForResponse(5_000)).isNotNull();
            assertThat(handled).hasValue(1);
        } finally {
            endpoint.destroy();
        }
    }
}
