package org.rackweave.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.rackweave.hal.HalException;
import org.rackweave.hal.cxl.pool.LogicalDevice;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.nativelinux.SwitchtecFile;
import org.rackweave.hal.switchtec.DeviceLink;
import org.rackweave.hal.switchtec.EthernetLink;
import org.rackweave.hal.switchtec.EventWatch;
import org.rackweave.hal.switchtec.Outcome;
import org.rackweave.hal.switchtec.SwitchtecClient;
import org.rackweave.hal.switchtec.SwitchtecLink;
import org.rackweave.hal.switchtec.routing.PortKeys;
import org.rackweave.hal.switchtec.wire.EthernetHeader;
import org.rackweave.hal.switchtec.wire.GasRead;
import org.rackweave.hal.switchtec.wire.LogicalPlace;
import org.rackweave.hal.switchtec.wire.MrpcAnswer;
import org.rackweave.hal.switchtec.wire.MrpcAnswer.BindResult;
import org.rackweave.hal.switchtec.wire.MrpcAnswer.PortBind;
import org.rackweave.hal.switchtec.wire.MrpcAnswer.PortLink;
import org.rackweave.hal.switchtec.wire.MrpcCodec;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.MrpcError;
import org.rackweave.hal.switchtec.wire.PaxId;
import org.rackweave.hal.switchtec.wire.PhysicalPort;
import org.rackweave.hal.switchtec.wire.StackLanes;
import org.rackweave.hal.switchtec.wire.SwitchIdentity;

/** A Microchip Switchtec, at its management port or through the kernel's driver. */
final class SwitchtecAtHand implements SwitchAtHand {
    private static final SwitchView.Words WORDS = new SwitchView.Words("partition", "logical port");

    /** Of one answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** A bind has been seen to take 15 s. */
    private static final long MOST_BIND_MILLIS = 20_000;

    private static final long BETWEEN_READINGS_MILLIS = 20;
    private static final int FIRST_INSTANCE = 0;

    private final SwitchName name;
    private Optional<SwitchtecLink> open = Optional.empty();

    /** What may be done to a port of a fabric switch. */
    private enum PortAction {
        DISABLE,
        ENABLE,
        RETRAIN,
        BEGIN_HOT_RESET,
        END_HOT_RESET
    }

    /** @param name of a Switchtec */
    SwitchtecAtHand(SwitchName name) {
        this.name = name;
    }

    @Override
    public String identity() throws CommandFailed {
        String title = "Switchtec at " + name.text();
        return link() instanceof EthernetLink ethernet ? title + said(ethernet.identity()) : title;
    }

    private static String said(SwitchIdentity identity) {
        return String.format(
                Locale.ROOT,
                ", device %04x (%s), firmware %08x, %d partitions",
                identity.deviceId(),
                SwitchWords.word(identity.personality()),
                identity.firmwareVersion(),
                identity.partitionCount());
    }

    @Override
    public SwitchView view() throws CommandFailed {
        String title = identity();
        List<PortLink> links = links();
        List<PortBind> binds = binds();
        return new SwitchView(
                title,
                WORDS,
                hosts(links, binds),
                links.stream().map(link -> port(link, binds)).toList());
    }

    private List<PortLink> links() throws CommandFailed {
        return answered(MrpcCommand.LinkStatus.ALL).ports().stream()
                .sorted(Comparator.comparingInt(link -> link.port().id()))
                .toList();
    }

    private List<PortBind> binds() throws CommandFailed {
        return answered(MrpcCommand.BindInfo.ALL).ports();
    }

