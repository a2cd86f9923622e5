package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.Interposer;
import org.rackweave.sim.interposer.InterposerContract;

/** The contract of interposers on the model of a kernel with CXL memory, which is lent to its own machine alone. */
class LinuxCxlContractTest extends InterposerContract {
    @TempDir
    Path root;

    private ModelKernel kernel;

    @Override
    protected Interposer open() throws Exception {
        if (kernel == null) {
            kernel = new ModelKernel(root);
        }
        return LinuxCxlInterposer.open(
                LinuxCxlSettings.parse(Map.of("host", HOST, "memory", "0xaaaa0001 256MiB, 0xaaaa0002 256MiB")),
                kernel,
                (device, bytes) -> bytes);
    }

    @Override
    protected String hostOfTheSecond() {
        return HOST;
    }
}
