package org.rackweave.protocol.coap;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.elements.DtlsEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.MapBasedEndpointContext;
import org.eclipse.californium.elements.MapBasedEndpointContext.Attributes;
import org.eclipse.californium.elements.exception.EndpointMismatchException;
import org.eclipse.californium.scandium.dtls.DtlsHandshakeTimeoutException;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.jspecify.annotations.Nullable;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Route;

/**
 * One command on its way to one answer: as many attempts as the time allows, and then what was tried.
 *
 * <p>A peer that restarted has lost our session and drops our records without a word. So a request that nobody
 * acknowledged for {@link #STALE_MILLIS} is given up and sent again with a handshake that probes: the old session stands
 * until the peer has answered the new one. A request that was acknowledged is waited for and never sent again.
 *
 * <p>All steps are taken on the endpoint's thread, so that there is no lock here.
 */
final class Sending {
    /** Long enough for a lost datagram and its repetition, short enough for a command that a person waits for. */
    static final long STALE_MILLIS = 1500;

    /** A command with little time tries the new handshake after this part of it. */
    private static final int STALE_PART = 3;

    private static final long RETRY_MILLIS = 250;

    private final UnicastClient client;
    private final Peer peer;
    private final org.rackweave.protocol.message.Request command;
    private final UnaryOperator<Request> shape;
    private final Duration timeout;
    private final Consumer<Received> done;

    private Attempt attempt;
    private int attempts;
    private String lastFailure = "";
    private Future<?> deadline = CompletableFuture.completedFuture(0);
    private State state = State.UNDER_WAY;

    private enum State {
        UNDER_WAY,
        DONE
    }

    /** An answer, and the response that it came in, if it came in one. */
    record Received(Answer answer, Optional<Response> response) {
        Received {
            Objects.requireNonNull(answer);
            Objects.requireNonNull(response);
        }
    }

    /** @param shape what else is wanted of each request that is sent, such as to observe */
    Sending(
            UnicastClient client,
            Peer peer,
            org.rackweave.protocol.message.Request command,
            UnaryOperator<Request> shape,
            Duration timeout,
            Consumer<Received> done) {
        this.client = client;
        this.peer = peer;
        this.command = command;
        this.shape = shape;
        this.timeout = timeout;
        this.done = done;
        this.attempt = new Attempt(DtlsEndpointContext.HANDSHAKE_MODE_AUTO);
    }

    void start() {
        deadline = client.schedule(this::giveUp, timeout.toMillis());
        attempt.start();
    }

    /** Ends it without an answer from the peer. */
    void abort(String reason) {
        finish(new Received(Answer.Refused.of(RefusalCode.UNREACHABLE, reason), Optional.empty()));
    }

    private void giveUp() {
        String seconds = timeout.toMillis() / 1000.0 + " s";
        String what = attempt.phase.tried + " within " + seconds;
        String before = lastFailure.isEmpty() ? "" : "; before that: " + lastFailure;
        abort("no answer from " + peer + ": " + what + " (" + attempts + (attempts == 1 ? " attempt" : " attempts")
                + ")" + before + ". Is its daemon running, and does a filter let UDP through?");
    }

    private void finish(Received received) {
        if (state == State.DONE) {
            return;
        }
        state = State.DONE;
        deadline.cancel(false);
        attempt.end();
        client.ended(this);
        done.accept(received);
    }

    private void again(String handshakeMode, long afterMillis) {
        attempt.end();
        attempt = new Attempt(handshakeMode);
        Attempt next = attempt;
        if (afterMillis == 0) {
            next.start();
        } else {
            Future<?> unused = client.schedule(() -> startIfCurrent(next), afterMillis);
        }
    }

    private void startIfCurrent(Attempt next) {
        if (state == State.UNDER_WAY && attempt == next) {
            next.start();
        }
    }

    /** How far an attempt has come. */
    private enum Phase {
        WAITING("the next attempt had not begun"),
        CONNECTING("the DTLS handshake was not answered"),
        SENT("the request was sent and not acknowledged"),
        ACKNOWLEDGED("the request was acknowledged, so it is being worked on; read the state before you repeat it"),
        ANSWERED("the request was answered");

        private final String tried;

        Phase(String tried) {
            this.tried = tried;
        }
    }

    /** One request, under one session. */
    private final class Attempt extends MessageObserverAdapter {
        private final String handshakeMode;
        private final Request request;
        private Phase phase = Phase.WAITING;
        private Future<?> staleCheck = CompletableFuture.completedFuture(0);

