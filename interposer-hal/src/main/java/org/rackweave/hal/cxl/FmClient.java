package org.rackweave.hal.cxl;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.Octets;

/**
 * A fabric manager's side of one switch: one connection, one command at a time, for one worker thread. It
 * connects when it has something to say, and finds out the dialect by asking who the switch is. Each call ends in time with an {@link
 * Outcome}.
 *
 * <p>After an unknown outcome of a command that changes something, nothing but {@link #drain} is done until that says {@link
 * Drain.Idle}.
 */
public final class FmClient implements FmComponent, AutoCloseable {
    private final FmRoute route;
    private final FmPatience patience;
    private Optional<FmSession> session = Optional.empty();
    private Optional<Greeting> greeting = Optional.empty();
    private Optional<Owed> owed = Optional.empty();
    private Optional<ReturnCode> lateAnswer = Optional.empty();

    /**
     * Who a switch said that it is, when it was connected to.
     *
     * @param dialect how it speaks
     */
    public record Greeting(Dialect dialect, Identify.Response identity) {
        public Greeting {
            Objects.requireNonNull(dialect);
            Objects.requireNonNull(identity);
        }
    }

    /** A command whose outcome is unknown. The tag says something on its own connection only. */
    private record Owed(int tag, Opcode opcode) {}

    /** By MCTP over TCP. */
    public FmClient(InetSocketAddress address, FmPatience patience) {
        this(FmRoute.tcp(address), patience);
    }

    public FmClient(FmRoute route, FmPatience patience) {
        this.route = Objects.requireNonNull(route);
        this.patience = Objects.requireNonNull(patience);
    }

    /** Who the switch is and how it speaks, asked once a connection. */
    public Outcome<Greeting> greet() {
        Optional<String> trouble = ready();
        return trouble.isPresent()
                ? new Outcome.NotSent<>(trouble.get())
                : new Outcome.Answered<>(greeting.orElseThrow());
    }

    /** Sends a command and follows it to its end. */
    @Override
    public <R extends FmResponse> Outcome<R> call(FmRequest<R> request) {
        Optional<String> trouble = ready();
        if (trouble.isPresent()) {
            return new Outcome.NotSent<>(trouble.get());
        }
        FmSession now = session.orElseThrow();
        Pending pending = new Pending(request);
        try {
            CciMessage answer = ask(now, request, pending);
            return answer.returnCode().equals(ReturnCode.BACKGROUND_STARTED)
                    ? followed(now, request, pending)
                    : judged(now.dialect(), request, answer);
        } catch (MalformedException malformed) {
            return lost(pending, "the answer was refused, " + malformed.fault() + ": " + malformed.detail());
        } catch (SocketTimeoutException late) {
            return late(pending, String.valueOf(late.getMessage()));
        } catch (IOException broken) {
            return lost(pending, "the connection was lost: " + broken);
        }
    }

    /** The device behind a port, asked through the switch. */
    public FmComponent device(int port) {
        return new FmComponent() {
            @Override
            public <R extends FmResponse> Outcome<R> call(FmRequest<R> request) {
                return callThrough(port, request);
            }
        };
    }

    /** The pool of a multi-headed device behind a port. */
    public FmComponent pool(int port) {
        return new FmComponent() {
            @Override
            public <R extends FmResponse> Outcome<R> call(FmRequest<R> request) {
                return callThrough(port, Tunnel.Target.LD_POOL, request);
            }
        };
    }

    /** A logical device of the device behind a port, see {@link #callLogicalDevice}. */
    public FmComponent logicalDevice(int port, int logicalDevice) {
        return new FmComponent() {
            @Override
            public <R extends FmResponse> Outcome<R> call(FmRequest<R> request) {
                return callLogicalDevice(port, logicalDevice, request);
            }
        };
    }

    /**
     * Carries a command through the switch to the device behind a port.
     *
     * @return the device's outcome; a switch that declines to carry it is told by its return code
     */
    public <R extends FmResponse> Outcome<R> callThrough(int port, FmRequest<R> request) {
        return callThrough(port, Tunnel.Target.DEVICE, request);
    }

    private <R extends FmResponse> Outcome<R> callThrough(int port, Tunnel.Target target, FmRequest<R> request) {
        Optional<String> trouble = ready();
        if (trouble.isPresent()) {
            return new Outcome.NotSent<>(trouble.get());
        }
        Dialect dialect = session.orElseThrow().dialect();
        Outcome<Tunnel.Response> carried = call(tunnelled(dialect, port, target, request));
        return carried instanceof Outcome.Answered<Tunnel.Response> answered
                ? unpacked(dialect, request, answered.response())
                : carried.unanswered();
    }

