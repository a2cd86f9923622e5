package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WipeCertificate;

/** What an owner does in places that are rare. */
class LeaseCoreTest {
    private static final LeasePolicy POLICY = new LeasePolicy(1_000, 60_000, 2_000, 1_500, 1, 9, 1, 30_000);
    private static final String KEY = "mem0";
    private static final Principal A = new Principal("a", new NodeId(1, 1), Role.NODE, Optional.empty());
    private static final Principal OPERATOR = new Principal("op", new NodeId(3, 3), Role.OPERATOR, Optional.empty());
    private static final LeaseId LEASE = new LeaseId(5, 5);

    private final Map<String, SliceRow> disk = new HashMap<>();
    private final List<Effect.Drive> driven = new ArrayList<>();
    private long now = 1_000_000;

    @Test
    void anOlderCopyOfTheLedgerDoesNotLendWhatOthersWroteSince() {
        for (SliceState state : SliceState.values()) {
            driven.clear();
            SliceRow stored = row(state, 4);
            LeaseCore core = new LeaseCore(new NodeId(9, 9), POLICY, List.of(stored));
            start(core, LeaseEvent.Boot.SAME, new RouteReading.Unbound(new Epoch(7)));
            assertThat(disk.get(KEY).epoch()).as(state.word()).isEqualTo(new Epoch(7));
            assertThat(disk.get(KEY).state())
                    .as(state.word())
                    .isIn(SliceState.SANITISING, SliceState.FENCING, SliceState.QUARANTINED);
        }
    }

    @Test
    void aFenceThatNoWipeFollowedIsNotOfferedThoughItsEpochIsKnown() {
        for (long wiped = 3; wiped <= 4; wiped++) {
            SliceRow free = new SliceRow(
                    facts(KEY),
                    SliceState.FREE,
                    new Epoch(4),
                    Optional.empty(),
                    Optional.of(new WipeCertificate("overwrite", 1, 1, new Epoch(wiped))),
                    "");
            LeaseCore core = new LeaseCore(new NodeId(9, 9), POLICY, List.of(free));
            start(core, LeaseEvent.Boot.SAME, new RouteReading.Unbound(new Epoch(4)));
            assertThat(core.slices().get(0).state())
                    .as("wiped in epoch %d", wiped)
                    .isEqualTo(wiped == 4 ? SliceState.FREE : SliceState.SANITISING);
        }
    }

    @Test
    void anOlderCopyOfTheLedgerDoesNotTakeALaterRouteForItsOwn() {
        for (SliceState state : List.of(SliceState.CONFIGURING, SliceState.ACTIVE, SliceState.OVERDUE)) {
            LeaseCore core = new LeaseCore(new NodeId(9, 9), POLICY, List.of(row(state, 4)));
            start(core, LeaseEvent.Boot.SAME, new RouteReading.Bound("a", new Epoch(7)));
            assertThat(disk.get(KEY).state()).as(state.word()).isEqualTo(SliceState.QUARANTINED);
            assertThat(disk.get(KEY).epoch()).isEqualTo(new Epoch(7));
        }
    }

    @Test
    void theEndOfAQuarantineWithoutAHolderGoesOnAfterARestart() {
        SliceRow fencing = new SliceRow(
                facts(KEY), SliceState.FENCING, new Epoch(4), Optional.empty(), Optional.empty(), "declared sound");
        LeaseCore core = new LeaseCore(new NodeId(9, 9), POLICY, List.of(fencing));
        start(core, LeaseEvent.Boot.SAME, new RouteReading.Unbound(new Epoch(4)));
        assertThat(driven).extracting(Effect.Drive::order).containsExactly(new HardwareOrder.Unbind());
    }

    @Test
    void ordersThatWaitForTheirTurnAreNotTakenForHung() {
        List<SliceFacts> many =
                IntStream.range(0, 10).mapToObj(i -> facts("mem" + i)).toList();
        Map<String, RouteReading> routes = new HashMap<>();
        many.forEach(slice -> routes.put(slice.key(), new RouteReading.Unbound(Epoch.NONE)));
        LeaseCore core = new LeaseCore(new NodeId(9, 9), POLICY, List.of());
        step(core, new LeaseEvent.Started(LeaseEvent.Boot.NEW, many, routes));
        List<Effect.Drive> queue = List.copyOf(driven);
        assertThat(queue).hasSize(10);
        for (Effect.Drive wipe : queue) {
            // One worker: each wipe takes most of what one may take, all together much more.
            now += POLICY.hardwareLimitMillis() - 1;
            step(core, new LeaseEvent.Tick());
            step(
                    core,
                    new LeaseEvent.HardwareDone(
                            wipe.sliceKey(), wipe.epoch(), wipe.order(), new HardwareResult.Wiped("test", 1, 1)));
        }
        assertThat(disk.values()).extracting(SliceRow::state).containsOnly(SliceState.FREE);
    }

