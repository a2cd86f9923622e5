package org.rackweave.hal.switchtec.routing;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.Outcome;
import org.rackweave.hal.switchtec.wire.LogicalPlace;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcAnswer.BindResult;
import org.rackweave.hal.switchtec.wire.MrpcAnswer.PortBind;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.MrpcError;
import org.rackweave.hal.switchtec.wire.PhysicalPort;

/**
 * Where a switch's ports are bound, and what moves them.
 *
 * <p>A bind or unbind without an answer, or whose answer is not what the switch shows, is <em>owed</em>. The port is read only when
 *
 * <pre>
 * the port shows what was ordered                          it landed
 * or the limit is over, and no bind is under way           it is taken for lost
 * </pre>
 *
 * One that lands after the limit is then a route like any other that nobody ordered: it is what the next reading shows.
 */
final class PortBinds {
    /** Short beside a bind, and fifty questions a second are few beside what a switch's firmware answers. */
    private static final Duration BETWEEN_READINGS = Duration.ofMillis(20);

    /** Of logical ports that somebody else took between the reading and the bind; so many owners are on no switch. */
    private static final int MAX_PLACES_TRIED = 16;

    private final SwitchLine line;
    private final Duration limit;
    private final Map<PhysicalPort, Owed> owed = new HashMap<>();

    /**
     * An order whose end nobody saw.
     *
     * @param to where the port is if it lands; empty for an unbind
     */
    private record Owed(Optional<LogicalPlace> to, long untilNanos) {}

    /** @param limit how long a bind or unbind may take */
    PortBinds(SwitchLine line, Duration limit) {
        this.line = line;
        this.limit = limit;
    }

    MrpcAnswer.Binds all() throws HalException {
        return line.read(MrpcCommand.BindInfo.ALL);
    }

    /**
     * What the switch shows of a port once that can be believed.
     *
     * @throws HalException.Unavailable when that is not so within the limit, or the switch does not show the port
     */
    PortBind settled(PhysicalPort port) throws HalException {
        long endNanos = System.nanoTime() + 2 * limit.toNanos();
        while (true) {
            MrpcAnswer.Binds binds = all();
            PortBind shown = find(binds, port).orElseThrow(() -> missing(port));
            if (isBelievable(binds, shown)) {
                owed.remove(port);
                return shown;
            }
            if (System.nanoTime() - endNanos > 0) {
                throw new HalException.Unavailable(
                        name(port),
                        "read binds",
                        "a bind is still under way after " + 2 * limit.toMillis() + " ms",
                        "look at the switch; the route is not believed before it is still");
            }
            line.pause(BETWEEN_READINGS);
        }
    }

    private boolean isBelievable(MrpcAnswer.Binds binds, PortBind shown) {
        Owed order = owed.get(shown.port());
        if (shown.last() == BindResult.IN_PROGRESS || order == null) {
            return shown.last() != BindResult.IN_PROGRESS;
        }
        boolean hasLanded = shown.place().equals(order.to());
        boolean isStill = binds.ports().stream().noneMatch(each -> each.last() == BindResult.IN_PROGRESS);
        return hasLanded || (System.nanoTime() - order.untilNanos() > 0 && isStill);
    }

    /** Whether an order for one of a stack's ports may still land. */
    boolean isOwedTo(StackSplit stack) {
        return owed.keySet().stream().anyMatch(stack::has);
    }

    /** Whether a port of a stack is bound, or on its way. */
    boolean isUsed(StackSplit stack) throws HalException {
        return all().ports().stream()
                .filter(each -> stack.has(each.port()))
                .anyMatch(each -> each.place().isPresent() || each.last() == BindResult.IN_PROGRESS);
    }

    /**
     * Binds a port that is bound to nothing to the lowest logical port of a partition that is free, and returns once it is.
     *
     * @return where it is now, read back
     */
    LogicalPlace bind(PhysicalPort port, int partition) throws HalException {
        LogicalPlace place = begin(port, partition);
        end(port, Optional.of(place), "bind");
        return place;
    }

