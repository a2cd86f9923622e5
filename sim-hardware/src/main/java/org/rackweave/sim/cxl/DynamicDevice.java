package org.rackweave.sim.cxl;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.rackweave.hal.cxl.ClearEventRecords;
import org.rackweave.hal.cxl.DcAdd;
import org.rackweave.hal.cxl.DcExtent;
import org.rackweave.hal.cxl.DcExtents;
import org.rackweave.hal.cxl.DcReference;
import org.rackweave.hal.cxl.DcRegions;
import org.rackweave.hal.cxl.DcRelease;
import org.rackweave.hal.cxl.DcTags;
import org.rackweave.hal.cxl.DcdInfo;
import org.rackweave.hal.cxl.EventLog;
import org.rackweave.hal.cxl.EventRecord;
import org.rackweave.hal.cxl.FabricEvent;
import org.rackweave.hal.cxl.FabricEvent.CapacityChange;
import org.rackweave.hal.cxl.FmHandler.Handled;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.GetEventRecords;
import org.rackweave.hal.cxl.HealthInfo;
import org.rackweave.hal.cxl.IdBits;
import org.rackweave.hal.cxl.Identify;
import org.rackweave.hal.cxl.LdInfo;
import org.rackweave.hal.cxl.NoPayload;
import org.rackweave.hal.cxl.ReturnCode;
import org.rackweave.hal.cxl.Tunnel;
import org.rackweave.hal.mctp.Octets;
import org.rackweave.sim.cxl.Capacity.Share;
import org.rackweave.sim.cxl.CxlSwitch.Honesty;

/**
 * A dynamic capacity device: its memory is given to hosts and taken back in pieces while they run. A host has one of its logical
 * devices, whose number is the host's for the commands here.
 *
 * <ul>
 *   <li>All regions of a host draw on the same memory. The last of several regions can be shared, the others cannot.
 *   <li>An add or release is answered at once. What the host makes of it comes later: this device asks the host's {@link
 *       SwitchPlan.HostManner}, as long after as a bind takes, and only while the logical device is bound. A real host is asked by an event
 *       record and answers by commands of its own mailbox; neither is simulated.
 *   <li>A tag that is in use names one piece of capacity; another one with it is declined. That is a rule of this device.
 *   <li>Capacity that was added by one command is released as a whole. What a host has not answered for yet is released by force
 *       only.
 *   <li>A forced release is done when it is answered. It leaves no record: those that there would be are for hosts.
 *   <li>What is released is as the host left it, unless the region or the release asks for zeros. Shared capacity is wiped, and free
 *       again, when its last host gave it up and the manager holds no reference.
 * </ul>
 */
final class DynamicDevice implements TunnelledDevice {
    private static final int ALL_POLICIES = 0x07;
    private static final int BOTH_POLICIES = 0x03;
    private static final int MOST_TAGS = 64;
    private static final System.Logger LOG = System.getLogger(DynamicDevice.class.getName());

    private final int port;
    private final long serial;
    private final SwitchPlan.Behind.Dynamic plan;
    private final long hostMillis;
    private final CapacityFiles files;
    private final Function<CxlSwitch.Place, SwitchPlan.HostManner> manners;
    private final MediaBlocks blocks;
    private final DcRegions.OnRelease[] onRelease;
    private final EventLogs events = new EventLogs();
    private final List<Capacity> given = new ArrayList<>();
    private final Map<Integer, CxlSwitch.Place> hosts = new HashMap<>();
    private long generation;

    DynamicDevice(
            int port,
            long serial,
            SwitchPlan.Behind.Dynamic plan,
            long hostMillis,
            CapacityFiles files,
            Function<CxlSwitch.Place, SwitchPlan.HostManner> manners) {
        this.port = port;
        this.serial = serial;
        this.plan = plan;
        this.hostMillis = hostMillis;
        this.files = files;
        this.manners = manners;
        this.blocks = new MediaBlocks(plan.bytes(), plan.blockBytes());
        this.onRelease = new DcRegions.OnRelease[plan.regions()];
        Arrays.fill(onRelease, DcRegions.OnRelease.LEFT);
    }

    @Override
    public int logicalDevices() {
        return plan.logicalDevices();
    }

    @Override
    public boolean isAt(int atPort, int logicalDevice) {
        return atPort == port && logicalDevice < plan.logicalDevices();
    }

