package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.DeviceState;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Route;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.WipeReport;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.nvme.NvmeDrive;
import org.rackweave.hal.nvme.NvmePace;
import org.rackweave.hal.nvme.SimulatedNvme;
import org.rackweave.sim.interposer.InterposerContract;

/** Functions that are lent whole, on the model of a kernel: two drives by the contract, and what a reset does not clear. */
class LinuxPcieWholeDeviceTest extends InterposerContract {
    private static final int DRIVE_BYTES = 1 << 20;
    private static final String SLICE = "pci:" + ModelPci.DRIVE;
    private static final PciAddress ADDRESS = PciAddress.parse(ModelPci.DRIVE).orElseThrow();
    private static final String FUNCTION = "/sys/bus/pci/devices/" + ModelPci.DRIVE;
    private static final String BOTH = ModelPci.DRIVE + ", " + ModelPci.SECOND_DRIVE;

    @TempDir
    Path root;

    private ModelPci kernel;
    private SimulatedNvme drive = new SimulatedNvme(DRIVE_BYTES);
    private final List<String> opened = new ArrayList<>();
    private boolean isInUse;
    private boolean isMissing;

    /** What happens while somebody waits. */
    private Pausing whilePausing = () -> {};

    private interface Pausing {
        void happens() throws Exception;
    }

    @Override
    protected Interposer open() throws Exception {
        return opened(Map.of("devices", BOTH));
    }

    private Interposer opened(Map<String, String> settings) throws Exception {
        kernel = new ModelPci(root);
        Map<String, String> all = new HashMap<>(settings);
        all.put("hosts", "a=2001, c=2003");
        return LinuxPcieInterposer.open(
                LinuxPcieSettings.parse(all),
                kernel,
                kernel::space,
                kernel.groups(),
                (link, function, megabits) -> {
                    throw new AssertionError("a whole device has no rate");
                },
                this::opened,
                pace(),
                marks("this-boot"));
    }

    private NvmeDrive opened(String controller, Map<Integer, String> blocks) throws HalException {
        if (isMissing) {
            throw new HalException.Unavailable("/dev/nvme0", "open", "ENOENT", "look");
        }
        if (isInUse && !blocks.isEmpty()) {
            throw new HalException.Refused("/dev/nvme0n1", "claim", "EBUSY", "unmount it");
        }
        drive.isOpen = true;
        if (!blocks.isEmpty()) {
            opened.add(controller + " " + blocks);
        }
        return drive;
    }

    private NvmePace pace() {
        return new NvmePace() {
            @Override
            public long nanoTime() {
                return drive.nanoTime();
            }

            @Override
            public void pause(Duration time) {
                drive.pause(time);
                try {
                    whilePausing.happens();
                } catch (Exception impossible) {
                    throw new AssertionError(impossible);
                }
            }
        };
    }

    private WipeMarks marks(String boot) {
        return new WipeMarks(root.resolve("run/rackweave/wiping"), boot);
    }

    @Override
    protected long wipedBytes(HardwareSlice slice) {
        return DRIVE_BYTES;
    }

    @Test
    void aDriveIsItsKernelsOnlyWhileItWipesItself() throws Exception {
        Interposer interposer = open();
        assertThat(interposer.slices()).extracting(HardwareSlice::kind).containsOnly(SliceKind.PCIE_DEVICE);
        interposer.bind(SLICE, HOST, 1);
        Arrays.fill(drive.stored(1), (byte) 's');
        interposer.unbind(SLICE, 1);
        kernel.written.clear();

        WipeReport report = interposer.sanitise(SLICE);

        assertThat(report.method()).isEqualTo("nvme-format-user-data-erase+zeros");
        assertThat(drive.stored(1)).containsOnly(0);
        assertThat(drive.isOpen).isFalse();
        assertThat(opened).containsExactly("nvme4 {1=nvme0n1}");
        assertThat(kernel.written)
                .containsExactly(
                        FUNCTION + "/driver_override=",
                        FUNCTION + "/reset=1",
                        FUNCTION + "/driver_override=nvme",
                        "/sys/bus/pci/drivers_probe=" + ModelPci.DRIVE,
                        "/sys/bus/pci/drivers/nvme/unbind=" + ModelPci.DRIVE,
                        FUNCTION + "/driver_override=");
    }

