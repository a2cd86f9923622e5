package org.rackweave.hal.cxl.pool;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.rackweave.hal.DeviceState;
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
import org.rackweave.hal.cxl.NoPayload;
import org.rackweave.hal.cxl.Outcome;
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

    /** How often a list is read again because it changed: hosts answer now and then, not all the time. */
    private static final int MOST_CHANGES = 16;

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
        return lent(new Call(key, "read route").holders())
                .<Route>map(holder -> new Route.Bound(holder.host(), 0))
                .orElseGet(() -> new Route.Unbound(0));
    }

    HardwareAttachment bind(String key, String host, int virtualSwitch, long epoch) throws HalException {
        Call call = new Call(key, "bind");
        List<Holder> holders = call.holders();
        Optional<Holder> lent = lent(holders);
        if (lent.isPresent()) {
            return call.boundAlready(lent.get(), host, epoch);
        }
        Seat seat = call.seat(virtualSwitch);
        call.release(holders, DcRelease.Wipe.LEFT);
        call.give(seat, epoch);
        return attachment(call.piece, host, seat.place(), epoch);
    }

    void unbind(String key) throws HalException {
        Call call = new Call(key, "unbind");
        call.release(call.holders(), DcRelease.Wipe.LEFT);
    }

    WipeReport sanitise(String key) throws HalException {
        long startNanos = System.nanoTime();
        Call call = new Call(key, "sanitise");
        List<Holder> holders = call.holders();
        Optional<Holder> lent = lent(holders);
        if (lent.isPresent()) {
            throw call.path.refused("bound to " + lent.get().host(), "unbind it first");
        }
        Seat seat = call.seat(settings.wash());
        // What a dead process left here may be half offered, or at a logical device that is this machine's no more.
        call.release(holders, DcRelease.Wipe.LEFT);
        List<Holder> wash = List.of(call.give(seat, Tag.WASH));
        boolean isDeviceWiping = settings.wiper() == CxlSwitchSettings.Wiper.DEVICE;
        if (isDeviceWiping) {
            call.release(wash, DcRelease.Wipe.SANITISED);
            call.give(seat, Tag.WASH);
        }
        long bytes = call.piece.bytes();
        Path window = Path.of(settings.washWindow(
                        call.piece.port(), seat.place().vppb()) + "-" + new Tag(call.piece.index(), Tag.WASH).bytes());
        long zeros = call.path.readBack(window, bytes, settings.wiper(), () -> call.release(wash, DcRelease.Wipe.LEFT));
        return new WipeReport(
                isDeviceWiping ? WipeReport.Wiper.RELEASE_COMMAND : WipeReport.Wiper.WASH_HOST,
                isDeviceWiping ? SANITISED : ZEROED,
                bytes,
                zeros,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
    }

    /** A piece has no locks of its own. */
    DeviceState deviceState(String key, DeviceStates states) throws HalException {
        Call call = new Call(key, "read the device's state");
        return states.of(call.path, call.piece.port(), OptionalInt.empty());
    }

    /** Where this machine itself has it to wipe it, nobody does. */
    private static Optional<Holder> lent(List<Holder> holders) {
        return holders.stream().filter(holder -> !holder.isWash()).findFirst();
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

    /** One page of a list. */
    private record Page<T>(long generation, long total, List<T> entries) {}

    private interface Pages<T> {
        Page<T> from(int first) throws HalException;
    }

    /** One call of the contract, on the device that the piece was found in. */
    private final class Call {
        private final Piece piece;
        private final SwitchCall path;
        private final Bindings bindings;

        private Call(String key, String operation) throws HalException {
            this.piece = Objects.requireNonNull(pieces.get(key));
            this.path = new SwitchCall(client, mayLand, "CXL slice " + key, operation);
            this.bindings = path.bindings();
            path.isStillTheDevice(piece.port(), piece.device());
        }

        private <R extends FmResponse> R ask(FmRequest<R> request) throws HalException {
            return path.answer(() -> client.callThrough(piece.port(), request));
        }

        private Optional<Bindings.Place> placeOf(int logicalDevice) {
            return bindings.placeOf(new Bindings.Target(piece.port(), logicalDevice));
        }

        private Seat seat(int virtualSwitch) throws HalException {
            for (int ld = 0; ld < piece.hosts(); ld++) {
                Optional<Bindings.Place> place = placeOf(ld);
                if (place.filter(at -> at.virtualSwitch() == virtualSwitch).isPresent()) {
                    return new Seat(ld, place.get());
                }
            }
            throw path.refused(
                    "no logical device of port " + piece.port() + " is bound behind virtual switch " + virtualSwitch,
                    "bind one there; it stays, and capacity is added to it");
        }

        /** Everybody who has it, by its tag, or who has any of its addresses. One at most, as long as the device keeps order. */
        private List<Holder> holders() throws HalException {
            Set<Holder> holders = new LinkedHashSet<>();
            for (DcTags.Tag tag : tags()) {
                if (Tag.epochOf(tag.tag(), piece.index()).isPresent()) {
                    // Offered is as good as held: the host may take it at any time.
                    IntStream.concat(
                                    Arrays.stream(tag.accepted().ids()),
                                    Arrays.stream(tag.pending().ids()))
                            .forEach(ld -> holders.add(holder(ld, tag.tag())));
                }
            }
            for (int ld = 0; ld < piece.hosts(); ld++) {
                for (DcExtent extent : extentsInside(ld)) {
                    holders.add(holder(ld, extent.tag()));
                }
            }
            return List.copyOf(holders);
        }

        private Holder holder(int logicalDevice, Octets tag) {
            OptionalLong epoch = Tag.epochOf(tag, piece.index());
            Optional<Bindings.Place> place = placeOf(logicalDevice);
            // The tag alone says little: another manager washes too, and a logical device may be at a host by now.
            boolean isElsewhere =
                    place.filter(at -> at.virtualSwitch() != settings.wash()).isPresent();
            boolean isWash = epoch.isPresent() && epoch.getAsLong() == Tag.WASH && !isElsewhere;
            String host = epoch.isEmpty()
                    ? "(tag " + tag + ")"
                    : place.map(at -> settings.hostOf(at.virtualSwitch()))
                            .orElse("(logical device " + logicalDevice + ")");
            return new Holder(logicalDevice, tag, host, isWash);
        }

        private List<DcExtent> extentsInside(int logicalDevice) throws HalException {
            long start = start(logicalDevice);
            // None of these is negative, so no difference is too large.
            return extents(logicalDevice).stream()
                    .filter(extent -> extent.dpa() - start < piece.bytes() && start - extent.dpa() < extent.bytes())
                    .toList();
        }

        private List<DcTags.Tag> tags() throws HalException {
            return whole(first -> {
                DcTags.Response page = ask(new DcTags.Request(first, CxlLimits.MOST_TAGS));
                if (!page.tags().isEmpty() && page.validity() != DcTags.Response.BOTH_VALID) {
                    throw path.unavailable("the device does not say which hosts a tag is at", "lend no dc of it");
                }
                return new Page<>(page.generation(), page.total(), page.tags());
            });
        }

        private List<DcExtent> extents(int logicalDevice) throws HalException {
            return whole(first -> {
                DcExtents.Response page = ask(new DcExtents.Request(logicalDevice, CxlLimits.MOST_EXTENTS, first));
                return new Page<>(page.generation(), page.total(), page.extents());
            });
        }

        /** All of a list, from its start again when it changes between two pages. */
        private <T> List<T> whole(Pages<T> pages) throws HalException {
            List<T> all = new ArrayList<>();
            long generation = 0;
            int changes = 0;
            while (true) {
                Page<T> page = pages.from(all.size());
                if (!all.isEmpty() && page.generation() != generation) {
                    changes++;
                    all.clear();
                    if (changes > MOST_CHANGES) {
                        throw path.unavailable("what the device lists changes all the time", "ask again");
                    }
                    continue;
                }
                generation = page.generation();
                all.addAll(page.entries());
                if (all.size() >= page.total()) {
                    return all;
                }
                // A device that says that there is more and shows none is not asked for ever.
                if (page.entries().isEmpty() || all.size() > MOST_LISTED) {
                    throw path.unavailable(
                            "the device lists " + all.size() + " and says that it has more", "look at the device");
                }
            }
        }

        /** Where the piece begins for a host: an address and the bytes behind it that are no more than 2^63 - 1. */
        private long start(int logicalDevice) throws HalException {
            List<DcRegions.Region> regions =
                    ask(new DcRegions.Get(logicalDevice, 1, 0)).regions();
            if (regions.isEmpty()) {
                throw path.unavailable("logical device " + logicalDevice + " has no region", "look at the device");
            }
            DcRegions.Region region = regions.get(0);
            if (region.bytes() < piece.offset() + piece.bytes() || region.base() > Long.MAX_VALUE - region.bytes()) {
                throw path.unavailable(
                        "logical device " + logicalDevice + " has a region of " + region.bytes() + " bytes at "
                                + region.base() + ", which the piece is not in",
                        "look at the device");
            }
            return region.base() + piece.offset();
        }

        private HardwareAttachment boundAlready(Holder held, String host, long epoch) throws HalException {
            OptionalLong heldEpoch = Tag.epochOf(held.tag(), piece.index());
            if (!held.host().equals(host) || heldEpoch.isEmpty() || heldEpoch.getAsLong() != epoch) {
                String since = heldEpoch.isPresent() ? ", epoch " + heldEpoch.getAsLong() : "";
                throw path.refused("bound to " + held.host() + since, "unbind it first");
            }
            Bindings.Place place = placeOf(held.logicalDevice())
                    .orElseThrow(() -> path.refused("its logical device is not bound", "bind it"));
            accepted(held);
            return attachment(piece, host, place, epoch);
        }

        /** Adds it, and waits until the host has all of it. */
        private Holder give(Seat seat, long epoch) throws HalException {
            int host = seat.logicalDevice();
            Octets tag = new Tag(piece.index(), epoch).bytes();
            DcExtent extent = new DcExtent(start(host), piece.bytes(), tag, 0);
            Holder holder = holder(host, tag);
            DcAdd.Request add = new DcAdd.Request(host, DcAdd.Policy.PRESCRIPTIVE, 0, 0, NO_TAG, List.of(extent));
            Outcome<NoPayload> told = client.callThrough(piece.port(), add);
            while (path.isPutOff(told) && !holdersAfterAnother().contains(holder)) {
                told = client.callThrough(piece.port(), add);
            }
            if (!SwitchCall.isBusy(told)) {
                path.done(told);
            }
            accepted(holder);
            return holder;
        }

        private List<Holder> holdersAfterAnother() throws HalException {
            path.waitForAnother();
            return holders();
        }

        /** Waits until it has all of it, and reads back that nobody else has any. */
        private void accepted(Holder due) throws HalException {
            Deadline deadline = Deadline.inMillis(MOST_ACCEPTING_MILLIS);
            while (true) {
                // In this order: an offer that is taken meanwhile is seen by one or the other.
                boolean isOffered = tags().stream().anyMatch(each -> each.tag().equals(due.tag()));
                long has = bytesOf(due);
                if (has == piece.bytes()) {
                    break;
                }
                if (!isOffered && has == 0) {
                    throw path.refused(
                            "the device says that it was added, and neither offers nor shows it",
                            "ask the host why it takes none; if it was never offered any, look at the device");
                }
                if (deadline.leftMillis() == 0) {
                    release(List.of(due), DcRelease.Wipe.LEFT);
                    throw path.refused(
                            "the host did not take it in " + MOST_ACCEPTING_MILLIS + " ms; it was taken back",
                            "see that the host's kernel knows dynamic capacity");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(CxlLimits.LONGEST_POLL_MILLIS));
            }
            List<Holder> holders = holders();
            if (!holders.equals(List.of(due))) {
                throw path.unknown("it was added for " + due.host() + ", and the device shows it at "
                        + holders.stream().map(Holder::host).toList());
            }
        }

        /** Of its addresses only: those of another piece with the same tag are not what was given. */
        private long bytesOf(Holder holder) throws HalException {
            return extentsInside(holder.logicalDevice()).stream()
                    .filter(extent -> extent.tag().equals(holder.tag()))
                    .mapToLong(DcExtent::bytes)
                    .sum();
        }

        /** Takes it from all of these, and reads back that nobody has it. */
        private void release(List<Holder> holders, DcRelease.Wipe wipe) throws HalException {
            for (Holder each : holders) {
                Outcome<NoPayload> told = client.callThrough(piece.port(), releaseFrom(each, wipe));
                while (path.isPutOff(told) && holdersAfterAnother().contains(each)) {
                    told = client.callThrough(piece.port(), releaseFrom(each, wipe));
                }
                boolean isGone =
                        told.kind() == Outcome.Kind.DECLINED && !holders().contains(each);
                if (!isGone) {
                    path.done(told);
                }
            }
            List<Holder> left = holders.isEmpty() ? holders : holders();
            if (!left.isEmpty()) {
                throw path.unknown("the device says that it is released, and shows it at "
                        + left.stream().map(Holder::host).toList());
            }
        }

        /** Capacity of others has any tag, or none, and so may more of theirs: of that, what is in the way is named. */
        private DcRelease.Request releaseFrom(Holder holder, DcRelease.Wipe wipe) throws HalException {
            int host = holder.logicalDevice();
            if (Tag.epochOf(holder.tag(), piece.index()).isPresent()) {
                return new DcRelease.Request(
                        host,
                        DcRelease.Policy.BY_TAG,
                        DcRelease.Force.FORCED,
                        wipe,
                        piece.bytes(),
                        holder.tag(),
                        List.of());
            }
            List<DcExtent> theirs = extentsInside(host).stream()
                    .filter(extent -> extent.tag().equals(holder.tag()))
                    .limit(CxlLimits.MOST_EXTENTS)
                    .toList();
            return new DcRelease.Request(
                    host, DcRelease.Policy.PRESCRIPTIVE, DcRelease.Force.FORCED, wipe, 0, NO_TAG, theirs);
        }
    }
}
