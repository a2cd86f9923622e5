package org.rackweave.sim.cxl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.rackweave.hal.cxl.BackgroundStatus;
import org.rackweave.hal.cxl.BindVppb;
import org.rackweave.hal.cxl.ClearEventRecords;
import org.rackweave.hal.cxl.CxlLimits;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.EventLog;
import org.rackweave.hal.cxl.EventNotices;
import org.rackweave.hal.cxl.EventRecord;
import org.rackweave.hal.cxl.FabricEvent;
import org.rackweave.hal.cxl.FmHandler.Handled;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.FmResponder;
import org.rackweave.hal.cxl.GenerateAer;
import org.rackweave.hal.cxl.GetEventRecords;
import org.rackweave.hal.cxl.IdBits;
import org.rackweave.hal.cxl.Identify;
import org.rackweave.hal.cxl.IdentifySwitch;
import org.rackweave.hal.cxl.LdConfig;
import org.rackweave.hal.cxl.LdMemory;
import org.rackweave.hal.cxl.NoPayload;
import org.rackweave.hal.cxl.Opcode;
import org.rackweave.hal.cxl.PortControl;
import org.rackweave.hal.cxl.PortState;
import org.rackweave.hal.cxl.PpbConfig;
import org.rackweave.hal.cxl.ResponseLimit;
import org.rackweave.hal.cxl.ReturnCode;
import org.rackweave.hal.cxl.Tunnel;
import org.rackweave.hal.cxl.UnbindVppb;
import org.rackweave.hal.cxl.VcsInfo;
import org.rackweave.hal.mctp.Octets;
import org.rackweave.sim.cxl.SwitchPlan.Behind;

/**
 * A CXL switch as a state machine. What may be done when:
 *
 * <ul>
 *   <li>One operation goes on in the background; a second bind or unbind meanwhile is {@link ReturnCode#BUSY}.
 *   <li>A bind wants a virtual switch and a vPPB that are there, the vPPB unbound, and a downstream port with a device. A single
 *       device is bound as a whole port and once. A pooled device is bound by logical device, each once, each to any host.
 *   <li>An unbind wants a vPPB that is bound.
 *   <li>What is pulled out by hand takes its memory from its host; the binding stays.
 *   <li>Until its operation ends, a vPPB is busy; then the binding is there, or gone.
 * </ul>
 */
final class CxlSwitch {
    private static final System.Logger LOG = System.getLogger(CxlSwitch.class.getName());
    private static final int UNBOUND_LD_CXL3 = 0xFF;
    private static final int LONGEST_MESSAGE_POWER = 13;
    private static final int HDM_DECODERS = 4;
    static final int LANES = 16;

    /** Bits of a slot's status register. */
    private static final int PRESENCE_CHANGED = 0x0008;

    private static final int PRESENT = 0x0040;
    private static final int LINK_CHANGED = 0x0100;

    /** What an answer with event records has before the first. */
    private static final int EVENTS_HEAD_BYTES = 32;

    private static final int GENERATIONS_1_TO_5 = 0x1F;
    private static final int GENERATION_5 = 5;
    private static final int CXL_2 = 0x02;
    static final int LTSSM_L0 = 4;
    private static final int ALL_PERCENT = 100;

    private final SwitchPlan plan;
    private final Dialect dialect;
    private final SwitchMemory memory;
    private final NavigableMap<Integer, SwitchPlan.Port> ports = new TreeMap<>();
    private final NavigableMap<Integer, TunnelledDevice> pools = new TreeMap<>();
    private final NavigableMap<Integer, SwitchPlan.VirtualSwitch> virtualSwitches = new TreeMap<>();
    private final NavigableMap<Place, Target> bindings = new TreeMap<>();
    private final Set<Integer> inReset = new HashSet<>();
    private final Set<Integer> unplugged = new HashSet<>();
    private final EventLogs events = new EventLogs();
    private OptionalLong lastMillis = OptionalLong.empty();
    private Optional<Operation> running = Optional.empty();
    private BackgroundStatus.Response lastOperation =
            new BackgroundStatus.Response(BackgroundStatus.Activity.IDLE, 0, 0, ReturnCode.SUCCESS, 0);
    private int responseLimitPower = LONGEST_MESSAGE_POWER;

