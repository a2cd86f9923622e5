package org.rackweave.sim.switchtec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.rackweave.hal.switchtec.wire.LogicalPlace;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcAnswer.BindResult;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.MrpcCommand.FabricPlace;
import org.rackweave.hal.switchtec.wire.MrpcError;
import org.rackweave.hal.switchtec.wire.MrpcKind;
import org.rackweave.hal.switchtec.wire.PaxId;
import org.rackweave.hal.switchtec.wire.PhysicalPort;
import org.rackweave.hal.switchtec.wire.PortConfiguration;
import org.rackweave.hal.switchtec.wire.StackLanes;
import org.rackweave.hal.switchtec.wire.SwitchEvent;
import org.rackweave.sim.switchtec.SwitchtecConfig.Product;

/**
 * The rules of the switch: what may be bound when, and how long it takes. Told the time; not safe for several threads.
 *
 * <p>The order in which a bind's conditions are looked at, and that a bound port cannot be disabled, are the simulation's own: the maker
 * documents the error numbers and not which of two goes first.
 */
final class SwitchtecModel {
    private static final int LINK_GENERATION = 4;
    /** L0: the link works. */
    private static final int LTSSM_UP = 3;

    private static final int CENTI_CELSIUS = 4_500;
    private static final int MICROS_A_MILLI = 1_000;
    /** By which Microchip's program knows the fourth generation. */
    private static final int PING_GENERATION = 0;

    private final SwitchtecConfig made;
    private final SortedMap<Integer, StackLanes> stacks;
    private final SortedMap<Integer, LogicalPlace> binds;
    private final SortedSet<Integer> disabled;
    private final SortedMap<Integer, FabricPlace> fabric;
    private final SortedMap<Integer, PortConfiguration> ports;
    private final Map<Integer, Moving> moving = new HashMap<>();
    private final Set<Integer> failed = new HashSet<>();
    private final Set<Integer> empty = new HashSet<>();
    private final List<Happening> happenings = new ArrayList<>();

    /** What a port is on its way to. */
    private record Moving(Optional<LogicalPlace> to, long doneAtMillis, Ending ending) {}

    /**
     * Something of which a switch tells.
     *
     * @param of its partition or physical port
     */
    record Happening(SwitchEvent event, int of) {}

    /** What happened since this was asked last, in its order. */
    List<Happening> takeHappenings() {
        List<Happening> taken = List.copyOf(happenings);
        happenings.clear();
        return taken;
    }

    /** How a bind or unbind ends. */
    enum Ending {
        AS_TOLD,
        FAILS
    }

    SwitchtecModel(SwitchtecConfig config) {
        made = config;
        stacks = new TreeMap<>(config.stacks());
        binds = new TreeMap<>(config.binds());
        disabled = new TreeSet<>(config.disabled());
        fabric = new TreeMap<>(config.fabric());
        ports = new TreeMap<>(config.ports());
    }

    /** How it stands now. What is on its way is not in it: a switch that loses its power in the middle of a bind has not bound. */
    SwitchtecConfig config() {
        return new SwitchtecConfig(
                made.product(),
                made.partitions(),
                made.logicalPorts(),
                made.bindTime(),
                stacks,
                made.upstreams(),
                binds,
                disabled,
                made.functions(),
                fabric,
                ports);
    }

    Verdict handle(MrpcCommand<?> command, Ending ending, long nowMillis) {
        settle(nowMillis);
        if (!understands(command.kind())) {
            return new Verdict.Refused(MrpcError.COMMAND_INVALID);
        }
        return switch (command.kind()) {
            case ECHO -> new Verdict.Done(new MrpcAnswer.Inverted(~((MrpcCommand.Echo) command).word()));
            case PING ->
                new Verdict.Done(new MrpcAnswer.Pinged(
                        ~((MrpcCommand.Ping) command).word(), MrpcAnswer.Pinged.PHASE_FIRMWARE, 0, PING_GENERATION));
            case READ_PAX_ID -> new Verdict.Done(new MrpcAnswer.OwnPaxId(new PaxId(0)));
            case DIE_TEMPERATURE -> new Verdict.Done(new MrpcAnswer.Temperature(CENTI_CELSIUS));
            case BANDWIDTH -> bandwidth((MrpcCommand.Bandwidth) command, nowMillis);
            case READ_BIFURCATION -> bifurcation(((MrpcCommand.ReadBifurcation) command).stack());
            case BIFURCATE -> bifurcate((MrpcCommand.Bifurcate) command);
            case BIND -> bind((MrpcCommand.Bind) command, ending, nowMillis);
            case UNBIND -> unbind((MrpcCommand.Unbind) command, ending, nowMillis);
            case BIND_INFO -> bindInfo(((MrpcCommand.BindInfo) command).port());
            case LINK_STATUS -> links(((MrpcCommand.LinkStatus) command).bitmap());
            case FABRIC_BIND -> fabricBind((MrpcCommand.FabricBind) command);
            case FABRIC_UNBIND -> fabricUnbind((MrpcCommand.FabricUnbind) command);
            case CONFIGURE_PORT -> {
                MrpcCommand.ConfigurePort configure = (MrpcCommand.ConfigurePort) command;
                yield configurePort(configure.port(), Optional.of(configure.configuration()));
            }
            case READ_PORT_CONFIGURATION ->
                configurePort(((MrpcCommand.ReadPortConfiguration) command).port(), Optional.empty());
            case CONTROL_PORT -> controlPort((MrpcCommand.ControlPort) command);
        };
    }

