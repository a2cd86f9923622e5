package org.rackweave.hal.cxl.pool;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.rackweave.hal.HalException;
import org.rackweave.hal.cxl.BackgroundStatus;
import org.rackweave.hal.cxl.CxlLimits;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.NoPayload;
import org.rackweave.hal.cxl.Opcode;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.QosFractions;
import org.rackweave.hal.cxl.ReturnCode;
import org.rackweave.hal.cxl.Sanitize;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.Octets;

/** A logical device of the pooled device behind a port, reached through the switch and the device. */
public record LogicalDevice(FmClient client, int port, int number) {
    /** Who wants to know how a wipe goes. */
    @FunctionalInterface
    public interface Progress {
        /** @param percent done, 0 to 100, as the device says */
        void at(int percent);
    }

    /** Whether a device that declines with this has no way to take the command at all. */
    public static boolean isNoSuch(ReturnCode code) {
        return code.equals(ReturnCode.UNSUPPORTED) || code.equals(ReturnCode.INVALID_INPUT);
    }

    /** Has the device wipe it, and follows that to its end. */
    Outcome<NoPayload> sanitise(Deadline deadline) {
        return sanitise(deadline, percent -> {});
    }

    /**
     * Has the device wipe it, and follows that to its end.
     *
     * @return declined, where the device says no or knows no such command; unknown, where it is not done by the deadline
     */
    public Outcome<NoPayload> sanitise(Deadline deadline, Progress progress) {
        Outcome<NoPayload> begun = client.callLogicalDevice(port, number, new Sanitize.Request());
        boolean isGoingOn = begun instanceof Outcome.Declined<NoPayload> declined
                && declined.code().equals(ReturnCode.BACKGROUND_STARTED);
        return isGoingOn ? followed(deadline, progress) : begun;
    }

    /**
     * Gives it a share of the device's bandwidth and lets it have no more: both fractions are written, where they are not so yet, and read
     * back.
     *
     * @param percent 1 to 100
     */
    void haveBandwidth(int percent) throws HalException {
        // In 256ths, of which 255 stand for everything.
        byte fraction = (byte) Math.min(0xFF, Math.max(1, Math.round(percent * 256 / 100.0)));
        for (QosFractions.Of of : QosFractions.Of.values()) {
            QosFractions.Fractions wanted = new QosFractions.Fractions(number, Octets.adopt(new byte[] {fraction}));
            QosFractions.Get get = new QosFractions.Get(of, 1, number);
            if (!isAnswered(client.callThrough(port, get), wanted)) {
                Outcome<QosFractions.Fractions> set = client.callThrough(port, new QosFractions.Set(of, wanted));
                Outcome<QosFractions.Fractions> now = client.callThrough(port, get);
                if (!isAnswered(now, wanted)) {
                    throw new HalException.Refused(
                            "logical device " + number + " of port " + port,
                            "limit bandwidth",
                            "its " + of.name().toLowerCase(Locale.ROOT) + " bandwidth is not " + percent
                                    + "% after it was set: "
                                    + CxlSwitchInterposer.said(isAnswered(set, wanted) ? now : set),
                            "take the share out of lend, or let the device have it");
                }
            }
        }
    }

    private static boolean isAnswered(Outcome<QosFractions.Fractions> asked, QosFractions.Fractions with) {
        return asked instanceof Outcome.Answered<QosFractions.Fractions> answered
                && answered.response().equals(with);
    }

    private Outcome<NoPayload> followed(Deadline deadline, Progress progress) {
        long pauseMillis = CxlLimits.FIRST_POLL_MILLIS;
        while (true) {
            Outcome<BackgroundStatus.Response> asked =
                    client.callLogicalDevice(port, number, new BackgroundStatus.Request());
            if (!(asked instanceof Outcome.Answered<BackgroundStatus.Response> answered)) {
                return new Outcome.Unknown<>("it does not say how its wipe goes: " + CxlSwitchInterposer.said(asked));
            }
            BackgroundStatus.Response status = answered.response();
            if (status.opcode() != Opcode.SANITIZE.number()) {
                return new Outcome.Unknown<>("another operation is in the place of its wipe: " + status);
            }
            progress.at(status.percent());
            if (status.activity() == BackgroundStatus.Activity.IDLE) {
                return status.returnCode().equals(ReturnCode.SUCCESS)
                        ? new Outcome.Answered<>(new NoPayload())
                        : new Outcome.Declined<>(status.returnCode(), status.vendorStatus());
            }
            if (deadline.leftMillis() == 0) {
                return new Outcome.Unknown<>("its wipe goes on, " + status.percent() + " % done");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMillis));
            pauseMillis = Math.min(2 * pauseMillis, CxlLimits.LONGEST_POLL_MILLIS);
        }
    }
}
