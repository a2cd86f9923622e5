package org.rackweave.hal.switchtec.routing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.Route;
import org.rackweave.hal.WipeReport;
import org.rackweave.hal.switchtec.wire.LogicalPlace;
import org.rackweave.hal.switchtec.wire.PhysicalPort;

/**
 * Downstream ports of a fan-out Switchtec, each given to one host's partition at a time, and stacks that are split while a part of them is
 * lent.
 *
 * <p>The switch holds no epoch, so every route has epoch 0 ({@link org.rackweave.hal.Fence#ROUTE_READBACK}) and each command begins with a
 * reading that can be believed (see {@link PortBinds}). Two things it cannot do, and nobody else can with what a Switchtec speaks: keep a
 * second manager from moving a port between that reading and the command, and keep a command that outlasts the limit from landing. Both show
 * at the next reading as a route that nobody ordered; a port that is bound takes neither, since the switch refuses to bind it twice.
 */
public final class SwitchtecInterposer implements Interposer {
    /** The operator's word that the device forgets by itself whatever a host left in it. */
    static final String ATTESTED = "operator-attests-none-kept";

    private final SwitchLine line;
    private final PortBinds binds;
    private final StackSplits splits;
    private final HostPartitions hosts;
    private final Provenance provenance;
    private final Map<String, LentPort> ports = new LinkedHashMap<>();

    private SwitchtecInterposer(SwitchLine line, SwitchtecSettings settings) {
        this.line = line;
        this.binds = new PortBinds(line, settings.bindLimit());
        this.splits = new StackSplits(line, binds);
        this.hosts = settings.hosts();
        this.provenance = settings.provenance();
        settings.ports().forEach(port -> ports.put(port.key(), port));
    }

    static SwitchtecInterposer open(SwitchtecSettings settings, LinkOpener opener) throws HalException {
        SwitchLine line = SwitchLine.open(opener, settings.timeout());
        try {
            SwitchtecInterposer interposer = new SwitchtecInterposer(line, settings);
            // A switch of another personality has no binds to show, and says so now rather than at the first loan.
            interposer.binds.all();
            return interposer;
        } catch (HalException failed) {
            line.close();
            throw failed;
        }
    }

    @Override
    public String description() {
        return "Switchtec " + line.device();
    }

    @Override
    public Provenance provenance() {
        return provenance;
    }

    /** What the operator claims. Whether the switch has a port for it shows when its route is read. */
    @Override
    public List<HardwareSlice> slices() {
        return ports.values().stream().map(LentPort::facts).toList();
    }

    @Override
    public Route route(String sliceKey) throws HalException {
        return placeOf(port("read route", sliceKey))
                .<Route>map(place -> new Route.Bound(hosts.hostAt(place.partition()), 0))
                .orElseGet(() -> new Route.Unbound(0));
    }

    @Override
    public HardwareAttachment bind(String sliceKey, String hostPort, long epoch) throws HalException {
        LentPort lent = port("bind", sliceKey);
        int partition = partitionOf(sliceKey, hostPort);
        if (lent.split().isPresent()) {
            splits.split(lent.split().get());
        }
        Optional<LogicalPlace> now = binds.settled(lent.port()).place();
        if (now.isPresent() && now.get().partition() != partition) {
            throw refused("bind", sliceKey, "bound to " + hosts.hostAt(now.get().partition()), "unbind it first");
        }
        LogicalPlace place = now.isPresent() ? now.get() : binds.bind(lent.port(), partition);
        if (lent.split().isPresent()) {
            splits.requireWidth(lent.port(), lent.split().get());
        }
        return attachment(lent, place);
    }

    @Override
    public void unbind(String sliceKey, long epoch) throws HalException {
        LentPort lent = port("unbind", sliceKey);
        Optional<LogicalPlace> now = placeOf(lent);
        if (now.isPresent()) {
            binds.unbind(lent.port(), now.get());
        }
        if (lent.split().isPresent()) {
            splits.joinIfUnused(lent.split().get());
        }
    }

    /** A switch wipes nothing. Lanes keep nothing; of a device the operator has to say so, or it is not lent at all. */
    @Override
    public WipeReport sanitise(String sliceKey) throws HalException {
        LentPort lent = port("sanitise", sliceKey);
        Optional<LogicalPlace> now = placeOf(lent);
        if (now.isPresent()) {
            throw refused(
                    "sanitise", sliceKey, "bound to " + hosts.hostAt(now.get().partition()), "unbind it first");
        }
        return lent.facts().kind().keepsData()
                ? new WipeReport(WipeReport.Wiper.NOBODY, ATTESTED, 0, 0, 0)
                : WipeReport.noneNeeded();
    }

    @Override
    public void close() {
        line.close();
    }

    /** Empty also for a port that a stack makes only when it is split, while it is whole. */
    private Optional<LogicalPlace> placeOf(LentPort lent) throws HalException {
        return lent.split().isPresent() && !exists(lent.port(), lent.split().get())
                ? Optional.empty()
                : binds.settled(lent.port()).place();
    }

    private boolean exists(PhysicalPort port, StackSplit stack) throws HalException {
        return switch (splits.state(stack)) {
            case SPLIT -> true;
            case WHOLE -> stack.lanesWhole(port) > 0;
        };
    }

    private HardwareAttachment attachment(LentPort lent, LogicalPlace place) {
        return new HardwareAttachment(
                switch (lent.facts().kind()) {
                    case LANES -> "lanes";
                    case PCIE_DEVICE -> "pcie-device";
                    case MEMORY, FUNCTION, ACCELERATOR, CORES ->
                        throw new IllegalStateException(
                                "a port is no " + lent.facts().kind());
                },
                line.device() + " partition " + place.partition() + " logical port " + place.logicalPort(),
                0);
    }

    private int partitionOf(String sliceKey, String hostPort) throws HalException {
        OptionalInt partition = hosts.partitionOf(hostPort);
        if (partition.isEmpty()) {
            throw refused(
                    "bind",
                    sliceKey,
                    "no partition is known for host " + hostPort,
                    "add it to the setting hosts; there are " + hosts.byHost());
        }
        return partition.getAsInt();
    }

    private LentPort port(String operation, String sliceKey) throws HalException {
        LentPort lent = ports.get(sliceKey);
        if (lent == null) {
            throw refused(operation, sliceKey, "there is no such slice", "there are " + ports.keySet());
        }
        return lent;
    }

    private HalException refused(String operation, String sliceKey, String seen, String advice) {
        return new HalException.Refused(line.device() + " " + sliceKey, operation, seen, advice);
    }
}
