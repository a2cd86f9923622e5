package org.rackweave.sim.interposer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.rackweave.hal.Fence;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.LoadedConfiguration;
import org.rackweave.hal.Provenance;
import org.rackweave.hal.Route;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.WipeReport;

/**
 * Slices as files and host windows as hard links.
 *
 * <p>The order of each command is chosen so that a crash after any of its steps leaves a route that can be believed: a
 * slice says that it is bound before its window appears, and says that it is unbound only after no host can reach it.
 *
 * <p>Here the hardware holds the epoch ({@link Fence#HARDWARE_EPOCH}): an older one is refused, and so is a bind with an
 * epoch that was unbound already.
 */
public final class FileWindowInterposer implements Interposer {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
    private static final String WIPE_METHOD = "file-window-truncate";

    private final String node;
    private final SimulatedSettings settings;
    private final Map<String, SimulatedSlice> slices;
    private final FaultScript faults;
    private final FileLock lock;

    private FileWindowInterposer(
            String node, SimulatedSettings settings, Map<String, SimulatedSlice> slices, FileLock lock) {
        this.node = node;
        this.settings = settings;
        this.slices = slices;
        this.faults = new FaultScript(settings.rack().faults(node));
        this.lock = lock;
    }

    static FileWindowInterposer open(String node, SimulatedSettings settings) throws HalException {
        RackDirectory rack = settings.rack();
        try {
            Files.createDirectories(rack.slices(node));
            FileLock lock = lock(rack.lock(node));
            try {
                return new FileWindowInterposer(node, settings, openSlices(node, settings), lock);
            } catch (IOException | RuntimeException failed) {
                lock.acquiredBy().close();
                throw failed;
            }
        } catch (IOException failed) {
            throw new HalException.Unavailable(
                    "simulated interposer of " + node, "open", said(failed), "look at " + rack.slices(node));
        }
    }

    private static Map<String, SimulatedSlice> openSlices(String node, SimulatedSettings settings) throws IOException {
        RackDirectory rack = settings.rack();
        Map<String, SimulatedSlice> slices = new LinkedHashMap<>();
        long nextCpu = 0;
        for (HardwareSlice facts : settings.slices()) {
            String key = facts.key();
            String sheet = attachmentKind(facts.kind()) + " " + node + "/" + key + "\namount " + facts.amount() + "\n";
            if (facts.kind() == SliceKind.CORES) {
                sheet += "cpus " + nextCpu + "-" + (nextCpu + facts.amount() - 1) + "\n";
                nextCpu += facts.amount();
            }
            SimulatedSlice slice =
                    new SimulatedSlice(facts, sheet, rack.content(node, key, facts.kind()), rack.loaded(node, key));
            slice.open();
            Path route = rack.route(node, key);
            if (!Files.exists(route)) {
                RouteRegister.create(route);
            }
            slices.put(key, slice);
        }
        return slices;
    }

