package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.rackweave.hal.Fence;
import org.rackweave.hal.ForcedEnd;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwarePlace;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Latency;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.Route;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.WipeReport;

/**
 * CXL memory devices of this machine, lent to this machine. Bound is a slice whose memory the kernel has as its own: a region is made of the
 * device and its blocks are on line, movable. Nothing here holds an epoch: a route is what the kernel shows.
 *
 * <p>Memory that is in use is not pulled from a kernel, which would die of it: an unbind that the kernel cannot do is refused, what was off
 * line by then comes back, and the slice stays bound. It is wiped through a DAX device, which nothing but the wipe can reach.
 */
final class LinuxCxlInterposer implements Interposer {
    static final String WIPE_METHOD = "linux-dax-zero";

    private static final List<String> DRIVERS = List.of(
            "/sys/bus/cxl/drivers/cxl_region",
            "/sys/bus/cxl/drivers/cxl_dax_region",
            "/sys/bus/dax/drivers/kmem",
            "/sys/bus/dax/drivers/device_dax");

    private final LinuxCxlSettings settings;
    private final Attributes attributes;
    private final Wiper wiper;
    private final Endpoints endpoints;
    private final RamRegions regions;
    private final DaxDevices devices;
    private final MemoryBlocks blocks;
    private final Settled settled;

    /** Overwrites all of a DAX device. */
    interface Wiper {
        /** How many bytes, from the first on, read back as zero. */
        long wipe(Path device, long bytes) throws HalException;
    }

    private LinuxCxlInterposer(LinuxCxlSettings settings, Attributes attributes, Wiper wiper) {
        this.settings = settings;
        this.attributes = attributes;
        this.wiper = wiper;
        this.endpoints = new Endpoints(attributes);
        this.regions = new RamRegions(attributes);
        this.devices = new DaxDevices(attributes);
        this.blocks = new MemoryBlocks(attributes);
        this.settled = new Settled(attributes);
    }

    /** @throws HalException.Unavailable when the kernel lacks a driver that will be needed, or this process the right to it */
    static LinuxCxlInterposer open(LinuxCxlSettings settings, Attributes attributes, Wiper wiper) throws HalException {
        LinuxCxlInterposer interposer = new LinuxCxlInterposer(settings, attributes, wiper);
        try {
            for (String driver : DRIVERS) {
                if (attributes.place(driver).isEmpty()) {
                    throw new KernelRefusal(KernelRefusal.Reason.ABSENT, driver, "there is no such driver");
                }
            }
            interposer.devices.chooseByHand();
            interposer.blocks.keepTheKernelsPagesOut();
        } catch (KernelRefusal refused) {
            throw new HalException.Unavailable(
                    LinuxCxlProvider.NAME,
                    "open",
                    said(refused),
                    refused.reason().advice());
        }
        return interposer;
    }

    @Override
    public String description() {
        return "CXL memory of this machine, by its kernel's /sys";
    }

    @Override
    public Provenance provenance() {
        return Provenance.REAL;
    }

    @Override
    public List<HardwareSlice> slices() {
        return settings.claims().stream()
                .map(claim -> new HardwareSlice(
                        claim.key(),
                        SliceKind.MEMORY,
                        claim.bytes(),
                        Set.of(),
                        ForcedEnd.FATAL,
                        Fence.ROUTE_READBACK,
                        new HardwarePlace("", claim.key(), Latency.HOST),
                        Set.of()))
                .toList();
    }

    @Override
    public Route route(String sliceKey) throws HalException {
        Claim claim = claim(sliceKey, "read route");
        try {
            return isTheKernels(claim, "read route") ? new Route.Bound(settings.host(), 0) : new Route.Unbound(0);
        } catch (KernelRefusal refused) {
            throw new HalException.Unavailable(
                    sliceKey, "read route", said(refused), refused.reason().advice());
        }
    }