    @Test
    void anOrderThatHangsIsStillFound() {
        LeaseCore core = new LeaseCore(new NodeId(9, 9), POLICY, List.of());
        start(core, LeaseEvent.Boot.NEW, new RouteReading.Unbound(Epoch.NONE));
        now = core.nextDeadline().orElseThrow();
        step(core, new LeaseEvent.Tick());
        assertThat(disk.get(KEY).state()).isEqualTo(SliceState.QUARANTINED);
    }

    @Test
    void aHugeGraceDoesNotEndAtOnce() {
        LeaseCore core = new LeaseCore(new NodeId(9, 9), POLICY, List.of(row(SliceState.ACTIVE, 4)));
        step(
                core,
                new LeaseEvent.Asked(OPERATOR, "", new Command.Revoke(LEASE, Long.MAX_VALUE, "whenever it suits"), 1));
        assertThat(disk.get(KEY).state()).isEqualTo(SliceState.RECLAIMING);
        now += 59_000;
        step(core, new LeaseEvent.Tick());
        assertThat(disk.get(KEY).state()).isEqualTo(SliceState.RECLAIMING);
    }

    @Test
    void rebootsAreCountedFromTheNewestRenewal() {
        LeaseCore core = new LeaseCore(new NodeId(9, 9), POLICY, List.of(row(SliceState.ACTIVE, 4)));
        RouteReading bound = new RouteReading.Bound("a", new Epoch(4));
        for (int reboot = 1; reboot <= 5; reboot++) {
            now = 20_000L + reboot;
            start(core, LeaseEvent.Boot.NEW, bound);
            assertThat(disk.get(KEY).state()).as("reboot " + reboot).isEqualTo(SliceState.ACTIVE);
            // Each time the borrower renews: it lives, and its loan must not be hurt by a firmware update.
            step(core, new LeaseEvent.Asked(A, "a", new Command.Renew(LEASE, new Epoch(4), reboot), 1));
            core = new LeaseCore(new NodeId(9, 9), POLICY, disk.values());
        }
        for (int reboot = 0; reboot < 2; reboot++) {
            core = new LeaseCore(new NodeId(9, 9), POLICY, disk.values());
            start(core, LeaseEvent.Boot.NEW, bound);
        }
        assertThat(disk.get(KEY).state()).as("nobody renewed between them").isEqualTo(SliceState.FENCING);
    }

    // ---- the rig ---------------------------------------------------------------------------------------------------

    private void start(LeaseCore core, LeaseEvent.Boot boot, RouteReading route) {
        step(core, new LeaseEvent.Started(boot, List.of(facts(KEY)), Map.of(KEY, route)));
    }

    private void step(LeaseCore core, LeaseEvent event) {
        for (Effect effect : core.step(event, now)) {
            if (effect instanceof Effect.SaveSlice save) {
                disk.put(save.row().key(), save.row());
            } else if (effect instanceof Effect.Drive drive) {
                driven.add(drive);
            }
        }
    }

    private static SliceFacts facts(String key) {
        return new SliceFacts(
                key, ResourceKind.MEMORY, 1, Set.of(), ForcedEndEffect.TOLERATED, FenceKind.HARDWARE_EPOCH);
    }

    private SliceRow row(SliceState state, long epoch) {
        Holding holding = new Holding(
                LEASE,
                new LoanId(1, 1),
                A.id(),
                "a",
                0,
                Optional.empty(),
                Term.promised(10_000, now + 10_000),
                Optional.empty());
        return new SliceRow(
                facts(KEY),
                state,
                new Epoch(epoch),
                state == SliceState.FREE ? Optional.empty() : Optional.of(holding),
                Optional.of(new WipeCertificate("test", 1, 1, new Epoch(3))),
                "");
    }
}
