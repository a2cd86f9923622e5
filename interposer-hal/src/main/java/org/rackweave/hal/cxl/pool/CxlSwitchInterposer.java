package org.rackweave.hal.cxl.pool;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.rackweave.hal.DeviceState;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.Route;
import org.rackweave.hal.WipeReport;
import org.rackweave.hal.cxl.BindVppb;
import org.rackweave.hal.cxl.CxlLimits;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmPatience;
import org.rackweave.hal.cxl.NoPayload;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.UnbindVppb;
import org.rackweave.hal.mctp.Deadline;

/**
 * The memory behind a CXL switch: logical devices of pooled devices, and devices that are not pooled, bound to the virtual switch of
 * the host that borrows them.
 *
 * <p>The switch holds no epochs ({@link org.rackweave.hal.Fence#ROUTE_READBACK}). So nothing is read before the switch has said
 * that nothing goes on in its background, and after a command whose outcome is unknown also not before that command has had time to
 * land. Every bind and unbind is read back: what a switch says that it did is not what it did.
 *
 * <p>A slice that is bound behind a virtual switch which no host of the configuration has is shown as bound to {@code (virtual
 * switch N)}, which is no name of a host: somebody else manages this switch too.
 *
 * <p>A wipe is the device's own ({@code Sanitize}, through the switch to the logical device), or, where the device has none, zeros that
 * this machine writes. In both cases this machine reads all of it back: it sees the memory behind a virtual switch of its own
 * for as long as that takes. A slice that was left there by a process that died is on the way from the last host to the next: it is
 * shown as unbound, and taken from there by whatever comes next.
 */
public final class CxlSwitchInterposer implements Interposer {
    private static final String SANITISED = "cxl-sanitize";
    private static final String ZEROED = "wash-host-zero";

    /** The vendor id of nobody: what simulators say. */
    private static final int NO_VENDOR = 0;

    private final CxlSwitchSettings settings;
    private final FmClient client;
    private final FmClient.Greeting greeting;
    private final Map<String, PooledSlices.Slice> slices;
    private final AtomicBoolean mayLand = new AtomicBoolean(true);
    private final DynamicLending dynamic;
    private final DeviceStates states;

    private CxlSwitchInterposer(
            CxlSwitchSettings settings,
            FmClient client,
            FmClient.Greeting greeting,
            Map<String, PooledSlices.Slice> slices,
            Map<String, DynamicSlices.Piece> pieces) {
        this.settings = settings;
        this.client = client;
        this.greeting = greeting;
        this.slices = slices;
        this.dynamic = new DynamicLending(client, settings, mayLand, pieces);
        this.states = new DeviceStates(client);
    }

    static CxlSwitchInterposer open(CxlSwitchSettings settings, FmPatience patience) throws HalException {
        FmClient client = new FmClient(settings.route(), patience);
        try {
            Outcome<FmClient.Greeting> greeted = client.greet();
            if (!(greeted instanceof Outcome.Answered<FmClient.Greeting> answered)) {
                throw new HalException.Unavailable(
                        "CXL switch " + settings.route(), "open", said(greeted), "look at the switch and its address");
            }
            FmClient.Greeting greeting = answered.response();
            return new CxlSwitchInterposer(
                    settings,
                    client,
                    greeting,
                    PooledSlices.find(client, settings, greeting),
                    DynamicSlices.find(client, settings, greeting));
        } catch (HalException failed) {
            client.close();
            throw failed;
        }
    }

    @Override
    public String description() {
        return String.format(
                Locale.ROOT,
                "CXL switch %s at %s, dialect %s",
                HexFormat.of().toHexDigits(greeting.identity().serial()),
                settings.route(),
                greeting.dialect().word());
    }

    @Override
    public Provenance provenance() {
        return greeting.identity().vendorId() == NO_VENDOR || settings.windows().isPresent()
                ? Provenance.SIMULATED
                : settings.provenance();
    }

    @Override
    public List<HardwareSlice> slices() {
        return Stream.concat(slices.values().stream().map(PooledSlices.Slice::facts), dynamic.slices().stream())
                .toList();
    }

    @Override
    public Route route(String sliceKey) throws HalException {
        if (dynamic.has(sliceKey)) {
            return dynamic.route(sliceKey);
        }
        Call call = new Call(sliceKey, "read route");
        Bindings now = call.path.bindings();
        call.isNoOtherDevice();
        return call.hostPlace(now)
                .<Route>map(place -> new Route.Bound(settings.hostOf(place.virtualSwitch()), 0))
                .orElseGet(() -> new Route.Unbound(0));
    }