        Attempt(String handshakeMode) {
            this.handshakeMode = handshakeMode;
            this.request = request();
        }

        private Request request() {
            Request coap =
                    switch (command.route().method()) {
                        case GET -> Request.newGet();
                        case POST -> Request.newPost();
                    };
            command.path().forEach(coap.getOptions()::addUriPath);
            command.query().forEach(coap.getOptions()::addUriQuery);
            coap.getOptions().setAccept(MediaTypeRegistry.APPLICATION_CBOR);
            if (command.route().method() == Route.Method.POST && command.body().length > 0) {
                coap.getOptions().setContentFormat(MediaTypeRegistry.APPLICATION_CBOR);
                coap.setPayload(command.body());
            }
            coap.setDestinationContext(destination());
            return shape.apply(coap);
        }

        private EndpointContext destination() {
            Attributes attributes = new Attributes().add(DtlsEndpointContext.KEY_HANDSHAKE_MODE, handshakeMode);
            @Nullable ExpectedPeer expected = peer.expected().map(ExpectedPeer::new).orElse(null);
            return new MapBasedEndpointContext(peer.address(), expected, attributes);
        }

        void start() {
            attempts++;
            phase = Phase.CONNECTING;
            request.addMessageObserver(this);
            client.transmit(request);
        }

        void end() {
            staleCheck.cancel(false);
            // Cancelling what has been answered would end an observation that has just begun.
            if (phase != Phase.WAITING && phase != Phase.ANSWERED) {
                request.cancel();
            }
        }

        private void step(Runnable step) {
            client.run(() -> {
                if (state == State.UNDER_WAY && attempt == this) {
                    step.run();
                }
            });
        }

        // ---- what Californium tells, on whatever thread ------------------------------------------------------------

        @Override
        public void onSent(boolean retransmission) {
            step(this::sent);
        }

        @Override
        public void onAcknowledgement() {
            step(this::acknowledged);
        }

        @Override
        public void onResponse(Response response) {
            step(() -> answered(response));
        }

        @Override
        public void onReject() {
            step(() -> abort(
                    peer + " rejected the request as no CoAP request of its own; is another service at this port?"));
        }

        @Override
        public void onTimeout() {
            step(() -> retry("not acknowledged after " + DtlsSettings.MAX_RETRANSMIT + " repetitions"));
        }

        @Override
        public void onSendError(Throwable error) {
            step(() -> failed(error));
        }

        @Override
        public void onResponseHandlingError(Throwable cause) {
            step(() -> abort("the answer of " + peer + " could not be put together: " + cause.getMessage()));
        }

        // ---- what follows, on the endpoint's thread ----------------------------------------------------------------

        private void sent() {
            if (phase == Phase.CONNECTING) {
                phase = Phase.SENT;
                staleCheck = client.schedule(
                        () -> step(this::suspectSession), Math.min(STALE_MILLIS, timeout.toMillis() / STALE_PART));
            }
        }

        private void acknowledged() {
            phase = Phase.ACKNOWLEDGED;
            staleCheck.cancel(false);
        }

        private void answered(Response response) {
            phase = Phase.ANSWERED;
            finish(new Received(AnswerForm.answer(peer, response), Optional.of(response)));
        }

        private void suspectSession() {
            // A session that this attempt has made itself is not stale: only repetition helps then.
            if (phase == Phase.SENT && handshakeMode.equals(DtlsEndpointContext.HANDSHAKE_MODE_AUTO)) {
                retry("not acknowledged in the session that there was");
            }
        }

        private void retry(String failure) {
            lastFailure = failure;
            again(DtlsEndpointContext.HANDSHAKE_MODE_PROBE, 0);
        }

        private void failed(Throwable error) {
            if (error instanceof EndpointMismatchException) {
                abort(client.whoIsThere(peer));
            } else if (error instanceof PeerVerifier.DistrustException) {
                abort("the certificate of " + peer + " was refused: " + error.getMessage()
                        + ". Is it of this rack, and are both clocks right?");
            } else if (error instanceof HandshakeException && !(error instanceof DtlsHandshakeTimeoutException)) {
                abort(peer + " refused the DTLS handshake: " + error.getMessage()
                        + ". Is this certificate of its rack, not expired and not revoked, and are both clocks right?");
            } else {
                lastFailure = error instanceof DtlsHandshakeTimeoutException
                        ? "the DTLS handshake was not answered"
                        : String.valueOf(error.getMessage());
                again(DtlsEndpointContext.HANDSHAKE_MODE_AUTO, RETRY_MILLIS);
            }
        }
    }
}
