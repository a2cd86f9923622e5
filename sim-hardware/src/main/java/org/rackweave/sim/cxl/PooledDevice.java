package org.rackweave.sim.cxl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.rackweave.hal.cxl.BackgroundStatus;
import org.rackweave.hal.cxl.ClearEventRecords;
import org.rackweave.hal.cxl.Dialect;
import org.rackweave.hal.cxl.FabricEvent;
import org.rackweave.hal.cxl.FmHandler.Handled;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.FmResponder;
import org.rackweave.hal.cxl.GetEventRecords;
import org.rackweave.hal.cxl.HeadInfo;
import org.rackweave.hal.cxl.HealthInfo;
import org.rackweave.hal.cxl.Identify;
import org.rackweave.hal.cxl.LdAllocations;
import org.rackweave.hal.cxl.LdAllocations.Range;
import org.rackweave.hal.cxl.LdInfo;
import org.rackweave.hal.cxl.MultiHeadedInfo;
import org.rackweave.hal.cxl.Opcode;
import org.rackweave.hal.cxl.QosControl;
import org.rackweave.hal.cxl.QosFractions;
import org.rackweave.hal.cxl.QosStatus;
import org.rackweave.hal.cxl.ReturnCode;
import org.rackweave.hal.cxl.SecurityState;
import org.rackweave.hal.cxl.Tunnel;
import org.rackweave.hal.mctp.Octets;

/**
 * A device of several logical devices. It answers what comes through a tunnel. Of allocations it takes what fits into its memory, and
 * none for a logical device that is bound: its host would lose memory under its feet. One that
 * is kept in a file keeps its size.
 *
 * <p>It has one head, or several, each at a port of its own. Its logical devices are divided among the heads, in their order; a head that
 * is at no port of this switch is at another machine's. Each head answers for all of the device; the commands about heads go to the
 * pool.
 */
final class PooledDevice implements TunnelledDevice {
    /** The unit of its allocations. */
    static final LdAllocations.Granularity UNIT = LdAllocations.Granularity.MIB_256;

    private static final int ALL = 0xFF;
    private static final System.Logger LOG = System.getLogger(PooledDevice.class.getName());

    private final SwitchPlan.Heads heads;
    private final long serial;
    private final long bytes;
    private final long wipeMillis;
    private final SwitchMemory memory;
    private final Dialect dialect;
    private final Map<Integer, Wipe> wipes = new HashMap<>();
    private final Map<Integer, EventLogs> events = new HashMap<>();
    private final List<Range> ranges = new ArrayList<>();
    private final byte[] allocated;
    private final byte[] limits;
    private QosControl.Settings qos = new QosControl.Settings(0, 0, 0, 0, 0, 0);

    /** A wipe that goes on in the background of a logical device, or has ended with a code; a lie clears nothing. */
    private record Wipe(CxlSwitch.Honesty honesty, long startMillis, long endMillis, Optional<ReturnCode> ended) {}

    PooledDevice(
            SwitchPlan.Heads heads, long serial, long bytes, long wipeMillis, SwitchMemory memory, Dialect dialect) {
        int logicalDevices = heads.logicalDevices();
        this.heads = heads;
        this.serial = serial;
        this.bytes = bytes;
        this.wipeMillis = wipeMillis;
        this.memory = memory;
        this.dialect = dialect;
        for (int index = 0; index < logicalDevices; index++) {
            ranges.add(new Range(bytes / UNIT.bytes() / logicalDevices, 0));
        }
        this.allocated = new byte[logicalDevices];
        Arrays.fill(allocated, (byte) (ALL / logicalDevices));
        this.limits = new byte[logicalDevices];
        Arrays.fill(limits, (byte) ALL);
    }

    @Override
    public int logicalDevices() {
        return ranges.size();
    }

    @Override
    public boolean isAt(int port, int logicalDevice) {
        return logicalDevice < ranges.size()
                && heads.portOf(logicalDevice).filter(at -> at == port).isPresent();
    }

    @Override
    public boolean has(Tunnel.Target target) {
        return target == Tunnel.Target.DEVICE || heads.count() > 1;
    }

