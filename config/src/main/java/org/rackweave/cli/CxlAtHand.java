package org.rackweave.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.rackweave.hal.cxl.BindVppb;
import org.rackweave.hal.cxl.CxlLimits;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.Drain;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmDryRun;
import org.rackweave.hal.cxl.FmPatience;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.FmRoute;
import org.rackweave.hal.cxl.NoPayload;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.PortControl;
import org.rackweave.hal.cxl.PortState;
import org.rackweave.hal.cxl.Sanitize;
import org.rackweave.hal.cxl.SwitchInventory;
import org.rackweave.hal.cxl.UnbindVppb;
import org.rackweave.hal.cxl.VcsInfo;
import org.rackweave.hal.cxl.pool.CxlSliceKeys;
import org.rackweave.hal.cxl.pool.HeldCapacity;
import org.rackweave.hal.cxl.pool.LogicalDevice;
import org.rackweave.hal.cxl.pool.MultiLogicalDevice;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.Octets;

/** A CXL switch, through its fabric manager interface. */
final class CxlAtHand implements SwitchAtHand {
    private static final int MOST_ID = 255;
    private static final SwitchView.Words WORDS = new SwitchView.Words("virtual switch", "vPPB");

    private final SwitchName name;
    private final FmRoute route;
    private Optional<FmClient> open = Optional.empty();

    CxlAtHand(SwitchName name, FmRoute route) {
        this.name = name;
        this.route = route;
    }

    @Override
    public String identity() throws CommandFailed {
        FmClient.Greeting greeting = answered(client().greet());
        return "CXL switch " + HexFormat.of().toHexDigits(greeting.identity().serial()) + " at " + name.text()
                + ", dialect " + greeting.dialect().word();
    }

    @Override
    public SwitchView view() throws CommandFailed {
        String title = identity();
        SwitchInventory inventory = answered(SwitchInventory.read(client()));
        List<SwitchView.Host> hosts = new ArrayList<>();
        for (VcsInfo.VirtualSwitch each : inventory.virtualSwitches()) {
            List<SwitchView.Slot> slots = new ArrayList<>();
            for (VcsInfo.Vppb vppb : each.entries()) {
                slots.add(new SwitchView.Slot(slots.size(), SwitchWords.word(vppb.binding()), target(vppb)));
            }
            hosts.add(new SwitchView.Host(each.id(), OptionalInt.of(each.upstreamPort()), slots));
        }
        List<SwitchView.Port> ports = new ArrayList<>();
        for (PortState.Port port : inventory.ports()) {
            ports.add(port(port));
        }
        return new SwitchView(title, WORDS, hosts, ports);
    }

    private SwitchView.Port port(PortState.Port port) throws CommandFailed {
        boolean isUpstream = port.state() == PortState.State.UPSTREAM;
        Optional<MultiLogicalDevice> pooled = isUpstream || port.device() != PortState.Device.TYPE_3_MLD
                ? Optional.empty()
                : Optional.of(pooled(port));
        long serial = pooled.map(MultiLogicalDevice::serial).orElse(0L);
        String device = isUpstream || port.device() == PortState.Device.NONE ? "" : SwitchWords.word(port.device());
        return new SwitchView.Port(
                port.id(),
                SwitchWords.word(port.state()),
                serial == 0 ? device : device + " " + HexFormat.of().toHexDigits(serial),
                speed(port.link()),
                OptionalInt.empty(),
                device.isEmpty() ? List.of() : parts(port, pooled, pooled.isEmpty() ? List.of() : held(port)));
    }

    /**
     * What logical devices hold of dynamic capacity. A peer of the older dialect answers what it does not know with what its buffer
     * happens to hold, so it is not asked; who has no such capacity declines.
     */
    private List<HeldCapacity.Piece> held(PortState.Port port) throws CommandFailed {
        if (answered(client().greet()).dialect() != Dialect.CXL3) {
            return List.of();
        }
        Outcome<List<HeldCapacity.Piece>> read = HeldCapacity.read(client(), port.id());
        return read instanceof Outcome.Answered<List<HeldCapacity.Piece>> known ? known.response() : List.of();
    }