    /** The daemon quarantines a drive that comes back with another than it was lent with. */
    @Test
    void aDriveTellsTheFirmwareThatItHadWhenItWasLastWiped() throws Exception {
        Interposer interposer = open();
        assertThat(interposer.deviceState(SLICE)).isEqualTo(DeviceState.UNTOLD);
        interposer.sanitise(SLICE);
        interposer.bind(SLICE, HOST, 1);
        assertThat(interposer.deviceState(SLICE).firmware()).contains("1.0");
        kernel.firmware = "6.6.6";
        interposer.unbind(SLICE, 1);
        interposer.sanitise(SLICE);
        assertThat(interposer.deviceState(SLICE).firmware()).contains("6.6.6");
        assertThat(interposer.deviceState("pci:" + ModelPci.SECOND_DRIVE)).isEqualTo(DeviceState.UNTOLD);
    }

    /** While it was free and no daemon ran nobody compared it. */
    @Test
    void aDriveThatWasFreeWhileTheDaemonStartedIsAskedForItsFirmwareBeforeItIsGivenAway() throws Exception {
        open().sanitise(SLICE);
        Interposer next = open();
        assertThat(next.deviceState(SLICE)).isEqualTo(DeviceState.UNTOLD);
        next.bind(SLICE, HOST, 1);
        assertThat(next.deviceState(SLICE).firmware()).contains("1.0");
        assertThat(kernel.place(FUNCTION + "/driver")).contains("/sys/bus/pci/drivers/vfio-pci");
        assertThat(isMarked()).isFalse();
        kernel.firmware = "6.6.6";
        next.unbind(SLICE, 1);
        next.sanitise(SLICE);
        assertThat(next.deviceState(SLICE).firmware()).contains("6.6.6");
    }

