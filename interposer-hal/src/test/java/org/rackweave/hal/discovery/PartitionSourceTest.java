package org.rackweave.hal.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.inventory.InventoryDocument;
import org.rackweave.hal.inventory.NtbDevice;
import org.rackweave.hal.inventory.Partitions;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.text.NtbWindowText;
import org.rackweave.hal.text.PciResources;

class PartitionSourceTest {
    private static final String UUID = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";
    private static final PciAddress GPU = new PciAddress(0, 0x3b, 0, 0);
    private static final PciAddress BRIDGE = new PciAddress(0, 0, 3, 0);

    @TempDir
    Path root;

    private void put(String path, String text) throws IOException {
        Path file = root.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }

    private void link(String path, String target) throws IOException {
        Path file = root.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.createSymbolicLink(file, Path.of(target));
    }

    private Inventory inventory() {
        return Discovery.ofDirectory(root).inventory();
    }

    private void mediated() throws IOException {
        String gpu = "/sys/devices/pci0000:3a/0000:3b:00.0";
        put(gpu + "/mdev_supported_types/nvidia-471/name", "GRID A100-4C");
        put(gpu + "/mdev_supported_types/nvidia-471/device_api", "vfio-pci");
        put(gpu + "/mdev_supported_types/nvidia-471/available_instances", "7");
        link("/sys/class/mdev_bus/0000:3b:00.0", "../../devices/pci0000:3a/0000:3b:00.0");
        link(gpu + "/" + UUID + "/mdev_type", "../mdev_supported_types/nvidia-471");
        put("/sys/kernel/iommu_groups/181/type", "DMA");
        link(gpu + "/" + UUID + "/iommu_group", "../../../../kernel/iommu_groups/181");
        link("/sys/bus/mdev/devices/" + UUID, "../../../devices/pci0000:3a/0000:3b:00.0/" + UUID);
    }

    private void mig() throws IOException {
        put(
                "/proc/driver/nvidia/gpus/0000:3b:00.0/information",
                "Model: \t\t NVIDIA A100\nIRQ:   \t\t 99\nDevice Minor: \t 0");
        String mig = "/proc/driver/nvidia/capabilities/gpu0/mig/";
        put(mig + "config", "DeviceFileMinor: 1");
        put(mig + "gi1/access", "DeviceFileMinor: 12\nDeviceFileMode: 256\nDeviceFileModify: 1");
        put(mig + "gi1/ci0/access", "DeviceFileMinor: 13\nDeviceFileMode: 256\nDeviceFileModify: 1");
    }

    private void bridge() throws IOException {
        put("/sys/devices/pci0000:00/0000:00:03.0/ntb/uevent", "");
        link("/sys/bus/pci/devices/0000:00:03.0", "../../../devices/pci0000:00/0000:00:03.0");
        put("/sys/devices/pci0000:00/0000:00:03.0/resource", """
                0x00000000fb000000 0x00000000fb00ffff 0x0000000000140204
                0x0000000000000000 0x0000000000000000 0x0000000000000000
                0x0000380000000000 0x0000380fffffffff 0x000000000014220c
                0x0000000000000000 0x0000000000000000 0x0000000000000000
                0x000000000000d000 0x000000000000d01f 0x0000000000040101
                0x0000000000000000 0x0000000000000000 0x0000000000000000
                0x0000000000000000 0x0000000000000000 0x0000000000000000""");
        put("/sys/bus/ntb/drivers/ntb_transport/uevent", "");
        link("/sys/bus/ntb/devices/0000:00:03.0/driver", "../../drivers/ntb_transport");
    }

    @Test
    void whatADeviceCanBeDividedIntoAndWhatWasMadeOfIt() throws IOException {
        mediated();
        assertThat(inventory().partitions())
                .isEqualTo(new Partitions(
                        List.of(new Partitions.MediatedType(
                                "0000:3b:00.0",
                                "nvidia-471",
                                Optional.of("GRID A100-4C"),
                                Optional.of("vfio-pci"),
                                OptionalInt.of(7))),
                        List.of(new Partitions.MediatedDevice(
                                UUID, Optional.of("0000:3b:00.0"), Optional.of("nvidia-471"), OptionalInt.of(181))),
                        List.of()));
    }

    @Test
    void instancesOfGpusAreFoundWithTheFunctionThatTheyAreOf() throws IOException {
        mig();
        assertThat(inventory().partitions().migInstances())
                .containsExactly(
                        new Partitions.MigInstance(0, Optional.of(GPU), 1, OptionalInt.empty(), OptionalInt.of(12)),
                        new Partitions.MigInstance(0, Optional.of(GPU), 1, OptionalInt.of(0), OptionalInt.of(13)));
    }

    @Test
    void aBridgeIsShownWithTheMemoryThatAWindowCanBePartOf() throws IOException {
        bridge();
        assertThat(inventory().ntbDevices())
                .containsExactly(new NtbDevice(
                        "0000:00:03.0",
                        Optional.of(BRIDGE),
                        Optional.of("ntb_transport"),
                        List.of(new NtbDevice.Bar(0, 65_536), new NtbDevice.Bar(2, 64L << 30)),
                        List.of()));
    }