    @Override
    public Handled handle(FmRequest<?> request, IntPredicate isBound, CxlSwitch.Honesty honesty, long nowMillis) {
        advance(nowMillis);
        return switch (request.opcode()) {
            case TUNNEL -> throughTunnel((Tunnel.Request) request, honesty, nowMillis);
            case IDENTIFY -> Handled.with(identity());
            case GET_FIRMWARE_INFO -> Handled.with(TunnelledDevice.firmware(honesty));
            case GET_MULTI_HEADED_INFO -> headOf((MultiHeadedInfo.Request) request);
            case GET_HEAD_INFO -> links((HeadInfo.Request) request);
            case GET_LD_INFO -> Handled.with(new LdInfo.Response(bytes, ranges.size(), 0));
            case GET_LD_ALLOCATIONS -> held((LdAllocations.Get) request);
            case SET_LD_ALLOCATIONS -> take((LdAllocations.Set) request, isBound);
            case GET_QOS_CONTROL -> Handled.with(qos);
            case SET_QOS_CONTROL -> {
                qos = ((QosControl.Set) request).settings();
                yield Handled.with(qos);
            }
            case GET_QOS_STATUS -> Handled.with(new QosStatus.Response(0));
            case GET_QOS_ALLOCATED -> fractions((QosFractions.Get) request, allocated);
            case SET_QOS_ALLOCATED -> setFractions((QosFractions.Set) request, allocated);
            case GET_QOS_LIMIT -> fractions((QosFractions.Get) request, limits);
            case SET_QOS_LIMIT -> setFractions((QosFractions.Set) request, limits);
            case BACKGROUND_STATUS,
                    GET_RESPONSE_LIMIT,
                    SET_RESPONSE_LIMIT,
                    GET_EVENT_RECORDS,
                    CLEAR_EVENT_RECORDS,
                    GET_EVENT_INTERRUPTS,
                    SET_EVENT_INTERRUPTS,
                    GET_EVENT_NOTICES,
                    SET_EVENT_NOTICES,
                    GET_HEALTH_INFO,
                    GET_SECURITY_STATE,
                    SANITIZE,
                    IDENTIFY_SWITCH,
                    GET_PORT_STATE,
                    CONTROL_PORT,
                    SEND_PPB_CONFIG,
                    GET_DOMAIN_STATE,
                    SET_DOMAIN_VALUE,
                    GET_VCS_DOMAIN_STATE,
                    GET_DOMAIN_VALUE,
                    GET_VCS_INFO,
                    BIND_VPPB,
                    UNBIND_VPPB,
                    GENERATE_AER,
                    SEND_LD_CONFIG,
                    SEND_LD_MEMORY,
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

    /** A type 3 device of no vendor. */
    private Identify.Response identity() {
        return new Identify.Response(0, 0, 0, 0, serial, 13, Optional.of(3));
    }

    private Handled headOf(MultiHeadedInfo.Request request) {
        if (heads.count() == 1) {
            return Handled.as(ReturnCode.UNSUPPORTED);
        }
        if (request.first() >= ranges.size() || request.most() == 0) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        byte[] map = new byte[Math.min(request.most(), ranges.size() - request.first())];
        for (int index = 0; index < map.length; index++) {
            map[index] = (byte) heads.headOf(request.first() + index);
        }
        return Handled.with(
                new MultiHeadedInfo.Response(ranges.size(), heads.count(), request.first(), Octets.adopt(map)));
    }

    /** The links of all heads are up, as wide as they go. */
    private Handled links(HeadInfo.Request request) {
        if (heads.count() == 1) {
            return Handled.as(ReturnCode.UNSUPPORTED);
        }
        if (request.count() == 0 || request.first() + request.count() > heads.count()) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        return Handled.with(new HeadInfo.Response(IntStream.range(request.first(), request.first() + request.count())
                .mapToObj(head -> new HeadInfo.Head(head, CxlSwitch.linkOf(CxlSwitch.LANES), CxlSwitch.LTSSM_L0, 0, 0))
                .toList()));
    }

    @Override
    public void advance(long nowMillis) {
        wipes.replaceAll((ld, wipe) -> wipe.ended().isEmpty() && nowMillis >= wipe.endMillis() ? end(ld, wipe) : wipe);
    }

    private Wipe end(int logicalDevice, Wipe wipe) {
        ReturnCode code = ReturnCode.SUCCESS;
        if (wipe.honesty() != CxlSwitch.Honesty.LYING) {
            try {
                memory.wipe(target(logicalDevice));
            } catch (IOException failed) {
                LOG.log(System.Logger.Level.WARNING, "a logical device could not be wiped", failed);
                code = ReturnCode.INTERNAL_ERROR;
            }
        }
        if (wipe.honesty() != CxlSwitch.Honesty.LOSING) {
            events(logicalDevice)
                    .inform(new FabricEvent.MemoryEvent(FabricEvent.MemoryEvent.MEDIA, HealthInfo.Response.GOOD));
        }
        return new Wipe(wipe.honesty(), wipe.startMillis(), wipe.endMillis(), Optional.of(code));
    }

    /** What a switch binds; one whose head is elsewhere is never bound here, nor kept. */
    private CxlSwitch.Target target(int logicalDevice) {
        return new CxlSwitch.Target(heads.portOf(logicalDevice).orElse(-1), Optional.of(logicalDevice));
    }

    private Handled throughTunnel(Tunnel.Request request, CxlSwitch.Honesty honesty, long nowMillis) {
        int logicalDevice = request.port();
        if (request.target() != Tunnel.Target.DEVICE || logicalDevice >= ranges.size()) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        return FmResponder.answerThrough(
                dialect, request, inner -> Optional.of(ofLogicalDevice(logicalDevice, inner, honesty, nowMillis)));
    }

    private Handled ofLogicalDevice(int ld, FmRequest<?> request, CxlSwitch.Honesty honesty, long nowMillis) {
        if (request.opcode() == Opcode.SANITIZE) {
            Wipe last = wipes.get(ld);
            if (last != null && last.ended().isEmpty()) {
                return Handled.as(ReturnCode.BUSY);
            }
            wipes.put(ld, new Wipe(honesty, nowMillis, nowMillis + wipeMillis, Optional.empty()));
            return Handled.as(ReturnCode.BACKGROUND_STARTED);
        }
        if (request instanceof GetEventRecords.Request asked) {
            return events(ld).get(asked, EventLogs.MOST_RECORDS - 1, honesty);
        }
        if (request instanceof ClearEventRecords.Request read) {
            return events(ld).clear(read, honesty);
        }
        if (request.opcode() == Opcode.GET_SECURITY_STATE) {
            return Handled.with(
                    honesty == CxlSwitch.Honesty.DIFFERING
                            ? SecurityState.Response.LOCKED
                            : SecurityState.Response.OPEN);
        }
        if (request.opcode() == Opcode.GET_HEALTH_INFO) {
            return Handled.with(HealthInfo.Response.GOOD);
        }
        return request.opcode() == Opcode.BACKGROUND_STATUS
                ? Handled.with(wipeStatus(ld, nowMillis))
                : Handled.as(ReturnCode.UNSUPPORTED);
    }

    private EventLogs events(int logicalDevice) {
        return events.computeIfAbsent(logicalDevice, ld -> new EventLogs());
    }

    private BackgroundStatus.Response wipeStatus(int logicalDevice, long nowMillis) {
        Wipe wipe = wipes.get(logicalDevice);
        if (wipe == null) {
            return new BackgroundStatus.Response(BackgroundStatus.Activity.IDLE, 0, 0, ReturnCode.SUCCESS, 0);
        }
        return new BackgroundStatus.Response(
                wipe.ended().isPresent() ? BackgroundStatus.Activity.IDLE : BackgroundStatus.Activity.RUNNING,
                wipe.ended().isPresent()
                        ? 100
                        : (int) Math.min(99, 100 * (nowMillis - wipe.startMillis()) / Math.max(1, wipeMillis)),
                Opcode.SANITIZE.number(),
                wipe.ended().orElse(ReturnCode.SUCCESS),
                0);
    }

    private Handled held(LdAllocations.Get request) {
        if (request.first() >= ranges.size()) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        int end = Math.min(ranges.size(), request.first() + request.most());
        return Handled.with(
                new LdAllocations.Held(ranges.size(), UNIT, request.first(), ranges.subList(request.first(), end)));
    }

    private Handled take(LdAllocations.Set request, IntPredicate isBound) {
        int count = request.ranges().size();
        if (count == 0 || request.first() + count > ranges.size()) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        List<Range> after = new ArrayList<>(ranges);
        for (int index = 0; index < count; index++) {
            int device = request.first() + index;
            Range wanted = request.ranges().get(index);
            boolean isFixed = isBound.test(device) || memory.isKept(target(device));
            if (isFixed && !wanted.equals(ranges.get(device))) {
                return Handled.as(ReturnCode.INVALID_INPUT);
            }
            after.set(device, wanted);
        }
        if (!fits(after)) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        ranges.clear();
        ranges.addAll(after);
        return Handled.with(new LdAllocations.Taken(request.first(), request.ranges()));
    }

    private boolean fits(List<Range> wanted) {
        long left = bytes / UNIT.bytes();
        for (Range range : wanted) {
            // Unsigned on the wire; what is beyond 2^63 units fits nowhere.
            if (range.range1() < 0 || range.range1() > left) {
                return false;
            }
            left -= range.range1();
            if (range.range2() < 0 || range.range2() > left) {
                return false;
            }
            left -= range.range2();
        }
        return true;
    }

    private static Handled fractions(QosFractions.Get request, byte[] of) {
        if (request.first() >= of.length) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        int end = Math.min(of.length, request.first() + request.count());
        return Handled.with(new QosFractions.Fractions(
                request.first(), Octets.adopt(Arrays.copyOfRange(of, request.first(), end))));
    }

    private static Handled setFractions(QosFractions.Set request, byte[] of) {
        QosFractions.Fractions wanted = request.fractions();
        if (wanted.first() + wanted.each().length() > of.length) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        wanted.each().copyTo(of, wanted.first());
        return Handled.with(wanted);
    }
}
