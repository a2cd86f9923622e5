package org.rackweave.hal.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rackweave.hal.health.EnergyZone;
import org.rackweave.hal.health.HealthDocument;
import org.rackweave.hal.health.LinkHealth;
import org.rackweave.hal.health.MachineHealth;
import org.rackweave.hal.health.MemoryErrors;
import org.rackweave.hal.health.PcieErrors;
import org.rackweave.hal.health.Sensor;
import org.rackweave.hal.inventory.DiscoveryProblem;
import org.rackweave.hal.inventory.Inventory;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.inventory.PciFunction;

class TelemetryTest {
    private static final PciAddress PORT = new PciAddress(0, 0, 1, 0);
    private static final PciAddress DRIVE = new PciAddress(0, 1, 0, 0);

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

    private MachineHealth look() {
        try (Telemetry telemetry = Telemetry.ofDirectory(root)) {
            return telemetry.read();
        }
    }

    /** A root port with a drive below it. */
    private void twoFunctions(String width, String speed) throws IOException {
        String port = "/sys/devices/pci0000:00/0000:00:01.0";
        String drive = port + "/0000:01:00.0";
        for (String folder : List.of(port, drive)) {
            put(folder + "/class", folder.equals(port) ? "0x060400" : "0x010802");
            put(folder + "/vendor", "0x1b36");
            put(folder + "/device", "0x0010");
            put(folder + "/current_link_width", width);
            put(folder + "/current_link_speed", speed);
            put(folder + "/aer_dev_correctable", "RxErr 4\nTOTAL_ERR_COR 4");
            put(folder + "/aer_dev_nonfatal", "UnsupReq 0\nTOTAL_ERR_NONFATAL 0");
            put(folder + "/aer_dev_fatal", "DLP 1\nTOTAL_ERR_FATAL 1");
        }
        put(port + "/max_link_width", "8");
        put(port + "/max_link_speed", "16.0 GT/s PCIe");
        put(drive + "/max_link_width", "4");
        put(drive + "/max_link_speed", "32.0 GT/s PCIe");
        put(port + "/aer_rootport_total_err_cor", "9");
        put(port + "/aer_rootport_total_err_nonfatal", "0");
        put(port + "/aer_rootport_total_err_fatal", "2");
        link("/sys/bus/pci/devices/0000:00:01.0", "../../../devices/pci0000:00/0000:00:01.0");
        link("/sys/bus/pci/devices/0000:01:00.0", "../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0");
    }

    @Test
    void errorsOfFunctionsAreReadBySeverityAndThoseThatARootPortReceived() throws IOException {
        twoFunctions("4", "16.0 GT/s PCIe");
        MachineHealth health = look();
        assertThat(health.pcieErrors()).extracting(PcieErrors::address).containsExactly(PORT, DRIVE);
        PcieErrors drive = health.pcieErrors(DRIVE).orElseThrow();
        assertThat(drive.correctable().orElseThrow().total()).isEqualTo(4);
        assertThat(drive.nonfatal().orElseThrow().total()).isZero();
        assertThat(drive.fatal().orElseThrow().byName()).containsEntry("DLP", 1L);
        assertThat(drive.received()).isEmpty();
        assertThat(health.pcieErrors(PORT).orElseThrow().received()).contains(new PcieErrors.Received(9, 0, 2));
    }

    @Test
    void aLinkIsMeasuredByTheLesserOfItsTwoEnds() throws IOException {
        twoFunctions("4", "16.0 GT/s PCIe");
        assertThat(stateOf(DRIVE)).isEqualTo(LinkHealth.State.FULL);
        assertThat(look().links())
                .as("the port could do more, with something else below it")
                .extracting(LinkHealth::address)
                .containsExactly(DRIVE);
    }

    @Test
    void aLinkThatLostLanesIsNarrow() throws IOException {
        twoFunctions("2", "16.0 GT/s PCIe");
        assertThat(stateOf(DRIVE)).isEqualTo(LinkHealth.State.NARROW);
    }

    @Test
    void aLinkBelowItsSpeedIsSlow() throws IOException {
        twoFunctions("4", "8.0 GT/s PCIe");
        assertThat(stateOf(DRIVE)).isEqualTo(LinkHealth.State.SLOW);
    }

    @Test
    void aLinkWithoutLanesIsDownAndOneThatIsNotToldUnknown() throws IOException {
        twoFunctions("0", "Unknown");
        assertThat(stateOf(DRIVE)).isEqualTo(LinkHealth.State.DOWN);
        put("/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/current_link_width", "255");
        assertThat(stateOf(DRIVE)).isEqualTo(LinkHealth.State.UNKNOWN);
    }