    /** Ends what is due. */
    void settle(long nowMillis) {
        List<Integer> due = moving.entrySet().stream()
                .filter(each -> each.getValue().doneAtMillis() <= nowMillis)
                .map(Map.Entry::getKey)
                .toList();
        due.forEach(this::end);
    }

    /** What is behind a port has no power, or is gone: its bind stays, and its link does not. */
    void unplug(int port) {
        if (empty.add(port)) {
            happenings.add(new Happening(SwitchEvent.HOT_PLUG, port));
            happenings.add(new Happening(SwitchEvent.LINK_STATE, port));
        }
    }

    /** It is there again. */
    void plug(int port) {
        if (empty.remove(port)) {
            happenings.add(new Happening(SwitchEvent.HOT_PLUG, port));
            happenings.add(new Happening(SwitchEvent.LINK_STATE, port));
        }
    }

    /** Its physical ports, in their order: each has the function of that number. */
    List<Integer> functions() {
        return List.copyOf(existing());
    }

    /** The port at each logical port of a partition, the upstream one at 0. */
    SortedMap<Integer, Integer> portsOf(int partition) {
        SortedMap<Integer, Integer> ports = new TreeMap<>();
        made.upstreams().forEach((port, of) -> {
            if (of == partition) {
                ports.put(0, port);
            }
        });
        binds.forEach((port, place) -> {
            if (place.partition() == partition) {
                ports.put(place.logicalPort(), port);
            }
        });
        return ports;
    }

    /** Whether nothing is on its way. */
    boolean isStill() {
        return moving.isEmpty();
    }

    private void end(int port) {
        Moving ended = Objects.requireNonNull(moving.remove(port));
        if (ended.ending() == Ending.FAILS) {
            failed.add(port);
            return;
        }
        failed.remove(port);
        if (ended.to().isPresent()) {
            binds.put(port, ended.to().get());
            happenings.add(new Happening(SwitchEvent.BIND_DONE, ended.to().get().partition()));
            happenings.add(new Happening(SwitchEvent.LINK_STATE, port));
        } else {
            LogicalPlace from = Objects.requireNonNull(binds.remove(port));
            happenings.add(new Happening(SwitchEvent.BIND_DONE, from.partition()));
        }
    }

    private boolean understands(MrpcKind kind) {
        return switch (kind) {
            case BIND, UNBIND, BIND_INFO -> made.product() == Product.PSX;
            case READ_PAX_ID, FABRIC_BIND, FABRIC_UNBIND, CONFIGURE_PORT, READ_PORT_CONFIGURATION ->
                made.product() == Product.PAX;
            case DIE_TEMPERATURE, BANDWIDTH, READ_BIFURCATION, BIFURCATE, LINK_STATUS, ECHO, CONTROL_PORT, PING -> true;
        };
    }

    private Verdict bind(MrpcCommand.Bind command, Ending ending, long nowMillis) {
        int port = command.port().id();
        LogicalPlace place = command.place();
        if (place.partition() >= made.partitions()) {
            return new Verdict.Refused(MrpcError.NO_SUCH_PARTITION);
        }
        if (lanes(port) == 0) {
            return new Verdict.Refused(MrpcError.NO_SUCH_PHYSICAL_PORT);
        }
        if (made.upstreams().containsKey(port)) {
            return new Verdict.Refused(MrpcError.PORT_IS_UPSTREAM);
        }
        if (disabled.contains(port)) {
            return new Verdict.Refused(MrpcError.PHYSICAL_PORT_DISABLED);
        }
        if (place.logicalPort() == 0 || place.logicalPort() > made.logicalPorts()) {
            return new Verdict.Refused(MrpcError.NO_SUCH_LOGICAL_PORT);
        }
        if (moving.containsKey(port) || isOnItsWayTo(place)) {
            return new Verdict.Refused(MrpcError.BIND_IN_PROGRESS);
        }
        if (binds.containsKey(port)) {
            return new Verdict.Refused(MrpcError.PHYSICAL_PORT_BOUND);
        }
        if (binds.containsValue(place)) {
            return new Verdict.Refused(MrpcError.LOGICAL_PORT_BOUND);
        }
        return begin(port, Optional.of(place), ending, nowMillis);
    }

