package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.SliceState;

/** What a device said of itself at the grant has to be so after the wipe. */
class DeviceToldTest {
    private static final Attachment ATTACHED = new Attachment("test", "here", OneOwner.AMOUNT);
    private static final DeviceTold GRANTED = told("unlocked", "slot 1, revision 1.0");

    @Test
    void aDeviceThatIsWhatItWasIsFree() {
        assertThat(wiped(GRANTED, GRANTED).state()).isEqualTo(SliceState.FREE);
    }

    @Test
    void aDeviceWithOtherFirmwareIsQuarantinedAndNamed() {
        SliceRow row = wiped(GRANTED, told("unlocked", "slot 2, revision 6.6"));
        assertThat(row.state()).isEqualTo(SliceState.QUARANTINED);
        assertThat(row.reason())
                .isEqualTo(
                        "its device is not what was granted: its firmware was \"slot 1, revision 1.0\" at the grant, and"
                                + " is \"slot 2, revision 6.6\" after the wipe");
    }

    @Test
    void aDeviceThatIsLockedSinceIsQuarantinedAndNamed() {
        SliceRow row = wiped(GRANTED, told("locked", "slot 1, revision 1.0"));
        assertThat(row.state()).isEqualTo(SliceState.QUARANTINED);
        assertThat(row.reason()).contains("its lock state was \"unlocked\" at the grant, and is \"locked\"");
    }

    @Test
    void aDeviceThatToldAndTellsNoMoreIsQuarantined() {
        SliceRow row = wiped(GRANTED, DeviceTold.NOTHING);
        assertThat(row.state()).isEqualTo(SliceState.QUARANTINED);
        assertThat(row.reason()).contains("is not told any more after the wipe");
    }

    @Test
    void whatWasNotToldAtTheGrantIsNotCompared() {
        assertThat(wiped(DeviceTold.NOTHING, GRANTED).state()).isEqualTo(SliceState.FREE);
        assertThat(wiped(DeviceTold.NOTHING, DeviceTold.NOTHING).state()).isEqualTo(SliceState.FREE);
    }

    @Test
    void aRestartBetweenTheGrantAndTheWipeForgetsNothing() {
        OneOwner owner = OneOwner.restarted(
                granted(SliceState.SANITISING, GRANTED), new RouteReading.Unbound(OneOwner.EPOCH), LeaseEvent.Boot.NEW);
        owner.done(wipe(told("unlocked", "slot 2, revision 6.6")));
        assertThat(owner.row().reason()).contains("slot 1, revision 1.0", "slot 2, revision 6.6");
    }

    @Test
    void whatItsDeviceSaysWhenASliceIsGrantedIsKeptWithTheGrant() {
        OneOwner owner = new OneOwner(SliceState.RESERVED);
        owner.send(OneOwner.A, new Command.Commit(OneOwner.LEASE, OneOwner.EPOCH));
        owner.done(new HardwareResult.Attached(ATTACHED, Optional.empty(), GRANTED));
        assertThat(owner.row().holding().orElseThrow().told()).isEqualTo(GRANTED);
    }

    @Test
    void aChangeThatAnOperatorDeclaresSoundIsNotHeldAgainstTheDeviceAgain() {
        DeviceTold updated = told("unlocked", "slot 2, revision 6.6");
        OneOwner owner = changed(updated);
        owner.ask(OneOwner.OPERATOR, new Command.EndQuarantine(OneOwner.KEY, "updated by us"));
        owner.done(new HardwareResult.Detached());
        owner.done(new HardwareResult.Read(new RouteReading.Unbound(OneOwner.EPOCH)));
        owner.done(wipe(updated));
        assertThat(owner.state()).isEqualTo(SliceState.FREE);
    }

    private static OneOwner changed(DeviceTold now) {
        OneOwner owner = wiping(GRANTED);
        owner.done(wipe(now));
        assertThat(owner.state()).isEqualTo(SliceState.QUARANTINED);
        return owner;
    }

    private static SliceRow wiped(DeviceTold before, DeviceTold after) {
        OneOwner owner = wiping(before);
        owner.done(wipe(after));
        return owner.row();
    }

    private static OneOwner wiping(DeviceTold before) {
        OneOwner owner = new OneOwner(granted(SliceState.ACTIVE, before));
        owner.ask(OneOwner.A, new Command.Release(OneOwner.LEASE, OneOwner.EPOCH));
        owner.done(new HardwareResult.Detached());
        owner.done(new HardwareResult.Read(new RouteReading.Unbound(OneOwner.EPOCH)));
        return owner;
    }

    private static SliceRow granted(SliceState state, DeviceTold told) {
        SliceRow row = OneOwner.row(state);
        Holding holding = row.holding().orElseThrow();
        return row.holding(holding.attached(ATTACHED, holding.deadlineMillis(), told));
    }

    private static HardwareResult wipe(DeviceTold after) {
        return new HardwareResult.Wiped(
                "zeroes", OneOwner.AMOUNT, OneOwner.AMOUNT, Optional.empty(), "device", 1, after, Optional.empty());
    }

    private static DeviceTold told(String lockState, String firmware) {
        return new DeviceTold(Optional.of(lockState), Optional.of(firmware));
    }
}
