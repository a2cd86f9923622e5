package org.rackweave.hal.cxl.pool;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Route;
import org.rackweave.hal.WipeReport;
import org.rackweave.hal.cxl.CxlLimits;
import org.rackweave.hal.cxl.DcAdd;
import org.rackweave.hal.cxl.DcExtent;
import org.rackweave.hal.cxl.DcExtents;
import org.rackweave.hal.cxl.DcRegions;
import org.rackweave.hal.cxl.DcRelease;
import org.rackweave.hal.cxl.DcTags;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.FmResponse;
import org.rackweave.hal.cxl.pool.DynamicSlices.Piece;
import org.rackweave.hal.cxl.pool.DynamicSlices.Tag;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.Octets;

/**
 * Lends pieces of a dynamic capacity device: each is a range of its addresses, added to the logical device that a host has of it, and
 * taken back by force. A logical device has to be bound behind the virtual switch of each host, and of the machine that washes; that
 * is the operator's, and stays.
 *
 * <p>Each grant's capacity has a tag with the grant's epoch. A release that comes late, from a grant before, names a tag that is not
 * there, and the device declines it. An add that comes late is not declined by a device whose range is free: it shows in the next
 * reading, as bound. So this is a {@link org.rackweave.hal.Fence#ROUTE_READBACK}.
 *
 * <p>An address is taken to be the same memory for every logical device of a device. A host that was not heard in time is taken its
 * capacity by force before the bind is given up.
 */
final class DynamicLending {
    private static final String SANITISED = "dcd-release-sanitised";
    private static final String ZEROED = "wash-host-zero";

    /** How long a host may take to accept capacity, in milliseconds: its kernel answers an event record in far less than this. */
    private static final long MOST_ACCEPTING_MILLIS = 5_000;

    /** The most tags or extents that a device is believed to have: some pages of them. */
    private static final int MOST_LISTED = 4_096;

    private static final Octets NO_TAG = Octets.adopt(new byte[DcExtent.TAG_BYTES]);

    private final FmClient client;
    private final CxlSwitchSettings settings;
    private final AtomicBoolean mayLand;
    private final Map<String, Piece> pieces;

    DynamicLending(FmClient client, CxlSwitchSettings settings, AtomicBoolean mayLand, Map<String, Piece> pieces) {
        this.client = client;
        this.settings = settings;
        this.mayLand = mayLand;
        this.pieces = pieces;
    }

    boolean has(String key) {
        return pieces.containsKey(key);
    }

    List<HardwareSlice> slices() {
        return pieces.values().stream().map(Piece::facts).toList();
    }

    Route route(String key) throws HalException {
        Call call = new Call(key, "read route");
        return call.holder(call.path.bindings())
                .filter(holder -> !holder.isWash())
                .<Route>map(holder -> new Route.Bound(holder.host(), 0))
                .orElseGet(() -> new Route.Unbound(0));
    }

    HardwareAttachment bind(String key, String host, int virtualSwitch, long epoch) throws HalException {
        Call call = new Call(key, "bind");
        Bindings bindings = call.path.bindings();
        Optional<Holder> held = call.holder(bindings);
        if (held.isPresent() && !held.get().isWash()) {
            return call.boundAlready(held.get(), host, epoch, bindings);
        }
        call.path.isStillTheDevice(call.piece.port(), call.piece.device());
        if (held.isPresent()) {
            call.release(held.get(), DcRelease.Wipe.LEFT);
        }
        Seat seat = call.seat(bindings, virtualSwitch);
        call.give(seat, epoch);
        return attachment(call.piece, host, seat.place(), epoch);
    }

    void unbind(String key) throws HalException {
        Call call = new Call(key, "unbind");
        Optional<Holder> held = call.holder(call.path.bindings());
        if (held.isPresent()) {
            call.release(held.get(), DcRelease.Wipe.LEFT);
        }
    }

