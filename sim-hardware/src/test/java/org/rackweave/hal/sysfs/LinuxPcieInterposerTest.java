package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareSlice;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Route;
import org.rackweave.hal.SliceKind;
import org.rackweave.hal.inventory.PciAddress;
import org.rackweave.hal.nvme.NvmePace;
import org.rackweave.sim.interposer.InterposerContract;

/** The contract on the model of a kernel, and what a real one cannot be made to do. */
class LinuxPcieInterposerTest extends InterposerContract {
    private static final String SLICE = "pci:0000:02:00.0-vf0";
    private static final String FUNCTION = "/sys/bus/pci/devices/0000:02:10.0";

    @TempDir
    Path root;

    private ModelPci kernel;
    private final List<String> limited = new ArrayList<>();

    @Override
    protected Interposer open() throws Exception {
        kernel = new ModelPci(root);
        return opened(Map.of("hosts", "a=2001, c=2003", "functions", "0000:02:00.0 2 250Mbit/s"));
    }

    private Interposer opened(Map<String, String> settings) throws HalException {
        return LinuxPcieInterposer.open(
                LinuxPcieSettings.parse(settings),
                kernel,
                kernel::space,
                kernel.groups(),
                (link, function, megabits) -> limited.add(link + " " + function + " " + megabits),
                (controller, blocks) -> {
                    throw new AssertionError("no drive is lent here");
                },
                NvmePace.ofThisProcess(),
                new WipeMarks(root.resolve("run"), "this-boot"));
    }

    /** A reset leaves nothing of which it could be said how much there was. */
    @Override
    protected long wipedBytes(HardwareSlice slice) {
        return 0;
    }

    @Test
    void aFunctionIsResetAndLimitedBeforeItIsGivenToTheUserOfItsMachineAndResetAfterwards() throws Exception {
        Interposer interposer = open();
        kernel.written.clear();

        assertThat(interposer.bind(SLICE, HOST, 1).address()).isEqualTo("0000:02:10.0");

        assertThat(limited).containsExactly("eth1 0 250");
        assertThat(kernel.written)
                .containsExactly(
                        FUNCTION + "/reset=1",
                        FUNCTION + "/driver_override=vfio-pci",
                        "/sys/bus/pci/drivers_probe=0000:02:10.0");
        String file =
                kernel.place(FUNCTION + "/iommu_group").orElseThrow().replace("/sys/kernel/iommu_groups", "/dev/vfio");
        assertThat(kernel.text(file)).contains("2001");
        kernel.written.clear();

        interposer.unbind(SLICE, 1);

        assertThat(kernel.written)
                .containsExactly(
                        "/sys/bus/pci/drivers/vfio-pci/unbind=0000:02:10.0",
                        FUNCTION + "/driver_override=",
                        FUNCTION + "/reset=1");
    }

    @Test
    void slicesSayWhatTheirFunctionsMaySend() throws Exception {
        assertThat(open().slices())
                .allSatisfy(slice -> {
                    assertThat(slice.kind()).isEqualTo(SliceKind.FUNCTION);
                    assertThat(slice.capabilities()).containsExactlyInAnyOrder("sriov/virtual", "net/250m");
                })
                .hasSize(2);
    }

    @Test
    void whatAVirtualMachineHasOpenStaysItsOwn() throws Exception {
        Interposer interposer = open();
        interposer.bind(SLICE, HOST, 1);
        kernel.somebodyHasItOpen = true;

        assertThatThrownBy(() -> interposer.unbind(SLICE, 1))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContainingAll("a has /dev/vfio/", "stop that virtual machine");

        assertThat(interposer.route(SLICE)).isEqualTo(new Route.Bound(HOST, 0));
        kernel.somebodyHasItOpen = false;
        interposer.unbind(SLICE, 1);
        assertThat(interposer.route(SLICE)).isInstanceOf(Route.Unbound.class);
    }

