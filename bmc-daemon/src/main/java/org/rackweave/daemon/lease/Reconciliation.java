package org.rackweave.daemon.lease;

import java.util.Objects;
import java.util.Optional;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.SliceState;

/**
 * What a daemon that starts does with one slice, from what its ledger says and what the hardware says. The hardware is
 * believed about where a slice is routed; the ledger about why. What the ledger cannot explain is quarantined.
 */
record Reconciliation(SliceRow row, Optional<HardwareOrder> order) {
    Reconciliation {
        Objects.requireNonNull(row);
        Objects.requireNonNull(order);
    }

    /** Hardware that this ledger has never seen: wiped before it is offered, for nobody knows what is in it. */
    static Reconciliation firstSeen(SliceFacts facts, RouteReading route) {
        SliceRow blank =
                new SliceRow(facts, SliceState.SANITISING, epochOf(route), Optional.empty(), Optional.empty(), "");
        if (route instanceof RouteReading.Unbound) {
            return doing(
                    blank.to(SliceState.SANITISING, "first seen; wiped before it is offered"),
                    new HardwareOrder.Sanitise());
        }
        return resting(blank.to(SliceState.QUARANTINED, unexplained(route)));
    }

    /** A slice of the ledger that the hardware no longer shows, or that is no longer claimed. */
    static Reconciliation absent(SliceRow row) {
        return resting(row.to(SliceState.QUARANTINED, "its hardware is not there, or is no longer claimed"));
    }

    static Reconciliation of(
            SliceRow stored, RouteReading route, LeaseEvent.Boot boot, LeasePolicy policy, long nowMillis) {
        boolean outdated = stored.epoch().isOlderThan(epochOf(route))
                || (stored.state() == SliceState.RESERVED && hasPassed(stored, route))
                || wasUsedSince(stored, route);
        SliceRow row = stored.atLeast(epochOf(route));
        if (row.state() == SliceState.QUARANTINED) {
            return resting(row);
        }
        if (route instanceof RouteReading.Unreadable || boundToStranger(stored, route)) {
            return resting(row.to(SliceState.QUARANTINED, unexplained(route)));
        }
        if (outdated) {
            return lentSince(row);
        }
        if (isLoadedUnasked(row, route)) {
            return wipeAgain(row, "something is loaded that nobody asked for; wiped before it is offered");
        }
        boolean bound = route instanceof RouteReading.Bound;
        if (row.holding().isEmpty()) {
            return withoutHolder(row);
        }
        return withHolder(row, row.holding().get(), bound, boot, policy, nowMillis);
    }

    /** The hardware holds a newer epoch than this ledger, which is an older copy: others wrote to the slice since. */
    private static Reconciliation lentSince(SliceRow row) {
        String why = "this ledger is older than the hardware; wiped before it is offered";
        return switch (row.state()) {
            case FREE, RESERVED, SANITISING -> wipeAgain(row, why);
            case CONFIGURING, ACTIVE, OVERDUE, RECLAIMING, FENCING ->
                doing(row.to(SliceState.FENCING, why), new HardwareOrder.Unbind());
            case QUARANTINED -> resting(row);
        };
    }

    private static boolean isLoadedUnasked(SliceRow row, RouteReading route) {
        boolean isLoaded = route instanceof RouteReading.Unbound unbound
                && unbound.loaded().isPresent();
        return isLoaded && (row.state() == SliceState.FREE || row.state() == SliceState.RESERVED);
    }

    private static Reconciliation wipeAgain(SliceRow row, String why) {
        return doing(
                new SliceRow(row.facts(), SliceState.SANITISING, row.epoch(), Optional.empty(), row.wipe(), why),
                new HardwareOrder.Sanitise());
    }

    private static Reconciliation withoutHolder(SliceRow row) {
        return switch (row.state()) {
            case SANITISING -> doing(row, new HardwareOrder.Sanitise());
            // An operator ended the quarantine of what nobody held.
            case FENCING -> doing(row, new HardwareOrder.Unbind());
            case FREE, RESERVED, CONFIGURING, ACTIVE, RECLAIMING, OVERDUE, QUARANTINED -> resting(row);
        };
    }

    private static Reconciliation withHolder(
            SliceRow row, Holding holding, boolean bound, LeaseEvent.Boot boot, LeasePolicy policy, long nowMillis) {
        return switch (row.state()) {
            case RESERVED ->
                boot == LeaseEvent.Boot.SAME
                        ? resting(row)
                        : resting(free(row, "its reservation lapsed while this node was rebooted"));
            case CONFIGURING ->
                boot == LeaseEvent.Boot.SAME && nowMillis < holding.deadlineMillis()
                        // What is bound was loaded before; what is not may have been, and is told again.
                        ? doing(row, bound ? new HardwareOrder.Bind(holding.hostPort()) : holding.firstOrder())
                        : fence(row, holding.ending(End.FAILED), "nobody waits for this grant any more");
            case ACTIVE ->
                bound
                        ? resting(row.holding(deadlineAfter(holding, boot, policy, nowMillis)))
                        : fence(row, holding.ending(End.FAILED), "its route was gone when this node started");
            case OVERDUE -> bound ? resting(row) : fence(row, holding, "its route was gone when this node started");
            case RECLAIMING ->
                holding.end() == End.REVOKED
                        ? resting(row.holding(boot == LeaseEvent.Boot.SAME ? holding : holding.until(nowMillis)))
                        : doing(row, new HardwareOrder.Unbind());
            case FENCING -> doing(row, new HardwareOrder.Unbind());
            case SANITISING -> doing(row, new HardwareOrder.Sanitise());
            case FREE, QUARANTINED -> resting(row);
        };
    }

