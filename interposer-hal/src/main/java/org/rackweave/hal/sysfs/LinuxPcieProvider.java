package org.rackweave.hal.sysfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.rackweave.hal.HalException;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.InterposerProvider;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.nativelinux.BootClock;
import org.rackweave.hal.nativelinux.KernelErrors;
import org.rackweave.hal.nativelinux.RouteNetlink;
import org.rackweave.hal.nvme.NvmePace;

/** Opens this server's own PCIe functions; chosen in the configuration by {@code linux-pcie}. */
public final class LinuxPcieProvider implements InterposerProvider {
    static final String NAME = "linux-pcie";

    /** Is gone with the boot, as is what it tells of. */
    private static final Path WIPE_MARKS = Path.of("/run/rackweave/wiping");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Interposer open(String nodeName, Map<String, String> settings) throws HalException {
        LinuxPcieSettings parsed = LinuxPcieSettings.parse(settings);
        KernelErrors errors = KernelErrors.ofThisProcess();
        SysfsFolder machine = new SysfsFolder(Path.of("/"), errors);
        try {
            return LinuxPcieInterposer.open(
                    parsed,
                    machine,
                    LinuxPcieProvider::configurationSpace,
                    VfioGroups.ofThisMachine(Path.of("/dev/vfio"), errors),
                    LinuxPcieProvider::limit,
                    NvmeDrives.ofThisMachine(Path.of("/dev")),
                    NvmePace.ofThisProcess(),
                    new WipeMarks(WIPE_MARKS, BootClock.open().bootId()));
        } catch (HalException | RuntimeException failed) {
            machine.close();
            throw failed;
        }
    }

    private static byte[] configurationSpace(PciAddress function) throws KernelRefusal {
        Path file = Path.of("/sys/bus/pci/devices", function.toString(), "config");
        try {
            return Files.readAllBytes(file);
        } catch (IOException failed) {
            throw new KernelRefusal(KernelRefusal.Reason.OTHER, file.toString(), "read: " + failed.getMessage());
        }
    }

    private static void limit(String link, int function, int megabits) throws HalException {
        try (RouteNetlink rates = RouteNetlink.open()) {
            if (rates.transmitRate(link, function) != megabits) {
                rates.setTransmitRate(link, function, megabits);
            }
        }
    }
}
