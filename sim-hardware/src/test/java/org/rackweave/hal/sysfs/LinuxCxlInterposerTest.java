package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.hal.HalException;
import org.rackweave.hal.HardwareAttachment;
import org.rackweave.hal.Interposer;
import org.rackweave.hal.Route;
import org.rackweave.hal.WipeReport;

class LinuxCxlInterposerTest {
    private static final String HOST = "a";
    private static final String SLICE = "cxl:0xaaaa0001";
    private static final String OTHER = "cxl:0xaaaa0002";
    private static final long BYTES = ModelKernel.SLICE_BYTES;

    /** More writes than any order has. */
    private static final int MOST_WRITES = 64;

    @TempDir
    Path folder;

    private ModelKernel kernel;
    private Interposer interposer;
    private final List<Path> wiped = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        kernel = new ModelKernel(Files.createDirectory(folder.resolve("sound")));
        interposer = opened();
    }

    @AfterEach
    void close() {
        interposer.close();
    }

    private Interposer opened() throws HalException {
        LinuxCxlSettings settings =
                LinuxCxlSettings.parse(Map.of("host", HOST, "memory", "0xaaaa0001 256MiB, 0xAAAA0002 256MiB"));
        return LinuxCxlInterposer.open(settings, kernel, (device, bytes) -> {
            assertThat(kernel.driverOf(device.getFileName().toString()))
                    .as("nobody but the wipe has it")
                    .isEqualTo("device_dax");
            wiped.add(device);
            return bytes;
        });
    }

    @Test
    void aSliceIsMadeOnlineAndTakenDownAgain() throws Exception {
        List<String> before = kernel.state();

        assertThat(interposer.bind(SLICE, HOST, 1)).isEqualTo(new HardwareAttachment("cxl-memory", SLICE, BYTES));

        assertThat(interposer.route(SLICE)).isEqualTo(new Route.Bound(HOST, 0));
        assertThat(kernel.bytesOnline()).isEqualTo(BYTES);
        assertThat(kernel.says("/sys/bus/cxl/devices/region0/target0", "decoder2.0"))
                .as("by the serial number: mem1 is the one")
                .isTrue();
        interposer.unbind(SLICE, 1);
        assertThat(interposer.route(SLICE)).isEqualTo(new Route.Unbound(0));
        assertThat(kernel.state()).isEqualTo(before);
    }

    @Test
    void aMachineThatLeavesNewMemoryOffLineStaysAsItIs() throws Exception {
        String policy = "/sys/devices/system/memory/auto_online_blocks";
        assertThat(kernel.says(policy, "online_movable")).isTrue();
        kernel.put(policy, "offline");
        interposer = opened();
        assertThat(kernel.says(policy, "offline")).isTrue();
        interposer.bind(SLICE, HOST, 1);
        assertThat(kernel.bytesOnline()).isEqualTo(BYTES);
    }

    @Test
    void eachOrderAgainChangesNothing() throws Exception {
        interposer.bind(SLICE, HOST, 1);
        int writes = kernel.written.size();
        interposer.bind(SLICE, HOST, 1);
        assertThat(kernel.written).hasSize(writes);

        interposer.unbind(SLICE, 1);
        int more = kernel.written.size();
        interposer.unbind(SLICE, 1);
        assertThat(kernel.written).hasSize(more);
    }

    @Test
    void aWipeReachesAllThroughADeviceOfItsOwnAndLeavesNothing() throws Exception {
        List<String> before = kernel.state();
        WipeReport report = interposer.sanitise(SLICE);
        assertThat(report.method()).isEqualTo(LinuxCxlInterposer.WIPE_METHOD);
        assertThat(report.wipedBytes()).isEqualTo(BYTES);
        assertThat(report.verifiedBytes()).isEqualTo(BYTES);
        assertThat(wiped).containsExactly(Path.of("/dev/dax0.0"));
        assertThat(kernel.state()).isEqualTo(before);
    }

    @Test
    void whatIsBoundIsNotWiped() throws Exception {
        interposer.bind(SLICE, HOST, 1);
        assertThatThrownBy(() -> interposer.sanitise(SLICE)).isInstanceOf(HalException.Refused.class);
        assertThat(wiped).isEmpty();
    }

    @Test
    void oneSliceDoesNotMoveAnother() throws Exception {
        interposer.bind(SLICE, HOST, 1);
        interposer.bind(OTHER, HOST, 1);
        interposer.unbind(SLICE, 1);
        interposer.sanitise(SLICE);
        assertThat(interposer.route(OTHER)).isEqualTo(new Route.Bound(HOST, 0));
        assertThat(kernel.bytesOnline()).isEqualTo(BYTES);
    }

    @Test
    void anotherHostIsRefused() {
        assertThatThrownBy(() -> interposer.bind(SLICE, "c", 1))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("cannot reach c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"offline", "online", "online_movable"})
    void memoryIsMovableWhateverSomebodyElseDoesWithIt(String policy) throws Exception {
        kernel.newBlocks = policy;
        interposer.bind(SLICE, HOST, 1);
        for (String block : kernel.blocks()) {
            assertThat(kernel.says(block + "/valid_zones", "Movable")).as(block).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"BUSY", "STOPPED"})
    void memoryThatCannotGoIsRefusedAndAllOfItStaysOnline(KernelRefusal.Reason reason) throws Exception {
        interposer.bind(SLICE, HOST, 1);
        List<String> bound = kernel.state();
        String last = kernel.blocks().get(1);
        kernel.refuse(last + "/state=offline", reason);

        assertThatThrownBy(() -> interposer.unbind(SLICE, 1))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining(last)
                .hasMessageContaining(reason.advice());

        assertThat(kernel.bytesOnline()).isEqualTo(BYTES);
        assertThat(kernel.state()).isEqualTo(bound);
        assertThat(interposer.route(SLICE)).isEqualTo(new Route.Bound(HOST, 0));
        kernel.refuseNothing();
        interposer.unbind(SLICE, 1);
        assertThat(interposer.route(SLICE)).isInstanceOf(Route.Unbound.class);
    }

    @Test
    void memoryThatNeitherGoesNorComesBackIsAnUnknownOutcome() throws Exception {
        interposer.bind(SLICE, HOST, 1);
        kernel.refuse(kernel.blocks().get(1) + "/state=offline", KernelRefusal.Reason.BUSY);
        kernel.refuse("state=online_movable", KernelRefusal.Reason.BUSY);
        assertThatThrownBy(() -> interposer.unbind(SLICE, 1)).isInstanceOf(HalException.OutcomeUnknown.class);
        assertThat(interposer.route(SLICE)).isEqualTo(new Route.Bound(HOST, 0));
    }

    /** Fails the n-th write of a bind, for every n. */
    @Test
    void aBindThatIsRefusedAtAnyStepLeavesNothing() throws Exception {
        interposer.bind(SLICE, HOST, 1);
        List<String> writes = List.copyOf(kernel.written);
        for (int at = 2; at < writes.size(); at++) {
            kernel = new ModelKernel(Files.createDirectory(folder.resolve("refusing-" + at)));
            interposer = opened();
            kernel.refuse(writes.get(at), KernelRefusal.Reason.INVALID);
            assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 1))
                    .as(writes.get(at))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContaining(KernelRefusal.Reason.INVALID.advice());
            kernel.refuseNothing();
            assertThat(interposer.route(SLICE)).as(writes.get(at)).isEqualTo(new Route.Unbound(0));
            assertThat(kernel.blocks()).as(writes.get(at)).isEmpty();
            assertThat(kernel.says("/sys/bus/cxl/devices/decoder2.0/dpa_size", "0x0000000000000000"))
                    .as(writes.get(at))
                    .isTrue();
            interposer.bind(SLICE, HOST, 2);
            assertThat(kernel.bytesOnline()).as(writes.get(at)).isEqualTo(BYTES);
        }
    }

    /** Kills the writer after the n-th write of each order, for every n, and lets its successor do what is left. */
    @Test
    void whatACrashLeavesIsFinishedOrTakenDown() throws Exception {
        List<String> before = kernel.state();
        crashing(() -> interposer.bind(SLICE, HOST, 1), () -> {
            interposer.bind(SLICE, HOST, 1);
            assertThat(kernel.bytesOnline()).isEqualTo(BYTES);
            interposer.unbind(SLICE, 1);
        });
        assertThat(kernel.state()).isEqualTo(before);
        crashing(() -> interposer.bind(SLICE, HOST, 1), () -> {
            interposer.unbind(SLICE, 1);
            assertThat(interposer.route(SLICE)).isInstanceOf(Route.Unbound.class);
            interposer.sanitise(SLICE);
        });
        assertThat(kernel.state()).isEqualTo(before);
        crashing(
                () -> {
                    interposer.bind(SLICE, HOST, 1);
                    interposer.unbind(SLICE, 1);
                },
                () -> {
                    interposer.unbind(SLICE, 1);
                    interposer.sanitise(SLICE);
                });
        assertThat(kernel.state()).isEqualTo(before);
        crashing(() -> interposer.sanitise(SLICE), () -> {
            assertThat(interposer.route(SLICE)).isInstanceOf(Route.Unbound.class);
            interposer.sanitise(SLICE);
        });
        assertThat(kernel.state()).isEqualTo(before);
    }

    private void crashing(Step order, Step afterwards) throws Exception {
        for (int writes = 0; ; writes++) {
            assertThat(writes).isLessThan(MOST_WRITES);
            kernel.dieAfter(writes);
            boolean isDone = false;
            try {
                order.take();
                isDone = true;
            } catch (ModelKernel.Died died) {
                // As told.
            }
            kernel.outlive();
            interposer = opened();
            afterwards.take();
            if (isDone) {
                return;
            }
        }
    }

    private interface Step {
        void take() throws Exception;
    }

    @Test
    void aRegionThatSomebodyElseMadeIsNotTouched() throws Exception {
        interposer.bind(SLICE, HOST, 1);
        kernel.put("/sys/bus/cxl/devices/region0/target1", "decoder3.0");
        int writes = kernel.written.size();
        for (String slice : List.of(SLICE, OTHER)) {
            assertThatThrownBy(() -> interposer.route(slice)).isInstanceOf(HalException.Unavailable.class);
            assertThatThrownBy(() -> interposer.unbind(slice, 1)).isInstanceOf(HalException.Unavailable.class);
            assertThatThrownBy(() -> interposer.bind(slice, HOST, 1)).isInstanceOf(HalException.Unavailable.class);
            assertThatThrownBy(() -> interposer.sanitise(slice)).isInstanceOf(HalException.Unavailable.class);
        }
        assertThat(kernel.written).hasSize(writes);
    }

    @Test
    void aDeviceThatIsGoneOrThereTwiceIsUnavailableByName() {
        kernel.put("/sys/devices/pci0000:0c/mem1/serial", "0xaaaa0002");
        assertThatThrownBy(() -> interposer.route(SLICE))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("no CXL memory device");
        assertThatThrownBy(() -> interposer.route(OTHER))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("several");
    }

    @Test
    void aWindowThatDoesNotFitIsNamedWithTheReason() {
        kernel.put("/sys/bus/cxl/devices/decoder0.0/size", "0x8000000");
        assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 1))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("decoder0.0 has 128 MiB");
    }

    @Test
    void memoryBlocksThatAreLargerThanTheSliceAreRefusedByName() throws Exception {
        kernel.put("/sys/devices/system/memory/block_size_bytes", "80000000");
        assertThatThrownBy(() -> interposer.bind(SLICE, HOST, 1))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining("whole memory blocks of 2147483648 bytes");
        assertThat(interposer.route(SLICE)).isInstanceOf(Route.Unbound.class);
    }

    @Test
    void aBlockThatSomebodyBringsBackKeepsTheKernelFromLosingIt() throws Exception {
        interposer.bind(SLICE, HOST, 1);
        // The model throws where Linux would lose memory, so that what is left to show is that nothing was done.
        kernel.refuse("unbind", KernelRefusal.Reason.FAULT);
        assertThatThrownBy(() -> interposer.unbind(SLICE, 1)).isInstanceOf(HalException.OutcomeUnknown.class);
        assertThat(interposer.route(SLICE)).isEqualTo(new Route.Bound(HOST, 0));
        kernel.refuseNothing();
        kernel.put(kernel.blocks().get(0) + "/state", "online");
        interposer.unbind(SLICE, 1);
        assertThat(interposer.route(SLICE)).isInstanceOf(Route.Unbound.class);
    }

    @Test
    void settingsThatAreWrongAreRefusedByName() {
        Map<Map<String, String>, String> wrong = Map.of(
                Map.of("host", "a", "memory", "0x11 256MiB", "hots", "a"), "unknown setting hots",
                Map.of("memory", "0x11 256MiB"), "host is",
                Map.of("host", "a"), "memory is a list",
                Map.of("host", "a", "memory", "0x11 100MiB"), "multiples of 256MiB",
                Map.of("host", "a", "memory", "0x0 256MiB"), "without a serial number",
                Map.of("host", "a", "memory", "0xffffffffffffffff 256MiB"), "without a serial number",
                Map.of("host", "a", "memory", "mem0 256MiB"), "no part of one: \"mem0 256MiB\"",
                Map.of("host", "a", "memory", "0x11 256MiB, 0x11 1GiB"), "names a device twice");
        wrong.forEach((settings, said) -> assertThatThrownBy(() -> LinuxCxlSettings.parse(settings))
                .as("%s", settings)
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContaining(said));
    }
}