    private Verdict unbind(MrpcCommand.Unbind command, Ending ending, long nowMillis) {
        if (command.option() != MrpcCommand.Unbind.USUAL_OPTION) {
            return new Verdict.Refused(MrpcError.UNBIND_OPTION_INVALID);
        }
        if (isOnItsWayTo(command.place())) {
            return new Verdict.Refused(MrpcError.BIND_IN_PROGRESS);
        }
        Optional<Integer> port = binds.entrySet().stream()
                .filter(each -> each.getValue().equals(command.place()))
                .map(Map.Entry::getKey)
                .findFirst();
        if (port.isEmpty()) {
            return new Verdict.Refused(MrpcError.LOGICAL_PORT_NOT_BOUND);
        }
        return moving.containsKey(port.get())
                ? new Verdict.Refused(MrpcError.BIND_IN_PROGRESS)
                : begin(port.get(), Optional.empty(), ending, nowMillis);
    }

    private Verdict begin(int port, Optional<LogicalPlace> to, Ending ending, long nowMillis) {
        moving.put(port, new Moving(to, nowMillis + made.bindTime().toMillis(), ending));
        settle(nowMillis);
        return new Verdict.Done(new MrpcAnswer.Begun(0));
    }

    private boolean isOnItsWayTo(LogicalPlace place) {
        return moving.values().stream()
                .anyMatch(each -> each.to().filter(place::equals).isPresent());
    }

    private Verdict bindInfo(Optional<PhysicalPort> asked) {
        if (asked.isPresent() && !isDownstream(asked.get().id())) {
            return new Verdict.Refused(MrpcError.NO_SUCH_PHYSICAL_PORT);
        }
        List<MrpcAnswer.PortBind> all = new ArrayList<>();
        for (int port : existing()) {
            if (isDownstream(port) && asked.map(PhysicalPort::id).orElse(port) == port) {
                all.add(new MrpcAnswer.PortBind(
                        new PhysicalPort(port), Optional.ofNullable(binds.get(port)), lastResult(port)));
            }
        }
        return new Verdict.Done(new MrpcAnswer.Binds(all));
    }

    private BindResult lastResult(int port) {
        if (moving.containsKey(port)) {
            return BindResult.IN_PROGRESS;
        }
        return failed.contains(port) ? BindResult.FAILED : BindResult.DONE;
    }

    private Verdict links(long bitmap) {
        List<MrpcAnswer.PortLink> links = new ArrayList<>();
        for (int port : existing()) {
            if (bitmap == 0 || (bitmap >>> port & 1) != 0) {
                links.add(link(port));
            }
        }
        return new Verdict.Done(new MrpcAnswer.Links(links));
    }

    private MrpcAnswer.PortLink link(int port) {
        Optional<Integer> hostsPartition = Optional.ofNullable(made.upstreams().get(port));
        Optional<LogicalPlace> place = hostsPartition
                .map(partition -> new LogicalPlace(partition, 0))
                .or(() -> Optional.ofNullable(binds.get(port)));
        boolean isUp = place.isPresent() && !disabled.contains(port) && !empty.contains(port);
        int lanes = lanes(port);
        return new MrpcAnswer.PortLink(
                new PhysicalPort(port),
                place,
                port / StackLanes.PORTS,
                port % StackLanes.PORTS,
                lanes,
                isUp ? lanes : 0,
                hostsPartition.isPresent() ? MrpcAnswer.Side.UPSTREAM : MrpcAnswer.Side.DOWNSTREAM,
                isUp ? OptionalInt.of(LINK_GENERATION) : OptionalInt.empty(),
                isUp ? LTSSM_UP : 0,
                0,
                0);
    }

    private Verdict bifurcation(int stack) {
        return Optional.ofNullable(stacks.get(stack))
                .<Verdict>map(lanes -> new Verdict.Done(new MrpcAnswer.Bifurcation(stack, lanes)))
                .orElseGet(() -> new Verdict.Refused(MrpcError.NO_SUCH_STACK));
    }

