package org.rackweave.hal.health;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.rackweave.hal.inventory.PciAddress;

/**
 * When a PCIe device counts as failing: one fatal error, or {@link #MOST_NONFATAL} errors that are not fatal within {@link
 * #PERIOD_MILLIS}. Correctable errors make no device a failing one.
 *
 * <p>What was there when a device was first seen is where its counting starts, and counters that cannot be read for a while go on from where
 * they were. A device that fails is named once; its counting starts again then, so that it is named again when it goes on.
 */
public final class FailingRule {
    /** A device that is probed for a feature that it lacks reports one or two; one that loses transactions reports on. */
    public static final long MOST_NONFATAL = 10;

    /** So long single errors are added up, in milliseconds: an hour. The next period begins at nothing. */
    public static final long PERIOD_MILLIS = 3_600_000;

    private final Map<PciAddress, Start> starts = new TreeMap<>();

    /** Where a device's counting began. */
    private record Start(long nonfatal, long fatal, long sinceMillis) {
        Start again(PcieErrors errors, long nowMillis) {
            return new Start(total(errors.nonfatal(), nonfatal), total(errors.fatal(), fatal), nowMillis);
        }
    }

    /**
     * A device that fails.
     *
     * @param why what it reported, as a sentence for the operator
     */
    public record Failing(PciAddress address, String why) {}

    /**
     * Takes a look.
     *
     * @param nowMillis by a clock that never goes back
     * @return those that were not failing before, by address
     */
    public List<Failing> step(List<PcieErrors> look, long nowMillis) {
        List<Failing> failing = new ArrayList<>();
        for (PcieErrors errors : look) {
            Start start = Optional.ofNullable(starts.get(errors.address()))
                    .orElseGet(() -> new Start(total(errors.nonfatal(), 0), total(errors.fatal(), 0), nowMillis));
            Optional<String> why = why(start, errors);
            why.ifPresent(said -> failing.add(new Failing(errors.address(), said)));
            boolean isOver = nowMillis - start.sinceMillis() >= PERIOD_MILLIS || wentBack(start, errors);
            starts.put(errors.address(), why.isPresent() || isOver ? start.again(errors, nowMillis) : start);
        }
        return failing;
    }

    private static boolean wentBack(Start start, PcieErrors errors) {
        return total(errors.nonfatal(), start.nonfatal()) < start.nonfatal()
                || total(errors.fatal(), start.fatal()) < start.fatal();
    }

    private static Optional<String> why(Start start, PcieErrors errors) {
        long fatal = Growth.of(start.fatal(), total(errors.fatal(), start.fatal()));
        long nonfatal = Growth.of(start.nonfatal(), total(errors.nonfatal(), start.nonfatal()));
        if (fatal > 0) {
            return Optional.of(said(errors.address(), fatal, "fatal", errors.fatal()));
        }
        return nonfatal >= MOST_NONFATAL
                ? Optional.of(said(errors.address(), nonfatal, "nonfatal", errors.nonfatal()))
                : Optional.empty();
    }

    private static String said(PciAddress address, long count, String severity, Optional<ErrorCount> errors) {
        List<String> named = errors.stream()
                .flatMap(each -> each.byName().entrySet().stream())
                .filter(each -> each.getValue() > 0)
                .map(Map.Entry::getKey)
                .toList();
        return address + " reported " + count + " " + severity + " PCIe error" + (count == 1 ? "" : "s")
                + (named.isEmpty() ? "" : ", of the kinds seen so far " + String.join(", ", named));
    }

    /** @param unread what counts where this could not be read */
    private static long total(Optional<ErrorCount> errors, long unread) {
        return errors.map(ErrorCount::total).orElse(unread);
    }
}