    /**
     * Carries a command through the switch and through the device behind a port to one of its logical devices: a tunnel in a tunnel.
     * A command that the logical device takes into its background comes back as declined with {@link
     * ReturnCode#BACKGROUND_STARTED}; whoever asked follows it there.
     */
    public <R extends FmResponse> Outcome<R> callLogicalDevice(int port, int logicalDevice, FmRequest<R> request) {
        Outcome<Greeting> greeted = greet();
        if (!(greeted instanceof Outcome.Answered<Greeting> known)) {
            return greeted.unanswered();
        }
        Dialect dialect = known.response().dialect();
        Outcome<Tunnel.Response> carried =
                callThrough(port, tunnelled(dialect, logicalDevice, Tunnel.Target.DEVICE, request));
        return carried instanceof Outcome.Answered<Tunnel.Response> answered
                ? unpacked(dialect, request, answered.response())
                : carried.unanswered();
    }

    static Tunnel.Request tunnelled(Dialect dialect, int port, Tunnel.Target target, FmRequest<?> request) {
        // The outer tag tells answers apart; the inner one may be any.
        return new Tunnel.Request(port, target, FmCodec.request(dialect, 0, request));
    }

    /** After an unknown outcome: waits until the switch has answered what it was asked and does nothing in the background. */
    public Drain drain() {
        Drain.Through through = session.isPresent() ? Drain.Through.SAME_CONNECTION : Drain.Through.NEW_CONNECTION;
        Deadline deadline = Deadline.inMillis(patience.backgroundMillis());
        Optional<String> trouble = open();
        if (trouble.isPresent()) {
            return new Drain.Stuck(trouble.get());
        }
        FmSession now = session.orElseThrow();
        // It looks for the command's own late answer on the way; on a new connection there is none.
        Pending pending = new Pending(new BackgroundStatus.Request());
        try {
            BackgroundStatus.Response last = untilIdle(now, pending, deadline);
            if (last.activity() == BackgroundStatus.Activity.RUNNING) {
                return new Drain.Stuck(String.format(
                        Locale.ROOT, "operation 0x%04x goes on, %d %% done", last.opcode(), last.percent()));
            }
            owed = Optional.empty();
            return new Drain.Idle(through, lateAnswer);
        } catch (MalformedException malformed) {
            dropSession();
            return new Drain.Stuck("the answer was refused, " + malformed.fault() + ": " + malformed.detail());
        } catch (SocketTimeoutException late) {
            dropAfter(CxlLimits.MOST_UNANSWERED);
            return new Drain.Stuck(String.valueOf(late.getMessage()));
        } catch (IOException broken) {
            dropSession();
            return new Drain.Stuck("the connection was lost: " + broken);
        }
    }

    @Override
    public void close() {
        dropSession();
    }

    private Optional<String> ready() {
        return owed.isPresent()
                ? Optional.of("the outcome of " + owed.get().opcode().title() + " is unknown; drain first")
                : open();
    }

    /** Connects, unless that is done; says why it cannot. */
    private Optional<String> open() {
        if (session.isPresent()) {
            return Optional.empty();
        }
        Deadline deadline = Deadline.inMillis(patience.connectMillis());
        try {
            FmSession opened = route.open(deadline);
            session = Optional.of(opened);
            Identify.Request request = new Identify.Request();
            int tag = opened.send(request, deadline);
            CciMessage answer = opened.receive(deadline);
            Identify.Response identity =
                    FmCodec.readResponse(opened.dialect(), tag, request, answer).orThrow();
            return recognised(new Greeting(opened.dialect(), identity));
        } catch (MalformedException malformed) {
            dropSession();
            return Optional.of(
                    route + " is no CXL switch that is known here, " + malformed.fault() + ": " + malformed.detail());
        } catch (IOException failed) {
            dropSession();
            return Optional.of("cannot speak to " + route + ": " + failed.getMessage());
        }
    }

    /** A switch that is another one than before is not commanded: ports and logical devices mean something else there. */
    private Optional<String> recognised(Greeting now) {
        if (greeting.isPresent() && !greeting.get().equals(now)) {
            dropSession();
            return Optional.of(route + " was " + greeting.get() + " and is now " + now);
        }
        greeting = Optional.of(now);
        return Optional.empty();
    }

    private CciMessage ask(FmSession now, FmRequest<?> request, Pending pending)
            throws IOException, MalformedException {
        Deadline deadline = Deadline.inMillis(patience.answerMillis());
        int tag = now.send(request, deadline);
        pending.sentWith(tag);
        while (true) {
            CciMessage answer = now.receive(deadline);
            if (answer.tag() == tag) {
                FmCodec.isAnswerTo(tag, request, answer);
                return answer;
            }
            noteLate(answer);
        }
    }