    @Override
    public boolean has(Tunnel.Target target) {
        return target == Tunnel.Target.DEVICE;
    }

    @Override
    public Handled handle(FmRequest<?> request, IntPredicate isBound, Honesty honesty, long nowMillis) {
        advance(nowMillis);
        return switch (request.opcode()) {
            case IDENTIFY -> Handled.with(new Identify.Response(0, 0, 0, 0, serial, 13, Optional.of(3)));
            case GET_EVENT_RECORDS ->
                events.get((GetEventRecords.Request) request, EventLogs.MOST_RECORDS - 1, honesty);
            case CLEAR_EVENT_RECORDS -> events.clear((ClearEventRecords.Request) request, honesty);
            case GET_FIRMWARE_INFO -> Handled.with(TunnelledDevice.firmware(honesty));
            case GET_HEALTH_INFO -> Handled.with(HealthInfo.Response.GOOD);
            case GET_LD_INFO -> Handled.with(new LdInfo.Response(0, plan.logicalDevices(), 0));
            case GET_DCD_INFO -> Handled.with(info());
            case GET_DC_REGIONS -> regions((DcRegions.Get) request);
            case SET_DC_REGION -> configure((DcRegions.Set) request);
            case GET_DC_EXTENTS -> extents((DcExtents.Request) request, honesty);
            case ADD_DYNAMIC_CAPACITY -> add((DcAdd.Request) request, honesty, nowMillis);
            case RELEASE_DYNAMIC_CAPACITY -> release((DcRelease.Request) request, honesty, nowMillis);
            case ADD_DC_REFERENCE, REMOVE_DC_REFERENCE -> refer((DcReference.Request) request, honesty);
            case LIST_DC_TAGS -> tags((DcTags.Request) request, honesty);
            case BACKGROUND_STATUS,
                    GET_RESPONSE_LIMIT,
                    SET_RESPONSE_LIMIT,
                    GET_EVENT_INTERRUPTS,
                    SET_EVENT_INTERRUPTS,
                    GET_EVENT_NOTICES,
                    SET_EVENT_NOTICES,
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
                    TUNNEL,
                    SEND_LD_CONFIG,
                    SEND_LD_MEMORY,
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
                    GET_SECURITY_STATE -> Handled.as(ReturnCode.UNSUPPORTED);
        };
    }

    @Override
    public void attached(int logicalDevice, CxlSwitch.Place place, long nowMillis) {
        hosts.put(logicalDevice, place);
        for (Capacity capacity : given) {
            Share share = capacity.shares().get(logicalDevice);
            if (share != null) {
                share.askAgain(nowMillis + hostMillis);
                show(capacity, share, place);
            }
        }
    }

    @Override
    public void detached(int logicalDevice) {
        CxlSwitch.Place place = hosts.remove(logicalDevice);
        for (Capacity capacity : given) {
            if (place != null && capacity.shares().containsKey(logicalDevice)) {
                hide(capacity, place);
            }
        }
    }

    @Override
    public void advance(long nowMillis) {
        for (Capacity capacity : List.copyOf(given)) {
            for (Map.Entry<Integer, Share> each : List.copyOf(capacity.shares().entrySet())) {
                CxlSwitch.Place place = hosts.get(each.getKey());
                if (place != null && each.getValue().isDue(nowMillis)) {
                    answered(capacity, each.getKey(), each.getValue(), place);
                }
            }
        }
    }

    /** The host makes up its mind. */
    private void answered(Capacity capacity, int host, Share share, CxlSwitch.Place place) {
        SwitchPlan.HostManner manner = manners.apply(place);
        if (manner == SwitchPlan.HostManner.SILENT) {
            return;
        }
        if (share.state() == Share.State.RELEASING) {
            if (manner != SwitchPlan.HostManner.KEEPS) {
                record(CapacityChange.RELEASED, host, capacity, capacity.extents(), share.honesty());
                drop(capacity, host);
            }
        } else if (manner == SwitchPlan.HostManner.REFUSES) {
            DcExtent none = new DcExtent(0, 0, capacity.tag(), 0);
            record(CapacityChange.ADD_RESPONSE, host, capacity, List.of(none), share.honesty());
            drop(capacity, host);
        } else {
            share.accepted();
            generation++;
            record(CapacityChange.ADD_RESPONSE, host, capacity, capacity.extents(), share.honesty());
            show(capacity, share, place);
        }
    }

