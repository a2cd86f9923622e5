package org.rackweave.protocol.coap;

import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.ServerMessageDeliverer;
import org.eclipse.californium.core.server.resources.Resource;
import org.eclipse.californium.elements.config.Configuration;
import org.rackweave.crypto.Principal;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AnswerCodec;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.CommandCodec;
import org.rackweave.protocol.message.EventView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a CoAP request to a command, and from its answer to a response; every step that fails is a counted refusal. */
final class CommandDeliverer extends ServerMessageDeliverer {
    private static final Logger LOG = LoggerFactory.getLogger(CommandDeliverer.class);

    /** When to come back to a server whose handler has too much to do: a few commits later. */
    private static final long RETRY_MILLIS = 1000;

    private static final int FORMAT = MediaTypeRegistry.APPLICATION_CBOR;

    /** Beyond so many paths all are taken to be observed: some 100 kB. */
    private static final int MAX_OBSERVED_PATHS = 1024;

    private final CommandHandler handler;
    private final ServerLimits limits;
    private final InstantSource now;
    private final ScheduledExecutorService executor;
    private final UnicastCounters counters;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Resource once = new Commands();
    private final Commands observed = new Commands();

    /** Paths that somebody has asked to observe. A path stays: whether its observers have left is not worth knowing. */
    private final Set<String> observedPaths = ConcurrentHashMap.newKeySet();

    /** The last event that each observer was told; its entry goes when Californium lets go of the exchange. */
    private final Map<Exchange, Long> toldEvents = Collections.synchronizedMap(new WeakHashMap<>());

    CommandDeliverer(
            Configuration settings,
            CommandHandler handler,
            ServerLimits limits,
            InstantSource now,
            ScheduledExecutorService executor,
            UnicastCounters counters) {
        super(new CoapResource(""), settings);
        this.handler = handler;
        this.limits = limits;
        this.now = now;
        this.executor = executor;
        this.counters = counters;
        observed.setObservable(true);
        // Confirmed: a change that an observer missed would stay unknown to it until the next one.
        observed.setObserveType(CoAP.Type.CON);
    }

    /** All paths lead to one of two resources: they differ in whether Californium lets them be observed. */
    private final class Commands extends CoapResource {
        Commands() {
            super("");
        }

        @Override
        public void handleRequest(Exchange exchange) {
            receive(exchange);
        }
    }

    @Override
    protected Resource findResource(Exchange exchange) {
        Request request = exchange.getRequest();
        boolean observable = destination(request) instanceof Route.Found found
                && found.route().isObservable();
        return observable ? observed : once;
    }

    /**
     * Whether somebody may observe this path. Most leases are observed by nobody, and looking for their observers took as
     * long as answering.
     */
    boolean mayBeObserved(String path) {
        return observedPaths.contains(path) || observedPaths.size() >= MAX_OBSERVED_PATHS;
    }

    /** Asks the handler again for everybody who observes this path. */
    void changed(String path) {
        observed.changed(relation -> relation.getExchange()
                .getRequest()
                .getOptions()
                .getUriPathString()
                .equals(path));
    }

    private static Route.Destination destination(Request request) {
        Optional<Route.Method> method =
                switch (request.getCode()) {
                    case GET -> Optional.of(Route.Method.GET);
                    case POST -> Optional.of(Route.Method.POST);
                    default -> Optional.empty();
                };
        return Route.find(method, request.getOptions().getUriPath());
    }

    // ---- from a request to a command -------------------------------------------------------------------------------

    private void receive(Exchange exchange) {
        Request request = exchange.getRequest();
        Optional<SessionPeer> peer = SessionPeer.of(request.getSourceContext());
        Optional<Response> refusal = refusalOfPeer(peer).or(() -> refusalOfOptions(request.getOptions()));
        if (refusal.isPresent()) {
            exchange.sendResponse(refusal.get());
            return;
        }
        if (request.getOptions().hasObserve() && observedPaths.size() < MAX_OBSERVED_PATHS) {
            // Before the handler reads what is to be observed: a change from then on is told.
            observedPaths.add(request.getOptions().getUriPathString());
        }
        Principal principal = peer.orElseThrow().principal();
        Route.Destination destination = destination(request);
        if (destination instanceof Route.Found found) {
            receive(exchange, principal, found);
        } else if (destination instanceof Route.WrongMethod wrong) {
            counters.count(UnicastCounter.BAD_METHOD);
            exchange.sendResponse(refused(
                    ResponseCode.METHOD_NOT_ALLOWED,
                    RefusalCode.INVALID,
                    request.getCode() + " is not served here; this path has " + wrong.allowed()));
        } else {
            counters.count(UnicastCounter.UNKNOWN_PATH);
            exchange.sendResponse(refused(
                    ResponseCode.NOT_FOUND,
                    RefusalCode.NOT_FOUND,
                    "there is no such path; those of this version begin with /" + Route.ROOT + "/" + Route.VERSION));
        }
    }

    private void receive(Exchange exchange, Principal principal, Route.Found found) {
        Request request = exchange.getRequest();
        CommandCodec.decode(found.route(), found.name(), request.getOptions().getUriQuery(), request.getPayload())
                .fold(
                        command -> {
                            submit(exchange, principal, found.route(), command);
                            return true;
                        },
                        reason -> {
                            counters.count(UnicastCounter.BAD_BODY);
                            exchange.sendResponse(refused(ResponseCode.BAD_REQUEST, RefusalCode.INVALID, reason));
                            return false;
                        });
    }

