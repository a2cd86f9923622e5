package org.rackweave.hal.cxl.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.rackweave.hal.HalException;
import org.rackweave.hal.cxl.CxlLimits;
import org.rackweave.hal.cxl.Drain;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.Identify;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.wash.MemoryFile;

/**
 * One call of the contract, on a switch: what it reads is read when nothing is on its way any more, and its errors name the slice and the
 * operation.
 */
final class SwitchCall {
    /** How long a kernel may take to show memory that was bound, in milliseconds: hot-plug takes a second or two. */
    private static final long MOST_APPEARING_MILLIS = 10_000;

    private final FmClient client;
    private final AtomicBoolean mayLand;
    private final String device;
    private final String operation;
    /** Whether a command of this call was done, or may have been. */
    private boolean mayHaveChanged;

    private int busyTries;
    private Optional<Deadline> busyUntil = Optional.empty();

    /** Takes back what was only there for a while. */
    interface Ending {
        void end() throws HalException;
    }

    /** @param mayLand whether a command of an earlier call, or of an earlier process, may still land; kept between calls */
    SwitchCall(FmClient client, AtomicBoolean mayLand, String device, String operation) {
        this.client = client;
        this.mayLand = mayLand;
        this.device = device;
        this.operation = operation;
    }

    /** What is bound where, read when nothing is on its way any more. */
    Bindings bindings() throws HalException {
        settle();
        while (true) {
            Outcome<Bindings> asked = Bindings.read(client);
            if (!isBusy(asked)) {
                Bindings read = answered(asked);
                if (!read.isAnyBusy()) {
                    return read;
                }
            }
            // Another manager began something after the switch was idle.
            waitForAnother();
        }
    }

    /** Whether a component says that it has no time for this now, and has done nothing of it as far as its word goes. */
    static boolean isBusy(Outcome<?> outcome) {
        return outcome instanceof Outcome.Declined<?> declined
                && declined.code().isForNow();
    }

    /**
     * Whether a command that changes something was declined for now. It may have landed all the same, or may still: so nothing of this
     * call is a plain no any more.
     */
    boolean isPutOff(Outcome<?> outcome) {
        mayHaveChanged |= isBusy(outcome);
        return isBusy(outcome);
    }

    /**
     * Waits until the switch is idle again and may be asked once more; all waits of one call together are bounded. What was declined may
     * have landed all the same: whoever goes on reads first.
     */
    void waitForAnother() throws HalException {
        Deadline until = busyUntil.orElseGet(() -> Deadline.inMillis(CxlLimits.MOST_BUSY_MILLIS));
        busyUntil = Optional.of(until);
        busyTries++;
        if (busyTries >= CxlLimits.MOST_BUSY_TRIES || until.leftMillis() == 0) {
            throw unavailable(
                    "it was busy " + busyTries + " times",
                    "find out who else manages this switch; ask again when that has ended");
        }
        long pauseMillis =
                Math.min(CxlLimits.FIRST_BUSY_PAUSE_MILLIS << (busyTries - 1), CxlLimits.LONGEST_BUSY_PAUSE_MILLIS);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
        settle();
    }