    private static FileLock lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException heldHere) {
            // The same answer as for a lock that another process holds.
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
        channel.close();
        throw new IOException("another process drives this hardware and holds " + file);
    }

    @Override
    public String description() {
        return "simulated file windows under " + settings.rack().root();
    }

    @Override
    public Provenance provenance() {
        return Provenance.SIMULATED;
    }

    @Override
    public List<HardwareSlice> slices() throws HalException {
        begin(FaultLine.Operation.SLICES, node);
        return settings.slices();
    }

    @Override
    public Route route(String sliceKey) throws HalException {
        slice(FaultLine.Operation.ROUTE, sliceKey);
        begin(FaultLine.Operation.ROUTE, sliceKey);
        return register(FaultLine.Operation.ROUTE, sliceKey).route();
    }

    @Override
    public LoadedConfiguration load(String sliceKey, String configuration, long epoch) throws HalException {
        FaultLine.Operation operation = FaultLine.Operation.LOAD;
        SimulatedSlice slice = slice(operation, sliceKey);
        if (!slice.facts().configurations().contains(configuration)) {
            throw refused(
                    operation,
                    sliceKey,
                    "it has no configuration " + configuration,
                    "it has " + new TreeSet<>(slice.facts().configurations()));
        }
        Optional<FaultLine> fault = begin(operation, sliceKey);
        RouteRegister held = register(operation, sliceKey);
        requireLoadable(sliceKey, held, epoch);
        Optional<LoadedConfiguration> before = readLoaded(operation, slice);
        if (before.isPresent() && !before.get().name().equals(configuration)) {
            throw refused(operation, sliceKey, before.get().name() + " is loaded", "sanitise it first");
        }
        try {
            slice.load(configuration);
        } catch (IOException failed) {
            throw unknown(operation, sliceKey, said(failed));
        }
        loseAnswer(fault, operation, sliceKey);
        return readLoaded(operation, slice)
                .orElseThrow(() -> unknown(operation, sliceKey, "nothing is loaded after " + configuration + " was"));
    }

    /** As for a bind: an order that its own unbind overtook comes to nothing. */
    private void requireLoadable(String sliceKey, RouteRegister held, long epoch) throws HalException {
        if (held.route() instanceof Route.Bound bound) {
            throw refused(FaultLine.Operation.LOAD, sliceKey, "bound to " + bound.host(), "unbind it first");
        }
        requireNewer(FaultLine.Operation.LOAD, sliceKey, held, epoch);
    }

    @Override
    public Optional<LoadedConfiguration> loaded(String sliceKey) throws HalException {
        FaultLine.Operation operation = FaultLine.Operation.LOADED;
        SimulatedSlice slice = slice(operation, sliceKey);
        begin(operation, sliceKey);
        return readLoaded(operation, slice);
    }

    private Optional<LoadedConfiguration> readLoaded(FaultLine.Operation operation, SimulatedSlice slice)
            throws HalException {
        try {
            return slice.loaded();
        } catch (IOException | IllegalArgumentException failed) {
            String key = slice.facts().key();
            throw new HalException.Unavailable(
                    device(key),
                    operation.word(),
                    said(failed),
                    "look at " + settings.rack().loaded(node, key));
        }
    }

    @Override
    public HardwareAttachment bind(String sliceKey, String hostPort, long epoch) throws HalException {
        FaultLine.Operation operation = FaultLine.Operation.BIND;
        SimulatedSlice slice = slice(operation, sliceKey);
        if (!HOST.matcher(hostPort).matches()) {
            throw refused(operation, sliceKey, "no such host port: " + hostPort, "name a host of this rack");
        }
        Optional<FaultLine> fault = begin(operation, sliceKey);
        RouteRegister held = register(operation, sliceKey);
        requireBindable(sliceKey, held, hostPort, epoch);
        Path window =
                settings.rack().window(hostPort, node, sliceKey, slice.facts().kind());
        try {
            RouteRegister.bound(hostPort, epoch).write(routeFile(sliceKey));
            slice.describe();
            showWindow(window, slice.file());
        } catch (IOException failed) {
            throw unknown(operation, sliceKey, said(failed));
        }
        loseAnswer(fault, operation, sliceKey);
        return new HardwareAttachment(attachmentKind(slice.facts().kind()), window.toString(), slice.windowBytes());
    }

    private void requireBindable(String sliceKey, RouteRegister held, String hostPort, long epoch) throws HalException {
        boolean sameAgain =
                held.route() instanceof Route.Bound bound && bound.host().equals(hostPort) && bound.epoch() == epoch;
        if (sameAgain) {
            return;
        }
        if (held.route() instanceof Route.Bound bound) {
            throw refused(
                    FaultLine.Operation.BIND,
                    sliceKey,
                    "bound to " + bound.host() + " with epoch " + bound.epoch(),
                    "unbind it first");
        }
        requireNewer(FaultLine.Operation.BIND, sliceKey, held, epoch);
    }

    private void requireNewer(FaultLine.Operation operation, String sliceKey, RouteRegister held, long epoch)
            throws HalException {
        if (epoch <= held.fencedEpoch()) {
            throw refused(
                    operation,
                    sliceKey,
                    "epoch " + epoch + " is not newer than " + held.fencedEpoch() + ", which the hardware holds",
                    "drop the command, it is too late");
        }
    }

    @Override
    public void unbind(String sliceKey, long epoch) throws HalException {
        FaultLine.Operation operation = FaultLine.Operation.UNBIND;
        SimulatedSlice slice = slice(operation, sliceKey);
        Optional<FaultLine> fault = begin(operation, sliceKey);
        RouteRegister held = register(operation, sliceKey);
        if (held.route() instanceof Route.Bound bound) {
            if (epoch < bound.epoch()) {
                throw refused(
                        operation,
                        sliceKey,
                        "bound to " + bound.host() + " with the newer epoch " + bound.epoch(),
                        "drop the command, it is too late");
            }
            try {
                Files.deleteIfExists(settings.rack()
                        .window(bound.host(), node, sliceKey, slice.facts().kind()));
                slice.takeFromHost();
                RouteRegister.unbound(epoch).write(routeFile(sliceKey));
            } catch (IOException failed) {
                throw unknown(operation, sliceKey, said(failed));
            }
        } else if (epoch > held.fencedEpoch()) {
            raiseFence(sliceKey, epoch);
        }
        loseAnswer(fault, operation, sliceKey);
    }

    /** So that a bind with this epoch that is still under way somewhere comes to nothing when it arrives. */
    private void raiseFence(String sliceKey, long epoch) throws HalException {
        try {
            RouteRegister.unbound(epoch).write(routeFile(sliceKey));
        } catch (IOException failed) {
            throw unknown(FaultLine.Operation.UNBIND, sliceKey, said(failed));
        }
    }

    @Override
    public WipeReport sanitise(String sliceKey) throws HalException {
        FaultLine.Operation operation = FaultLine.Operation.SANITISE;
        SimulatedSlice slice = slice(operation, sliceKey);
        if (register(operation, sliceKey).route() instanceof Route.Bound bound) {
            throw refused(operation, sliceKey, "bound to " + bound.host(), "unbind it first");
        }
        long startNanos = System.nanoTime();
        Optional<FaultLine> fault = begin(operation, sliceKey);
        long verifiedBytes;
        try {
            boolean fails = fault.isPresent() && fault.get().fault() == FaultLine.Fault.FAIL;
            verifiedBytes = slice.wipe(fails ? 1 : 0);
        } catch (IOException failed) {
            throw unknown(operation, sliceKey, said(failed));
        }
        loseAnswer(fault, operation, sliceKey);
        if (!slice.facts().kind().keepsData()) {
            return WipeReport.noneNeeded();
        }
        long durationMillis = (System.nanoTime() - startNanos) / 1_000_000;
        return new WipeReport(WipeReport.Wiper.DEVICE, WIPE_METHOD, slice.windowBytes(), verifiedBytes, durationMillis);
    }

    @Override
    public void close() {
        try {
            lock.acquiredBy().close();
        } catch (IOException ignored) {
            // The kernel drops the lock with the descriptor whatever close() says of it.
        }
    }

    /** Everything that can go wrong before the hardware does anything; what is left concerns the call itself. */
    private Optional<FaultLine> begin(FaultLine.Operation operation, String sliceKey) throws HalException {
        Optional<FaultLine> next;
        try {
            next = faults.next(operation);
        } catch (IOException | IllegalArgumentException wrong) {
            throw refused(operation, sliceKey, said(wrong), "correct the fault script");
        }
        if (next.isEmpty()) {
            return next;
        }
        FaultLine fault = next.get();
        switch (fault.fault()) {
            case DELAY -> pause(fault, operation, sliceKey);
            case HANG -> {
                pause(fault, operation, sliceKey);
                throw unknown(operation, sliceKey, "no answer, as told: " + fault.text());
            }
            case REFUSE -> throw refused(operation, sliceKey, "refused, as told: " + fault.text(), "try again");
            case GONE ->
                throw new HalException.Unavailable(
                        device(sliceKey), operation.word(), "not there, as told: " + fault.text(), "try again");
            case UNKNOWN, FAIL -> {
                // These concern what the call does or answers, so it goes ahead.
            }
        }
        return next;
    }

    private void pause(FaultLine fault, FaultLine.Operation operation, String sliceKey) throws HalException {
        try {
            Thread.sleep(fault.pause().toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unknown(operation, sliceKey, "the caller stopped waiting during: " + fault.text());
        }
    }

    private void loseAnswer(Optional<FaultLine> fault, FaultLine.Operation operation, String sliceKey)
            throws HalException {
        if (fault.isPresent() && fault.get().fault() == FaultLine.Fault.UNKNOWN) {
            throw unknown(
                    operation,
                    sliceKey,
                    "the answer was lost, as told: " + fault.get().text());
        }
    }

    private SimulatedSlice slice(FaultLine.Operation operation, String sliceKey) throws HalException {
        SimulatedSlice slice = slices.get(sliceKey);
        if (slice == null) {
            throw refused(operation, sliceKey, "no such slice", "this node has " + slices.keySet());
        }
        return slice;
    }

    private RouteRegister register(FaultLine.Operation operation, String sliceKey) throws HalException {
        try {
            return RouteRegister.read(routeFile(sliceKey));
        } catch (IOException failed) {
            throw new HalException.Unavailable(
                    device(sliceKey), operation.word(), said(failed), "look at " + routeFile(sliceKey));
        }
    }

    /** A link that is there already is a leaving of an earlier try; it is believed only when it is the same file. */
    private static void showWindow(Path window, Path memory) throws IOException {
        Path parent = window.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (Files.exists(window) && Files.isSameFile(window, memory)) {
            return;
        }
        Files.deleteIfExists(window);
        Files.createLink(window, memory);
    }

    /** The interface in the field's words; only memory is not what it would be with a switch. */
    private static String attachmentKind(SliceKind kind) {
        return switch (kind) {
            case MEMORY -> "file-window";
            case PCIE_DEVICE -> "pcie-device";
            case FUNCTION -> "pcie-function";
            case LANES -> "lanes";
            case ACCELERATOR -> "accelerator";
            case CORES -> "execution-slot";
        };
    }

    private Path routeFile(String sliceKey) {
        return settings.rack().route(node, sliceKey);
    }

    private String device(String sliceKey) {
        return "simulated slice " + node + "/" + sliceKey;
    }

    private HalException refused(FaultLine.Operation operation, String sliceKey, String seen, String advice) {
        return new HalException.Refused(device(sliceKey), operation.word(), seen, advice);
    }

    private HalException unknown(FaultLine.Operation operation, String sliceKey, String seen) {
        return new HalException.OutcomeUnknown(
                device(sliceKey), operation.word(), seen, "read its route back before anything else");
    }

    private static String said(Exception exception) {
        return exception.getClass().getSimpleName() + ": " + exception.getMessage();
    }
}