    WipeReport sanitise(String key) throws HalException {
        long startNanos = System.nanoTime();
        Call call = new Call(key, "sanitise");
        Bindings bindings = call.path.bindings();
        Optional<Holder> held = call.holder(bindings);
        if (held.isPresent() && !held.get().isWash()) {
            throw call.path.refused("bound to " + held.get().host(), "unbind it first");
        }
        call.path.isStillTheDevice(call.piece.port(), call.piece.device());
        boolean isDeviceWiping = settings.wiper() == CxlSwitchSettings.Wiper.DEVICE;
        Seat seat = call.seat(bindings, settings.wash());
        Holder wash = new Holder(seat.logicalDevice(), new Tag(call.piece.index(), Tag.WASH).bytes(), "", true);
        if (held.isEmpty()) {
            call.give(seat, Tag.WASH);
        }
        if (isDeviceWiping) {
            call.release(wash, DcRelease.Wipe.SANITISED);
            call.give(seat, Tag.WASH);
        }
        long zeros = call.readBack(seat, wash, isDeviceWiping);
        return new WipeReport(
                isDeviceWiping ? SANITISED : ZEROED,
                call.piece.bytes(),
                zeros,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
    }

    private HardwareAttachment attachment(Piece piece, String host, Bindings.Place place, long epoch) {
        Octets tag = new Tag(piece.index(), epoch).bytes();
        return settings.window(host, place.vppb())
                .map(window -> new HardwareAttachment("file-window", window + "-" + tag, piece.bytes()))
                .orElseGet(() -> new HardwareAttachment("cxl-memory", place + " tag " + tag, piece.bytes()));
    }

    /** The logical device that a host has, and where. */
    private record Seat(int logicalDevice, Bindings.Place place) {}

    /** Who has a piece, or some of it, or was offered it. */
    private record Holder(int logicalDevice, Octets tag, String host, boolean isWash) {}

    /** One call of the contract. */
    private final class Call {
        private final Piece piece;
        private final SwitchCall path;

        private Call(String key, String operation) {
            this.piece = Objects.requireNonNull(pieces.get(key));
            this.path = new SwitchCall(client, mayLand, "CXL slice " + key, operation);
        }

        private <R extends FmResponse> R ask(FmRequest<R> request) throws HalException {
            return path.answered(client.callThrough(piece.port(), request));
        }

        private Seat seat(Bindings bindings, int virtualSwitch) throws HalException {
            for (int ld = 0; ld < piece.hosts(); ld++) {
                Optional<Bindings.Place> place = bindings.placeOf(new Bindings.Target(piece.port(), ld));
                if (place.filter(at -> at.virtualSwitch() == virtualSwitch).isPresent()) {
                    return new Seat(ld, place.get());
                }
            }
            throw path.refused(
                    "no logical device of port " + piece.port() + " is bound behind virtual switch " + virtualSwitch,
                    "bind one there; it stays, and capacity is added to it");
        }

        private Optional<Holder> holder(Bindings bindings) throws HalException {
            for (DcTags.Tag tag : tags()) {
                OptionalLong epoch = Tag.epochOf(tag.tag(), piece.index());
                if (epoch.isPresent()) {
                    // Offered is as good as held: the host may take it at any time.
                    int[] accepted = tag.accepted().ids();
                    int[] holders =
                            accepted.length > 0 ? accepted : tag.pending().ids();
                    if (holders.length > 0) {
                        return Optional.of(holder(bindings, holders[0], tag.tag()));
                    }
                }
            }
            for (int ld = 0; ld < piece.hosts(); ld++) {
                DcRegions.Region region = region(ld);
                for (DcExtent extent : extents(ld)) {
                    if (isInside(extent, region)) {
                        return Optional.of(holder(bindings, ld, extent.tag()));
                    }
                }
            }
            return Optional.empty();
        }

        private Holder holder(Bindings bindings, int logicalDevice, Octets tag) {
            OptionalLong epoch = Tag.epochOf(tag, piece.index());
            if (epoch.isPresent() && epoch.getAsLong() == Tag.WASH) {
                return new Holder(logicalDevice, tag, "", true);
            }
            String host = epoch.isEmpty()
                    ? "(tag " + tag + ")"
                    : bindings.placeOf(new Bindings.Target(piece.port(), logicalDevice))
                            .map(place -> settings.hostOf(place.virtualSwitch()))
                            .orElse("(logical device " + logicalDevice + ")");
            return new Holder(logicalDevice, tag, host, false);
        }

        private boolean isInside(DcExtent extent, DcRegions.Region region) {
            long start = region.base() + piece.offset();
            return extent.dpa() < start + piece.bytes() && start < extent.dpa() + extent.bytes();
        }

        private List<DcTags.Tag> tags() throws HalException {
            List<DcTags.Tag> all = new ArrayList<>();
            while (true) {
                DcTags.Response page = ask(new DcTags.Request(all.size(), CxlLimits.MOST_TAGS));
                all.addAll(page.tags());
                if (all.size() >= page.total()) {
                    return all;
                }
                isGoingOn(page.tags().size(), all.size());
            }
        }

        private List<DcExtent> extents(int logicalDevice) throws HalException {
            List<DcExtent> all = new ArrayList<>();
            while (true) {
                DcExtents.Response page = ask(new DcExtents.Request(logicalDevice, CxlLimits.MOST_EXTENTS, all.size()));
                all.addAll(page.extents());
                if (all.size() >= page.total()) {
                    return all;
                }
                isGoingOn(page.extents().size(), all.size());
            }
        }

        /** A device that says that there is more and shows none is not asked for ever. */
        private void isGoingOn(int shown, int all) throws HalException {
            if (shown == 0 || all > MOST_LISTED) {
                throw path.unavailable("the device lists " + all + " and says that it has more", "look at the device");
            }
        }

        private DcRegions.Region region(int logicalDevice) throws HalException {
            List<DcRegions.Region> regions =
                    ask(new DcRegions.Get(logicalDevice, 1, 0)).regions();
            if (regions.isEmpty()) {
                throw path.unavailable("logical device " + logicalDevice + " has no region", "look at the device");
            }
            return regions.get(0);
        }

        private HardwareAttachment boundAlready(Holder held, String host, long epoch, Bindings bindings)
                throws HalException {
            OptionalLong heldEpoch = Tag.epochOf(held.tag(), piece.index());
            if (!held.host().equals(host) || heldEpoch.isEmpty() || heldEpoch.getAsLong() != epoch) {
                String since = heldEpoch.isPresent() ? ", epoch " + heldEpoch.getAsLong() : "";
                throw path.refused("bound to " + held.host() + since, "unbind it first");
            }
            Bindings.Place place = bindings.placeOf(new Bindings.Target(piece.port(), held.logicalDevice()))
                    .orElseThrow(() -> path.refused("its logical device is not bound", "bind it"));
            accepted(held.logicalDevice(), held.tag());
            return attachment(piece, host, place, epoch);
        }

        /** Adds it, and waits until the host has all of it. */
        private void give(Seat seat, long epoch) throws HalException {
            Octets tag = new Tag(piece.index(), epoch).bytes();
            DcRegions.Region region = region(seat.logicalDevice());
            DcExtent extent = new DcExtent(region.base() + piece.offset(), piece.bytes(), tag, 0);
            path.done(client.callThrough(
                    piece.port(),
                    new DcAdd.Request(seat.logicalDevice(), DcAdd.Policy.PRESCRIPTIVE, 0, 0, NO_TAG, List.of(extent))));
            accepted(seat.logicalDevice(), tag);
        }

        private void accepted(int logicalDevice, Octets tag) throws HalException {
            Deadline deadline = Deadline.inMillis(MOST_ACCEPTING_MILLIS);
            while (bytesOf(logicalDevice, tag) != piece.bytes()) {
                boolean isOffered = tags().stream().anyMatch(each -> each.tag().equals(tag));
                if (!isOffered && bytesOf(logicalDevice, tag) != piece.bytes()) {
                    throw path.refused(
                            "the device says that it was added, and neither offers nor shows it",
                            "ask the host why it takes none; if it was never offered any, look at the device");
                }
                if (deadline.leftMillis() == 0) {
                    release(new Holder(logicalDevice, tag, "", false), DcRelease.Wipe.LEFT);
                    throw path.refused(
                            "the host did not take it in " + MOST_ACCEPTING_MILLIS + " ms; it was taken back",
                            "see that the host's kernel knows dynamic capacity");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(CxlLimits.LONGEST_POLL_MILLIS));
            }
        }

        private long bytesOf(int logicalDevice, Octets tag) throws HalException {
            return extents(logicalDevice).stream()
                    .filter(extent -> extent.tag().equals(tag))
                    .mapToLong(DcExtent::bytes)
                    .sum();
        }

        /** Takes it, and reads back that it is gone. */
        private void release(Holder held, DcRelease.Wipe wipe) throws HalException {
            path.done(client.callThrough(
                    piece.port(),
                    new DcRelease.Request(
                            held.logicalDevice(),
                            DcRelease.Policy.BY_TAG,
                            DcRelease.Force.FORCED,
                            wipe,
                            piece.bytes(),
                            held.tag(),
                            List.of())));
            boolean isThere = tags().stream().anyMatch(each -> each.tag().equals(held.tag()));
            if (isThere || bytesOf(held.logicalDevice(), held.tag()) > 0) {
                throw path.unknown("the device says that it is released, and shows it");
            }
        }

        private long readBack(Seat seat, Holder wash, boolean isDeviceWiped) throws HalException {
            Path window = Path.of(settings.washWindow(piece.port(), seat.place().vppb()) + "-" + wash.tag());
            long zeros;
            try {
                if (!isDeviceWiped) {
                    path.zero(window, piece.bytes());
                }
                zeros = path.countZeros(window, piece.bytes());
            } finally {
                release(wash, DcRelease.Wipe.LEFT);
            }
            return zeros;
        }
    }
}
