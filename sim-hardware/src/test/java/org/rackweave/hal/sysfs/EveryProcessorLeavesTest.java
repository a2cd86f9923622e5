package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.HalException;

/** The contract on a machine whose first processor can leave too. */
class EveryProcessorLeavesTest extends ProcessorsContract {
    @TempDir
    Path root;

    private ModelProcessors kernel;

    @Override
    protected CpuHotplug open() throws Exception {
        if (kernel == null) {
            kernel = new ModelProcessors(root, 0);
        }
        return new CpuHotplug(kernel.tree);
    }

    @BeforeEach
    void theFirstLeaves() throws Exception {
        assertThat(new CpuHotplug(kernel.tree).canLeave(0)).isTrue();
    }

    @Test
    void theKernelsWordForTheLastOneIsTold() throws Exception {
        CpuHotplug cpus = open();
        for (int cpu = 0; cpu < 3; cpu++) {
            cpus.takeOffline(cpu);
        }
        assertThatThrownBy(() -> cpus.takeOffline(3))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContainingAll("write 0: EBUSY", "the last processor stays");
    }
}