    @Test
    void aPortWithNothingBelowItIsNoNarrowLink() throws IOException {
        twoFunctions("1", "2.5 GT/s PCIe");
        Files.delete(root.resolve("sys/bus/pci/devices/0000:01:00.0"));
        assertThat(stateOf(PORT)).isEqualTo(LinkHealth.State.UNKNOWN);
        put("/sys/devices/pci0000:00/0000:00:01.0/current_link_width", "0");
        assertThat(stateOf(PORT)).isEqualTo(LinkHealth.State.DOWN);
    }

    /** What QEMU invents is a link of one lane at both ends of most, and no device has lost any. */
    @ParameterizedTest
    @MethodSource("org.rackweave.hal.discovery.CapturedMachine#all")
    void noLinkOfACapturedMachineIsNarrow(CapturedMachine machine) throws Exception {
        Inventory inventory = Discovery.of(machine.tree()).inventory();
        List<LinkHealth> links = LinkHealth.of(inventory.pciFunctions());
        assertThat(links).extracting(LinkHealth::state).doesNotContain(LinkHealth.State.NARROW);
        for (LinkHealth link : links) {
            PciFunction function = inventory.pciFunction(link.address()).orElseThrow();
            assertThat(function.physicalFunction()).isEmpty();
        }
    }

    private LinkHealth.State stateOf(PciAddress address) {
        return look().links().stream()
                .filter(link -> link.address().equals(address))
                .findFirst()
                .orElseThrow()
                .state();
    }

    @Test
    void sensorsAreReadWithTheirUnitsAndTheFunctionThatTheySitOn() throws IOException {
        twoFunctions("4", "16.0 GT/s PCIe");
        String monitor = "/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/nvme/nvme0/hwmon3";
        put(monitor + "/name", "nvme");
        put(monitor + "/temp1_input", "38850");
        put(monitor + "/temp1_crit", "84850");
        put(monitor + "/temp1_label", "Composite");
        put(monitor + "/temp2_input", "-5000");
        put(monitor + "/temp2_alarm", "1");
        put(monitor + "/temp10_input", "1000");
        put(monitor + "/temp10_fault", "1");
        put(monitor + "/fan1_input", "200");
        put(monitor + "/fan1_min", "600");
        put(monitor + "/power1_average", "15500000");
        put(monitor + "/power2_average", "3");
        put(monitor + "/power2_input", "4");
        link(monitor + "/device", "../../nvme0");
        link("/sys/class/hwmon/hwmon3", monitor.replace("/sys/", "../../"));
        Optional<PciAddress> on = Optional.of(DRIVE);
        OptionalLong none = OptionalLong.empty();
        assertThat(look().sensors())
                .containsExactlyInAnyOrder(
                        new Sensor(
                                "nvme",
                                "temp1",
                                Optional.of("Composite"),
                                on,
                                Sensor.Quantity.MILLICELSIUS,
                                38_850,
                                OptionalLong.of(84_850),
                                Sensor.Condition.WELL),
                        sensor("temp2", Sensor.Quantity.MILLICELSIUS, -5_000, none, Sensor.Condition.ALARM),
                        sensor("temp10", Sensor.Quantity.MILLICELSIUS, 1_000, none, Sensor.Condition.FAULT),
                        sensor(
                                "fan1",
                                Sensor.Quantity.REVOLUTIONS_PER_MINUTE,
                                200,
                                OptionalLong.of(600),
                                Sensor.Condition.ALARM),
                        sensor("power1", Sensor.Quantity.MICROWATTS, 15_500_000, none, Sensor.Condition.WELL),
                        sensor("power2", Sensor.Quantity.MICROWATTS, 4, none, Sensor.Condition.WELL));
    }

    private static Sensor sensor(
            String channel, Sensor.Quantity quantity, long reading, OptionalLong critical, Sensor.Condition condition) {
        return new Sensor(
                "nvme", channel, Optional.empty(), Optional.of(DRIVE), quantity, reading, critical, condition);
    }

