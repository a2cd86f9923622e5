package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;

class WipeTest {
    private static final long BYTES = 4096;
    private static final LeasePolicy POLICY = new LeasePolicy(1_000, 60_000, 2_000, 1_500, 1, 9, 1, 30_000);

    @Test
    void aWipeThatReachesAllAndReadsBackAsZeroFreesTheSlice() {
        assertThat(stateAfter(new HardwareResult.Wiped("test", BYTES, BYTES))).isEqualTo(SliceState.FREE);
    }

    @Test
    void aWipeThatLeftOneByteQuarantines() {
        assertThat(stateAfter(new HardwareResult.Wiped("test", BYTES, BYTES - 1)))
                .isEqualTo(SliceState.QUARANTINED);
    }

    @Test
    void aWipeThatStoppedShortOfTheEndQuarantines() {
        assertThat(stateAfter(new HardwareResult.Wiped("test", BYTES - 1, BYTES - 1)))
                .isEqualTo(SliceState.QUARANTINED);
    }

    private static SliceState stateAfter(HardwareResult.Wiped wipe) {
        LeaseCore core = new LeaseCore(new NodeId(1, 1), POLICY, List.of());
        SliceFacts facts = new SliceFacts(
                "mem0", ResourceKind.MEMORY, BYTES, Set.of(), ForcedEndEffect.TOLERATED, FenceKind.HARDWARE_EPOCH);
        core.step(
                new LeaseEvent.Started(
                        LeaseEvent.Boot.NEW, List.of(facts), Map.of("mem0", new RouteReading.Unbound(Epoch.NONE))),
                0);
        core.step(new LeaseEvent.HardwareDone("mem0", Epoch.NONE, new HardwareOrder.Sanitise(), wipe), 1);
        return core.slices().get(0).state();
    }
}
