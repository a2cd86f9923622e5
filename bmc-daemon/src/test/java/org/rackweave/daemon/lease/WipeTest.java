package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;

class WipeTest {
    private static final long AMOUNT = 4096;
    private static final LeasePolicy POLICY = new LeasePolicy(1_000, 60_000, 2_000, 1_500, 1, 9, 1, 30_000);

    private static final HardwareResult.Wiped NOTHING =
            new HardwareResult.Wiped(HardwareResult.Wiped.NONE_NEEDED, 0, 0);

    @ParameterizedTest
    @EnumSource(ResourceKind.class)
    void aWipeThatReachesAllAndReadsBackAsZeroFreesTheSlice(ResourceKind kind) {
        assertThat(stateAfter(kind, new HardwareResult.Wiped("test", AMOUNT, AMOUNT)))
                .isEqualTo(SliceState.FREE);
    }

    @ParameterizedTest
    @EnumSource(ResourceKind.class)
    void aWipeThatLeftOneByteQuarantines(ResourceKind kind) {
        assertThat(stateAfter(kind, new HardwareResult.Wiped("test", AMOUNT, AMOUNT - 1)))
                .isEqualTo(SliceState.QUARANTINED);
    }

    @ParameterizedTest
    @EnumSource(ResourceKind.class)
    void aWipeThatLeftAConfigurationQuarantines(ResourceKind kind) {
        HardwareResult.Wiped left = new HardwareResult.Wiped("test", AMOUNT, AMOUNT, Optional.of("aes-gcm-v2.bit"));
        assertThat(stateAfter(kind, left)).isEqualTo(SliceState.QUARANTINED);
    }

    @Test
    void aWipeThatStoppedShortOfTheEndOfAMemoryQuarantines() {
        assertThat(stateAfter(ResourceKind.MEMORY, new HardwareResult.Wiped("test", AMOUNT - 1, AMOUNT - 1)))
                .isEqualTo(SliceState.QUARANTINED);
    }

    @Test
    void onlyADeviceKnowsHowMuchItHas() {
        assertThat(stateAfter(ResourceKind.FUNCTION, new HardwareResult.Wiped("function-level-reset", 64, 64)))
                .isEqualTo(SliceState.FREE);
    }

    @ParameterizedTest
    @EnumSource(
            value = ResourceKind.class,
            names = {"LANES", "CORES"})
    void whatKeepsNothingNeedsNoWipe(ResourceKind kind) {
        assertThat(stateAfter(kind, NOTHING)).isEqualTo(SliceState.FREE);
    }

    @ParameterizedTest
    @EnumSource(
            value = ResourceKind.class,
            names = {"MEMORY", "PCIE_DEVICE", "FUNCTION", "ACCELERATOR"})
    void whatKeepsSomethingIsNotBelievedToNeedNoWipe(ResourceKind kind) {
        assertThat(stateAfter(kind, NOTHING)).isEqualTo(SliceState.QUARANTINED);
    }

    private static SliceState stateAfter(ResourceKind kind, HardwareResult.Wiped wipe) {
        LeaseCore core = new LeaseCore(new NodeId(1, 1), POLICY, List.of());
        SliceFacts facts = new SliceFacts(
                "slice0",
                kind,
                AMOUNT,
                Set.of(),
                ForcedEndEffect.TOLERATED,
                FenceKind.HARDWARE_EPOCH,
                SlicePlace.UNKNOWN,
                Set.of("aes-gcm-v2.bit"));
        core.step(
                new LeaseEvent.Started(
                        LeaseEvent.Boot.NEW, List.of(facts), Map.of("slice0", new RouteReading.Unbound(Epoch.NONE))),
                0);
        core.step(new LeaseEvent.HardwareDone("slice0", Epoch.NONE, new HardwareOrder.Sanitise(), wipe), 1);
        return core.slices().get(0).state();
    }
}
