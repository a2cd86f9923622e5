package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.IdSet;

class CpuHotplugTest {
    private static final String FOLDER = "/sys/devices/system/cpu/";

    @TempDir
    Path root;

    private ModelTree kernel;
    private CpuHotplug cpus;
    private final BitSet online = new BitSet();

    /** Four processors, of which the first has no switch; the kernel keeps the last one that runs. */
    @BeforeEach
    void fourProcessors() throws Exception {
        kernel = new ModelTree(root);
        online.set(0, 4);
        for (int cpu = 1; cpu < 4; cpu++) {
            kernel.put(FOLDER + "cpu" + cpu + "/online", "1");
        }
        show();
        kernel.runs((path, value) -> {
            online.set(Integer.parseInt(path.replaceAll("[^0-9]", "")), value.equals("1"));
            kernel.put(path, value);
            show();
        });
        cpus = new CpuHotplug(kernel);
    }

    private void show() {
        kernel.put(FOLDER + "online", IdSet.of(online.stream().boxed().toList()).toString());
    }

    @Test
    void aProcessorThatIsGoneOnceItWasToldIsNotCalledUntouched() {
        kernel.runs((path, value) -> kernel.remove(path));
        assertThatThrownBy(() -> cpus.takeOffline(2))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("it was told 0 and could not be read back");
    }

    @Test
    void aProcessorGoesAndComesAndWhatIsSoAlreadyIsNotTold() throws Exception {
        assertThat(cpus.online()).hasToString("0-3");
        cpus.takeOffline(2);
        cpus.takeOffline(2);
        assertThat(cpus.online()).hasToString("0-1,3");
        cpus.bringOnline(2);
        cpus.bringOnline(2);
        assertThat(cpus.online()).hasToString("0-3");
        assertThat(kernel.written).containsExactly(FOLDER + "cpu2/online=0", FOLDER + "cpu2/online=1");
    }

    @Test
    void aProcessorWithoutASwitchStaysAndOneThatIsNotThereIsNamed() throws Exception {
        assertThat(cpus.canLeave(0)).isFalse();
        assertThat(cpus.canLeave(1)).isTrue();
        for (int cpu : List.of(0, 9)) {
            assertThatThrownBy(() -> turn(cpu))
                    .isInstanceOf(HalException.Unavailable.class)
                    .hasMessageContaining("processor " + cpu);
        }
        assertThatThrownBy(() -> cpus.canLeave(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cpus.bringOnline(8_192)).isInstanceOf(IllegalArgumentException.class);
        assertThat(kernel.written).isEmpty();
    }

    private void turn(int cpu) throws HalException {
        if (cpu == 0) {
            cpus.takeOffline(cpu);
        } else {
            cpus.bringOnline(cpu);
        }
    }

    @ParameterizedTest
    @EnumSource(KernelRefusal.Reason.class)
    void aRefusalChangesNothingAndAnythingElseIsNotKnown(KernelRefusal.Reason reason) {
        kernel.refuses(reason);
        boolean isRefusal =
                switch (reason) {
                    case BUSY, DENIED, ABSENT, INVALID, NO_ROOM -> true;
                    case FAULT, STOPPED, OTHER -> false;
                };
        assertThatThrownBy(() -> cpus.takeOffline(3))
                .isInstanceOf(isRefusal ? HalException.Refused.class : HalException.OutcomeUnknown.class)
                .hasMessageContainingAll("processor 3", "take off line", "as told");
    }

    @Test
    void aKernelThatSaysDoneAndDidNothingIsNotBelieved() {
        kernel.runs((path, value) -> {});
        assertThatThrownBy(() -> cpus.takeOffline(3))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("it was told 0 and says 1");
    }

    /** Only what changes nothing: others work on this machine. */
    @Test
    void theProcessorsOfThisMachineAreThoseThatItsKernelHasOnLine() throws Exception {
        assumeTrue(Files.exists(Path.of(FOLDER + "online")), "this kernel shows no processors");
        try (CpuHotplug here = CpuHotplug.ofThisMachine()) {
            IdSet now = here.online();
            assertThat(now)
                    .hasToString(Files.readString(Path.of(FOLDER + "online")).strip());
            for (int cpu : now.ids()) {
                here.bringOnline(cpu);
                assertThat(here.canLeave(cpu)).isEqualTo(Files.exists(Path.of(FOLDER + "cpu" + cpu + "/online")));
            }
            assertThat(here.online()).isEqualTo(now);
        }
    }
}