    private static String speed(PortState.Link link) {
        return link.lanes() == 0
                ? "x" + link.mostLanes() + ", link down"
                : "x" + link.lanes() + " of x" + link.mostLanes() + " gen" + link.speed();
    }

    /** A device that does not answer through the switch has as many logical devices as the switch says, of sizes that nobody knows. */
    private MultiLogicalDevice pooled(PortState.Port port) throws CommandFailed {
        Outcome<MultiLogicalDevice> read = MultiLogicalDevice.read(client(), port.id());
        return read instanceof Outcome.Answered<MultiLogicalDevice> known
                ? known.response()
                : new MultiLogicalDevice(0, Collections.nCopies(port.logicalDevices(), 0L));
    }

    private static List<SwitchView.Part> parts(
            PortState.Port port, Optional<MultiLogicalDevice> pooled, List<HeldCapacity.Piece> held) {
        if (pooled.isEmpty()) {
            return List.of(new SwitchView.Part(
                    new SwitchView.Target(port.id(), OptionalInt.empty()),
                    OptionalLong.empty(),
                    List.of(CxlSliceKeys.ofPort(port.id()))));
        }
        List<SwitchView.Part> parts = new ArrayList<>();
        for (long bytes : pooled.get().sizesBytes()) {
            int ld = parts.size();
            long serial = pooled.get().serial();
            parts.add(new SwitchView.Part(
                    new SwitchView.Target(port.id(), OptionalInt.of(ld)),
                    bytes == 0 ? OptionalLong.empty() : OptionalLong.of(bytes),
                    List.of(
                            CxlSliceKeys.ofLogicalDevice(serial, port.id(), ld),
                            // A daemon that got no answer to who the device is named it by its port.
                            CxlSliceKeys.ofLogicalDevice(0, port.id(), ld)),
                    serial == 0 ? Optional.of(CxlSliceKeys.ending(ld)) : Optional.empty(),
                    Optional.of(CxlSliceKeys.ofPieces(serial, port.id())),
                    held.stream().filter(piece -> piece.logicalDevice() == ld).toList()));
        }
        return parts;
    }

    static Optional<SwitchView.Target> target(VcsInfo.Vppb vppb) {
        return switch (vppb.binding()) {
            case UNBOUND, BUSY, PID -> Optional.empty();
            case PORT -> Optional.of(new SwitchView.Target(vppb.port(), OptionalInt.empty()));
            case LD -> Optional.of(new SwitchView.Target(vppb.port(), OptionalInt.of(vppb.logicalDevice())));
        };
    }

    @Override
    public Shown details(Table.Style style) throws CommandFailed {
        SwitchInventory inventory = answered(SwitchInventory.read(client()));
        List<SwitchView.Part> holding = view().ports().stream()
                .flatMap(port -> port.parts().stream())
                .filter(part -> !part.pieces().isEmpty())
                .toList();
        return HwText.of(inventory, holding, style);
    }

    @Override
    public List<Message> messages(SwitchOrder order) throws CommandFailed {
        if (order instanceof SwitchOrder.Sanitise sanitise) {
            FmClient.Greeting greeting = answered(client().greet());
            Sanitize.Request request = new Sanitize.Request();
            return messages(
                    List.of("Sanitize, in two tunnels"),
                    FmDryRun.bytesToLogicalDevice(
                            greeting.dialect(),
                            SwitchWords.within("PORT", sanitise.port(), MOST_ID),
                            SwitchWords.within("LD", sanitise.logicalDevice(), MOST_ID),
                            request));
        }
        FmRequest<?> request = request(order);
        return messages(List.of(request.opcode().title()), FmDryRun.bytesOf(List.of(request)));
    }

    /** The client's own question comes first, on each connection. */
    private static List<Message> messages(List<String> titles, List<Octets> bytes) {
        List<Message> messages = new ArrayList<>();
        int own = bytes.size() - titles.size();
        for (int index = 0; index < bytes.size(); index++) {
            String what = index < own ? "Identify" : titles.get(index - own);
            messages.add(new Message(what, bytes.get(index).toString()));
        }
        return messages;
    }