    @Test
    void aDriveThatCannotBeAskedIsNotGivenAway() throws Exception {
        Interposer interposer = open();
        kernel.startsDrivesLater = true;
        assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 1))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("not one that is live");
        assertThat(interposer.route(SLICE)).isEqualTo(new Route.Unbound(0));
        assertThat(kernel.place(FUNCTION + "/driver")).isEmpty();
    }

    @Test
    void aDriveThatLiesIsTakenFromTheKernelAndNotCalledWiped() throws Exception {
        Interposer interposer = open();
        drive.erasing = SimulatedNvme.Erasing.NOT_AT_ALL;
        assertThatThrownBy(() -> interposer.sanitise(SLICE)).isInstanceOf(HalException.OutcomeUnknown.class);
        assertThat(drive.isOpen).isFalse();
        assertThat(kernel.place(FUNCTION + "/driver")).isEmpty();
    }

    /** The process died between giving the drive to the kernel's driver and taking it back. */
    @Test
    void aWipeThatADeadProcessLeftIsNobodysAndGoneOnWith() throws Exception {
        Interposer interposer = open();
        leaveToNvme();
        marks("this-boot").mark(ADDRESS);

        assertThat(interposer.route(SLICE)).isInstanceOf(Route.Unbound.class);
        interposer.unbind(SLICE, 1);
        assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 2)).hasMessageContaining("its driver is nvme");
        assertThat(interposer.sanitise(SLICE).verifiedBytes()).isEqualTo(DRIVE_BYTES);
        interposer.bind(SLICE, HOST, 3);
    }

    private void leaveToNvme() throws Exception {
        kernel.put(FUNCTION + "/driver_override", "nvme");
        kernel.write("/sys/bus/pci/drivers_probe", ModelPci.DRIVE, Settled.SHORT);
    }

    /** As {@code driverctl set-override} does it; a mark of an earlier boot, and of another drive, say nothing of it either. */
    @Test
    void aDriveThatAnOperatorGaveToTheKernelsDriverIsNotTakenForOneThatIsLeftInAWipe() throws Exception {
        Interposer interposer = open();
        leaveToNvme();
        marks("boot-before").mark(ADDRESS);
        marks("this-boot").mark(PciAddress.parse(ModelPci.SECOND_DRIVE).orElseThrow());
        Arrays.fill(drive.stored(1), (byte) 's');
        assertThat(interposer.route(SLICE)).isEqualTo(new Route.Bound("(driver nvme)", 0));
        assertThatThrownBy(() -> interposer.sanitise(SLICE))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("bound to (driver nvme)");
        assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 1)).isInstanceOf(HalException.Refused.class);
        assertThat(opened).isEmpty();
        assertThat(drive.stored(1)).containsOnly('s');
        assertThat(kernel.place(FUNCTION + "/driver")).contains("/sys/bus/pci/drivers/nvme");
    }

    @Test
    void aDriveIsMarkedBeforeTheKernelsDriverHasItAndNoMoreAfterwards() throws Exception {
        Interposer interposer = open();
        drive.whenTold = () -> assertThat(isMarked()).isTrue();
        interposer.sanitise(SLICE);
        assertThat(isMarked()).isFalse();

        kernel.refused.put("/sys/bus/pci/drivers_probe", KernelRefusal.Reason.INVALID);
        assertThatThrownBy(() -> interposer.sanitise(SLICE)).isInstanceOf(HalException.class);
        assertThat(isMarked()).isFalse();
        assertThat(kernel.text(FUNCTION + "/driver_override")).contains("(null)");
    }

    private boolean isMarked() {
        try {
            return marks("this-boot").isMarked(ADDRESS);
        } catch (HalException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void aDriveThatCannotBeMarkedIsNotGivenToTheKernelsDriver() throws Exception {
        Interposer interposer = open();
        Files.writeString(root.resolve("run"), "no folder");
        assertThatThrownBy(() -> interposer.sanitise(SLICE))
                .isInstanceOf(HalException.class)
                .hasMessageContaining("as being wiped");
        assertThat(kernel.written).doesNotContain(FUNCTION + "/driver_override=nvme");
        assertThat(kernel.place(FUNCTION + "/driver")).isEmpty();
    }

    @Test
    void aDriveThatCannotBeOpenedIsGivenBackAndWhyThatFailsIsToldToo() throws Exception {
        Interposer interposer = open();
        isMissing = true;
        assertThatThrownBy(() -> interposer.sanitise(SLICE))
                .isInstanceOf(HalException.Unavailable.class)
                .hasNoSuppressedExceptions();
        assertThat(kernel.place(FUNCTION + "/driver")).isEmpty();
        assertThat(isMarked()).isFalse();

        kernel.refused.put("/sys/bus/pci/drivers/nvme/unbind", KernelRefusal.Reason.FAULT);
        assertThatThrownBy(() -> interposer.sanitise(SLICE))
                .isInstanceOf(HalException.Unavailable.class)
                .satisfies(failed -> assertThat(failed.getSuppressed()).hasSize(1));
        assertThat(isMarked()).as("it still is where it was given to").isTrue();
    }

    @Test
    void aDriveThatIsWipedAndThenNotLetGoIsNotCalledUnchanged() throws Exception {
        Interposer interposer = open();
        kernel.refused.put("/sys/bus/pci/drivers/nvme/unbind", KernelRefusal.Reason.BUSY);
        assertThatThrownBy(() -> interposer.sanitise(SLICE))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("it was wiped, and then");
        kernel.refused.clear();
        assertThat(interposer.route(SLICE)).isEqualTo(new Route.Unbound(0));
        assertThat(interposer.sanitise(SLICE).verifiedBytes()).isEqualTo(DRIVE_BYTES);
    }

    /** Linux before 6.2. */
    @Test
    void aDriveThatStartsAfterItsDriverHasItIsWaitedForAndSoIsWhatItStores() throws Exception {
        Interposer interposer = open();
        kernel.startsDrivesLater = true;
        Queue<Pausing> later = new ArrayDeque<>(
                List.of(() -> {}, () -> kernel.start(ModelPci.DRIVE), () -> {}, () -> kernel.show(ModelPci.DRIVE)));
        whilePausing = () -> {
            if (!later.isEmpty()) {
                later.remove().happens();
            }
        };
        assertThat(interposer.sanitise(SLICE).verifiedBytes()).isEqualTo(DRIVE_BYTES);
        assertThat(opened).containsExactly("nvme4 {1=nvme0n1}");
    }

    @Test
    void aDriveThatDoesNotStartIsGivenBackAndOneWhoseNamespacesNeverComeIsRefusedByName() throws Exception {
        Interposer interposer = open();
        kernel.startsDrivesLater = true;
        assertThatThrownBy(() -> interposer.sanitise(SLICE))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("it has the drives [nvme4], and not one that is live after 300 s");
        assertThat(kernel.place(FUNCTION + "/driver")).isEmpty();

        whilePausing = () -> kernel.start(ModelPci.DRIVE);
        drive.hidden = Set.of(1);
        assertThatThrownBy(() -> interposer.sanitise(SLICE))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("it has the namespaces [1], and this machine shows []");
        assertThat(kernel.place(FUNCTION + "/driver")).isEmpty();
        assertThat(isMarked()).isFalse();
    }

    @Test
    void aDriveOfTheServersOwnIsLeftAlone() throws Exception {
        Interposer interposer = open();
        kernel.link(FUNCTION + "/driver", "/sys/bus/pci/drivers/nvme");
        assertThat(interposer.route(SLICE)).isEqualTo(new Route.Bound("(driver nvme)", 0));
        assertThatThrownBy(() -> interposer.sanitise(SLICE)).isInstanceOf(HalException.Refused.class);
        assertThatThrownBy(() -> interposer.unbind(SLICE, 1)).isInstanceOf(HalException.Refused.class);
        assertThat(opened).isEmpty();
    }

    /** A volume group that a borrower left on it, say, which the server takes up by itself. */
    @Test
    void whatTheServerTookUpMeanwhileItKeeps() throws Exception {
        Interposer interposer = open();
        isInUse = true;
        assertThatThrownBy(() -> interposer.sanitise(SLICE))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("EBUSY");
        assertThat(kernel.place(FUNCTION + "/driver")).contains("/sys/bus/pci/drivers/nvme");
        assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 1)).isInstanceOf(HalException.Refused.class);
        isInUse = false;
        assertThat(interposer.sanitise(SLICE).verifiedBytes()).isEqualTo(DRIVE_BYTES);
        assertThat(kernel.place(FUNCTION + "/driver")).isEmpty();
    }

    @Test
    void otherStorageIsNotLentWholeEither() throws Exception {
        Interposer interposer = open();
        for (String code : List.of("0x010601", "0x010803", "0x050210")) {
            kernel.put(FUNCTION + "/class", code);
            assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 1)).hasMessageContaining("leaves what it stores");
            assertThatThrownBy(() -> interposer.sanitise(SLICE)).hasMessageContaining("leaves what it stores");
        }
    }

    /** The kernel's own quirks for some makers' drives are function-level resets with a wait, and it lists them in front of its own. */
    @Test
    void aDriveForWhichTheKernelHasAQuirkIsResetByThat() throws Exception {
        Interposer interposer = open();
        for (String methods : List.of("device_specific flr bus", "device_specific bus")) {
            kernel.put(FUNCTION + "/reset_method", methods);
            assertThat(interposer.sanitise(SLICE).verifiedBytes()).isEqualTo(DRIVE_BYTES);
        }
        for (String methods : List.of("device_specific", "device_specific pm", "pm flr", "bus", "")) {
            kernel.put(FUNCTION + "/reset_method", methods);
            assertThatThrownBy(() -> interposer.sanitise(SLICE))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("not by flr first");
        }
    }

    @Test
    void ofAnythingButADriveAQuirkIsNotTakenForAReset() throws Exception {
        String slice = "pci:" + ModelPci.GRAPHICS;
        Interposer told = opened(Map.of("devices", ModelPci.GRAPHICS, "resetClears", ModelPci.GRAPHICS));
        kernel.put("/sys/bus/pci/devices/" + ModelPci.GRAPHICS + "/reset_method", "device_specific flr bus");
        assertThatThrownBy(() -> told.sanitise(slice))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("not by flr first")
                .hasMessageNotContaining("write flr");
    }

    /** An SD host, a USB host, Fibre Channel, a memory controller: no word of an operator's makes their resets reach what they lead to. */
    @Test
    void whatStorageIsBehindIsRefusedThoughResetClearsNamesIt() throws Exception {
        String slice = "pci:" + ModelPci.GRAPHICS;
        Interposer told = opened(Map.of("devices", ModelPci.GRAPHICS, "resetClears", ModelPci.GRAPHICS));
        for (String code : List.of("0x080501", "0x0c0330", "0x0c0400", "0x010601", "0x058000")) {
            kernel.put("/sys/bus/pci/devices/" + ModelPci.GRAPHICS + "/class", code);
            assertThatThrownBy(() -> told.bind(slice, HOST, 1))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("leaves what it stores");
            assertThatThrownBy(() -> told.sanitise(slice))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("leaves what it stores");
        }
    }

    @Test
    void whatIsNoNetworkFunctionIsLentOnlyWhereAnOperatorSaysThatItsResetClears() throws Exception {
        String slice = "pci:" + ModelPci.GRAPHICS;
        Interposer careful = opened(Map.of("devices", ModelPci.GRAPHICS));
        for (String code : List.of(
                "0x030200", "0x030000", "0x120000", "0x048000", "0x0b4000", "0x108000", "0xff0000", "0x000000")) {
            kernel.put("/sys/bus/pci/devices/" + ModelPci.GRAPHICS + "/class", code);
            assertThatThrownBy(() -> careful.bind(slice, HOST, 1))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining("write resetClears: \"0000:04:00.0\" in lending.interposer.settings");
            assertThatThrownBy(() -> careful.sanitise(slice)).hasMessageContaining("need not clear its memory");
        }
        Interposer told = opened(Map.of("devices", ModelPci.GRAPHICS, "resetClears", ModelPci.GRAPHICS));
        assertThat(told.sanitise(slice).method()).isEqualTo("pcie-function-level-reset");
        told.bind(slice, HOST, 1);
        assertThatThrownBy(() -> opened(Map.of("devices", ModelPci.DRIVE, "resetClears", ModelPci.GRAPHICS)))
                .hasMessageContaining("resetClears names [0000:04:00.0]");
    }
}
