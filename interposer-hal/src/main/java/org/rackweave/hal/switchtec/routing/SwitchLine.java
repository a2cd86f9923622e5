package org.rackweave.hal.switchtec.routing;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.Outcome;
import org.rackweave.hal.switchtec.SwitchtecClient;
import org.rackweave.hal.switchtec.SwitchtecLink;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.MrpcError;

/** The way to one switch, opened anew when it was lost. What only reads is then asked again; what changes something never is. */
final class SwitchLine implements AutoCloseable {
    /** A firmware that has no thread has one soon, or is in trouble: as often as this it is asked again. */
    private static final int BUSY_TRIES = 10;

    private static final Duration BUSY_PAUSE = Duration.ofMillis(100);
    private static final Set<MrpcError> BUSY =
            Set.of(MrpcError.NO_THREAD, MrpcError.HANDLER_BUSY, MrpcError.NO_BACKGROUND_THREAD);

    private final LinkOpener opener;
    private final Duration drainTime;
    private final String device;
    /** Empty once it was closed: closing a device's file again would close whatever got its number since. */
    private Optional<SwitchtecLink> link;

    private SwitchLine(LinkOpener opener, Duration drainTime) throws HalException {
        this.opener = opener;
        this.drainTime = drainTime;
        SwitchtecLink first = opener.open();
        this.device = first.device();
        this.link = Optional.of(first);
    }

    /** @param drainTime how long an answer that is owed is waited for before another command is sent */
    static SwitchLine open(LinkOpener opener, Duration drainTime) throws HalException {
        return new SwitchLine(opener, drainTime);
    }

    /** By which an operator knows the switch. */
    String device() {
        return device;
    }

    /** Asks, and asks once more over a new link when the old one turns out to be dead. */
    <A extends MrpcAnswer> A read(MrpcCommand<A> question) throws HalException {
        Outcome<A> first = perform(question);
        Outcome<A> last =
                switch (first.kind()) {
                    case ANSWERED, REFUSED -> first;
                    case NOT_SENT, UNKNOWN -> perform(question);
                };
        return switch (last.kind()) {
            case ANSWERED -> ((Outcome.Answered<A>) last).answer();
            case REFUSED -> throw refused(question, ((Outcome.Refused<A>) last).error());
            case NOT_SENT -> throw unavailable(question, ((Outcome.NotSent<A>) last).why());
            case UNKNOWN -> throw unavailable(question, ((Outcome.Unknown<A>) last).seen());
        };
    }

    /** Sends it once; again only to a firmware that said that it was too busy to begin. */
    <A extends MrpcAnswer> Outcome<A> perform(MrpcCommand<A> command) throws HalException {
        Outcome<A> outcome = new SwitchtecClient(ready()).perform(command);
        for (int tries = 1; tries < BUSY_TRIES && isBusy(outcome); tries++) {
            pause(BUSY_PAUSE);
            outcome = new SwitchtecClient(ready()).perform(command);
        }
        return outcome;
    }

    private static boolean isBusy(Outcome<?> outcome) {
        return outcome instanceof Outcome.Refused<?> refused && BUSY.contains(refused.error());
    }

    /** A link over which nothing is owed. */
    private SwitchtecLink ready() throws HalException {
        SwitchtecLink.Drained drained = link.map(open -> open.drain(drainTime)).orElse(SwitchtecLink.Drained.OPEN_ANEW);
        return switch (drained) {
            case IDLE -> link.orElseThrow();
            case STILL_BUSY ->
                throw new HalException.Unavailable(
                        device,
                        "drain",
                        "an earlier command has not been answered after " + drainTime.toMillis() + " ms more",
                        "look at the switch; nothing else is sent to it before it answers");
            case OPEN_ANEW -> {
                close();
                SwitchtecLink opened = opener.open();
                link = Optional.of(opened);
                yield opened;
            }
        };
    }

    HalException.Refused refused(MrpcCommand<?> command, MrpcError error) {
        return new HalException.Refused(device, command.kind().operation(), error.toString(), error.advice());
    }

    private HalException unavailable(MrpcCommand<?> command, String seen) {
        return new HalException.Unavailable(
                device, command.kind().operation(), seen, "look whether the switch runs and can be reached");
    }

    /** @throws HalException.Unavailable when whoever waits is to stop */
    void pause(Duration time) throws HalException {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new HalException.Unavailable(device, "wait", "the caller stopped waiting", "read the binds again");
        }
    }

    @Override
    public void close() {
        link.ifPresent(SwitchtecLink::close);
        link = Optional.empty();
    }
}