    private List<SwitchView.Host> hosts(List<PortLink> links, List<PortBind> binds) throws CommandFailed {
        Map<Integer, OptionalInt> upstream = new TreeMap<>();
        int partitions =
                link() instanceof EthernetLink ethernet ? ethernet.identity().partitionCount() : 0;
        for (int partition = 0; partition < partitions; partition++) {
            upstream.put(partition, OptionalInt.empty());
        }
        binds.forEach(
                bind -> bind.place().ifPresent(place -> upstream.putIfAbsent(place.partition(), OptionalInt.empty())));
        links.stream().filter(link -> link.side() == MrpcAnswer.Side.UPSTREAM).forEach(link -> link.place()
                .ifPresent(place -> upstream.put(
                        place.partition(), OptionalInt.of(link.port().id()))));
        return upstream.entrySet().stream()
                .map(host -> new SwitchView.Host(host.getKey(), host.getValue(), slots(host.getKey(), binds)))
                .toList();
    }

    /** A switch shows the logical ports to which something is bound, and no others. */
    private static List<SwitchView.Slot> slots(int partition, List<PortBind> binds) {
        return binds.stream()
                .filter(bind -> bind.place().isPresent() && bind.place().get().partition() == partition)
                .map(bind -> new SwitchView.Slot(
                        bind.place().orElseThrow().logicalPort(), "bound", Optional.of(target(bind.port()))))
                .sorted(Comparator.comparingInt(SwitchView.Slot::id))
                .toList();
    }

    private static SwitchView.Target target(PhysicalPort port) {
        return new SwitchView.Target(port.id(), OptionalInt.empty());
    }

    private static SwitchView.Port port(PortLink link, List<PortBind> binds) {
        boolean isMoving = binds.stream()
                .anyMatch(bind -> bind.port().equals(link.port()) && bind.last() == BindResult.IN_PROGRESS);
        return new SwitchView.Port(
                link.port().id(),
                SwitchWords.word(link.side()),
                "",
                speed(link) + (isMoving ? ", a bind is under way" : ""),
                OptionalInt.of(link.stack()),
                link.side() == MrpcAnswer.Side.UPSTREAM ? List.of() : List.of(part(link.port())));
    }

    private static SwitchView.Part part(PhysicalPort port) {
        return new SwitchView.Part(
                target(port), OptionalLong.empty(), List.of(PortKeys.device(port), PortKeys.lanes(port)));
    }

    static String speed(PortLink link) {
        return link.upGeneration().isPresent()
                ? "x" + link.negotiatedLanes() + " of x" + link.configuredLanes() + " gen"
                        + link.upGeneration().getAsInt()
                : "x" + link.configuredLanes() + ", link down";
    }

    @Override
    public Shown details(Table.Style style) throws CommandFailed {
        String title = identity();
        List<PortLink> links = links();
        TreeMap<Integer, List<Integer>> stacks = new TreeMap<>();
        for (int stack : new TreeSet<>(links.stream().map(PortLink::stack).toList())) {
            stacks.put(stack, stackLanes(stack));
        }
        return HwText.of(title, name.text(), links, stacks, style);
    }

    @Override
    public List<Integer> stackLanes(int stack) throws CommandFailed {
        SwitchWords.within("STACK", stack, StackLanes.MAX_STACK);
        return answered(new MrpcCommand.ReadBifurcation(stack)).lanes().widths();
    }

    @Override
    public List<Message> messages(SwitchOrder order) throws CommandFailed {
        MrpcCommand<?> command = command(order);
        byte[] bytes = MrpcCodec.encode(PaxId.LOCAL, command);
        HexFormat hex = HexFormat.of();
        if (name.kind() == SwitchName.Kind.SWITCHTEC_DRIVER) {
            return List.of(new Message(command.kind().operation(), hex.formatHex(bytes)));
        }
        List<Message> messages = new ArrayList<>();
        messages.add(new Message(
                "open",
                hex.formatHex(EthernetHeader.frame(
                        EthernetHeader.Packet.OPEN, FIRST_INSTANCE, EthernetHeader.COMMANDS, new byte[0], 0))));
        for (GasRead read : List.of(SwitchIdentity.PARTITIONS, SwitchIdentity.SYSTEM)) {
            messages.add(new Message(
                    "identify",
                    hex.formatHex(EthernetHeader.frame(
                            EthernetHeader.Packet.GAS, FIRST_INSTANCE, EthernetHeader.COMMANDS, read.encode(), 0))));
        }
        messages.add(new Message(
                command.kind().operation(),
                hex.formatHex(EthernetHeader.frame(
                        EthernetHeader.Packet.MRPC,
                        FIRST_INSTANCE,
                        EthernetHeader.COMMANDS,
                        bytes,
                        command.answerBytes()))));
        return messages;
    }