    private void noteLate(CciMessage answer) {
        if (owed.isPresent() && owed.get().tag() == answer.tag()) {
            lateAnswer = Optional.of(answer.returnCode());
        }
    }

    private static <R extends FmResponse> Outcome<R> judged(Dialect dialect, FmRequest<R> request, CciMessage answer)
            throws MalformedException {
        if (!answer.returnCode().equals(ReturnCode.SUCCESS)) {
            return new Outcome.Declined<>(answer.returnCode(), answer.vendorStatus());
        }
        return new Outcome.Answered<>(
                FmCodec.readResponse(dialect, answer.tag(), request, answer).orThrow());
    }

    private <R extends FmResponse> Outcome<R> followed(FmSession now, FmRequest<R> request, Pending pending)
            throws IOException, MalformedException {
        BackgroundStatus.Response last = untilIdle(now, pending, Deadline.inMillis(patience.backgroundMillis()));
        int opcode = request.opcode().number();
        if (last.opcode() != opcode) {
            throw new MalformedException(
                    CciFault.CONTRADICTION,
                    String.format(
                            Locale.ROOT,
                            "operation 0x%04x is in the place of 0x%04x; another manager may be at work",
                            last.opcode(),
                            opcode));
        }
        if (last.activity() == BackgroundStatus.Activity.RUNNING) {
            return late(pending, "still going on in the background, " + last.percent() + " % done");
        }
        CciMessage end = CciMessage.request(0, opcode, Octets.NONE).answer(last.returnCode(), Octets.NONE);
        return judged(now.dialect(), request, end);
    }

    /** The last word of the switch: idle, or still running when time is up. */
    private BackgroundStatus.Response untilIdle(FmSession now, Pending pending, Deadline deadline)
            throws IOException, MalformedException {
        BackgroundStatus.Request request = new BackgroundStatus.Request();
        long pauseMillis = CxlLimits.FIRST_POLL_MILLIS;
        while (true) {
            CciMessage answer = ask(now, request, pending);
            if (!answer.returnCode().equals(ReturnCode.SUCCESS)) {
                throw new MalformedException(
                        CciFault.CONTRADICTION, "it does not say how its operation goes: " + answer.returnCode());
            }
            BackgroundStatus.Response status = FmCodec.readResponse(now.dialect(), answer.tag(), request, answer)
                    .orThrow();
            if (status.activity() == BackgroundStatus.Activity.IDLE || deadline.leftMillis() == 0) {
                return status;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
            pauseMillis = Math.min(2 * pauseMillis, CxlLimits.LONGEST_POLL_MILLIS);
        }
    }

    private <R extends FmResponse> Outcome<R> unpacked(Dialect dialect, FmRequest<R> request, Tunnel.Response carried) {
        CciMessage answer = carried.message();
        try {
            FmCodec.isAnswerTo(answer.tag(), request, answer);
            return judged(dialect, request, answer);
        } catch (MalformedException malformed) {
            return lost(
                    new Pending(request),
                    "the device's answer was refused, " + malformed.fault() + ": " + malformed.detail());
        }
    }

    /** No answer in time: one may still come on this connection, and says then that the switch has done with the command. */
    private <R extends FmResponse> Outcome<R> late(Pending pending, String why) {
        oweFor(pending);
        dropAfter(pending.request.effect() == Opcode.Effect.CHANGES ? CxlLimits.MOST_UNANSWERED : 0);
        return new Outcome.Unknown<>(why);
    }

    /** The connection is gone, or what comes on it is not to be believed. */
    private <R extends FmResponse> Outcome<R> lost(Pending pending, String why) {
        oweFor(pending);
        dropSession();
        return new Outcome.Unknown<>(why);
    }

    private void oweFor(Pending pending) {
        if (pending.request.effect() == Opcode.Effect.CHANGES) {
            owed = Optional.of(new Owed(pending.firstTag, pending.request.opcode()));
            lateAnswer = Optional.empty();
        }
    }

    private void dropAfter(int mostUnanswered) {
        if (session.isPresent() && session.get().unanswered() > mostUnanswered) {
            dropSession();
        }
    }

    private void dropSession() {
        session.ifPresent(FmSession::close);
        session = Optional.empty();
    }

    /** A command on its way, and the tag that it left with. */
    private static final class Pending {
        private static final int NOT_YET = -1;

        private final FmRequest<?> request;
        private int firstTag = NOT_YET;

        private Pending(FmRequest<?> request) {
            this.request = request;
        }

        private void sentWith(int tag) {
            firstTag = firstTag == NOT_YET ? tag : firstTag;
        }
    }
}