    private void settle() throws HalException {
        Drain drain = client.drain();
        if (drain.kind() == Drain.Kind.STUCK) {
            // A switch that restarted since the last call is asked again, on a new connection.
            mayLand.set(true);
            drain = client.drain();
        }
        if (mayLand.get() && drain instanceof Drain.Idle idle && idle.through() == Drain.Through.NEW_CONNECTION) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(CxlLimits.LANDING_MILLIS));
            drain = client.drain();
        }
        if (drain instanceof Drain.Stuck stuck) {
            throw unavailable(stuck.why(), "look at the switch: nothing of it is believed before it is idle");
        }
        mayLand.set(false);
    }

    /** What is answered to a question that changes nothing, asked again while nobody has time for it. */
    <R> R answer(Supplier<Outcome<R>> question) throws HalException {
        Outcome<R> asked = question.get();
        while (isBusy(asked)) {
            waitForAnother();
            asked = question.get();
        }
        return answered(asked);
    }

    /** What is answered to a question that not every device knows; empty when this one does not answer it. */
    <R> Optional<R> told(Supplier<Outcome<R>> question) throws HalException {
        Outcome<R> asked = question.get();
        while (isBusy(asked)) {
            waitForAnother();
            asked = question.get();
        }
        return switch (asked.kind()) {
            case ANSWERED -> Optional.of(((Outcome.Answered<R>) asked).response());
            case DECLINED -> Optional.empty();
            case NOT_SENT -> throw unavailable(CxlSwitchInterposer.said(asked), "look at the switch");
            case UNKNOWN -> {
                // What carried it may still be under way.
                settle();
                yield Optional.empty();
            }
        };
    }

    private <R> R answered(Outcome<R> asked) throws HalException {
        if (asked instanceof Outcome.Answered<R> answered) {
            return answered.response();
        }
        throw unavailable(CxlSwitchInterposer.said(asked), "look at the switch");
    }

    /** @param due the serial number of the device that was found behind the port; 0: it had none */
    void isStillTheDevice(int port, long due) throws HalException {
        long now = due == 0 ? 0 : serialOf(port);
        if (now != due) {
            throw isAnother(port, due, now);
        }
    }

    /**
     * The same, for what takes from a host or only looks: a device that does not say who it is may have failed, and is then to be taken
     * from its host all the same.
     */
    void isNoOtherDevice(int port, long due) throws HalException {
        long now = due == 0 ? 0 : serialOf(port);
        if (now != 0 && now != due) {
            throw isAnother(port, due, now);
        }
    }

    private HalException isAnother(int port, long due, long now) {
        String found = now == 0 ? "none that says who it is" : HexFormat.of().toHexDigits(now);
        return refused(
                "port " + port + " had the device " + HexFormat.of().toHexDigits(due) + " and has now " + found,
                "plug it back, or restart the daemon to find it where it is");
    }

    private long serialOf(int port) throws HalException {
        Outcome<Identify.Response> asked = client.callThrough(port, new Identify.Request());
        while (isBusy(asked)) {
            waitForAnother();
            asked = client.callThrough(port, new Identify.Request());
        }
        return PooledSlices.serialIn(asked, port);
    }

    /** Goes on when a command was done, as far as the switch's word goes; what is believed is read back. */
    void done(Outcome<?> outcome) throws HalException {
        switch (outcome.kind()) {
            case ANSWERED -> mayHaveChanged = true;
            case DECLINED ->
                throw refused(CxlSwitchInterposer.said(outcome), "read its route; another manager may be at work");
            case NOT_SENT -> throw unavailable(CxlSwitchInterposer.said(outcome), "look at the switch");
            case UNKNOWN -> {
                mayLand.set(true);
                throw unknown(CxlSwitchInterposer.said(outcome));
            }
        }
    }

    /**
     * Reads what this machine sees of a slice, and then ends that it sees it, whatever came of it.
     *
     * @param wiper the machine: zeros are written first
     * @return how many bytes are zero
     */
    long readBack(Path window, long bytes, CxlSwitchSettings.Wiper wiper, Ending ending) throws HalException {
        long zeros;
        try {
            zeros = countZeros(window, bytes, wiper);
        } catch (HalException failed) {
            // Why it could not be read says more than why it could not be taken back then.
            try {
                ending.end();
            } catch (HalException also) {
                failed.addSuppressed(also);
            }
            throw failed;
        }
        ending.end();
        return zeros;
    }

    private long countZeros(Path window, long bytes, CxlSwitchSettings.Wiper wiper) throws HalException {
        appears(window);
        try {
            if (wiper == CxlSwitchSettings.Wiper.HOST) {
                MemoryFile.zero(window, bytes);
            }
            return MemoryFile.countZeros(window, bytes);
        } catch (IOException failed) {
            throw unknown(failed.getClass().getSimpleName() + ": " + failed.getMessage());
        }
    }

    /** A host's kernel takes a while to find what was plugged in. */
    private void appears(Path window) throws HalException {
        Deadline deadline = Deadline.inMillis(MOST_APPEARING_MILLIS);
        while (!Files.exists(window) && deadline.leftMillis() > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(CxlLimits.LONGEST_POLL_MILLIS));
        }
        if (!Files.exists(window)) {
            throw unavailable(
                    window + " is not there, where this machine should see what is behind the virtual switch of wash",
                    "correct wash and washWindow");
        }
    }

    /** No; or, when a command of this call was done or put off before, nobody knows what is left of that. */
    HalException refused(String seen, String advice) {
        return mayHaveChanged
                ? new HalException.OutcomeUnknown(device, operation, seen, advice)
                : new HalException.Refused(device, operation, seen, advice);
    }

    /** Not there; or, when a command of this call was done or put off before, nobody knows what came of it. */
    HalException unavailable(String seen, String advice) {
        return mayHaveChanged
                ? new HalException.OutcomeUnknown(device, operation, seen, advice)
                : new HalException.Unavailable(device, operation, seen, advice);
    }

    HalException unknown(String seen) {
        return new HalException.OutcomeUnknown(device, operation, seen, "read its route back before anything else");
    }
}