    private Optional<Response> refusalOfPeer(Optional<SessionPeer> peer) {
        if (peer.isEmpty()) {
            // The verifier gives every session its principal; without one, something is wrong with this program.
            LOG.error("A DTLS session has no principal; its request was refused. Report this.");
            return Optional.of(refused(ResponseCode.FORBIDDEN, RefusalCode.DENIED, "this session proves nobody"));
        }
        if (now.instant().isAfter(peer.get().notAfter())) {
            counters.count(UnicastCounter.SESSION_OUTLIVED_CERTIFICATE);
            return Optional.of(refused(
                    ResponseCode.FORBIDDEN,
                    RefusalCode.DENIED,
                    "your certificate expired at " + peer.get().notAfter() + "; renew it and connect again"));
        }
        return Optional.empty();
    }

    private Optional<Response> refusalOfOptions(OptionSet options) {
        if (options.hasContentFormat() && !options.isContentFormat(FORMAT)) {
            return badOption(
                    ResponseCode.UNSUPPORTED_CONTENT_FORMAT, "the body must be CBOR, content format " + FORMAT);
        }
        if (options.hasAccept() && !options.isAccept(FORMAT)) {
            return badOption(ResponseCode.NOT_ACCEPTABLE, "answers are CBOR, content format " + FORMAT);
        }
        if (options.hasProxyUri() || options.hasProxyScheme()) {
            return badOption(ResponseCode.PROXY_NOT_SUPPORTED, "this is no proxy; ask the node itself");
        }
        if (options.getIfMatchCount() > 0 || options.hasIfNoneMatch()) {
            return badOption(ResponseCode.BAD_OPTION, "preconditions are not served; epochs are in the body");
        }
        return Optional.empty();
    }

    private Optional<Response> badOption(ResponseCode code, String detail) {
        counters.count(UnicastCounter.BAD_OPTION);
        return Optional.of(refused(code, RefusalCode.INVALID, detail));
    }

    private static Response refused(ResponseCode code, RefusalCode refusal, String detail) {
        return AnswerForm.refusal(code, Answer.Refused.of(refusal, detail));
    }

    // ---- to the handler and back -----------------------------------------------------------------------------------

    private void submit(Exchange exchange, Principal principal, Route route, Command command) {
        if (waiting.get() >= limits.waiting()) {
            counters.count(UnicastCounter.OVERLOADED);
            respond(
                    exchange,
                    route,
                    new Answer.Refused(RefusalCode.BUSY, "too many requests are waiting here", RETRY_MILLIS));
            return;
        }
        Command asked = onlyNews(exchange, command);
        Consumer<Answer> respond = answer -> respond(exchange, route, answer);
        PendingReply reply = new PendingReply(respond, waiting, counters);
        try {
            handler.handle(principal, asked, reply);
        } catch (RuntimeException e) {
            counters.count(UnicastCounter.HANDLER_FAILED);
            LOG.error("Carrying out {} failed; the peer was told so. Report this.", asked.kind(), e);
            reply.accept(Answer.Refused.of(
                    RefusalCode.UNAVAILABLE, "a fault in this daemon; its log has it; read the state, then ask again"));
        }
        reply.await(executor, () -> acknowledge(exchange), limits.answerMillis());
    }

    private static void acknowledge(Exchange exchange) {
        exchange.execute(() -> {
            if (!exchange.isComplete() && exchange.getCurrentResponse() == null) {
                exchange.sendAccept();
            }
        });
    }

    /** An observer of events is told what is new since it was told last, not everything since it began to observe. */
    private Command onlyNews(Exchange exchange, Command command) {
        return Optional.ofNullable(toldEvents.get(exchange))
                .<Command>map(Command.ReadEvents::new)
                .orElse(command);
    }

    private void respond(Exchange exchange, Route route, Answer answer) {
        Answer fitting = AnswerCodec.fitting(answer);
        count(exchange, answer, fitting);
        if (fitting instanceof Answer.Events events && remember(exchange, events.events()) == News.NONE) {
            return;
        }
        exchange.sendResponse(AnswerForm.response(route, fitting));
    }

    private void count(Exchange exchange, Answer answer, Answer fitting) {
        boolean notification =
                exchange.getRelation() != null && exchange.getRelation().isEstablished();
        counters.count(
                notification
                        ? UnicastCounter.NOTIFICATION
                        : fitting instanceof Answer.Refused
                                ? UnicastCounter.REQUEST_REFUSED
                                : UnicastCounter.REQUEST_ANSWERED);
        if (fitting != answer) {
            counters.count(UnicastCounter.ANSWER_TOO_LONG);
        }
    }

    private enum News {
        SOME,
        NONE
    }

    private News remember(Exchange exchange, List<EventView> events) {
        if (exchange.getRelation() == null) {
            return News.SOME;
        }
        if (events.isEmpty()) {
            return exchange.getRelation().isEstablished() ? News.NONE : News.SOME;
        }
        toldEvents.put(exchange, events.get(events.size() - 1).number());
        return News.SOME;
    }
}