    private void record(CapacityChange change, int host, Capacity of, List<DcExtent> extents, Honesty honesty) {
        if (honesty == Honesty.LOSING) {
            return;
        }
        for (int index = 0; index < extents.size(); index++) {
            int flags = index + 1 < extents.size() ? FabricEvent.CapacityEvent.MORE : 0;
            DcRegions.Room room = room();
            events.add(
                    EventLog.DYNAMIC_CAPACITY,
                    EventRecord.Severity.INFORMATIONAL,
                    new FabricEvent.CapacityEvent(
                            change,
                            1,
                            host,
                            of.region(),
                            flags,
                            extents.get(index),
                            room.extentsLeft(),
                            room.tagsLeft()),
                    1);
        }
    }

    private DcdInfo.Response info() {
        List<Long> masks = new ArrayList<>();
        for (int region = 0; region < DcdInfo.MOST_REGIONS; region++) {
            masks.add(region < plan.regions() ? plan.blockBytes() : 0);
        }
        return new DcdInfo.Response(
                plan.logicalDevices(),
                plan.regions(),
                ALL_POLICIES,
                BOTH_POLICIES,
                (1 << plan.regions()) - 1,
                plan.bytes() / PooledDevice.UNIT.bytes(),
                masks);
    }

    private Handled regions(DcRegions.Get request) {
        if (request.host() >= plan.logicalDevices() || request.first() >= plan.regions()) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        List<DcRegions.Region> regions = new ArrayList<>();
        for (int region = request.first();
                region < Math.min(plan.regions(), request.first() + request.most());
                region++) {
            regions.add(new DcRegions.Region(
                    blocks.regionBase(region),
                    plan.bytes() / PooledDevice.UNIT.bytes(),
                    plan.bytes(),
                    plan.blockBytes(),
                    isSharable(region) ? DcRegions.Region.SHARABLE : 0,
                    onRelease[region]));
        }
        return Handled.with(new DcRegions.Held(request.host(), plan.regions(), regions, room()));
    }

    private boolean isSharable(int region) {
        return region > 0 && region == plan.regions() - 1;
    }

    private DcRegions.Room room() {
        int extents = given.stream().mapToInt(each -> each.extents().size()).sum();
        long tags = given.stream().map(Capacity::tag).distinct().count();
        return new DcRegions.Room(Capacity.MOST_EXTENTS, Capacity.MOST_EXTENTS - extents, MOST_TAGS, MOST_TAGS - tags);
    }

    private Handled configure(DcRegions.Set request) {
        boolean isUsed = given.stream().anyMatch(each -> each.region() == request.region());
        if (request.region() >= plan.regions() || request.blockBytes() != plan.blockBytes()) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        if (isUsed) {
            return Handled.as(ReturnCode.UNSUPPORTED);
        }
        onRelease[request.region()] = request.onRelease();
        return Handled.with(new DcRegions.Taken(Optional.of(request)));
    }

    private Handled extents(DcExtents.Request request, Honesty honesty) {
        if (request.host() >= plan.logicalDevices()) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        List<DcExtent> all = given.stream()
                .filter(each -> each.isHeldBy(request.host()))
                .flatMap(each -> each.extents().stream())
                .toList();
        int wrong = honesty == Honesty.MISCOUNTING ? 1 : 0;
        return Handled.with(new DcExtents.Response(
                request.host(),
                request.first(),
                Math.max(all.size() + wrong, request.first()),
                generation,
                all.stream().skip(request.first()).limit(request.most()).toList()));
    }

    private Handled add(DcAdd.Request request, Honesty honesty, long nowMillis) {
        int host = request.host();
        if (host >= plan.logicalDevices()) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        if (honesty == Honesty.LYING) {
            return Handled.with(new NoPayload());
        }
        Share share = new Share(honesty, nowMillis + hostMillis);
        return request.policy() == DcAdd.Policy.SHARED ? share(request, share) : give(request, share);
    }

    private Handled share(DcAdd.Request request, Share share) {
        Optional<Capacity> shared = given.stream()
                .filter(each -> each.tag().equals(request.tag()) && isSharable(each.region()))
                .findAny();
        if (shared.isEmpty()
                || shared.get().region() != request.region()
                || shared.get().shares().containsKey(request.host())) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        shared.get().shares().put(request.host(), share);
        generation++;
        return Handled.with(new NoPayload());
    }

