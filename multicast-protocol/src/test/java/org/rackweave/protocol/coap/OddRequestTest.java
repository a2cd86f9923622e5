package org.rackweave.protocol.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AnswerCodec;
import org.rackweave.protocol.message.RefusalCode;

/** A member that speaks CoAP but not our protocol. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OddRequestTest {
    @TempDir
    Path temporary;

    private final AtomicInteger handled = new AtomicInteger();
    private UnicastServer server;
    private CoapEndpoint endpoint;
    private ScheduledThreadPoolExecutor executor;

    @BeforeEach
    void connect() throws Exception {
        TestRack rack = new TestRack(temporary);
        server = TestRack.serve(rack.member("b", Role.NODE), 0, (peer, command, reply) -> {
            handled.incrementAndGet();
            reply.accept(new Answer.Done());
        });
        Identity odd = rack.member("odd", Role.OPERATOR);
        Configuration settings = DtlsSettings.client().set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 1_000_000);
        endpoint = DtlsSettings.endpoint(
                settings,
                DtlsSettings.connector(settings, odd, TestRack.loopback(0), TestRack.CLOCK, new UnicastCounters()));
        executor = CoapThread.start("odd");
        endpoint.setExecutors(executor, executor);
        endpoint.start();
    }

    @AfterEach
    void closeAll() {
        endpoint.destroy();
        CoapThread.stop(executor);
        server.close();
    }

    private Response send(CoAP.Code code, String path, Consumer<Request> more) throws Exception {
        Request request = new Request(code);
        request.getOptions().setUriPath(path);
        request.setDestinationContext(new AddressEndpointContext(TestRack.loopback(server.port())));
        more.accept(request);
        endpoint.sendRequest(request);
        Response response = request.waitForResponse(10_000);
        assertThat(response).as("%s %s", code, path).isNotNull();
        return response;
    }

    private void assertRefused(Response response, ResponseCode code, UnicastCounter counter, String detail) {
        assertThat(response.getCode()).isEqualTo(code);
        assertThat(response.getOptions().getContentFormat()).isEqualTo(60);
        Answer.Refused refused = (Answer.Refused) AnswerCodec.decode(response.getPayload(), RefusalCode.INVALID)
                .fold(answer -> answer, reason -> Answer.Refused.of(RefusalCode.UNREACHABLE, reason));
        assertThat(refused.detail()).contains(detail);
        assertThat(server.counters().value(counter)).isEqualTo(1);
        assertThat(handled).hasValue(0);
    }

    @Test
    void an_unknown_path() throws Exception {
        assertRefused(
                send(CoAP.Code.GET, "rw/v2/node", request -> {}),
                ResponseCode.NOT_FOUND,
                UnicastCounter.UNKNOWN_PATH,
                "/rw/v1");
    }

    @Test
    void a_method_that_the_path_does_not_have() throws Exception {
        assertRefused(
                send(CoAP.Code.DELETE, "rw/v1/node", request -> {}),
                ResponseCode.METHOD_NOT_ALLOWED,
                UnicastCounter.BAD_METHOD,
                "GET");
    }

    @Test
    void a_body_that_is_no_cbor() throws Exception {
        assertRefused(
                send(CoAP.Code.POST, "rw/v1/loans", request -> request.setPayload(new byte[] {(byte) 0xff, 1})),
                ResponseCode.BAD_REQUEST,
                UnicastCounter.BAD_BODY,
                "byte 0");
    }

    @Test
    void a_body_of_another_format() throws Exception {
        assertRefused(
                send(CoAP.Code.POST, "rw/v1/loans", request -> {
                    request.setPayload("{}");
                    request.getOptions().setContentFormat(50);
                }),
                ResponseCode.UNSUPPORTED_CONTENT_FORMAT,
                UnicastCounter.BAD_OPTION,
                "60");
    }

    @Test
    void an_answer_in_another_format() throws Exception {
        assertRefused(
                send(CoAP.Code.GET, "rw/v1/node", request -> request.getOptions()
                        .setAccept(50)),
                ResponseCode.NOT_ACCEPTABLE,
                UnicastCounter.BAD_OPTION,
                "60");
    }

    @Test
    void a_precondition() throws Exception {
        assertRefused(
                send(CoAP.Code.GET, "rw/v1/node", request -> request.getOptions()
                        .addIfMatch(new byte[] {1})),
                ResponseCode.BAD_OPTION,
                UnicastCounter.BAD_OPTION,
                "preconditions");
    }

    @Test
    void a_request_to_be_passed_on() throws Exception {
        assertRefused(
                send(CoAP.Code.GET, "rw/v1/node", request -> request.getOptions()
                        .setProxyUri("coap://other/")),
                ResponseCode.PROXY_NOT_SUPPORTED,
                UnicastCounter.BAD_OPTION,
                "no proxy");
    }

    @Test
    void a_body_beyond_the_limit_is_refused_at_its_first_block() throws Exception {
        Response response = send(CoAP.Code.POST, "rw/v1/loans", request -> {
            request.setPayload(new byte[100_000]);
            request.getOptions().setContentFormat(60);
        });

        assertThat(response.getCode()).isEqualTo(ResponseCode.REQUEST_ENTITY_TOO_LARGE);
        assertThat(handled).hasValue(0);
    }

    @Test
    void nothing_is_listed_for_the_curious() throws Exception {
        assertThat(send(CoAP.Code.GET, ".well-known/core", request -> {}).getCode())
                .isEqualTo(ResponseCode.NOT_FOUND);
    }

    @Test
    void a_wish_to_observe_what_cannot_be_observed_is_answered_once() throws Exception {
        Response response = send(CoAP.Code.GET, "rw/v1/node", Request::setObserve);

        assertThat(response.getCode()).isEqualTo(ResponseCode.CONTENT);
        assertThat(response.getOptions().hasObserve()).isFalse();
    }
}
