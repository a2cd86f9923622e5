package org.rackweave.hal.sysfs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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
 * FunctionControl#isLeftInWipe} reads, so that a wipe which a dead process left is gone on with and is not taken for the server's own use.
 */
final class DriveWipe {
    private static final Pattern CONTROLLER = Pattern.compile("nvme[0-9]{1,5}");

    /** {@code nvme0n1}; below a controller of several, {@code nvme0c1n1} for what is {@code nvme0n1} to programs. */
    private static final Pattern NAMESPACE = Pattern.compile("nvme[0-9]{1,5}(c[0-9]{1,5})?n[0-9]{1,5}");

    private final Attributes attributes;
    private final NvmeDrives drives;
    private final NvmePace pace;

    /** What each drive said at its last wipe: while it is lent nobody here can ask. As many as are lent whole. */
    private final Map<PciAddress, DeviceState> told = new HashMap<>();

    DriveWipe(Attributes attributes, NvmeDrives drives, NvmePace pace) {
        this.attributes = attributes;
        this.drives = drives;
        this.pace = pace;
    }

    /**
     * Wipes a drive that nobody has.
     *
     * @throws HalException.Refused when it cannot be wiped, or when this machine uses it; what uses it keeps it then
     */
    WipeReport wipe(String key, PciAddress address, FunctionControl function) throws HalException {
        if (!function.isLeftInWipe()) {
            function.takeFromVfio();
            function.reset();
            function.giveToNvme();
        }
        try (Taken taken = new Taken(open(key, address), function)) {
            WipeReport report = NvmeWipe.of(key, taken.drive, pace);
            told.put(address, state(address));
            return report;
        }
    }

    /** The firmware that it had when it was last wiped: a borrower can change it, and what was changed has lied about the wipe, perhaps. */
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
    private record Taken(NvmeDrive drive, FunctionControl function) implements AutoCloseable {
        @Override
        public void close() throws HalException {
            drive.close();
            function.takeFromNvme();
        }
    }

    private NvmeDrive open(String key, PciAddress address) throws HalException {
        String folder = folder(address);
        try {
            List<String> controllers = attributes.names(folder, CONTROLLER);
            if (controllers.size() != 1) {
                throw new KernelRefusal(KernelRefusal.Reason.ABSENT, folder, "it has the drives " + controllers);
            }
            String controller = controllers.get(0);
            Map<Integer, String> blocks = new TreeMap<>();
            for (String name : attributes.names(folder + "/" + controller, NAMESPACE)) {
                String path = folder + "/" + controller + "/" + name + "/nsid";
                OptionalInt namespace = Numerals.ordinal(attributes.text(path).orElse(""));
                if (namespace.isEmpty()) {
                    throw new KernelRefusal(KernelRefusal.Reason.OTHER, path, "no number");
                }
                blocks.put(namespace.getAsInt(), name.replaceFirst("c[0-9]+n", "n"));
            }
            return drives.open(controller, blocks);
        } catch (KernelRefusal refused) {
            throw new HalException.Unavailable(
                    key, "sanitise", String.valueOf(refused.getMessage()), "look at the kernel's log for nvme");
        }
    }
}
