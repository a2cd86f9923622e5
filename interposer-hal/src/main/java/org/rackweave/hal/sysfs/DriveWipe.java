package org.rackweave.hal.sysfs;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.rackweave.hal.DeviceState;
import org.rackweave.hal.HalException;
import org.rackweave.hal.WipeReport;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.nvme.NvmeDrive;
import org.rackweave.hal.nvme.NvmePace;
import org.rackweave.hal.nvme.NvmeWipe;
import org.rackweave.hal.text.Numerals;

/**
 * An NVMe drive between two borrowers: the kernel's own driver has it for as long as it wipes itself, under the mark that {@link
 * WipeMarks} keeps, so that a wipe which a dead process left is gone on with and is not taken for the server's own use.
 */
final class DriveWipe {
    private static final Pattern CONTROLLER = Pattern.compile("nvme[0-9]{1,5}");

    /** {@code nvme0n1}; below a controller of several, {@code nvme0c1n1} for what is {@code nvme0n1} to programs. */
    private static final Pattern NAMESPACE = Pattern.compile("nvme[0-9]{1,5}(c[0-9]{1,5})?n[0-9]{1,5}");

    /** The kernel looks for namespaces once the drive has started, milliseconds for each; one that it cannot show never comes. */
    private static final Duration NAMESPACES_SHOWN = Duration.ofSeconds(30);

    /** Between two looks whether it has started. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final String OPERATION = "sanitise";

    private final Attributes attributes;
    private final NvmeDrives drives;
    private final NvmePace pace;
    private final WipeMarks marks;

    /** What each drive said when it was last asked: while it is lent nobody here can. As many as are lent whole. */
    private final Map<PciAddress, DeviceState> told = new HashMap<>();

    DriveWipe(Attributes attributes, NvmeDrives drives, NvmePace pace, WipeMarks marks) {
        this.attributes = attributes;
        this.drives = drives;
        this.pace = pace;
        this.marks = marks;
    }

    /** Whether a wipe of it was left by a process that died, so that the kernel's driver has it and nobody uses it. */
    boolean isLeft(FunctionControl function) throws HalException {
        return function.isLeftInWipe(marks);
    }

    /**
     * Wipes a drive that nobody has.
     *
     * @throws HalException.Refused when it cannot be wiped, or when this machine uses it; what uses it keeps it then
     */
    WipeReport wipe(String key, PciAddress address, FunctionControl function) throws HalException {
        long beganNanos = pace.nanoTime();
        if (!isLeft(function)) {
            function.takeFromVfio();
            function.reset();
            function.giveToNvme(marks);
        }
        boolean isWiped = false;
        try (Taken taken = new Taken(open(key, address, function, beganNanos), function, marks)) {
            WipeReport report = NvmeWipe.of(key, taken.drive, pace, beganNanos);
            isWiped = true;
            told.put(address, state(address));
            return report;
        } catch (HalException.Refused | HalException.Unavailable half) {
            if (!isWiped) {
                throw half;
            }
            throw new HalException.OutcomeUnknown(
                    key,
                    OPERATION,
                    "it was wiped, and then: " + half.getMessage(),
                    "look which driver has it, and which firmware runs in it; then end the quarantine");
        }
    }

    /** Asks a drive that nobody has for what {@link #lastTold} tells, unless it was told: the daemon that wiped it is gone, and it was free. */
    void ask(String key, PciAddress address, FunctionControl function) throws HalException {
        if (told.containsKey(address)) {
            return;
        }
        function.giveToNvme(marks);
        try {
            started(key, address, function, pace.nanoTime());
            told.put(address, state(address));
        } catch (HalException | RuntimeException failed) {
            function.giveBack(marks, failed);
            throw failed;
        }
        function.takeFromNvme(marks);
    }

    /** The firmware that it had when it was last wiped, or given away: a borrower can change it, and what was changed has lied about the wipe, perhaps. */
    DeviceState lastTold(PciAddress address) {
        return told.getOrDefault(address, DeviceState.UNTOLD);
    }

    private DeviceState state(PciAddress address) throws HalException {
        try {
            List<String> controllers = attributes.names(folder(address), CONTROLLER);
            String path = folder(address) + "/" + (controllers.isEmpty() ? "" : controllers.get(0)) + "/firmware_rev";
            return new DeviceState(Optional.empty(), attributes.text(path).filter(text -> !text.isEmpty()));
        } catch (KernelRefusal refused) {
            throw new HalException.Unavailable(
                    address.toString(),
                    "read firmware",
                    String.valueOf(refused.getMessage()),
                    "look at the kernel's log for nvme");
        }
    }

