package org.rackweave.hal.sysfs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.hal.sysfs.FpgaLoader.Extent;

/** The contract of FPGA managers on models of the three kinds of kernels that there are. */
class FpgaContractTest {
    private static final String FPGA = "/sys/class/fpga_manager/fpga0/";
    private static final String IMAGE = "design-1.bin";

    @Nested
    class AMakersKernel extends OnAModel {
        @Override
        protected Set<Extent> extents() {
            return EnumSet.allOf(Extent.class);
        }
    }

    @Nested
    class AMakersKernelWithoutFlags extends OnAModel {
        @Override
        protected Set<Extent> extents() {
            return EnumSet.of(Extent.FULL);
        }
    }

    /** It loads by device tree overlays alone. */
    @Nested
    class TheKernelOfKernelOrg extends OnAModel {
        @Override
        protected Set<Extent> extents() {
            return EnumSet.noneOf(Extent.class);
        }
    }

    abstract static class OnAModel extends FpgaContract {
        @TempDir
        Path root;

        private ModelTree kernel;

        @Override
        protected FpgaLoader open(String name) throws Exception {
            if (kernel == null) {
                kernel = new ModelTree(root);
                kernel.put(FPGA + "name", "a manager");
                kernel.put(FPGA + "state", "unknown");
                kernel.put(FPGA + "status", "");
                if (extents().contains(Extent.FULL)) {
                    kernel.put(FPGA + "firmware", "");
                }
                if (extents().contains(Extent.PARTIAL)) {
                    kernel.put(FPGA + "flags", "0");
                }
                kernel.runs(this::ordered);
            }
            return new FpgaLoader(name, kernel, Duration.ofSeconds(30));
        }

        /** The kernel says ENOENT of a file that it has not, and keeps the state that this left. */
        private void ordered(String path, String value) throws KernelRefusal {
            kernel.put(path, value);
            if (path.endsWith("/firmware")) {
                boolean isThere = value.equals(IMAGE);
                kernel.put(FPGA + "state", isThere ? "operating" : "firmware request error");
                if (!isThere) {
                    throw new KernelRefusal(KernelRefusal.Reason.ABSENT, path, "write " + value + ": ENOENT");
                }
            }
        }

        @Override
        protected String manager() {
            return "fpga0";
        }

        @Override
        protected String image() {
            return IMAGE;
        }

        @Override
        protected String missingImage() {
            return "no-such.bin";
        }
    }
}