    private Verdict bifurcate(MrpcCommand.Bifurcate command) {
        int stack = command.stack();
        if (!stacks.containsKey(stack)) {
            return new Verdict.Refused(MrpcError.NO_SUCH_STACK);
        }
        if (!SwitchtecConfig.fits(command.lanes())) {
            return new Verdict.Refused(MrpcError.BIFURCATION_INVALID);
        }
        boolean isUsed = existing().stream()
                .filter(port -> port / StackLanes.PORTS == stack)
                .anyMatch(port -> binds.containsKey(port)
                        || moving.containsKey(port)
                        || !isDownstream(port)
                        || isConfigured(port));
        if (isUsed) {
            return new Verdict.Refused(MrpcError.STACK_PORT_BOUND);
        }
        stacks.put(stack, command.lanes());
        return bifurcation(stack);
    }

    private boolean isConfigured(int port) {
        return ports.containsKey(port);
    }

    private Verdict controlPort(MrpcCommand.ControlPort command) {
        int port = command.port().id();
        if (lanes(port) == 0) {
            return new Verdict.Refused(MrpcError.NO_SUCH_PHYSICAL_PORT);
        }
        return switch (command.action()) {
            case DISABLE -> {
                if (binds.containsKey(port) || moving.containsKey(port)) {
                    yield new Verdict.Refused(MrpcError.PHYSICAL_PORT_BOUND);
                }
                disabled.add(port);
                yield new Verdict.Done(new MrpcAnswer.Nothing());
            }
            case ENABLE -> {
                disabled.remove(port);
                yield new Verdict.Done(new MrpcAnswer.Nothing());
            }
            case RETRAIN, HOT_RESET -> new Verdict.Done(new MrpcAnswer.Nothing());
        };
    }

    private Verdict fabricBind(MrpcCommand.FabricBind command) {
        boolean isFree = command.functions().stream()
                .allMatch(function -> made.functions().contains(function) && !fabric.containsKey(function));
        if (!isFree || fabric.containsValue(command.place())) {
            return new Verdict.Refused(MrpcError.PARAMETER_INVALID);
        }
        command.functions().forEach(function -> fabric.put(function, command.place()));
        return new Verdict.Done(new MrpcAnswer.FabricDone(0));
    }

    private Verdict fabricUnbind(MrpcCommand.FabricUnbind command) {
        boolean isAny = command.function() == MrpcCommand.FabricUnbind.WHATEVER_IS_THERE;
        boolean isUnbound = isAny
                ? fabric.values().removeIf(place -> place.equals(command.place()))
                : fabric.remove(command.function(), command.place());
        return isUnbound
                ? new Verdict.Done(new MrpcAnswer.FabricDone(0))
                : new Verdict.Refused(MrpcError.PARAMETER_INVALID);
    }

    private Verdict configurePort(PhysicalPort port, Optional<PortConfiguration> configuration) {
        if (lanes(port.id()) == 0) {
            return new Verdict.Refused(MrpcError.PARAMETER_INVALID);
        }
        configuration.ifPresent(each -> ports.put(port.id(), each));
        return new Verdict.Done(new MrpcAnswer.Configured(
                Optional.ofNullable(ports.get(port.id())).orElseGet(() -> new PortConfiguration(0, 0, 0, 0))));
    }

    /** Nobody sends packets through a simulated switch: the counters are those of a still one. */
    private Verdict bandwidth(MrpcCommand.Bandwidth command, long nowMillis) {
        if (command.ports().stream().anyMatch(each -> lanes(each.port().id()) == 0)) {
            return new Verdict.Refused(MrpcError.PARAMETER_INVALID);
        }
        MrpcAnswer.Traffic none = new MrpcAnswer.Traffic(0, 0, 0);
        MrpcAnswer.PortBandwidth still = new MrpcAnswer.PortBandwidth(nowMillis * MICROS_A_MILLI, none, none);
        return new Verdict.Done(new MrpcAnswer.Bandwidths(
                command.ports().stream().map(port -> still).toList()));
    }

    private List<Integer> existing() {
        List<Integer> all = new ArrayList<>();
        for (int port = 0; port < (SwitchtecConfig.MAX_STACK + 1) * StackLanes.PORTS; port++) {
            if (lanes(port) > 0) {
                all.add(port);
            }
        }
        return all;
    }

    private int lanes(int port) {
        return Optional.ofNullable(stacks.get(port / StackLanes.PORTS))
                .map(stack -> stack.widths().get(port % StackLanes.PORTS))
                .orElse(0);
    }

    private boolean isDownstream(int port) {
        return lanes(port) > 0 && !made.upstreams().containsKey(port);
    }
}