    private static String folder(PciAddress address) {
        return "/sys/bus/pci/devices/" + address + "/nvme";
    }

    /** The driver lets go of a drive once nobody has it open. */
    private record Taken(NvmeDrive drive, FunctionControl function, WipeMarks marks) implements AutoCloseable {
        @Override
        public void close() throws HalException {
            drive.close();
            function.takeFromNvme(marks);
        }
    }

    /** Once it has started and the kernel shows what it has; what goes wrong before that leaves it to nobody. */
    private NvmeDrive open(String key, PciAddress address, FunctionControl function, long beganNanos)
            throws HalException {
        String controller;
        Map<Integer, String> blocks;
        try {
            controller = started(key, address, function, beganNanos);
            blocks = shown(key, address, controller, beganNanos);
        } catch (HalException | RuntimeException failed) {
            function.giveBack(marks, failed);
            throw failed;
        }
        try {
            return drives.open(controller, blocks);
        } catch (HalException.Refused inUse) {
            throw inUse;
        } catch (HalException | RuntimeException failed) {
            function.giveBack(marks, failed);
            throw failed;
        }
    }

    /** Linux before 6.2 starts a drive after it has said that its driver has it, and takes that back where it does not start. */
    private String started(String key, PciAddress address, FunctionControl function, long beganNanos)
            throws HalException {
        String folder = folder(address);
        try {
            List<String> controllers = attributes.names(folder, CONTROLLER);
            while (!isLive(folder, controllers)) {
                long waitedNanos = pace.nanoTime() - beganNanos;
                if (waitedNanos > FunctionControl.DRIVE_START.toNanos()
                        || function.driver().isEmpty()) {
                    throw new KernelRefusal(
                            KernelRefusal.Reason.OTHER,
                            folder,
                            "it has the drives " + controllers + ", and not one that is live after "
                                    + Duration.ofNanos(waitedNanos).toSeconds() + " s");
                }
                pause(key);
                controllers = attributes.names(folder, CONTROLLER);
            }
            return controllers.get(0);
        } catch (KernelRefusal refused) {
            throw unavailable(key, refused);
        }
    }

    private boolean isLive(String folder, List<String> controllers) throws KernelRefusal {
        return controllers.size() == 1
                && attributes.text(folder + "/" + controllers.get(0) + "/state").equals(Optional.of("live"));
    }

    /** The names of its block devices by their namespaces: all that it has, or those that the kernel can show. */
    private Map<Integer, String> shown(String key, PciAddress address, String controller, long beganNanos)
            throws HalException {
        Set<Integer> active;
        try (NvmeDrive drive = drives.open(controller, Map.of())) {
            active = NvmeWipe.namespaces(key, drive, pace, beganNanos);
        }
        long startNanos = pace.nanoTime();
        Map<Integer, String> blocks = blocks(key, address, controller);
        while (!blocks.keySet().equals(active) && pace.nanoTime() - startNanos < NAMESPACES_SHOWN.toNanos()) {
            pause(key);
            blocks = blocks(key, address, controller);
        }
        return blocks;
    }

    private Map<Integer, String> blocks(String key, PciAddress address, String controller) throws HalException {
        String folder = folder(address) + "/" + controller;
        try {
            Map<Integer, String> blocks = new TreeMap<>();
            for (String name : attributes.names(folder, NAMESPACE)) {
                String path = folder + "/" + name + "/nsid";
                OptionalInt namespace = Numerals.ordinal(attributes.text(path).orElse(""));
                if (namespace.isEmpty()) {
                    throw new KernelRefusal(KernelRefusal.Reason.OTHER, path, "no number");
                }
                blocks.put(namespace.getAsInt(), name.replaceFirst("c[0-9]+n", "n"));
            }
            return blocks;
        } catch (KernelRefusal refused) {
            throw unavailable(key, refused);
        }
    }

    private void pause(String key) throws HalException {
        try {
            pace.pause(LOOK);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new HalException.OutcomeUnknown(
                    key, OPERATION, "told to stop while its drive starts", "take it for not wiped; wipe it again");
        }
    }

    private static HalException unavailable(String key, KernelRefusal refused) {
        return new HalException.Unavailable(
                key, OPERATION, String.valueOf(refused.getMessage()), "look at the kernel's log for nvme");
    }
}