    private static MrpcCommand<?> command(SwitchOrder order) throws CommandFailed {
        return switch (order.kind()) {
            case BIND -> bind((SwitchOrder.Bind) order);
            case UNBIND -> unbind((SwitchOrder.Unbind) order);
            case ON_PORT -> onPort((SwitchOrder.OnPort) order);
            case BIFURCATE -> bifurcate((SwitchOrder.Bifurcate) order);
            case SANITISE ->
                throw new CommandFailed(
                        ExitCode.CONFLICT,
                        "a Switchtec wipes nothing: it does not reach what is behind its ports",
                        "wipe the device from the host that it is bound to, with the device's own command");
        };
    }

    private static MrpcCommand<MrpcAnswer.Begun> bind(SwitchOrder.Bind order) throws CommandFailed {
        if (order.logicalDevice().isPresent()) {
            throw new CommandFailed(
                    ExitCode.USAGE, "--ld: a Switchtec binds whole ports and knows no logical devices", "leave it out");
        }
        return new MrpcCommand.Bind(place(order.host(), order.slot()), physical(order.port()));
    }

    private static MrpcCommand<MrpcAnswer.Begun> unbind(SwitchOrder.Unbind order) throws CommandFailed {
        if (order.how().isPresent()) {
            throw new CommandFailed(
                    ExitCode.USAGE, "--how: a Switchtec unbinds in one way only", "leave it out for a Switchtec");
        }
        return new MrpcCommand.Unbind(place(order.host(), order.slot()));
    }

    private static MrpcCommand<MrpcAnswer.Nothing> onPort(SwitchOrder.OnPort order) throws CommandFailed {
        PhysicalPort port = physical(order.port());
        return switch (SwitchWords.oneOf(PortAction.values(), order.action(), "ACTION")) {
            case DISABLE -> new MrpcCommand.ControlPort(MrpcCommand.ControlPort.Action.DISABLE, port);
            case ENABLE -> new MrpcCommand.ControlPort(MrpcCommand.ControlPort.Action.ENABLE, port);
            case RETRAIN -> new MrpcCommand.ControlPort(MrpcCommand.ControlPort.Action.RETRAIN, port);
            case BEGIN_HOT_RESET -> new MrpcCommand.ControlPort(MrpcCommand.ControlPort.Action.HOT_RESET, port, 1);
            case END_HOT_RESET -> new MrpcCommand.ControlPort(MrpcCommand.ControlPort.Action.HOT_RESET, port, 0);
        };
    }

