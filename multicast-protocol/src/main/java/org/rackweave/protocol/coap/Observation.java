package org.rackweave.protocol.coap;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.observe.ObserveNotificationOrderer;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.EventView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One observation. A peer that restarted knows nothing of it and stays silent, so it is registered again when nothing was
 * heard for a while; the answer to that tells whether the peer lives.
 *
 * <p>All steps are taken on the endpoint's thread.
 */
final class Observation implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Observation.class);

    /** How long a restarted peer's silence goes unnoticed; one small request per observation and period. */
    static final long REFRESH_MILLIS = 10_000;

    /** While a peer is away: soon enough for a person who waits for it. */
    static final long AWAY_MILLIS = 2_000;

    private static final Duration REGISTER_TIMEOUT = Duration.ofSeconds(10);

    private final UnicastClient client;
    private final Peer peer;
    private final Consumer<Answer> told;

    private Command command;
    private ObserveNotificationOrderer orderer = new ObserveNotificationOrderer();
    private Optional<Token> token = Optional.empty();
    private Optional<Token> reusable = Optional.empty();
    private Future<?> refresh = CompletableFuture.completedFuture(0);
    private Reach reach = Reach.UNKNOWN;
    private volatile boolean closed;

    private enum Reach {
        UNKNOWN,
        THERE,
        AWAY
    }

    Observation(UnicastClient client, Peer peer, Command command, Consumer<Answer> told) {
        this.client = client;
        this.peer = peer;
        this.command = command;
        this.told = told;
    }

    @Override
    public void close() {
        closed = true;
        client.run(this::end);
    }

    private void end() {
        closed = true;
        refresh.cancel(false);
        token.ifPresent(client::forget);
        token = Optional.empty();
    }

    // ---- registering -----------------------------------------------------------------------------------------------

    void register() {
        if (!closed) {
            orderer = new ObserveNotificationOrderer();
            reusable = token;
            client.begin(peer, command, this::observing, REGISTER_TIMEOUT, this::registered);
        }
    }

    /**
     * The same token again replaces the observation at the peer, instead of adding one. A second attempt takes a new one:
     * the first is just being cancelled, and that must not take the second with it.
     */
    private Request observing(Request request) {
        Token next = reusable.orElseGet(client::newToken);
        reusable = Optional.empty();
        token.filter(old -> !old.equals(next)).ifPresent(client::forget);
        token = Optional.of(next);
        client.listen(next, this::notified);
        request.setObserve();
        request.setToken(next);
        return request;
    }

    private void registered(Sending.Received received) {
        if (closed) {
            end();
            return;
        }
        received.response().ifPresent(orderer::isNew);
        take(received.answer());
    }

    private void notified(Response response) {
        if (closed || !orderer.isNew(response)) {
            return;
        }
        take(AnswerForm.answer(peer, response));
    }

    private void again(long millis) {
        refresh.cancel(false);
        refresh = client.schedule(this::register, millis);
    }

    // ---- telling ---------------------------------------------------------------------------------------------------

    private void take(Answer answer) {
        if (answer instanceof Answer.Refused refused) {
            refused(refused);
            return;
        }
        reach = Reach.THERE;
        again(REFRESH_MILLIS);
        if (answer instanceof Answer.Events events && command instanceof Command.ReadEvents read) {
            events(events, read.after());
        } else {
            tell(answer);
        }
    }

    private void refused(Answer.Refused refused) {
        boolean passing =
                switch (refused.code()) {
                    case UNREACHABLE, UNAVAILABLE, BUSY -> true;
                    case INVALID, DENIED, NOT_FOUND, CONFLICT, STALE_EPOCH, NO_MATCH, QUARANTINED -> false;
                };
        if (!passing) {
            tell(refused);
            end();
            return;
        }
        if (reach != Reach.AWAY) {
            tell(refused);
        }
        reach = Reach.AWAY;
        again(Math.max(AWAY_MILLIS, refused.retryAfterMillis()));
    }

    /**
     * Events are numbered without gaps, and a notification that overtook another, or replaced it, leaves one: what is
     * missing is asked for.
     */
    private void events(Answer.Events events, long after) {
        if (events.newest() < after) {
            // The daemon restarted and counts from the beginning. It was just asked to tell what comes after the old
            // number, which is nothing for a long time: ask it anew.
            command = new Command.ReadEvents(0);
            register();
            return;
        }
        List<EventView> news =
                events.events().stream().filter(event -> event.number() > after).toList();
        if (!news.isEmpty() && news.get(0).number() > after + 1) {
            fetch();
            return;
        }
        tellEvents(news, events.newest());
    }

    private void tellEvents(List<EventView> news, long newest) {
        if (!news.isEmpty()) {
            long last = news.get(news.size() - 1).number();
            command = new Command.ReadEvents(last);
            tell(new Answer.Events(news, newest));
            if (last < newest) {
                fetch();
            }
        }
    }

    private void fetch() {
        client.begin(peer, command, request -> request, REGISTER_TIMEOUT, this::fetched);
    }

    private void fetched(Sending.Received received) {
        if (closed || !(command instanceof Command.ReadEvents read)) {
            return;
        }
        if (received.answer() instanceof Answer.Events events) {
            // What the peer has forgotten cannot be had: a gap here is told as it is.
            tellEvents(
                    events.events().stream()
                            .filter(event -> event.number() > read.after())
                            .toList(),
                    events.newest());
        } else if (received.answer() instanceof Answer.Refused refused) {
            refused(refused);
        }
    }

    private void tell(Answer answer) {
        try {
            told.accept(answer);
        } catch (RuntimeException e) {
            LOG.error("Whoever observes {} failed to take a {}; it goes on. Report this.", peer, answer.kind(), e);
        }
    }
}