    private static FmRequest<?> request(SwitchOrder order) throws CommandFailed {
        return switch (order.kind()) {
            case BIND -> {
                SwitchOrder.Bind bind = (SwitchOrder.Bind) order;
                yield new BindVppb.Request(
                        SwitchWords.within("VCS", bind.host(), MOST_ID),
                        SwitchWords.within("VPPB", bind.slot(), MOST_ID),
                        SwitchWords.within("PORT", bind.port(), MOST_ID),
                        bind.logicalDevice().isEmpty()
                                ? BindVppb.WHOLE_PORT
                                : SwitchWords.within(
                                        "--ld", bind.logicalDevice().getAsInt(), MOST_ID));
            }
            case UNBIND -> {
                SwitchOrder.Unbind unbind = (SwitchOrder.Unbind) order;
                yield new UnbindVppb.Request(
                        SwitchWords.within("VCS", unbind.host(), MOST_ID),
                        SwitchWords.within("VPPB", unbind.slot(), MOST_ID),
                        unbind.how().isEmpty()
                                ? UnbindVppb.How.MANAGED
                                : SwitchWords.oneOf(
                                        UnbindVppb.How.values(), unbind.how().get(), "--how"));
            }
            case ON_PORT -> {
                SwitchOrder.OnPort port = (SwitchOrder.OnPort) order;
                yield new PortControl.Request(
                        SwitchWords.within("PORT", port.port(), MOST_ID),
                        SwitchWords.oneOf(PortControl.Action.values(), port.action(), "ACTION"));
            }
            case BIFURCATE -> throw hasNoStacks();
            case SANITISE -> throw new IllegalStateException("a wipe goes to the device");
        };
    }

    @Override
    public List<SwitchView.Part> touched(SwitchOrder order, SwitchView view) {
        return view.touched(order);
    }

    @Override
    public String carryOut(SwitchOrder order, SwitchView view, LogicalDevice.Progress progress) throws CommandFailed {
        return switch (order.kind()) {
            case BIND, UNBIND, ON_PORT -> carriedOut(order, request(order));
            case BIFURCATE -> throw hasNoStacks();
            case SANITISE -> sanitised((SwitchOrder.Sanitise) order, view, progress);
        };
    }

    private String carriedOut(SwitchOrder order, FmRequest<?> request) throws CommandFailed {
        answered(client().call(request));
        if (order instanceof SwitchOrder.Bind bind) {
            VcsInfo.Vppb now = readBack(bind.host(), bind.slot());
            isAsOrdered(now, Optional.of(new SwitchView.Target(bind.port(), bind.logicalDevice())));
            return said(bind.host(), bind.slot(), now);
        }
        if (order instanceof SwitchOrder.Unbind unbind) {
            VcsInfo.Vppb now = readBack(unbind.host(), unbind.slot());
            isAsOrdered(now, Optional.empty());
            return said(unbind.host(), unbind.slot(), now);
        }
        return "the switch says that it is done";
    }

    private static String said(int virtualSwitch, int vppb, VcsInfo.Vppb now) {
        return "virtual switch " + virtualSwitch + " vPPB " + vppb + ": "
                + target(now).map(SwitchView.Target::toString).orElse(SwitchWords.word(now.binding()));
    }

    private VcsInfo.Vppb readBack(int virtualSwitch, int vppb) throws CommandFailed {
        VcsInfo.Response info = answered(client().call(VcsInfo.Request.allOf(virtualSwitch)));
        return info.virtualSwitches().stream()
                .flatMap(each -> each.entries().stream())
                .skip(vppb)
                .findFirst()
                .orElseThrow(() -> new CommandFailed(
                        ExitCode.FAILED,
                        "the switch said that it was done and has no such vPPB",
                        "do not trust this switch; look at its firmware"));
    }