    @Test
    void energyAndMemoryErrorsAreRead() throws IOException {
        put("/sys/class/powercap/intel-rapl/enabled", "1");
        put("/sys/class/powercap/intel-rapl:0/name", "package-0");
        put("/sys/class/powercap/intel-rapl:0/energy_uj", "262143328000");
        put("/sys/class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850");
        put("/sys/class/powercap/intel-rapl:0:0/name", "dram");
        put("/sys/class/powercap/intel-rapl:0:0/energy_uj", "17");
        put("/sys/devices/system/edac/mc/mc0/mc_name", "Skylake Socket#0 IMC#0");
        put("/sys/devices/system/edac/mc/mc0/ce_count", "12");
        put("/sys/devices/system/edac/mc/mc0/ue_count", "1");
        put("/sys/devices/system/edac/mc/mc0/dimm3/dimm_label", "CPU0_B1");
        put("/sys/devices/system/edac/mc/mc0/dimm3/dimm_ce_count", "11");
        put("/sys/devices/system/edac/mc/mc0/dimm3/dimm_ue_count", "0");
        MachineHealth health = look();
        assertThat(health.energy())
                .containsExactly(
                        new EnergyZone(
                                "intel-rapl:0", "package-0", 262_143_328_000L, OptionalLong.of(262_143_328_850L)),
                        new EnergyZone("intel-rapl:0:0", "dram", 17, OptionalLong.empty()));
        assertThat(health.memoryErrors())
                .containsExactly(
                        new MemoryErrors("mc0", Optional.of("Skylake Socket#0 IMC#0"), 12, 1),
                        new MemoryErrors("mc0/dimm3", Optional.of("CPU0_B1"), 11, 0));
        assertThat(HealthDocument.of(health)).containsKeys("energy", "memoryErrors", "problems");
    }

    @Test
    void whatIsNotThereAndWhatIsNotUnderstoodIsNamed() throws IOException {
        twoFunctions("4", "16.0 GT/s PCIe");
        put("/sys/devices/pci0000:00/0000:00:01.0/aer_dev_fatal", "nonsense");
        assertThat(look().problems())
                .extracting(DiscoveryProblem::kind, DiscoveryProblem::path)
                .containsExactlyInAnyOrder(
                        tuple(DiscoveryProblem.Kind.MALFORMED, "/sys/bus/pci/devices/0000:00:01.0/aer_dev_fatal"),
                        tuple(DiscoveryProblem.Kind.NOT_PRESENT, "/sys/class/hwmon"),
                        tuple(DiscoveryProblem.Kind.NOT_PRESENT, "/sys/class/powercap"),
                        tuple(DiscoveryProblem.Kind.NOT_PRESENT, "/sys/devices/system/edac/mc"));
    }

    @Test
    void thisMachineIsReadAndWhatItLacksIsNamed() {
        try (Telemetry telemetry = Telemetry.ofThisMachine()) {
            MachineHealth health = telemetry.read();
            assertThat(health.sensors().isEmpty())
                    .isEqualTo(!Files.exists(Path.of("/sys/class/hwmon/hwmon0"))
                            || health.problems().stream()
                                    .anyMatch(each -> each.path().contains("hwmon")));
            assertThat(HealthDocument.of(health)).hasSize(6);
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void anAttributeThatDoesNotAnswerHoldsUpNothingAndIsNotAskedAgain() {
        Hanging hanging = new Hanging();
        try (TimeLimitedTree tree = new TimeLimitedTree(hanging, Duration.ofMillis(20))) {
            TreePath first = new TreePath("/hangs0");
            assertThat(said(tree.content(first))).contains("not answered within 20 ms");
            assertThat(said(tree.content(first))).contains("has not come back yet");
            assertThat(tree.content(new TreePath("/sound")).value()).isPresent();
            for (int at = 1; at < DiscoveryLimits.MOST_HANGING; at++) {
                tree.content(new TreePath("/hangs" + at));
            }
            assertThat(said(tree.content(new TreePath("/sound")))).contains("4 other files have not answered");
            hanging.released.countDown();
            while (tree.content(first).value().isEmpty()) {
                Thread.onSpinWait();
            }
            assertThat(tree.content(new TreePath("/sound")).value()).isPresent();
        }
    }

    private static String said(Answer<byte[]> answer) {
        return answer.fold(bytes -> "given", () -> "absent", refused -> refused.reason());
    }

    /** Files that hang until they are told to answer. */
    private static final class Hanging implements HostTree {
        private final CountDownLatch released = new CountDownLatch(1);

        @Override
        public Answer<EntryKind> kind(TreePath path) {
            return new Answer.Given<>(EntryKind.FILE);
        }

        @Override
        public Answer<String> target(TreePath link) {
            return new Answer.Absent<>();
        }

        @Override
        public Answer<List<String>> names(TreePath folder, Predicate<String> wanted) {
            return new Answer.Given<>(List.of());
        }

        @Override
        public Answer<byte[]> content(TreePath file) {
            if (file.value().contains("hangs")) {
                try {
                    released.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            }
            return new Answer.Given<>(new byte[1]);
        }
    }
}
