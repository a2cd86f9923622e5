package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.HalException;
import org.rackweave.hal.sysfs.FpgaLoader.Extent;

/** What every manager of an FPGA does, with a kernel that takes orders and with one that does not. */
public abstract class FpgaContract {
    private static final String MISSING_MANAGER = "fpga987654";

    private FpgaLoader loader;

    /** Opens a manager of the same machine each time it is called within one test. */
    protected abstract FpgaLoader open(String name) throws Exception;

    /** The manager of a device that nobody uses. */
    protected abstract String manager();

    /** An image that the device takes as a whole and as a part. */
    protected abstract String image();

    /** One that the kernel has no file of. */
    protected abstract String missingImage();

    /** What this kernel takes orders for. */
    protected abstract Set<Extent> extents();

    @BeforeEach
    void openIt() throws Exception {
        loader = open(manager());
    }

    @AfterEach
    void closeIt() {
        loader.close();
    }

    @Test
    void whatIsLoadedOperatesAlsoForWhoeverLooksNext() throws Exception {
        for (Extent extent : extents()) {
            loader.load(image(), extent);
            assertThat(loader.state()).isEqualTo(FpgaState.OPERATING);
            assertThat(loader.failures()).isEmpty();
            loader.close();
            loader = open(manager());
            assertThat(loader.state()).isEqualTo(FpgaState.OPERATING);
        }
    }

    @Test
    void theSameImageAgainOperatesToo() throws Exception {
        for (Extent extent : extents()) {
            loader.load(image(), extent);
            loader.load(image(), extent);
            assertThat(loader.state()).isEqualTo(FpgaState.OPERATING);
        }
    }

    @Test
    void whatTheKernelTakesNoOrdersForIsUnavailableAndChangesNothing() throws Exception {
        FpgaState before = loader.state();
        for (Extent extent : Extent.values()) {
            if (extents().contains(extent)) {
                continue;
            }
            assertThatThrownBy(() -> loader.load(image(), extent))
                    .as("%s", extent)
                    .isInstanceOf(HalException.Unavailable.class)
                    .hasMessageContainingAll(manager(), "load " + image());
        }
        assertThat(loader.state()).isEqualTo(before);
    }

    @Test
    void anImageThatIsNotThereIsRefusedAndTheNextIsLoaded() throws Exception {
        for (Extent extent : extents()) {
            assertThatThrownBy(() -> loader.load(missingImage(), extent))
                    .isInstanceOf(HalException.Refused.class)
                    .hasMessageContainingAll(manager(), "load " + missingImage(), "/lib/firmware");
            loader.load(image(), extent);
            assertThat(loader.state()).isEqualTo(FpgaState.OPERATING);
        }
    }

    @Test
    void aManagerThatIsNotThereIsUnavailable() throws Exception {
        try (FpgaLoader missing = open(MISSING_MANAGER)) {
            assertThatThrownBy(missing::state)
                    .isInstanceOf(HalException.Unavailable.class)
                    .hasMessageContaining(MISSING_MANAGER);
            for (Extent extent : Extent.values()) {
                assertThatThrownBy(() -> missing.load(image(), extent)).isInstanceOf(HalException.Unavailable.class);
            }
        }
    }

    @Test
    void aNameThatLeadsElsewhereIsNone() {
        for (String name : List.of("", "..", "../x", "a/b", "a\nb", "-x")) {
            assertThatThrownBy(() -> loader.load(name, Extent.FULL))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> open(name)).as(name).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