    private static void isAsOrdered(VcsInfo.Vppb now, Optional<SwitchView.Target> ordered) throws CommandFailed {
        boolean isSettled = ordered.isPresent() || now.binding() == VcsInfo.Binding.UNBOUND;
        if (!isSettled || !target(now).equals(ordered)) {
            throw new CommandFailed(
                    ExitCode.FAILED,
                    "the switch said that it was done, but the vPPB is " + SwitchWords.word(now.binding()) + " "
                            + target(now).map(SwitchView.Target::toString).orElse(""),
                    "another manager may be at work, or the firmware is wrong: find out before you go on");
        }
    }

    private String sanitised(SwitchOrder.Sanitise order, SwitchView view, LogicalDevice.Progress progress)
            throws CommandFailed {
        SwitchView.Target target = new SwitchView.Target(order.port(), OptionalInt.of(order.logicalDevice()));
        boolean isThere = view.port(order.port()).stream()
                .flatMap(port -> port.parts().stream())
                .anyMatch(part -> part.target().equals(target));
        if (!isThere) {
            throw new CommandFailed(
                    ExitCode.NOT_FOUND,
                    target + " cannot be wiped from here: port " + order.port()
                            + " has no such logical device, and only a logical device of a pooled device is reached"
                            + " through the switch",
                    "see 'rackweave hw tree'; wipe another device from the host that it is bound to");
        }
        Optional<String> bound = view.placeOf(target);
        if (bound.isPresent()) {
            throw new CommandFailed(
                    ExitCode.CONFLICT, target + " is bound to " + bound.get(), "unbind it first: rackweave hw unbind");
        }
        Outcome<NoPayload> wiped = new LogicalDevice(client(), order.port(), order.logicalDevice())
                .sanitise(Deadline.inMillis(CxlLimits.MOST_SANITISE_MILLIS), progress);
        if (wiped instanceof Outcome.Declined<NoPayload> declined && LogicalDevice.isNoSuch(declined.code())) {
            throw new CommandFailed(
                    ExitCode.CONFLICT,
                    "the device behind port " + order.port() + " cannot wipe itself: Sanitize is " + declined.code()
                            + " to it",
                    "bind it to a host and write zeros there; a daemon with 'wipe: host' does so");
        }
        answered(wiped);
        return target + ": the device says that all of it is wiped; nobody has read it back";
    }

    @Override
    public List<Integer> stackLanes(int stack) throws CommandFailed {
        throw hasNoStacks();
    }

    @Override
    public List<SelfCheck> selfChecks() {
        return new CxlSelfTest(this::client).checks();
    }

    private static CommandFailed hasNoStacks() {
        return new CommandFailed(
                ExitCode.CONFLICT,
                "a CXL switch cannot bifurcate: its fabric manager interface has no command for it",
                "set the widths of its ports in its own configuration; a Switchtec can");
    }

    private FmClient client() {
        if (open.isEmpty()) {
            open = Optional.of(new FmClient(route, FmPatience.USUAL));
        }
        return open.get();
    }

    /** The answer; anything else ends the command. After an unknown outcome the path is drained first, and said to be. */
    private <R> R answered(Outcome<R> outcome) throws CommandFailed {
        String look = "look with: rackweave hw show --switch " + name.text();
        return switch (outcome.kind()) {
            case ANSWERED -> ((Outcome.Answered<R>) outcome).response();
            case DECLINED ->
                throw new CommandFailed(
                        ExitCode.CONFLICT, "the switch declined: " + ((Outcome.Declined<R>) outcome).code(), look);
            case NOT_SENT ->
                throw new CommandFailed(
                        ExitCode.FAILED,
                        "nothing was sent: " + ((Outcome.NotSent<R>) outcome).why(),
                        "check the address and that nobody else holds the switch's only connection");
            case UNKNOWN ->
                throw new CommandFailed(
                        ExitCode.UNREACHABLE,
                        "whether it was done is unknown: " + ((Outcome.Unknown<R>) outcome).why() + "; "
                                + drained(client().drain()),
                        look);
        };
    }

    private static String drained(Drain drain) {
        return switch (drain.kind()) {
            case IDLE -> "the switch answers now and does nothing in the background";
            case STUCK -> "the switch cannot be drained either: " + ((Drain.Stuck) drain).why();
        };
    }

    @Override
    public void close() {
        open.ifPresent(FmClient::close);
    }
}