    private static MrpcCommand<MrpcAnswer.Bifurcation> bifurcate(SwitchOrder.Bifurcate order) throws CommandFailed {
        SwitchWords.within("STACK", order.stack(), StackLanes.MAX_STACK);
        List<Integer> widths = new ArrayList<>(order.widths());
        while (widths.size() < StackLanes.PORTS) {
            widths.add(0);
        }
        try {
            return new MrpcCommand.Bifurcate(order.stack(), new StackLanes(widths));
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "WIDTHS: " + wrong.getMessage(),
                    "write the lanes of the stack's ports in their order, such as 8,0,0,0,8");
        }
    }

    private static LogicalPlace place(int partition, int logicalPort) throws CommandFailed {
        return new LogicalPlace(
                SwitchWords.within("PARTITION", partition, LogicalPlace.MAX_PARTITION),
                SwitchWords.within("LOGICAL-PORT", logicalPort, LogicalPlace.MAX_LOGICAL_PORT));
    }

    private static PhysicalPort physical(int port) throws CommandFailed {
        return new PhysicalPort(SwitchWords.within("PORT", port, PhysicalPort.MAX_ID));
    }

    /** A stack disturbs also those of its ports that it does not make now: lanes of one may be promised to somebody. */
    @Override
    public List<SwitchView.Part> touched(SwitchOrder order, SwitchView view) {
        if (!(order instanceof SwitchOrder.Bifurcate bifurcate)) {
            return view.touched(order);
        }
        return IntStream.range(0, StackLanes.PORTS)
                .mapToObj(port -> part(new PhysicalPort(bifurcate.stack() * StackLanes.PORTS + port)))
                .toList();
    }

    @Override
    public String carryOut(SwitchOrder order, SwitchView view, LogicalDevice.Progress progress) throws CommandFailed {
        return switch (order.kind()) {
            case BIND -> {
                SwitchOrder.Bind bind = (SwitchOrder.Bind) order;
                answered(bind(bind));
                yield ended(physical(bind.port()), Optional.of(place(bind.host(), bind.slot())));
            }
            case UNBIND -> unbound((SwitchOrder.Unbind) order);
            case ON_PORT -> {
                answered(onPort((SwitchOrder.OnPort) order));
                yield "the switch says that it is done";
            }
            case BIFURCATE -> bifurcated((SwitchOrder.Bifurcate) order);
            case SANITISE -> throw new IllegalStateException(command(order) + " is no command");
        };
    }

    private String unbound(SwitchOrder.Unbind order) throws CommandFailed {
        LogicalPlace from = place(order.host(), order.slot());
        Optional<PhysicalPort> port = binds().stream()
                .filter(bind -> bind.place().equals(Optional.of(from)))
                .map(PortBind::port)
                .findFirst();
        answered(unbind(order));
        return port.isPresent() ? ended(port.get(), Optional.empty()) : "nothing was bound there";
    }

    private String bifurcated(SwitchOrder.Bifurcate order) throws CommandFailed {
        MrpcCommand<MrpcAnswer.Bifurcation> command = bifurcate(order);
        answered(command);
        List<Integer> now = stackLanes(order.stack());
        if (!now.equals(((MrpcCommand.Bifurcate) command).lanes().widths())) {
            throw notAsOrdered("stack " + order.stack() + " has " + widths(now));
        }
        return "stack " + order.stack() + ": " + widths(now);
    }

    static String widths(List<Integer> widths) {
        return widths.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** An answer to a bind says that it began; where the port is, only the binds say. */
    private String ended(PhysicalPort port, Optional<LogicalPlace> ordered) throws CommandFailed {
        Deadline deadline = Deadline.inMillis(MOST_BIND_MILLIS);
        PortBind now = shown(port);
        while (now.last() == BindResult.IN_PROGRESS && deadline.leftMillis() > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(BETWEEN_READINGS_MILLIS));
            now = shown(port);
        }
        String seen = "port " + port.id() + ": "
                + now.place()
                        .map(at -> "partition " + at.partition() + " logical port " + at.logicalPort())
                        .orElse("unbound");
        if (now.last() == BindResult.IN_PROGRESS) {
            throw new CommandFailed(
                    ExitCode.UNREACHABLE,
                    "whether it was done is unknown: it is still under way after " + MOST_BIND_MILLIS + " ms",
                    look());
        }
        if (!now.place().equals(ordered)) {
            throw notAsOrdered(seen);
        }
        return seen;
    }

    private PortBind shown(PhysicalPort port) throws CommandFailed {
        return binds().stream()
                .filter(bind -> bind.port().equals(port))
                .findFirst()
                .orElseThrow(() -> new CommandFailed(
                        ExitCode.FAILED, "the switch shows no downstream port " + port.id() + " any more", look()));
    }

    private static CommandFailed notAsOrdered(String seen) {
        return new CommandFailed(
                ExitCode.FAILED,
                "the switch said that it was done, but " + seen,
                "another manager may be at work, or the firmware is wrong: find out before you go on");
    }

    @Override
    public SwitchEvents events() throws CommandFailed {
        if (!(name instanceof SwitchName.SwitchtecEthernet ethernet)) {
            return SwitchAtHand.super.events();
        }
        try {
            EventWatch watch = EventWatch.open(ethernet.place().socket(), FIRST_INSTANCE, TIMEOUT, EventWatch.USUAL);
            return new SwitchEvents() {
                @Override
                public List<Told> await(long mostMillis) throws CommandFailed {
                    try {
                        return watch.await(Duration.ofMillis(mostMillis)).stream()
                                .map(seen -> new Told(seen.event().word(), seen.of(), seen.times()))
                                .toList();
                    } catch (HalException failed) {
                        throw noEvents(failed);
                    }
                }

                @Override
                public void close() {
                    watch.close();
                }
            };
        } catch (HalException failed) {
            throw noEvents(failed);
        }
    }

    private static CommandFailed noEvents(HalException failed) {
        return new CommandFailed(ExitCode.UNREACHABLE, "its events: " + failed.getMessage(), "watch without --events");
    }

    @Override
    public List<SelfCheck> selfChecks() {
        return new SwitchtecSelfTest(this::identity, this::perform).checks();
    }

    /** A link over which an answer was lost is not used again, so the next question opens another. */
    private <A extends MrpcAnswer> Outcome<A> perform(MrpcCommand<A> command) throws CommandFailed {
        Outcome<A> outcome = new SwitchtecClient(link()).perform(command);
        if (outcome.kind() == Outcome.Kind.UNKNOWN || outcome.kind() == Outcome.Kind.NOT_SENT) {
            close();
        }
        return outcome;
    }

    private SwitchtecLink link() throws CommandFailed {
        if (open.isEmpty()) {
            try {
                open = Optional.of(
                        name instanceof SwitchName.SwitchtecDriver driver
                                ? new DeviceLink(SwitchtecFile.open(driver.device()), TIMEOUT)
                                : EthernetLink.open(
                                        ((SwitchName.SwitchtecEthernet) name)
                                                .place()
                                                .socket(),
                                        FIRST_INSTANCE,
                                        TIMEOUT));
            } catch (HalException failed) {
                throw new CommandFailed(
                        ExitCode.FAILED,
                        "nothing was sent: " + failed.getMessage(),
                        "check its name and that it is on");
            }
        }
        return open.get();
    }

    private <A extends MrpcAnswer> A answered(MrpcCommand<A> command) throws CommandFailed {
        Outcome<A> outcome = perform(command);
        return switch (outcome.kind()) {
            case ANSWERED -> ((Outcome.Answered<A>) outcome).answer();
            case REFUSED -> {
                MrpcError error = ((Outcome.Refused<A>) outcome).error();
                throw new CommandFailed(
                        ExitCode.CONFLICT,
                        "the switch refused to " + command.kind().operation() + ": " + SwitchWords.word(error),
                        error.advice());
            }
            case NOT_SENT ->
                throw new CommandFailed(
                        ExitCode.FAILED, "nothing was sent: " + ((Outcome.NotSent<A>) outcome).why(), look());
            case UNKNOWN ->
                throw new CommandFailed(
                        ExitCode.UNREACHABLE,
                        "whether it was done is unknown: " + ((Outcome.Unknown<A>) outcome).seen(),
                        look());
        };
    }

    private String look() {
        return "look with: rackweave hw show --switch " + name.text();
    }

    @Override
    public void close() {
        open.ifPresent(SwitchtecLink::close);
        open = Optional.empty();
    }
}