    /** As Linux 6.12's ntb_tool writes it; the first line says which window it is, once more. */
    private void window(String file, String bytes) throws IOException {
        put("/sys/kernel/debug/ntb_tool/0000:00:03.0/" + file, """
                Inbound MW     \t0
                Port           \t1 (0)
                Window Address \t0x(____ptrval____)
                DMA Address    \t0x0000000000000000
                Window Size    \t%s
                Alignment      \t0x0000000000100000
                Size Alignment \t0x0000000000001000
                Size Max       \t0x0000000001000000""".formatted(bytes));
    }

    private void bridgeOf(String driver) throws IOException {
        bridge();
        Files.delete(root.resolve("sys/bus/ntb/devices/0000:00:03.0/driver"));
        put("/sys/bus/ntb/drivers/" + driver + "/uevent", "");
        link("/sys/bus/ntb/devices/0000:00:03.0/driver", "../../drivers/" + driver);
    }

    @Test
    void theWindowsOfABridgeAreToldWithWhatIsBehindThemAndWhatCanBe() throws IOException {
        bridgeOf("ntb_tool");
        window("peer0/mw_trans0", "0x0000000000200000");
        window("peer0/mw_trans1", "0x0000000000000000");
        window("peer1/mw_trans0", "0x0000000000000000");
        put("/sys/kernel/debug/ntb_tool/0000:00:03.0/peer0/peer_mw_trans0", "another direction");
        NtbDevice bridge = inventory().ntbDevices().get(0);
        assertThat(bridge.driver()).contains("ntb_tool");
        assertThat(bridge.windows())
                .containsExactly(
                        new NtbDevice.Window(0, 0, 2L << 20, 16L << 20, 1L << 20),
                        new NtbDevice.Window(0, 1, 0, 16L << 20, 1L << 20),
                        new NtbDevice.Window(1, 0, 0, 16L << 20, 1L << 20));
    }

    @Test
    void aWindowThatIsNotUnderstoodIsNamedAndTheOthersAreTold() throws IOException {
        bridgeOf("ntb_tool");
        window("peer0/mw_trans0", "0x0000000002000000");
        window("peer0/mw_trans1", "0x0000000000100000");
        Inventory found = inventory();
        assertThat(found.ntbDevices().get(0).windows())
                .as("more than there can be is no window")
                .extracting(NtbDevice.Window::number)
                .containsExactly(1);
        assertThat(found.problems()).anyMatch(problem -> problem.path().endsWith("peer0/mw_trans0"));
    }

    @Test
    void windowsOfAnotherDriverAreNotLookedFor() throws IOException {
        bridge();
        window("peer0/mw_trans0", "0x0000000000200000");
        assertThat(inventory().ntbDevices().get(0).windows()).isEmpty();
    }

    @Test
    void aMachineWithoutAnyOfItMissesNothing() {
        Inventory inventory = inventory();
        assertThat(inventory.partitions()).isEqualTo(Partitions.NONE);
        assertThat(inventory.ntbDevices()).isEmpty();
        assertThat(inventory.problems())
                .extracting(DiscoveryProblem::path)
                .noneMatch(path -> path.contains("mdev") || path.contains("ntb") || path.contains("nvidia"));
    }

    @Test
    void aDocumentOfAllOfItHasPublishedNamesOnly() throws IOException {
        mediated();
        mig();
        bridgeOf("ntb_tool");
        window("peer0/mw_trans0", "0x0000000000000000");
        Set<String> names = new TreeSet<>();
        Map<String, Object> document = InventoryDocument.of(inventory());
        collect("partitions", document.get("partitions"), names);
        collect("ntbDevices", document.get("ntbDevices"), names);
        try (InputStream published = PartitionSourceTest.class.getResourceAsStream("/inventory-names.txt")) {
            assertThat(new String(published.readAllBytes(), StandardCharsets.UTF_8).lines())
                    .containsAll(names);
        }
        assertThat(names)
                .contains(
                        "ntbDevices[].bars[].bytes",
                        "ntbDevices[].windows[].mostBytes",
                        "partitions.migInstances[].computeInstance");
    }

    private static void collect(String path, Object value, Set<String> names) {
        names.add(path.replaceAll("\\[\\]$", ""));
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, inner) -> collect(path + "." + name, inner, names));
        } else if (value instanceof List<?> list) {
            list.forEach(inner -> collect(path + "[]", inner, names));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Window Size\t0x10\nAlignment\t0x1",
                "Window Size\t0x10\nAlignment\t0x0\nSize Max\t0x10",
                "Window Size\t0x11\nAlignment\t0x1\nSize Max\t0x10",
                "Window Size\tmany\nAlignment\t0x1\nSize Max\t0x10",
                "Window Size\t0x1\nWindow Size\t0x2\nAlignment\t0x1\nSize Max\t0x10",
                "Window Size 0x1\nAlignment\t0x1\nSize Max\t0x10"
            })
    void whatIsNoWindowIsNone(String text) {
        assertThat(NtbWindowText.parse(text, 0, 0)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0x0 0x0 0x0",
                "0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x2 0x1 0x200",
                "0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0 0 0",
                "0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0xffffffffffffffff 0x200"
            })
    void whatIsNoListOfRangesIsNone(String text) {
        assertThat(PciResources.memoryBars(text)).isEmpty();
    }
}
