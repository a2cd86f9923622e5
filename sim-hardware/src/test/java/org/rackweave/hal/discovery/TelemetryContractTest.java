package org.rackweave.hal.discovery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract of telemetry on this machine and on models of others. */
class TelemetryContractTest {
    @Nested
    class ThisMachine extends TelemetryOnThisKernel {}

    @Nested
    class AMachineThatSaysNothing extends TelemetryContract {
        @TempDir
        Path root;

        @Override
        protected Path root() {
            return root;
        }
    }

    /** Its kernel can tell of all, and has nothing to tell it of. */
    @Nested
    class AKernelWithoutDrivers extends TelemetryContract {
        @TempDir
        Path root;

        @Override
        protected Path root() throws IOException {
            for (String folder : List.of(
                    "sys/bus/pci/devices", "sys/class/hwmon", "sys/class/powercap", "sys/devices/system/edac/mc")) {
                Files.createDirectories(root.resolve(folder));
            }
            return root;
        }
    }

    /** A root port with a drive that counts errors and has a monitor, an energy zone that only root may read, and a memory controller. */
    @Nested
    class AServer extends TelemetryContract {
        private static final String PORT = "sys/devices/pci0000:00/0000:00:01.0";
        private static final String DRIVE = PORT + "/0000:01:00.0";

        @TempDir
        Path root;

        @Override
        protected Path root() throws IOException {
            for (String folder : List.of(PORT, DRIVE)) {
                put(folder + "/class", folder.equals(PORT) ? "0x060400" : "0x010802");
                put(folder + "/vendor", "0x1b36");
                put(folder + "/device", "0x0010");
                put(folder + "/current_link_width", "4");
                put(folder + "/current_link_speed", "16.0 GT/s PCIe");
                put(folder + "/max_link_width", "8");
                put(folder + "/max_link_speed", "16.0 GT/s PCIe");
                put(folder + "/aer_dev_correctable", "RxErr 4\nBadTLP 1\nTOTAL_ERR_COR 5");
                put(folder + "/aer_dev_fatal", "DLP 1\nTOTAL_ERR_FATAL 1");
                link("sys/bus/pci/devices/" + folder.substring(folder.lastIndexOf('/') + 1), folder);
            }
            String monitor = DRIVE + "/nvme/nvme0/hwmon3";
            put(monitor + "/name", "nvme");
            put(monitor + "/temp1_input", "38850");
            put(monitor + "/temp2_input", "hot");
            put(monitor + "/power1_average", "15500000");
            put(monitor + "/power1_input", "15400000");
            link("sys/class/hwmon/hwmon3", monitor);
            put("sys/class/powercap/intel-rapl:0/name", "package-0");
            put("sys/class/powercap/intel-rapl:0/energy_uj", "17");
            put("sys/devices/system/edac/mc/mc0/ce_count", "12");
            put("sys/devices/system/edac/mc/mc0/ue_count", "0");
            return root;
        }

        private void put(String path, String text) throws IOException {
            Files.createDirectories(root.resolve(path).getParent());
            Files.writeString(root.resolve(path), text + "\n");
        }

        private void link(String path, String target) throws IOException {
            Path folder = Files.createDirectories(root.resolve(path).getParent());
            Files.createSymbolicLink(root.resolve(path), folder.relativize(root.resolve(target)));
        }
    }
}