    /** A reboot leaves elapsed time unknown: a fresh term, a bounded number of times. */
    private static Holding deadlineAfter(Holding holding, LeaseEvent.Boot boot, LeasePolicy policy, long nowMillis) {
        if (boot == LeaseEvent.Boot.SAME) {
            return holding;
        }
        return holding.rebootGraces() < policy.rebootGraces()
                ? holding.afterReboot(policy.ownerDeadline(nowMillis, holding.termMillis()))
                : holding.until(nowMillis);
    }

    /**
     * What a look at a slice that nobody is changing shows, and its owner did not order; empty when it is as it should be. A
     * route that cannot be read is no reason to end a loan: only what is not lent is put aside for it.
     */
    static Optional<String> foreignHand(SliceRow row, RouteReading route) {
        boolean isNewer = row.epoch().isOlderThan(epochOf(route));
        return switch (row.state()) {
            case FREE -> isNewer || isNotAsOffered(row, route) ? Optional.of(unexplained(route)) : Optional.empty();
            case RESERVED ->
                hasPassed(row, route) || isNotAsOffered(row, route)
                        ? Optional.of(unexplained(route))
                        : Optional.empty();
            case ACTIVE, OVERDUE, RECLAIMING -> {
                boolean isGone = route instanceof RouteReading.Unbound;
                yield isGone || boundToStranger(row, route) ? Optional.of(unexplained(route)) : Optional.empty();
            }
            case QUARANTINED -> isNewer ? Optional.of(unexplained(route)) : Optional.empty();
            case CONFIGURING, FENCING, SANITISING -> Optional.empty();
        };
    }

    /** What is offered is bound to nobody, wiped since it last was, and in its default state. */
    private static boolean isNotAsOffered(SliceRow row, RouteReading route) {
        return !(route instanceof RouteReading.Unbound) || wasUsedSince(row, route) || isLoadedUnasked(row, route);
    }

    /** Nothing is bound with the epoch of a reservation before it is committed. */
    private static boolean hasPassed(SliceRow row, RouteReading route) {
        return !epochOf(route).equals(Epoch.NONE) && !epochOf(route).isOlderThan(row.epoch());
    }

    /**
     * The hardware was fenced with an epoch that this ledger has no wipe for: a copy of it that was put in place in between gave the
     * same epoch once more, so that the epoch alone does not tell.
     */
    private static boolean wasUsedSince(SliceRow row, RouteReading route) {
        boolean isOffered = row.state() == SliceState.FREE || row.state() == SliceState.RESERVED;
        return isOffered
                && row.wipe()
                        .filter(wipe -> wipe.epoch().isOlderThan(epochOf(route)))
                        .isPresent();
    }

    private static boolean boundToStranger(SliceRow row, RouteReading route) {
        if (!(route instanceof RouteReading.Bound bound)) {
            return false;
        }
        boolean mayBeBound =
                switch (row.state()) {
                    case CONFIGURING, ACTIVE, OVERDUE, RECLAIMING, FENCING -> true;
                    case FREE, RESERVED, SANITISING, QUARANTINED -> false;
                };
        boolean sameEpoch = bound.epoch().equals(Epoch.NONE) || bound.epoch().equals(row.epoch());
        return !mayBeBound
                || !sameEpoch
                || row.holding()
                        .filter(h -> h.hostPort().equals(bound.hostPort()))
                        .isEmpty();
    }

    private static String unexplained(RouteReading route) {
        if (route instanceof RouteReading.Bound bound) {
            return "bound to " + bound.hostPort() + " (epoch " + bound.epoch().value()
                    + "), and this ledger does not know why; look at it, then end the quarantine";
        }
        if (route instanceof RouteReading.Unreadable unreadable) {
            return "its route cannot be read: " + unreadable.why();
        }
        String loaded = ((RouteReading.Unbound) route)
                .loaded()
                .map(configuration -> ", loaded with " + configuration)
                .orElse("");
        return "unbound (epoch " + epochOf(route).value() + ")" + loaded
                + ", and this ledger does not know why; look at it, then end the quarantine";
    }

    static Epoch epochOf(RouteReading route) {
        if (route instanceof RouteReading.Bound bound) {
            return bound.epoch();
        }
        return route instanceof RouteReading.Unbound unbound ? unbound.epoch() : Epoch.NONE;
    }

    private static SliceRow free(SliceRow row, String why) {
        return new SliceRow(row.facts(), SliceState.FREE, row.epoch(), Optional.empty(), row.wipe(), why);
    }

    private static Reconciliation fence(SliceRow row, Holding holding, String why) {
        return doing(row.holding(holding).to(SliceState.FENCING, why), new HardwareOrder.Unbind());
    }

    private static Reconciliation resting(SliceRow row) {
        return new Reconciliation(row, Optional.empty());
    }

    private static Reconciliation doing(SliceRow row, HardwareOrder order) {
        return new Reconciliation(row, Optional.of(order));
    }
}