    private Handled give(DcAdd.Request request, Share share) {
        boolean isPrescribed = request.policy() == DcAdd.Policy.PRESCRIPTIVE;
        ReturnCode refusal = isPrescribed ? refusalOf(request.extents()) : refusalOf(request);
        if (!refusal.equals(ReturnCode.SUCCESS)) {
            return Handled.as(refusal);
        }
        Octets tag = isPrescribed ? request.extents().get(0).tag() : request.tag();
        int region = isPrescribed ? blocks.regionOf(request.extents().get(0)) : request.region();
        Optional<List<DcExtent>> taken =
                switch (request.policy()) {
                    case CONTIGUOUS -> blocks.takeContiguous(region, request.bytes(), tag);
                    case PRESCRIPTIVE -> blocks.takeThese(request.extents());
                    case FREE, SHARED -> blocks.takeFree(region, request.bytes(), tag);
                };
        if (taken.isEmpty()) {
            return Handled.as(isPrescribed ? ReturnCode.INVALID_EXTENT_LIST : ReturnCode.RESOURCES_EXHAUSTED);
        }
        Capacity capacity = new Capacity(region, tag, taken.get());
        if (room().extentsLeft() < taken.get().size() || room().tagsLeft() < 1) {
            blocks.free(taken.get());
            return Handled.as(ReturnCode.RESOURCES_EXHAUSTED);
        }
        capacity.shares().put(request.host(), share);
        given.add(capacity);
        generation++;
        return Handled.with(new NoPayload());
    }

    private ReturnCode refusalOf(DcAdd.Request request) {
        return request.region() >= plan.regions() || !blocks.isWhole(request.bytes()) || isUsed(request.tag())
                ? ReturnCode.INVALID_INPUT
                : ReturnCode.SUCCESS;
    }

    private boolean isUsed(Octets tag) {
        return !tag.zeroFrom(0) && given.stream().anyMatch(each -> each.tag().equals(tag));
    }

    /** Extents of one region and one tag; whether they are free is asked when they are taken. */
    private ReturnCode refusalOf(List<DcExtent> extents) {
        boolean isOne = extents.stream().map(DcExtent::tag).distinct().count() == 1
                && extents.stream().map(blocks::regionOf).distinct().count() == 1
                && blocks.regionOf(extents.get(0)) < plan.regions()
                && !isUsed(extents.get(0).tag());
        return isOne ? ReturnCode.SUCCESS : ReturnCode.INVALID_EXTENT_LIST;
    }

    private Handled release(DcRelease.Request request, Honesty honesty, long nowMillis) {
        int host = request.host();
        boolean isPrescribed = request.policy() == DcRelease.Policy.PRESCRIPTIVE;
        if (host >= plan.logicalDevices() || (!isPrescribed && !blocks.isWhole(request.bytes()))) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        List<Capacity> asked = given.stream()
                .filter(each -> each.shares().containsKey(host))
                .filter(each -> isPrescribed
                        ? request.extents().containsAll(each.extents())
                        : each.tag().equals(request.tag()))
                .toList();
        ReturnCode refusal = isPrescribed ? refusalOf(request, asked) : refusalOfTag(request, asked);
        if (!refusal.equals(ReturnCode.SUCCESS)) {
            return Handled.as(refusal);
        }
        boolean isForced = request.force() == DcRelease.Force.FORCED;
        if (!isForced && asked.stream().anyMatch(each -> !each.isHeldBy(host))) {
            return Handled.as(ReturnCode.INVALID_PHYSICAL_ADDRESS);
        }
        if (honesty != Honesty.LYING) {
            asked.forEach(each -> take(each, request, honesty, nowMillis));
        }
        return Handled.with(new NoPayload());
    }

    private void take(Capacity capacity, DcRelease.Request request, Honesty honesty, long nowMillis) {
        if (request.wipe() == DcRelease.Wipe.SANITISED) {
            capacity.wipeWhenFree();
        }
        if (request.force() == DcRelease.Force.FORCED) {
            drop(capacity, request.host());
        } else {
            Objects.requireNonNull(capacity.shares().get(request.host())).releasing(honesty, nowMillis + hostMillis);
        }
    }

