package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rackweave.hal.HalException;
import org.rackweave.hal.inventory.IdSet;

/** The contract on the model of a kernel whose first processor has no switch, and what a real one cannot be made to do. */
class CpuHotplugTest extends ProcessorsContract {
    private static final String FOLDER = ModelProcessors.FOLDER;

    @TempDir
    Path root;

    @TempDir
    Path other;

    private ModelProcessors kernel;

    /** A kernel of its own, that a test may break: the contract brings all processors of the first one back. */
    private ModelTree odd;

    private CpuHotplug cpus;

    @Override
    protected CpuHotplug open() throws Exception {
        if (kernel == null) {
            kernel = new ModelProcessors(root, 1);
        }
        return new CpuHotplug(kernel.tree);
    }

    @BeforeEach
    void aKernelToBreak() throws Exception {
        odd = new ModelProcessors(other, 1).tree;
        cpus = new CpuHotplug(odd);
    }

    @AfterEach
    void close() {
        cpus.close();
    }

    @Test
    void aProcessorThatIsGoneOnceItWasToldIsNotCalledUntouched() {
        odd.runs((path, value) -> odd.remove(path));
        assertThatThrownBy(() -> cpus.takeOffline(2))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContaining("it was told 0 and could not be read back");
    }

    @Test
    void whatIsSoAlreadyIsNotTold() throws Exception {
        cpus.takeOffline(2);
        cpus.takeOffline(2);
        cpus.bringOnline(2);
        cpus.bringOnline(2);
        assertThat(odd.written).containsExactly(FOLDER + "cpu2/online=0", FOLDER + "cpu2/online=1");
    }

    /** It runs nothing, and yet it was not taken off line: there is none. */
    @Test
    void oneThatIsNotThereIsNotCalledOffLine() {
        assertThatThrownBy(() -> cpus.takeOffline(500))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContainingAll("processor 500", "has no switch");
        assertThat(odd.written).isEmpty();
    }

    @Test
    void aProcessorWithoutASwitchStays() throws Exception {
        assertThat(cpus.canLeave(0)).isFalse();
        assertThat(cpus.canLeave(1)).isTrue();
        assertThatThrownBy(() -> cpus.takeOffline(0))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("processor 0");
        assertThat(odd.written).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(KernelRefusal.Reason.class)
    void aRefusalChangesNothingAndAnythingElseIsNotKnown(KernelRefusal.Reason reason) {
        odd.refuses(reason);
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
        odd.runs((path, value) -> {});
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
