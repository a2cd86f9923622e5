package org.rackweave.protocol.coap;

import java.util.Optional;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Response;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AnswerCodec;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Route;

/**
 * Answers as CoAP responses: the code is for whoever reads CoAP only, the CBOR body says everything. Refusals have a body
 * too.
 */
final class AnswerForm {
    private static final int FORMAT = MediaTypeRegistry.APPLICATION_CBOR;
    private static final long MILLIS_PER_SECOND = 1000;

    private AnswerForm() {}

    // ---- answer to response ----------------------------------------------------------------------------------------

    static Response response(Route route, Answer answer) {
        return answer instanceof Answer.Refused refused
                ? refusal(code(refused.code()), refused)
                : response(success(route), answer);
    }

    static Response refusal(ResponseCode code, Answer.Refused refused) {
        Response response = response(code, refused);
        if (refused.retryAfterMillis() > 0) {
            // Rounded up: who comes back a moment early is refused again.
            response.getOptions().setMaxAge((refused.retryAfterMillis() + MILLIS_PER_SECOND - 1) / MILLIS_PER_SECOND);
        }
        return response;
    }

    private static Response response(ResponseCode code, Answer answer) {
        Response response = new Response(code);
        response.getOptions().setContentFormat(FORMAT);
        response.setPayload(AnswerCodec.encode(answer));
        return response;
    }

    private static ResponseCode success(Route route) {
        if (route.creates()) {
            return ResponseCode.CREATED;
        }
        return switch (route.method()) {
            case GET -> ResponseCode.CONTENT;
            case POST -> ResponseCode.CHANGED;
        };
    }

    static ResponseCode code(RefusalCode refusal) {
        return switch (refusal) {
            case INVALID -> ResponseCode.BAD_REQUEST;
            case DENIED -> ResponseCode.FORBIDDEN;
            case NOT_FOUND -> ResponseCode.NOT_FOUND;
            case CONFLICT -> ResponseCode.CONFLICT;
            case STALE_EPOCH -> ResponseCode.PRECONDITION_FAILED;
            case UNAVAILABLE, BUSY -> ResponseCode.SERVICE_UNAVAILABLE;
            case NO_MATCH -> ResponseCode.UNPROCESSABLE_ENTITY;
            case UNREACHABLE -> ResponseCode.GATEWAY_TIMEOUT;
            case QUARANTINED -> ResponseCode.INTERNAL_SERVER_ERROR;
        };
    }

    // ---- response to answer ----------------------------------------------------------------------------------------

    static Answer answer(Peer peer, Response response) {
        if (response.getOptions().isContentFormat(FORMAT)) {
            return AnswerCodec.decode(response.getPayload(), refusal(response.getCode()))
                    .fold(answer -> answer, reason -> undecodable(peer, reason));
        }
        String text = Optional.ofNullable(response.getPayloadString()).orElse("");
        return Answer.Refused.of(
                response.isSuccess() ? RefusalCode.UNREACHABLE : refusal(response.getCode()),
                peer + " answered " + response.getCode() + " without a body of ours"
                        + (text.isEmpty() ? "" : ": " + text));
    }

    private static Answer undecodable(Peer peer, String reason) {
        return Answer.Refused.of(
                RefusalCode.UNREACHABLE,
                "the answer of " + peer + " did not decode (" + reason
                        + "); compare the versions of its software and of this");
    }

    /** What a refusal means when only its CoAP code is understood. */
    private static RefusalCode refusal(ResponseCode code) {
        return switch (code) {
            case FORBIDDEN, UNAUTHORIZED -> RefusalCode.DENIED;
            case NOT_FOUND -> RefusalCode.NOT_FOUND;
            case CONFLICT -> RefusalCode.CONFLICT;
            case PRECONDITION_FAILED -> RefusalCode.STALE_EPOCH;
            case UNPROCESSABLE_ENTITY -> RefusalCode.NO_MATCH;
            case GATEWAY_TIMEOUT -> RefusalCode.UNREACHABLE;
            default -> code.isServerError() ? RefusalCode.UNAVAILABLE : RefusalCode.INVALID;
        };
    }
}