    @Test
    void whatSomebodyOpenedBeforeItWasGivenAwayIsNotGivenToASecond() throws Exception {
        Interposer interposer = open();
        kernel.somebodyHasItOpen = true;

        assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 1))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("before it was given to its virtual machine");

        assertThat(interposer.route(SLICE)).isEqualTo(new Route.Bound("(a program of root's)", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {FUNCTION + "/reset", "/sys/bus/pci/drivers/vfio-pci/unbind", FUNCTION + "/driver_override"})
    void whatTheKernelRefusesOnceTheHostHasLostItIsNotCalledUndone(String attribute) throws Exception {
        Interposer interposer = open();
        interposer.bind(SLICE, HOST, 1);
        kernel.refused.put(attribute, KernelRefusal.Reason.DENIED);

        assertThatThrownBy(() -> interposer.unbind(SLICE, 1)).isInstanceOf(HalException.OutcomeUnknown.class);

        assertThat(interposer.route(SLICE)).isInstanceOf(Route.Unbound.class);
    }

    /** By then the order was given. */
    @Test
    void aDriverThatCannotBeReadBackIsNotCalledUnchanged() throws Exception {
        Interposer interposer = open();
        kernel.written.clear();
        kernel.lostByAWrite = FUNCTION + "/driver";
        FunctionControl function =
                new FunctionControl(PciAddress.parse("0000:02:10.0").orElseThrow(), kernel, kernel::space);
        assertThatThrownBy(function::giveToVfio)
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContainingAll("bind driver", "read: EIO");
        kernel.lostByAWrite = "";
        assertThat(interposer.route(SLICE)).isEqualTo(new Route.Unbound(0));
    }

    @Test
    void oneFunctionIsNotLentAsTwoSlices() throws Exception {
        kernel = new ModelPci(root);
        assertThatThrownBy(() -> opened(
                        Map.of("hosts", "a=1", "functions", "0000:02:00.0 2", "devices", "0000:02:10.2, 0000:00:04.0")))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("devices names [0000:02:10.2], which 0000:02:00.0 has");
    }

    @Test
    void belowAPortThatLetsPeersReachEachOtherNothingIsGivenAway() throws Exception {
        Interposer interposer = open();
        kernel.acsControl = 0;
        assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 1))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("ACS redirect of 0000:00:04.0 is off");
        assertThat(interposer.route(SLICE)).isInstanceOf(Route.Unbound.class);
    }

    @Test
    void whatSharesAGroupOrIsInNoneIsNotGivenAway() throws Exception {
        Interposer interposer = open();
        String group = kernel.place(FUNCTION + "/iommu_group").orElseThrow();
        kernel.link(group + "/devices/0000:02:10.2", "/sys/devices/pci0000:00/0000:00:04.0/0000:02:10.2");
        assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 1)).hasMessageContaining("also holds [0000:02:10.2]");
        Files.delete(kernel.file(FUNCTION).toRealPath().resolve("iommu_group"));
        assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 1)).hasMessageContaining("is in no IOMMU group");
    }

    @Test
    void whatThisServerUsesItselfShowsAsBoundAndIsLeftAlone() throws Exception {
        Interposer interposer = open();
        kernel.link(FUNCTION + "/driver", "/sys/bus/pci/drivers/igbvf");
        assertThat(interposer.route(SLICE)).isEqualTo(new Route.Bound("(driver igbvf)", 0));
        assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 1)).isInstanceOf(HalException.Refused.class);
        assertThatThrownBy(() -> interposer.unbind(SLICE, 1)).isInstanceOf(HalException.Refused.class);
        assertThatThrownBy(() -> interposer.sanitise(SLICE)).isInstanceOf(HalException.Refused.class);
        assertThat(kernel.place(FUNCTION + "/driver")).contains("/sys/bus/pci/drivers/igbvf");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x010802", "0x050210"})
    void whatStoresDataIsNotWipedByAResetAndNotLent(String storageOrMemory) throws Exception {
        Interposer interposer = open();
        kernel.put(FUNCTION + "/class", storageOrMemory);
        assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 1))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("a reset leaves what it stores");
        assertThatThrownBy(() -> interposer.sanitise(SLICE))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("a reset leaves what it stores");
    }

    @Test
    void whatCannotBeResetAloneIsNeitherGivenAwayNorCalledWiped() throws Exception {
        Interposer interposer = open();
        kernel.put(FUNCTION + "/reset_method", "bus");
        assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 1)).hasMessageContaining("not by flr");
        assertThatThrownBy(() -> interposer.sanitise(SLICE)).hasMessageContaining("not by flr");
        assertThat(interposer.route(SLICE)).isInstanceOf(Route.Unbound.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a=0 | 0000:02:00.0 2 | none of which is root",
                "a=1, b=1 | 0000:02:00.0 2 | two virtual machines one user",
                "a=1 | 0000:02:00.0 | no part of one",
                "a=1 | 0000:02:00.0 0 | 1 to 256 virtual functions",
                "a=1 | 0000:02:00.0 2 0Mbit/s | means no limit",
                "a=1 | 02:00.0 2 | no address",
                "a=1 | 0000:02:00.0 2, 0000:02:00.0 2 | each once",
                "a | 0000:02:00.0 2 | hosts is a list"
            })
    void aSettingThatCannotBeIsRefusedByName(String hosts, String functions, String seen) throws Exception {
        kernel = new ModelPci(root);
        assertThatThrownBy(() -> opened(new LinkedHashMap<>(Map.of("hosts", hosts, "functions", functions))))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining(seen);
    }
}
