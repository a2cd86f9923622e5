package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.SliceState;

/** What an owner does with a slice whose device reports that it fails. */
class DeviceFailingTest {
    private static final String WHY = "0000:3b:00.0 reported 1 fatal PCIe error";
    private static final Principal OPERATOR = new Principal("op", new NodeId(3, 3), Role.OPERATOR, Optional.empty());

    private final OwnerRig rig = new OwnerRig(OwnerRig.POLICY, OwnerRig.memory("a", 4), OwnerRig.memory("b", 4));

    @Test
    void whatIsFreeIsQuarantinedAndTheOperatorTold() {
        rig.restart(LeaseEvent.Boot.SAME);
        rig.deviceFails("a", WHY);
        assertThat(rig.state("a")).isEqualTo(SliceState.QUARANTINED);
        assertThat(rig.row("a").reason()).contains(WHY);
        assertThat(rig.last(Effect.Tell.class))
                .extracting(Effect.Tell::kind)
                .contains("slice.failing", "slice.quarantined");
        assertThat(rig.last(Effect.Audit.class))
                .extracting(Effect.Audit::action)
                .contains("slice.failing");
        assertThat(rig.state("b")).isEqualTo(SliceState.FREE);
    }

    @Test
    void whatIsLentStaysWithItsHolderAndIsOfferedToNobodyAfterwards() {
        rig.restart(LeaseEvent.Boot.SAME);
        rig.grant(1, 1, "a", 4);
        rig.deviceFails("a", WHY);
        assertThat(rig.state("a")).isEqualTo(SliceState.ACTIVE);
        assertThat(rig.row("a").reason()).contains(WHY);
        rig.release("a");
        assertThat(rig.state("a")).isEqualTo(SliceState.QUARANTINED);
        assertThat(rig.row("a").holding()).isEmpty();
        assertThat(rig.row("a").wipe()).as("it was wiped all the same").isPresent();
        assertThat(rig.reserve(2, 2, "a", 4)).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void whatIsBeingWipedIsNotFreeAfterwards() {
        rig.restart(LeaseEvent.Boot.SAME);
        rig.grant(1, 1, "a", 4);
        rig.holdsHardware = true;
        rig.release("a");
        rig.deviceFails("a", WHY);
        rig.letHardwareGo();
        assertThat(rig.state("a")).isEqualTo(SliceState.QUARANTINED);
    }

    @Test
    void anOperatorWhoDeclaresItSoundIsBelievedUntilItFailsAgain() {
        rig.restart(LeaseEvent.Boot.SAME);
        rig.deviceFails("a", WHY);
        rig.ask(OPERATOR, new Command.EndQuarantine("a", "the card was put in again"));
        assertThat(rig.state("a")).isEqualTo(SliceState.FREE);
        rig.grant(1, 1, "a", 4);
        rig.release("a");
        assertThat(rig.state("a")).isEqualTo(SliceState.FREE);
        rig.deviceFails("a", WHY);
        assertThat(rig.state("a")).isEqualTo(SliceState.QUARANTINED);
    }

    @Test
    void aDeviceThatGoesOnFailingIsSaidOnce() {
        rig.restart(LeaseEvent.Boot.SAME);
        rig.grant(1, 1, "b", 4);
        for (String key : List.of("a", "b")) {
            rig.deviceFails(key, WHY);
            rig.deviceFails(key, WHY + ", and one more");
            assertThat(rig.last).as(key).isEmpty();
        }
    }

    @Test
    void aDeviceThatIsNobodysSliceChangesNothing() {
        rig.restart(LeaseEvent.Boot.SAME);
        rig.deviceFails("c", WHY);
        assertThat(rig.last).isEmpty();
    }
}
