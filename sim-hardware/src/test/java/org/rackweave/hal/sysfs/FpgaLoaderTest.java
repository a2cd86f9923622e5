package org.rackweave.hal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rackweave.hal.HalException;
import org.rackweave.hal.sysfs.FpgaLoader.Extent;

/** What a real kernel cannot be made to do; what each does is in {@link FpgaContract}. */
class FpgaLoaderTest {
    private static final String FPGA = "/sys/class/fpga_manager/fpga0/";

    @TempDir
    Path root;

    private ModelTree kernel;
    private FpgaLoader loader;

    @BeforeEach
    void aManagerOfAMakersKernel() throws Exception {
        kernel = new ModelTree(root);
        kernel.put(FPGA + "name", "Xilinx ZynqMP FPGA Manager");
        kernel.put(FPGA + "state", "unknown");
        kernel.put(FPGA + "status", "");
        kernel.put(FPGA + "flags", "0");
        kernel.put(FPGA + "firmware", "");
        loader = new FpgaLoader("fpga0", kernel, Duration.ofSeconds(30));
        ends("operating");
    }

    /** A load ends in this state. */
    private void ends(String state) {
        kernel.runs((path, value) -> {
            kernel.put(path, value);
            if (path.endsWith("/firmware")) {
                kernel.put(FPGA + "state", state);
            }
        });
    }

    @Test
    void anImageIsLoadedAndTheStateFollowedToItsEnd() throws Exception {
        loader.load("design-1.bin", Extent.FULL);
        assertThat(loader.state()).isEqualTo(FpgaState.OPERATING);
        loader.load("region.bin", Extent.PARTIAL);
        assertThat(kernel.written)
                .containsExactly(FPGA + "firmware=design-1.bin", FPGA + "flags=1", FPGA + "firmware=region.bin");
    }

    @ParameterizedTest
    @EnumSource(FpgaState.class)
    void eachEndHasItsMeaning(FpgaState state) {
        ends(state.text());
        kernel.put(FPGA + "status", "reconfig CRC error\nreconfig incompatible image");
        switch (state.stage()) {
            case LOADED -> assertThat(failure(Duration.ofMillis(1))).isEmpty();
            case FAILED_BEFORE ->
                assertThat(failure(Duration.ofMillis(1)).orElseThrow())
                        .isInstanceOf(HalException.Refused.class)
                        .hasMessageContaining(state.text());
            case FAILED_WITHIN, RESTING, UNDER_WAY ->
                assertThat(failure(Duration.ofMillis(1)).orElseThrow())
                        .isInstanceOf(HalException.OutcomeUnknown.class)
                        .hasMessageContainingAll(state.text(), "reconfig CRC error, reconfig incompatible image");
        }
    }

    @Test
    void whatIsLoadedAfterwardsIsKnownByTheStateAlone() {
        assertThat(FpgaState.values())
                .filteredOn(state -> state.stage() == FpgaState.Stage.FAILED_BEFORE)
                .extracting(FpgaState::text)
                .containsExactly("firmware request error", "parse header error");
        assertThat(FpgaState.values())
                .filteredOn(state -> state.stage() == FpgaState.Stage.FAILED_WITHIN)
                .extracting(FpgaState::text)
                .containsExactly("write init error", "write error", "write complete error");
        assertThat(FpgaState.values())
                .filteredOn(state -> state.stage() == FpgaState.Stage.LOADED)
                .extracting(FpgaState::text)
                .containsExactly("operating");
    }

    private Optional<HalException> failure(Duration limit) {
        try {
            new FpgaLoader("fpga0", kernel, limit).load("design-1.bin", Extent.FULL);
            return Optional.empty();
        } catch (HalException failed) {
            return Optional.of(failed);
        }
    }

    @Test
    void aLoadThatGoesOnAfterTheOrderIsWaitedFor() throws Exception {
        Deque<String> states = new ArrayDeque<>(List.of("firmware request", "write init", "write", "write complete"));
        Attributes going = new Attributes() {
            @Override
            public Optional<String> text(String path) throws KernelRefusal {
                return path.endsWith("/state") && !states.isEmpty() ? Optional.of(states.remove()) : kernel.text(path);
            }

            @Override
            public List<String> names(String folder, Pattern wanted) throws KernelRefusal {
                return kernel.names(folder, wanted);
            }

            @Override
            public Optional<String> place(String path) throws KernelRefusal {
                return kernel.place(path);
            }

            @Override
            public void write(String path, String value, Duration limit) throws KernelRefusal {
                kernel.write(path, value, limit);
            }

            @Override
            public void close() {}
        };
        new FpgaLoader("fpga0", going, Duration.ofSeconds(30)).load("design-1.bin", Extent.FULL);
        assertThat(states).isEmpty();
    }

    @Test
    void aRefusalOfTheOrderItselfLeavesWhatIsLoaded() {
        kernel.put(FPGA + "state", "operating");
        kernel.refuses(KernelRefusal.Reason.BUSY);
        assertThatThrownBy(() -> loader.load("design-1.bin", Extent.FULL))
                .isInstanceOf(HalException.Refused.class)
                .hasMessageContainingAll("fpga0: load design-1.bin", "as told");
    }

    @Test
    void anOrderThatNobodyAnswersWhileItIsWrittenIsNotKnown() {
        kernel.runs((path, value) -> {
            kernel.put(FPGA + "state", "write error");
            throw new KernelRefusal(KernelRefusal.Reason.BUSY, path, "write " + value + ": as told");
        });
        assertThatThrownBy(() -> loader.load("design-1.bin", Extent.FULL))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContainingAll("write error", "as told");
    }

    @Test
    void whatCannotBeReadAfterTheOrderIsNotCalledUndone() throws Exception {
        ends("levitating");
        kernel.remove(FPGA + "status");
        kernel.put(FPGA + "status/is-no-attribute", "");
        assertThatThrownBy(() -> loader.load("design-1.bin", Extent.FULL))
                .isInstanceOf(HalException.OutcomeUnknown.class)
                .hasMessageContainingAll("levitating", "what its driver says cannot be read");
    }

    @Test
    void aKernelThatTakesNoOrdersIsNamed() throws Exception {
        kernel.remove(FPGA + "flags");
        assertThatThrownBy(() -> loader.load("region.bin", Extent.PARTIAL))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("flags");
        kernel.remove(FPGA + "firmware");
        assertThatThrownBy(() -> loader.load("design-1.bin", Extent.FULL))
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("device tree overlays");
        assertThat(kernel.written).isEmpty();
    }

    @Test
    void aStateWithoutAMeaningHereIsNotGuessed() {
        kernel.put(FPGA + "state", "levitating");
        assertThatThrownBy(loader::state)
                .isInstanceOf(HalException.Unavailable.class)
                .hasMessageContaining("levitating");
    }
}