    private LogicalPlace begin(PhysicalPort port, int partition) throws HalException {
        MrpcAnswer.Binds binds = all();
        int tried = 0;
        for (int logical = 1; logical <= LogicalPlace.MAX_LOGICAL_PORT && tried < MAX_PLACES_TRIED; logical++) {
            LogicalPlace place = new LogicalPlace(partition, logical);
            if (binds.ports().stream().noneMatch(each -> each.place().equals(Optional.of(place)))) {
                tried++;
                if (hasBegun(port, Optional.of(place), new MrpcCommand.Bind(place, port))) {
                    return place;
                }
            }
        }
        throw new HalException.Refused(
                name(port),
                "bind",
                "partition " + partition + " has no logical port that can be had",
                "read the binds; unbind what is not used there");
    }

    /** Takes a port from wherever it is bound, and returns once it is bound to nothing. */
    void unbind(PhysicalPort port, LogicalPlace from) throws HalException {
        if (!hasBegun(port, Optional.empty(), new MrpcCommand.Unbind(from))) {
            throw line.refused(new MrpcCommand.Unbind(from), MrpcError.BIND_IN_PROGRESS);
        }
        end(port, Optional.empty(), "unbind");
    }

    /** False when the logical port is somebody else's by now. */
    private boolean hasBegun(PhysicalPort port, Optional<LogicalPlace> to, MrpcCommand<MrpcAnswer.Begun> command)
            throws HalException {
        Outcome<MrpcAnswer.Begun> outcome = line.perform(command);
        return switch (outcome.kind()) {
            case ANSWERED -> true;
            case REFUSED -> {
                MrpcError error = ((Outcome.Refused<MrpcAnswer.Begun>) outcome).error();
                if (error != MrpcError.LOGICAL_PORT_BOUND && error != MrpcError.BIND_IN_PROGRESS) {
                    throw line.refused(command, error);
                }
                yield false;
            }
            case NOT_SENT ->
                throw new HalException.Refused(
                        name(port),
                        command.kind().operation(),
                        ((Outcome.NotSent<MrpcAnswer.Begun>) outcome).why(),
                        "nothing was sent; try again");
            case UNKNOWN ->
                throw nowOwed(
                        port, to, command.kind().operation(), ((Outcome.Unknown<MrpcAnswer.Begun>) outcome).seen());
        };
    }

    /** The answer says that it began; whether it ended, and where, only the binds say. */
    private void end(PhysicalPort port, Optional<LogicalPlace> to, String operation) throws HalException {
        long endNanos = System.nanoTime() + limit.toNanos();
        PortBind shown = shown(port, to, operation);
        while (shown.last() == BindResult.IN_PROGRESS && System.nanoTime() - endNanos <= 0) {
            shown = shown(port, to, operation);
        }
        if (shown.last() == BindResult.FAILED && !shown.place().equals(to)) {
            throw new HalException.Refused(
                    name(port), operation, "the switch says that it failed", "look at the switch's log");
        }
        if (shown.last() == BindResult.IN_PROGRESS) {
            throw nowOwed(port, to, operation, "still under way after " + limit.toMillis() + " ms");
        }
        if (!shown.place().equals(to)) {
            throw nowOwed(
                    port, to, operation, "it was told to be done, and the switch shows it " + said(shown.place()));
        }
    }

    private PortBind shown(PhysicalPort port, Optional<LogicalPlace> to, String operation) throws HalException {
        try {
            line.pause(BETWEEN_READINGS);
            return find(all(), port).orElseThrow(() -> missing(port));
        } catch (HalException unread) {
            throw nowOwed(port, to, operation, String.valueOf(unread.getMessage()));
        }
    }

    private HalException nowOwed(PhysicalPort port, Optional<LogicalPlace> to, String operation, String seen) {
        owed.put(port, new Owed(to, System.nanoTime() + limit.toNanos()));
        return new HalException.OutcomeUnknown(
                name(port),
                operation,
                seen,
                "the port is not believed for " + limit.toMillis() + " ms, or until the order has landed");
    }

    private static String said(Optional<LogicalPlace> place) {
        return place.map(at -> "at partition " + at.partition() + ", logical port " + at.logicalPort())
                .orElse("bound to nothing");
    }

    private static Optional<PortBind> find(MrpcAnswer.Binds binds, PhysicalPort port) {
        return binds.ports().stream().filter(each -> each.port().equals(port)).findFirst();
    }

    private HalException missing(PhysicalPort port) {
        return new HalException.Unavailable(
                name(port),
                "read binds",
                "the switch shows no such downstream port",
                "compare its stacks with what the configuration says");
    }

    private String name(PhysicalPort port) {
        return line.device() + " port " + port.id();
    }
}