    /** A vPPB. */
    record Place(int virtualSwitch, int vppb) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            return virtualSwitch != other.virtualSwitch
                    ? Integer.compare(virtualSwitch, other.virtualSwitch)
                    : Integer.compare(vppb, other.vppb);
        }
    }

    /** What a vPPB is bound to. */
    record Target(int port, Optional<Integer> logicalDevice) {}

    /** A bind, or an unbind when there is no target, that goes on in the background; a lie changes nothing at its end. */
    private record Operation(
            Opcode opcode, Place place, Optional<Target> target, Honesty honesty, long startMillis, long endMillis) {}

    /** Whether an operation does what it says. */
    enum Honesty {
        HONEST,
        /** Says that it did, and did nothing. */
        LYING,
        /** Does it, and records no event. */
        LOSING,
        /** Says that there is more than it shows. */
        MISCOUNTING,
        /** Answers as if somebody had changed it. */
        DIFFERING
    }

    CxlSwitch(SwitchPlan plan, Dialect dialect) throws IOException {
        this.plan = plan;
        this.dialect = dialect;
        this.memory = SwitchMemory.open(plan);
        for (SwitchPlan.Port port : plan.ports()) {
            ports.put(port.id(), port);
            addPool(port);
        }
        plan.virtualSwitches().forEach(each -> virtualSwitches.put(each.id(), each));
        for (SwitchPlan.Bound bound : plan.bound()) {
            Place place = new Place(bound.virtualSwitch(), bound.vppb());
            Target target = new Target(bound.port(), bound.logicalDevice());
            if (!mayBind(place, target)) {
                throw new IllegalArgumentException(bound + " cannot be bound on this switch");
            }
            attach(place, target, 0);
            bindings.put(place, target);
        }
    }

    private void addPool(SwitchPlan.Port port) throws IOException {
        Behind behind = port.behind();
        long madeUp = plan.serial() << 8 | port.id();
        if (behind instanceof Behind.Multi multi) {
            addPooled(plan.headsAt(port).orElseThrow(), multi.serial().orElse(madeUp), multi.bytes());
        } else if (behind instanceof Behind.Headed headed) {
            addPooled(plan.headsAt(port).orElseThrow(), headed.serial().orElse(madeUp), headed.bytes());
        } else if (behind instanceof Behind.Dynamic dynamic) {
            pools.put(
                    port.id(),
                    new DynamicDevice(
                            port.id(),
                            dynamic.serial().orElse(madeUp),
                            dynamic,
                            plan.backgroundMillis(),
                            memory.capacityOf(port.id()),
                            place -> plan.mannerOf(place.virtualSwitch())));
        }
    }

    private void addPooled(SwitchPlan.Heads heads, long serial, long bytes) {
        PooledDevice device = new PooledDevice(heads, serial, bytes, plan.backgroundMillis(), memory, dialect);
        heads.ports().values().forEach(port -> pools.put(port, device));
    }

    Handled handle(FmRequest<?> request, Honesty honesty, long nowMillis) {
        advance(nowMillis);
        return switch (request.opcode()) {
            case IDENTIFY ->
                Handled.with(new Identify.Response(0, 0, 0, 0, plan.serial(), LONGEST_MESSAGE_POWER, Optional.of(0)));
            case BACKGROUND_STATUS -> Handled.with(backgroundStatus(nowMillis));
            case GET_RESPONSE_LIMIT -> Handled.with(new ResponseLimit.Response(responseLimitPower));
            case SET_RESPONSE_LIMIT -> limit((ResponseLimit.Set) request);
            case IDENTIFY_SWITCH -> Handled.with(identity());
            case GET_PORT_STATE -> Handled.with(portStates((PortState.Request) request));
            case CONTROL_PORT -> control((PortControl.Request) request, honesty);
            case SEND_PPB_CONFIG -> config((PpbConfig.Request) request);
            case GET_VCS_INFO -> Handled.with(vcsInfo((VcsInfo.Request) request));
            case BIND_VPPB -> bind((BindVppb.Request) request, honesty, nowMillis);
            case UNBIND_VPPB -> unbind((UnbindVppb.Request) request, honesty, nowMillis);
            case GENERATE_AER -> report((GenerateAer.Request) request);
            case TUNNEL -> tunnel((Tunnel.Request) request, honesty, nowMillis);
            case SEND_LD_CONFIG -> config((LdConfig.Request) request);
            case SEND_LD_MEMORY -> registers((LdMemory.Request) request);
            case GET_EVENT_RECORDS -> events.get((GetEventRecords.Request) request, recordsThatFit(), honesty);
            case CLEAR_EVENT_RECORDS -> events.clear((ClearEventRecords.Request) request, honesty);
            case GET_EVENT_NOTICES -> Handled.with(new EventNotices.Wanted(0));
            case SET_EVENT_NOTICES -> notices((EventNotices.Set) request);
            case GET_EVENT_INTERRUPTS,
                    SET_EVENT_INTERRUPTS,
                    GET_FIRMWARE_INFO,
                    GET_SECURITY_STATE,
                    GET_HEALTH_INFO,
                    SANITIZE,
                    GET_DOMAIN_STATE,
                    SET_DOMAIN_VALUE,
                    GET_VCS_DOMAIN_STATE,
                    GET_DOMAIN_VALUE,
                    GET_LD_INFO,
                    GET_LD_ALLOCATIONS,
                    SET_LD_ALLOCATIONS,
                    GET_QOS_CONTROL,
                    SET_QOS_CONTROL,
                    GET_QOS_STATUS,
                    GET_QOS_ALLOCATED,
                    SET_QOS_ALLOCATED,
                    GET_QOS_LIMIT,
                    SET_QOS_LIMIT,
                    GET_MULTI_HEADED_INFO,
                    GET_HEAD_INFO,
                    GET_DCD_INFO,
                    GET_DC_REGIONS,
                    SET_DC_REGION,
                    GET_DC_EXTENTS,
                    ADD_DYNAMIC_CAPACITY,
                    RELEASE_DYNAMIC_CAPACITY,
                    ADD_DC_REFERENCE,
                    REMOVE_DC_REFERENCE,
                    LIST_DC_TAGS -> Handled.as(ReturnCode.UNSUPPORTED);
        };
    }

    private void advance(long nowMillis) {
        plan.storm().ifPresent(storm -> blow(storm, nowMillis));
        lastMillis = OptionalLong.of(nowMillis);
        finish(nowMillis);
        pools.values().forEach(device -> device.advance(nowMillis));
    }

    /** What happened since the last time; a full log counts the rest without making it. */
    private void blow(SwitchPlan.Storm storm, long nowMillis) {
        SwitchPlan.Port port = ports.get(storm.port());
        if (port != null) {
            long sinceMillis = nowMillis - lastMillis.orElse(nowMillis);
            record(port, FabricEvent.PortChange.LINK, LINK_CHANGED, sinceMillis * storm.perSecond() / 1000);
        }
    }

    private void finish(long nowMillis) {
        if (running.isEmpty() || nowMillis < running.get().endMillis()) {
            return;
        }
        Operation ended = running.get();
        running = Optional.empty();
        ReturnCode code = ended.honesty() == Honesty.LYING ? ReturnCode.SUCCESS : carriedOut(ended, nowMillis);
        lastOperation = new BackgroundStatus.Response(
                BackgroundStatus.Activity.IDLE, ALL_PERCENT, ended.opcode().number(), code, 0);
    }

    private ReturnCode carriedOut(Operation operation, long nowMillis) {
        Place place = operation.place();
        try {
            if (operation.target().isPresent()) {
                attach(place, operation.target().get(), nowMillis);
                bindings.put(place, operation.target().get());
            } else {
                detach(place, Objects.requireNonNull(bindings.get(place)));
                bindings.remove(place);
            }
            if (operation.honesty() != Honesty.LOSING) {
                events.inform(new FabricEvent.BindingEvent(
                        place.virtualSwitch(), place.vppb(), FabricEvent.VppbChange.BINDING, entry(place), 0, 0));
            }
            return ReturnCode.SUCCESS;
        } catch (IOException failed) {
            LOG.log(System.Logger.Level.WARNING, "memory could not be shown or taken", failed);
            return ReturnCode.INTERNAL_ERROR;
        }
    }

    private void attach(Place place, Target target, long nowMillis) throws IOException {
        memory.show(place, target);
        TunnelledDevice device = pools.get(target.port());
        if (device != null && target.logicalDevice().isPresent()) {
            device.attached(target.logicalDevice().get(), place, nowMillis);
        }
    }

    private void detach(Place place, Target target) throws IOException {
        memory.take(place, target);
        TunnelledDevice device = pools.get(target.port());
        if (device != null && target.logicalDevice().isPresent()) {
            device.detached(target.logicalDevice().get());
        }
    }

    /** What is bound now. */
    List<SwitchPlan.Bound> bound(long nowMillis) {
        advance(nowMillis);
        return bindings.entrySet().stream()
                .map(each -> new SwitchPlan.Bound(
                        each.getKey().virtualSwitch(),
                        each.getKey().vppb(),
                        each.getValue().port(),
                        each.getValue().logicalDevice()))
                .toList();
    }

    /** What is behind a port is pulled out by hand: bindings stay, and lead nowhere. */
    void unplug(int port, long nowMillis) throws IOException {
        advance(nowMillis);
        SwitchPlan.Port found = Objects.requireNonNull(ports.get(port), "there is no port " + port);
        if (unplugged.add(port)) {
            for (Map.Entry<Place, Target> each : bindings.entrySet()) {
                if (each.getValue().port() == port) {
                    detach(each.getKey(), each.getValue());
                }
            }
            record(found, FabricEvent.PortChange.SLOT, PRESENCE_CHANGED | LINK_CHANGED, 1);
        }
    }

    /** It is back, and so is what was bound to it. */
    void plug(int port, long nowMillis) throws IOException {
        advance(nowMillis);
        SwitchPlan.Port found = Objects.requireNonNull(ports.get(port), "there is no port " + port);
        if (unplugged.remove(port)) {
            for (Map.Entry<Place, Target> each : bindings.entrySet()) {
                if (each.getValue().port() == port) {
                    attach(each.getKey(), each.getValue(), nowMillis);
                }
            }
            record(found, FabricEvent.PortChange.SLOT, PRESENT | PRESENCE_CHANGED | LINK_CHANGED, 1);
        }
    }

    private void record(SwitchPlan.Port port, FabricEvent.PortChange change, int slotStatus, long times) {
        events.add(
                EventLog.INFORMATIONAL,
                EventRecord.Severity.INFORMATIONAL,
                new FabricEvent.PortEvent(change, slotStatus, portState(port)),
                times);
    }

    /** As many as the answer that the manager wants holds. */
    private int recordsThatFit() {
        int bytes = (1 << responseLimitPower) - CxlLimits.HEADER_BYTES - EVENTS_HEAD_BYTES - 1;
        return Math.min(CxlLimits.MOST_EVENT_RECORDS, bytes / EventRecord.RECORD_BYTES);
    }

    /** It tells nothing unasked, and does not say that it will. */
    private static Handled notices(EventNotices.Set request) {
        return request.settings() == 0 ? Handled.with(new EventNotices.Wanted(0)) : Handled.as(ReturnCode.UNSUPPORTED);
    }

    /** How many records are kept, of all logs of the switch itself. */
    int recordsKept() {
        return events.size();
    }

    private BackgroundStatus.Response backgroundStatus(long nowMillis) {
        if (running.isEmpty()) {
            return lastOperation;
        }
        Operation now = running.get();
        long percent = ALL_PERCENT * (nowMillis - now.startMillis()) / Math.max(1, now.endMillis() - now.startMillis());
        return new BackgroundStatus.Response(
                BackgroundStatus.Activity.RUNNING,
                (int) Math.max(0, Math.min(ALL_PERCENT - 1, percent)),
                now.opcode().number(),
                ReturnCode.SUCCESS,
                0);
    }

    private Handled limit(ResponseLimit.Set request) {
        // The least that a component must take is 2^8; the most is what it says in its identity.
        if (request.power() < 8 || request.power() > LONGEST_MESSAGE_POWER) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        responseLimitPower = request.power();
        return Handled.with(new ResponseLimit.Response(responseLimitPower));
    }

    private IdentifySwitch.Response identity() {
        int vppbs = virtualSwitches.values().stream()
                .mapToInt(SwitchPlan.VirtualSwitch::vppbs)
                .sum();
        return new IdentifySwitch.Response(
                0,
                ports.size(),
                virtualSwitches.size(),
                bits(ports.keySet()),
                bits(virtualSwitches.keySet()),
                vppbs,
                bindings.size(),
                HDM_DECODERS);
    }

    private static IdBits bits(Set<Integer> ids) {
        return IdBits.of(ids.stream().mapToInt(Integer::intValue));
    }

    private PortState.Response portStates(PortState.Request request) {
        return new PortState.Response(request.ports().stream()
                .distinct()
                .flatMap(id -> Optional.ofNullable(ports.get(id)).stream())
                .map(this::portState)
                .toList());
    }

    private PortState.Port portState(SwitchPlan.Port port) {
        Behind behind = behindNow(port);
        boolean isThere = !(behind instanceof Behind.Nothing);
        int flags = (isThere ? PortState.Port.PRESENT : 0) | (inReset.contains(port.id()) ? PortState.Port.PERST : 0);
        int lanes = isThere && !inReset.contains(port.id()) ? LANES : 0;
        return new PortState.Port(
                port.id(),
                stateOf(port),
                isThere ? 2 : 0,
                deviceOf(behind),
                CXL_2,
                linkOf(lanes),
                lanes == 0 ? 0 : LTSSM_L0,
                0,
                flags,
                logicalDevicesOf(port));
    }

    private Behind behindNow(SwitchPlan.Port port) {
        return unplugged.contains(port.id()) ? new Behind.Nothing() : port.behind();
    }

    static PortState.Link linkOf(int lanes) {
        return new PortState.Link(LANES, lanes, GENERATIONS_1_TO_5, GENERATION_5, lanes == 0 ? 0 : GENERATION_5);
    }

    private PortState.State stateOf(SwitchPlan.Port port) {
        if (port.behind() instanceof Behind.Host) {
            return PortState.State.UPSTREAM;
        }
        return running.filter(operation -> portOf(operation) == port.id())
                .map(operation ->
                        operation.opcode() == Opcode.BIND_VPPB ? PortState.State.BINDING : PortState.State.UNBINDING)
                .orElse(PortState.State.DOWNSTREAM);
    }

    private int portOf(Operation operation) {
        return operation
                .target()
                .or(() -> Optional.ofNullable(bindings.get(operation.place())))
                .map(Target::port)
                .orElse(-1);
    }

    private static PortState.Device deviceOf(Behind behind) {
        if (behind instanceof Behind.Single) {
            return PortState.Device.TYPE_3_SLD;
        }
        boolean isNone = behind instanceof Behind.Nothing || behind instanceof Behind.Host;
        return isNone ? PortState.Device.NONE : PortState.Device.TYPE_3_MLD;
    }

    private int logicalDevicesOf(SwitchPlan.Port port) {
        TunnelledDevice device = unplugged.contains(port.id()) ? null : pools.get(port.id());
        return device == null ? 0 : device.logicalDevices();
    }

    private Handled control(PortControl.Request request, Honesty honesty) {
        if (!ports.containsKey(request.port())) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        if (honesty != Honesty.LYING) {
            boolean isLinkChanged =
                    switch (request.action()) {
                        case ASSERT_PERST -> inReset.add(request.port());
                        case DEASSERT_PERST -> inReset.remove(request.port());
                        // A reset that is over when it is answered leaves no trace.
                        case RESET_PPB -> false;
                    };
            if (isLinkChanged && honesty != Honesty.LOSING) {
                record(Objects.requireNonNull(ports.get(request.port())), FabricEvent.PortChange.LINK, LINK_CHANGED, 1);
            }
        }
        return Handled.with(new NoPayload());
    }

    /** The configuration space of every bridge reads as zeros; a write is taken and changes nothing. */
    private Handled config(PpbConfig.Request request) {
        return ports.containsKey(request.port())
                ? Handled.with(new PpbConfig.Response(0))
                : Handled.as(ReturnCode.INVALID_INPUT);
    }

    /** So does that of every logical device, and so do its registers. */
    private Handled config(LdConfig.Request request) {
        return isLogicalDevice(request.port(), request.logicalDevice())
                ? Handled.with(new PpbConfig.Response(0))
                : Handled.as(ReturnCode.INVALID_INPUT);
    }

    private Handled registers(LdMemory.Request request) {
        if (!isLogicalDevice(request.port(), request.logicalDevice())) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        boolean isRead = request.access() == PpbConfig.Access.READ;
        return Handled.with(new LdMemory.Response(isRead ? Octets.adopt(new byte[request.length()]) : Octets.NONE));
    }

    private boolean isLogicalDevice(int port, int logicalDevice) {
        TunnelledDevice device = pools.get(port);
        return device != null && !unplugged.contains(port) && device.isAt(port, logicalDevice);
    }

    private VcsInfo.Response vcsInfo(VcsInfo.Request request) {
        List<VcsInfo.VirtualSwitch> blocks = new ArrayList<>();
        for (int id : request.virtualSwitches()) {
            SwitchPlan.VirtualSwitch found = virtualSwitches.get(id);
            blocks.add(
                    found == null
                            ? new VcsInfo.VirtualSwitch(id, VcsInfo.State.NO_SUCH, 0, 0, List.of())
                            : block(found, request));
        }
        return new VcsInfo.Response(blocks);
    }

    private VcsInfo.VirtualSwitch block(SwitchPlan.VirtualSwitch of, VcsInfo.Request request) {
        int first = request.firstVppb();
        return new VcsInfo.VirtualSwitch(
                of.id(),
                VcsInfo.State.ENABLED,
                of.upstreamPort(),
                of.vppbs(),
                IntStream.range(first, first + request.entriesOf(of.vppbs()))
                        .mapToObj(vppb -> entry(new Place(of.id(), vppb)))
                        .toList());
    }

    private VcsInfo.Vppb entry(Place place) {
        int none = dialect == Dialect.JRL ? 0 : UNBOUND_LD_CXL3;
        if (running.isPresent() && running.get().place().equals(place)) {
            return new VcsInfo.Vppb(VcsInfo.Binding.BUSY, 0, none);
        }
        Target target = bindings.get(place);
        if (target == null) {
            return new VcsInfo.Vppb(VcsInfo.Binding.UNBOUND, 0, none);
        }
        return target.logicalDevice()
                .map(ld -> new VcsInfo.Vppb(VcsInfo.Binding.LD, target.port(), ld))
                .orElseGet(() -> new VcsInfo.Vppb(VcsInfo.Binding.PORT, target.port(), none));
    }

    private Handled bind(BindVppb.Request request, Honesty honesty, long nowMillis) {
        Place place = new Place(request.virtualSwitch(), request.vppb());
        Target target = new Target(
                request.port(),
                request.logicalDevice() == BindVppb.WHOLE_PORT
                        ? Optional.empty()
                        : Optional.of(request.logicalDevice()));
        if (running.isPresent()) {
            return Handled.as(ReturnCode.BUSY);
        }
        if (!mayBind(place, target)) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        return begin(Opcode.BIND_VPPB, place, Optional.of(target), honesty, nowMillis);
    }

    private boolean mayBind(Place place, Target target) {
        return isThere(place)
                && !bindings.containsKey(place)
                && !bindings.containsValue(target)
                && ports.containsKey(target.port())
                && !unplugged.contains(target.port())
                && fitsDevice(target);
    }

    private boolean fitsDevice(Target target) {
        if (pools.containsKey(target.port())) {
            return target.logicalDevice()
                    .filter(ld -> isLogicalDevice(target.port(), ld))
                    .isPresent();
        }
        SwitchPlan.Port port = ports.get(target.port());
        return port != null
                && port.behind() instanceof Behind.Single
                && target.logicalDevice().isEmpty();
    }

    private boolean isThere(Place place) {
        return Optional.ofNullable(virtualSwitches.get(place.virtualSwitch()))
                .filter(found -> place.vppb() < found.vppbs())
                .isPresent();
    }

    private Handled unbind(UnbindVppb.Request request, Honesty honesty, long nowMillis) {
        Place place = new Place(request.virtualSwitch(), request.vppb());
        if (running.isPresent()) {
            return Handled.as(ReturnCode.BUSY);
        }
        if (!bindings.containsKey(place)) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        return begin(Opcode.UNBIND_VPPB, place, Optional.empty(), honesty, nowMillis);
    }

    private Handled begin(Opcode opcode, Place place, Optional<Target> target, Honesty honesty, long nowMillis) {
        running = Optional.of(
                new Operation(opcode, place, target, honesty, nowMillis, nowMillis + plan.backgroundMillis()));
        return Handled.as(ReturnCode.BACKGROUND_STARTED);
    }

    private Handled report(GenerateAer.Request request) {
        return isThere(new Place(request.virtualSwitch(), request.vppb()))
                ? Handled.with(new NoPayload())
                : Handled.as(ReturnCode.INVALID_INPUT);
    }

    private Handled tunnel(Tunnel.Request request, Honesty honesty, long nowMillis) {
        TunnelledDevice pool = pools.get(request.port());
        if (pool == null || unplugged.contains(request.port()) || !pool.has(request.target())) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        return FmResponder.answerThrough(
                dialect,
                request,
                inner -> Optional.of(pool.handle(inner, ld -> isBound(request.port(), ld), honesty, nowMillis)));
    }

    private boolean isBound(int port, int logicalDevice) {
        Target target = new Target(port, Optional.of(logicalDevice));
        return bindings.containsValue(target)
                || running.flatMap(Operation::target).filter(target::equals).isPresent();
    }
}