    private static ReturnCode refusalOfTag(DcRelease.Request request, List<Capacity> asked) {
        long has = asked.stream().mapToLong(Capacity::bytes).sum();
        if (asked.isEmpty() || request.bytes() < has) {
            return ReturnCode.INVALID_INPUT;
        }
        return request.bytes() > has ? ReturnCode.RESOURCES_EXHAUSTED : ReturnCode.SUCCESS;
    }

    private static ReturnCode refusalOf(DcRelease.Request request, List<Capacity> asked) {
        long extents = asked.stream().mapToLong(each -> each.extents().size()).sum();
        return extents == 0 || extents != request.extents().size()
                ? ReturnCode.INVALID_EXTENT_LIST
                : ReturnCode.SUCCESS;
    }

    private Handled refer(DcReference.Request request, Honesty honesty) {
        Optional<Capacity> shared = given.stream()
                .filter(each -> each.tag().equals(request.tag()) && isSharable(each.region()))
                .findAny();
        if (shared.isEmpty()) {
            return Handled.as(ReturnCode.INVALID_INPUT);
        }
        if (honesty != Honesty.LYING) {
            shared.get().refer(request.change());
            generation++;
            freeIfUnused(shared.get());
        }
        return Handled.with(new NoPayload());
    }

    private Handled tags(DcTags.Request request, Honesty honesty) {
        List<DcTags.Tag> all = given.stream()
                .map(Capacity::tag)
                .distinct()
                .filter(tag -> !tag.zeroFrom(0))
                .map(this::tag)
                .toList();
        int wrong = honesty == Honesty.MISCOUNTING ? 1 : 0;
        return Handled.with(new DcTags.Response(
                generation,
                all.size() + wrong,
                DcTags.Response.BOTH_VALID,
                all.stream().skip(request.first()).limit(request.most()).toList()));
    }

    private DcTags.Tag tag(Octets tag) {
        List<Capacity> of =
                given.stream().filter(each -> each.tag().equals(tag)).toList();
        boolean isReferred = of.stream().anyMatch(Capacity::isReferred);
        return new DcTags.Tag(
                tag,
                isReferred ? DcTags.Reference.HELD : DcTags.Reference.NONE,
                IdBits.of(of.stream().flatMapToInt(Capacity::holders)),
                IdBits.of(of.stream().flatMapToInt(Capacity::pending)));
    }

    /** A host has it no more. */
    private void drop(Capacity capacity, int host) {
        CxlSwitch.Place place = hosts.get(host);
        if (place != null) {
            hide(capacity, place);
        }
        capacity.shares().remove(host);
        generation++;
        freeIfUnused(capacity);
    }

    private void freeIfUnused(Capacity capacity) {
        if (!capacity.shares().isEmpty() || capacity.isReferred()) {
            return;
        }
        given.remove(capacity);
        try {
            files.putBack(capacity.name(), pieces(capacity));
            if (capacity.isWipedWhenFree() || onRelease[capacity.region()] == DcRegions.OnRelease.SANITISED) {
                files.wipe(pieces(capacity));
            }
            blocks.free(capacity.extents());
        } catch (IOException failed) {
            // Its blocks stay taken: nobody gets what could not be taken or wiped.
            LOG.log(System.Logger.Level.WARNING, "dynamic capacity could not be freed", failed);
        }
    }

    private void show(Capacity capacity, Share share, CxlSwitch.Place place) {
        if (share.state() == Share.State.PENDING) {
            return;
        }
        try {
            files.show(capacity.name(), pieces(capacity), place);
        } catch (IOException failed) {
            LOG.log(System.Logger.Level.WARNING, "dynamic capacity could not be shown to its host", failed);
        }
    }

    private void hide(Capacity capacity, CxlSwitch.Place place) {
        try {
            files.hide(capacity.name(), place);
            if (capacity.shares().size() == 1) {
                files.cut(capacity.name(), pieces(capacity));
            }
        } catch (IOException failed) {
            LOG.log(System.Logger.Level.WARNING, "dynamic capacity could not be taken from its host", failed);
        }
    }

    private List<CapacityFiles.Piece> pieces(Capacity capacity) {
        return capacity.extents().stream()
                .map(extent -> new CapacityFiles.Piece(blocks.offsetOf(extent), extent.bytes()))
                .toList();
    }
}