    /** A region that only a wipe uses, or that no driver has, is nobody's route. */
    private boolean isTheKernels(Claim claim, String operation) throws KernelRefusal, HalException {
        Optional<String> region = regions.of(endpoints.of(claim, operation), claim, operation);
        return region.isPresent() && isTheKernels(region.get());
    }

    private boolean isTheKernels(String region) throws KernelRefusal {
        for (String device : devices.of(region)) {
            if (devices.has(DaxDevices.Driver.KMEM, device)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public HardwareAttachment bind(String sliceKey, String hostPort, long epoch) throws HalException {
        Claim claim = claim(sliceKey, "bind");
        if (!hostPort.equals(settings.host())) {
            throw new HalException.Refused(
                    sliceKey,
                    "bind",
                    "it cannot reach " + hostPort + "; this memory is in " + settings.host(),
                    "borrow it for " + settings.host());
        }
        try {
            Endpoint endpoint = endpoints.of(claim, "bind");
            try {
                giveToTheKernel(endpoint, claim);
            } catch (KernelRefusal refused) {
                throw withdrawn(endpoint, claim, "bind", refused);
            }
            return new HardwareAttachment("cxl-memory", sliceKey, claim.bytes());
        } catch (KernelRefusal unreadable) {
            throw new HalException.Unavailable(
                    sliceKey, "bind", said(unreadable), unreadable.reason().advice());
        }
    }

    private void giveToTheKernel(Endpoint endpoint, Claim claim) throws KernelRefusal, HalException {
        String region = regions.make(endpoint, claim, "bind");
        long blockBytes = blocks.blockBytes();
        if (start(region) % blockBytes != 0 || claim.bytes() % blockBytes != 0) {
            throw new KernelRefusal(
                    KernelRefusal.Reason.INVALID,
                    region,
                    "it is not made of whole memory blocks of " + blockBytes + " bytes");
        }
        devices.give(device(region), DaxDevices.Driver.KMEM);
        List<String> mine = blocks.in(start(region), claim.bytes());
        if (mine.size() != claim.bytes() / blockBytes) {
            throw new KernelRefusal(
                    KernelRefusal.Reason.OTHER, region, "the kernel took only " + mine.size() + " blocks of it");
        }
        blocks.bringOnline(mine);
    }

    @Override
    public void unbind(String sliceKey, long epoch) throws HalException {
        Claim claim = claim(sliceKey, "unbind");
        try {
            Endpoint endpoint = endpoints.of(claim, "unbind");
            Optional<String> region = regions.of(endpoint, claim, "unbind");
            if (region.isPresent()) {
                letGo(region.get(), claim);
            }
            takeAway(endpoint, claim, "unbind");
        } catch (KernelRefusal unreadable) {
            throw unknown(claim, "unbind", unreadable);
        }
    }

    /** Until here the kernel may say no, and nothing has changed. */
    private void letGo(String region, Claim claim) throws KernelRefusal, HalException {
        if (!isTheKernels(region)) {
            return;
        }
        List<String> mine = blocks.in(start(region), claim.bytes());
        try {
            blocks.takeOffline(mine);
        } catch (KernelRefusal refused) {
            if (refused.getSuppressed().length > 0) {
                throw unknown(claim, "unbind", refused);
            }
            throw new HalException.Refused(
                    claim.key(), "unbind", said(refused), refused.reason().advice());
        }
    }

    /** With all of its memory off line. */
    private void takeAway(Endpoint endpoint, Claim claim, String operation) throws KernelRefusal, HalException {
        Optional<String> region = regions.of(endpoint, claim, operation);
        if (region.isPresent()) {
            for (String device : devices.of(region.get())) {
                requireNothingOnline(region.get(), claim);
                devices.take(device, DaxDevices.Driver.KMEM);
                devices.take(device, DaxDevices.Driver.DEVICE_DAX);
            }
        }
        regions.takeDown(endpoint, claim, operation);
    }

    /** Somebody else may have brought a block on line in between; the kernel would lose it until the next boot. */
    private void requireNothingOnline(String region, Claim claim) throws KernelRefusal {
        for (String block : blocks.in(start(region), claim.bytes())) {
            if (!settled.demand(block + "/state").equals("offline")) {
                throw new KernelRefusal(KernelRefusal.Reason.BUSY, block, "it came on line again");
            }
        }
    }

    @Override
    public WipeReport sanitise(String sliceKey) throws HalException {
        Claim claim = claim(sliceKey, "sanitise");
        long startNanos = System.nanoTime();
        try {
            if (isTheKernels(claim, "sanitise")) {
                throw new HalException.Refused(sliceKey, "sanitise", "bound to " + settings.host(), "unbind it first");
            }
            Endpoint endpoint = endpoints.of(claim, "sanitise");
            try {
                String device = device(regions.make(endpoint, claim, "sanitise"));
                devices.give(device, DaxDevices.Driver.DEVICE_DAX);
                long verifiedBytes = wiper.wipe(Path.of("/dev", device), claim.bytes());
                // With this the kernel writes caches back to the device, so that it is a part of the wipe.
                takeAway(endpoint, claim, "sanitise");
                return new WipeReport(
                        WipeReport.Wiper.WASH_HOST,
                        WIPE_METHOD,
                        claim.bytes(),
                        verifiedBytes,
                        (System.nanoTime() - startNanos) / 1_000_000);
            } catch (KernelRefusal refused) {
                throw withdrawn(endpoint, claim, "sanitise", refused);
            } catch (HalException notWiped) {
                withdraw(endpoint, claim, "sanitise").ifPresent(notWiped::addSuppressed);
                throw notWiped;
            }
        } catch (KernelRefusal unreadable) {
            throw unknown(claim, "sanitise", unreadable);
        }
    }

    /** After a step that failed: as it was before, or nobody knows. */
    private HalException withdrawn(Endpoint endpoint, Claim claim, String operation, KernelRefusal refused) {
        Optional<Exception> stillThere = withdraw(endpoint, claim, operation);
        if (stillThere.isPresent()) {
            refused.addSuppressed(stillThere.get());
            return unknown(claim, operation, refused);
        }
        return new HalException.Refused(
                claim.key(), operation, said(refused), refused.reason().advice());
    }

    /** What kept it from being taken away again. */
    private Optional<Exception> withdraw(Endpoint endpoint, Claim claim, String operation) {
        try {
            Optional<String> region = regions.of(endpoint, claim, operation);
            if (region.isPresent() && isTheKernels(region.get())) {
                blocks.takeOffline(blocks.in(start(region.get()), claim.bytes()));
            }
            takeAway(endpoint, claim, operation);
            return Optional.empty();
        } catch (KernelRefusal | HalException stillThere) {
            return Optional.of(stillThere);
        }
    }

    /** The one device of a region. */
    private String device(String region) throws KernelRefusal {
        List<String> found = devices.of(region);
        if (found.size() != 1) {
            throw new KernelRefusal(
                    KernelRefusal.Reason.ABSENT, region, "it has " + found.size() + " DAX devices instead of one");
        }
        return found.get(0);
    }

    private long start(String region) throws KernelRefusal {
        return settled.number(region + "/resource");
    }

    private Claim claim(String sliceKey, String operation) throws HalException {
        for (Claim claim : settings.claims()) {
            if (claim.key().equals(sliceKey)) {
                return claim;
            }
        }
        throw new HalException.Refused(
                sliceKey,
                operation,
                "no such slice",
                "this node has " + settings.claims().stream().map(Claim::key).toList());
    }

    private static HalException unknown(Claim claim, String operation, KernelRefusal refused) {
        return new HalException.OutcomeUnknown(
                claim.key(), operation, said(refused), refused.reason().advice() + "; then read its route back");
    }

    private static String said(KernelRefusal refused) {
        return String.valueOf(refused.getMessage());
    }

    @Override
    public void close() {
        attributes.close();
    }
}