    @Override
    public HardwareAttachment bind(String sliceKey, String hostPort, long epoch) throws HalException {
        Integer virtualSwitch = settings.hosts().get(hostPort);
        if (virtualSwitch == null) {
            throw new HalException.Refused(
                    "CXL slice " + sliceKey,
                    "bind",
                    "no host " + hostPort + " is behind this switch",
                    "add it to hosts with its virtual switch");
        }
        if (dynamic.has(sliceKey)) {
            return dynamic.bind(sliceKey, hostPort, virtualSwitch, epoch);
        }
        Call call = new Call(sliceKey, "bind");
        Bindings before = call.path.bindings();
        Optional<Bindings.Place> held = call.hostPlace(before);
        if (held.isPresent()) {
            if (held.get().virtualSwitch() != virtualSwitch) {
                throw call.path.refused("bound to " + settings.hostOf(held.get().virtualSwitch()), "unbind it first");
            }
            return attachment(call.slice, hostPort, held.get());
        }
        call.isStillTheDevice();
        call.hasItsBandwidth();
        return attachment(call.slice, hostPort, call.bindTo(virtualSwitch, before));
    }

    @Override
    public void unbind(String sliceKey, long epoch) throws HalException {
        if (dynamic.has(sliceKey)) {
            dynamic.unbind(sliceKey);
            return;
        }
        Call call = new Call(sliceKey, "unbind");
        Optional<Bindings.Place> held = call.path.bindings().placeOf(call.slice.target());
        call.isNoOtherDevice();
        if (held.isPresent()) {
            call.unbindFrom(held.get());
        }
    }

