package org.rackweave.protocol.coap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.RandomTokenGenerator;
import org.eclipse.californium.core.network.TokenGenerator;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.dtls.DTLSSession;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.CommandCodec;
import org.rackweave.protocol.message.RefusalCode;

/**
 * The asking side of the unicast channel. Sessions are made when they are needed, kept, and made anew when a peer has
 * restarted. May be used from any thread.
 *
 * <p>Answers are given on the channel's one thread: whoever takes them must not block it.
 */
public final class UnicastClient implements AutoCloseable {
    /** Commands under way at once: more than a rack of 256 nodes that is asked twice over. */
    public static final int MAX_UNDER_WAY = 1024;

    private static final long BUSY_MILLIS = 1000;
    private static final String CLOSED = "this client is closed";

    private final CoapEndpoint endpoint;
    private final DTLSConnector connector;
    private final ScheduledThreadPoolExecutor executor;
    private final UnicastCounters counters;

    /** Touched on the executor only. */
    private final Set<Sending> underWay = new HashSet<>();

    private final Map<Token, Consumer<Response>> observing = new ConcurrentHashMap<>();
    private final TokenGenerator tokens;

    private UnicastClient(
            CoapEndpoint endpoint,
            DTLSConnector connector,
            ScheduledThreadPoolExecutor executor,
            UnicastCounters counters,
            TokenGenerator tokens) {
        this.tokens = tokens;
        this.endpoint = endpoint;
        this.connector = connector;
        this.executor = executor;
        this.counters = counters;
    }

    /**
     * Opens a client on a free port.
     *
     * @param identity who this is; its trust judges peers
     * @param now judges certificates
     * @throws IOException when there is no socket to be had
     */
    public static UnicastClient open(Identity identity, InstantSource now) throws IOException {
        Configuration settings = DtlsSettings.client();
        UnicastCounters counters = new UnicastCounters();
        InetSocketAddress any = new InetSocketAddress((InetAddress) null, 0);
        DTLSConnector connector = DtlsSettings.connector(settings, identity, any, now, counters);
        ScheduledThreadPoolExecutor executor = CoapThread.start("rackweave-coap-client");
        CoapEndpoint endpoint = DtlsSettings.endpoint(settings, connector);
        endpoint.setExecutors(executor, executor);
        try {
            endpoint.start();
        } catch (IOException e) {
            endpoint.destroy();
            CoapThread.stop(executor);
            throw new IOException("cannot open a UDP socket: " + e.getMessage(), e);
        }
        UnicastClient client =
                new UnicastClient(endpoint, connector, executor, counters, new RandomTokenGenerator(settings));
        endpoint.addNotificationListener(client::notified);
        return client;
    }

    public UnicastCounters counters() {
        return counters;
    }

    /**
     * Sends a command and brings its answer. The stage always completes, and never exceptionally: what failed on the way is
     * an {@link Answer.Refused} with {@link RefusalCode#UNREACHABLE} that says what was tried.
     *
     * <p>A command may reach its peer twice when acknowledgements are lost; commands are made so that this does no harm.
     *
     * @param timeout when to stop trying; handshakes, repetitions and the peer's work are all within it
     */
    public CompletionStage<Answer> send(Peer to, Command command, Duration timeout) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        begin(to, command, UnaryOperator.identity(), timeout, received -> answer.complete(received.answer()));
        return answer;
    }

    /**
     * Asks for an answer and for every later one: of {@link Command.ReadLease}, {@link Command.ReadLoan} and
     * {@link Command.ReadEvents}. Goes on through restarts and outages of the peer, which are told once each as
     * {@link RefusalCode#UNREACHABLE}, until it is closed or the peer says that there is nothing to observe. Events are told
     * once each and in order, as long as the peer still has them.
     *
     * @param told takes the answers, on the channel's thread
     */
    public Subscription observe(Peer to, Command command, Consumer<Answer> told) {
        Observation observation = new Observation(this, to, command, told);
        run(observation::register);
        return observation;
    }

    /** Ends every session with this node, as after its revocation. The next command makes a new one, judged anew. */
    public void drop(NodeId peer) {
        DtlsSettings.drop(connector, peer);
    }

    /** Ends what is under way as unreachable, tells peers that their sessions are over, and waits for its threads to end. */
    @Override
    public void close() {
        CoapThread.finish(executor, () -> List.copyOf(underWay).forEach(sending -> sending.abort(CLOSED)));
        DtlsSettings.sayGoodbye(connector);
        CoapThread.stop(executor);
        endpoint.destroy();
    }

    // ---- for Sending and Observation -------------------------------------------------------------------------------

    void begin(
            Peer to, Command command, UnaryOperator<Request> shape, Duration timeout, Consumer<Sending.Received> done) {
        var request = CommandCodec.encode(command);
        try {
            executor.execute(CoapThread.loud(() -> begin(new Sending(this, to, request, shape, timeout, done), done)));
        } catch (RejectedExecutionException e) {
            done.accept(refused(Answer.Refused.of(RefusalCode.UNREACHABLE, CLOSED)));
        }
    }

    private void begin(Sending sending, Consumer<Sending.Received> done) {
        if (underWay.size() >= MAX_UNDER_WAY) {
            done.accept(refused(new Answer.Refused(
                    RefusalCode.BUSY, "this client has " + MAX_UNDER_WAY + " commands under way", BUSY_MILLIS)));
            return;
        }
        underWay.add(sending);
        sending.start();
    }

    private static Sending.Received refused(Answer answer) {
        return new Sending.Received(answer, Optional.empty());
    }

    void ended(Sending sending) {
        underWay.remove(sending);
    }

    void transmit(Request request) {
        endpoint.sendRequest(request);
    }

    /** Runs a step on the endpoint's thread; after closing there is none to take. */
    void run(Runnable step) {
        try {
            executor.execute(CoapThread.loud(step));
        } catch (RejectedExecutionException e) {
            return;
        }
    }

    Future<?> schedule(Runnable step, long millis) {
        try {
            return executor.schedule(CoapThread.loud(step), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(0);
        }
    }

    /** Californium keeps observations apart from other requests by some bits of their tokens, so it has to draw them. */
    Token newToken() {
        return tokens.createToken(TokenGenerator.Scope.LONG_TERM);
    }

    void listen(Token token, Consumer<Response> listener) {
        observing.put(token, listener);
    }

    /** Forgets an observation: the next notification is rejected, which ends it at the peer too. */
    void forget(Token token) {
        observing.remove(token);
        endpoint.cancelObservation(token);
    }

    private void notified(Request request, Response response) {
        Optional.ofNullable(observing.get(request.getToken()))
                .ifPresent(listener -> run(() -> listener.accept(response)));
    }

    /** Why a message was not sent to who is at this address. */
    String whoIsThere(Peer wanted) {
        String there = Optional.ofNullable(connector.getSessionByAddress(wanted.address()))
                .map(DTLSSession::getPeerIdentity)
                .flatMap(SessionPeer::of)
                .map(peer -> peer.principal().toString())
                .orElse("somebody else");
        return "at the address of " + wanted + " answers " + there
                + "; nothing was sent to it. Look for the node again, or correct its address";
    }
}