    @Override
    public WipeReport sanitise(String sliceKey) throws HalException {
        if (dynamic.has(sliceKey)) {
            return dynamic.sanitise(sliceKey);
        }
        long startNanos = System.nanoTime();
        Call call = new Call(sliceKey, "sanitise");
        Optional<Bindings.Place> held = call.hostPlace(call.path.bindings());
        if (held.isPresent()) {
            throw call.path.refused("bound to " + settings.hostOf(held.get().virtualSwitch()), "unbind it first");
        }
        call.isStillTheDevice();
        boolean isDeviceWiped =
                call.slice.isPooled() && settings.wiper() == CxlSwitchSettings.Wiper.DEVICE && call.sanitisedByDevice();
        Bindings.Place place = call.bindTo(settings.wash(), call.path.bindings());
        long bytes = call.slice.facts().amount();
        long zeros = call.path.readBack(
                Path.of(settings.washWindow(call.slice.target().port(), place.vppb())),
                bytes,
                isDeviceWiped ? CxlSwitchSettings.Wiper.DEVICE : CxlSwitchSettings.Wiper.HOST,
                () -> call.unbindFrom(place));
        return new WipeReport(
                isDeviceWiped ? WipeReport.Wiper.DEVICE : WipeReport.Wiper.WASH_HOST,
                isDeviceWiped ? SANITISED : ZEROED,
                bytes,
                zeros,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
    }

    /** The locks are each logical device's own, the firmware is the whole device's. A device that is not pooled is not reached. */
    @Override
    public DeviceState deviceState(String sliceKey) throws HalException {
        if (dynamic.has(sliceKey)) {
            return dynamic.deviceState(sliceKey, states);
        }
        Call call = new Call(sliceKey, "read the device's state");
        if (!call.slice.isPooled()) {
            return DeviceState.UNTOLD;
        }
        PooledSlices.Slice slice = call.slice;
        return states.of(
                call.path, slice.target().port(), OptionalInt.of(slice.target().logicalDevice()));
    }

    @Override
    public void close() {
        client.close();
    }

    static String said(Outcome<?> outcome) {
        return switch (outcome.kind()) {
            case ANSWERED -> "an answer that says nothing";
            case DECLINED -> "declined: " + ((Outcome.Declined<?>) outcome).code();
            case UNKNOWN -> ((Outcome.Unknown<?>) outcome).why();
            case NOT_SENT -> ((Outcome.NotSent<?>) outcome).why();
        };
    }

    private HardwareAttachment attachment(PooledSlices.Slice slice, String host, Bindings.Place place) {
        long bytes = slice.facts().amount();
        return settings.window(host, place.vppb())
                .map(window -> new HardwareAttachment("file-window", window, bytes))
                .orElseGet(() -> new HardwareAttachment("cxl-memory", place.toString(), bytes));
    }

    /** One call of the contract: which slice, and what it is called in errors. */
    private final class Call {
        private final PooledSlices.Slice slice;
        private final SwitchCall path;

        private Call(String sliceKey, String operation) throws HalException {
            this.path = new SwitchCall(client, mayLand, "CXL slice " + sliceKey, operation);
            PooledSlices.Slice found = slices.get(sliceKey);
            if (found == null) {
                throw path.refused(
                        "there is no such slice",
                        "this switch has "
                                + slices().stream().map(HardwareSlice::key).collect(Collectors.joining(", ")));
            }
            this.slice = found;
        }

        /** Where a host has it; where this machine itself reads it back is no host. */
        private Optional<Bindings.Place> hostPlace(Bindings bindings) {
            return bindings.placeOf(slice.target()).filter(place -> place.virtualSwitch() != settings.wash());
        }

        private void isStillTheDevice() throws HalException {
            path.isStillTheDevice(slice.target().port(), slice.device());
        }

        private void isNoOtherDevice() throws HalException {
            path.isNoOtherDevice(slice.target().port(), slice.device());
        }

        private LogicalDevice logicalDevice() {
            return new LogicalDevice(
                    client, slice.target().port(), slice.target().logicalDevice());
        }

        /** A device that was reset since has forgotten it. */
        private void hasItsBandwidth() throws HalException {
            if (slice.bandwidthPercent().isPresent()) {
                logicalDevice().haveBandwidth(slice.bandwidthPercent().getAsInt());
            }
        }

        /** Binds it behind a virtual switch where it is not yet, and reads back that it is there. */
        private Bindings.Place bindTo(int virtualSwitch, Bindings before) throws HalException {
            Bindings now = before;
            while (true) {
                Optional<Bindings.Place> held = now.placeOf(slice.target());
                if (held.isPresent() && held.get().virtualSwitch() == virtualSwitch) {
                    return held.get();
                }
                if (held.isPresent()) {
                    if (held.get().virtualSwitch() != settings.wash()) {
                        // It was at nobody when this call began.
                        throw path.refused(
                                "bound meanwhile to "
                                        + settings.hostOf(held.get().virtualSwitch()),
                                "another manager is at work: find it");
                    }
                    unbindFrom(held.get());
                }
                Optional<Bindings.Place> bound = bindNow(virtualSwitch, now);
                if (bound.isPresent()) {
                    return bound.get();
                }
                path.waitForAnother();
                // Half a minute is enough to put another device into the port.
                isStillTheDevice();
                now = path.bindings();
            }
        }

        /** @return empty when the switch has no time for it now */
        private Optional<Bindings.Place> bindNow(int virtualSwitch, Bindings before) throws HalException {
            OptionalInt vppb = before.firstUnbound(virtualSwitch);
            if (vppb.isEmpty()) {
                throw path.refused(
                        "virtual switch " + virtualSwitch + " has no vPPB that is unbound",
                        "take something from its host, or give it more vPPBs");
            }
            Bindings.Place place = new Bindings.Place(virtualSwitch, vppb.getAsInt());
            Bindings.Target target = slice.target();
            Outcome<NoPayload> told = client.call(
                    new BindVppb.Request(virtualSwitch, place.vppb(), target.port(), target.logicalDevice()));
            if (path.isPutOff(told)) {
                return Optional.empty();
            }
            path.done(told);
            Optional<Bindings.Place> now = path.bindings().placeOf(target);
            if (now.filter(place::equals).isEmpty()) {
                throw path.unknown("the switch says that it is bound to " + place + ", and shows it "
                        + now.map(Bindings.Place::toString).orElse("unbound"));
            }
            return now;
        }

        private void unbindFrom(Bindings.Place place) throws HalException {
            Outcome<NoPayload> told = unbindNow(place);
            while (path.isPutOff(told)) {
                path.waitForAnother();
                if (!path.bindings().placeOf(slice.target()).equals(Optional.of(place))) {
                    break;
                }
                told = unbindNow(place);
            }
            if (!SwitchCall.isBusy(told)) {
                path.done(told);
            }
            Optional<Bindings.Place> now = path.bindings().placeOf(slice.target());
            if (now.isPresent()) {
                throw path.unknown("the switch says that it is unbound, and shows it at " + now.get());
            }
        }

        private Outcome<NoPayload> unbindNow(Bindings.Place place) {
            return client.call(new UnbindVppb.Request(place.virtualSwitch(), place.vppb(), UnbindVppb.How.SURPRISE));
        }

        /** @return false when the device has no such command */
        private boolean sanitisedByDevice() throws HalException {
            Deadline deadline = Deadline.inMillis(CxlLimits.MOST_SANITISE_MILLIS);
            Outcome<NoPayload> outcome = logicalDevice().sanitise(deadline);
            while (path.isPutOff(outcome)) {
                // A wipe that landed all the same is done once more, and what counts is what is read back.
                path.waitForAnother();
                outcome = logicalDevice().sanitise(deadline);
            }
            if (outcome instanceof Outcome.Declined<NoPayload> declined && LogicalDevice.isNoSuch(declined.code())) {
                return false;
            }
            path.done(outcome);
            return true;
        }
    }
}
