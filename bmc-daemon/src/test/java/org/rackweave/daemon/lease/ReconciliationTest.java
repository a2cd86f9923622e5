package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rackweave.daemon.lease.OneOwner.A;
import static org.rackweave.daemon.lease.OneOwner.AMOUNT;
import static org.rackweave.daemon.lease.OneOwner.EPOCH;
import static org.rackweave.daemon.lease.OneOwner.KEY;
import static org.rackweave.daemon.lease.OneOwner.LEASE;
import static org.rackweave.daemon.lease.OneOwner.TERM;
import static org.rackweave.daemon.lease.OneOwner.restarted;
import static org.rackweave.daemon.lease.OneOwner.row;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.Allowance;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;

/** What a restart makes of each slice, from what the ledger and the hardware say of it. */
class ReconciliationTest {
    private static final RouteReading BOUND = new RouteReading.Bound("port-a", EPOCH);
    /** As hardware reads that was fenced when the slice was wiped last. */
    private static final RouteReading UNBOUND = new RouteReading.Unbound(new Epoch(3));

    private static final HardwareOrder BIND = new HardwareOrder.Bind("port-a");
    private static final HardwareOrder UNBIND = new HardwareOrder.Unbind();
    private static final HardwareOrder WIPE = new HardwareOrder.Sanitise();

    private static OneOwner same(SliceState state, RouteReading route) {
        return restarted(row(state), route, LeaseEvent.Boot.SAME);
    }

    private static OneOwner rebooted(SliceState state, RouteReading route) {
        return restarted(row(state), route, LeaseEvent.Boot.NEW);
    }

    private static void requireAt(OneOwner owner, SliceState state, HardwareOrder... orders) {
        assertThat(owner.state()).isEqualTo(state);
        assertThat(owner.all(Effect.Drive.class))
                .extracting(Effect.Drive::order)
                .containsExactly(orders);
    }

    @Test
    void whatIsAsTheLedgerSaysIsLeftAloneAndNothingIsWritten() {
        for (OneOwner owner : List.of(
                same(SliceState.FREE, UNBOUND),
                same(SliceState.RESERVED, UNBOUND),
                same(SliceState.ACTIVE, BOUND),
                same(SliceState.OVERDUE, BOUND),
                same(SliceState.QUARANTINED, UNBOUND))) {
            assertThat(owner.effects).as(owner.state().word()).isEmpty();
        }
    }

    @Test
    void whatWasBegunIsGoneOnWith() {
        requireAt(same(SliceState.CONFIGURING, BOUND), SliceState.CONFIGURING, BIND);
        requireAt(same(SliceState.CONFIGURING, UNBOUND), SliceState.CONFIGURING, BIND);
        requireAt(same(SliceState.FENCING, BOUND), SliceState.FENCING, UNBIND);
        requireAt(same(SliceState.SANITISING, UNBOUND), SliceState.SANITISING, WIPE);
        requireAt(same(SliceState.RECLAIMING, BOUND), SliceState.RECLAIMING, UNBIND);
    }

    @Test
    void aGrantIsGoneOnWithOnlyBeforeItsDeadlineAndNotAfterAReboot() {
        for (long late = -1; late <= 0; late++) {
            OneOwner owner = new OneOwner(row(SliceState.CONFIGURING));
            owner.now += TERM + late;
            owner.step(new LeaseEvent.Started(
                    LeaseEvent.Boot.SAME, List.of(owner.row().facts()), Map.of(KEY, UNBOUND)));
            if (late < 0) {
                requireAt(owner, SliceState.CONFIGURING, BIND);
            } else {
                requireAt(owner, SliceState.FENCING, UNBIND);
            }
        }
        OneOwner owner = rebooted(SliceState.CONFIGURING, UNBOUND);
        requireAt(owner, SliceState.FENCING, UNBIND);
        assertThat(owner.holding().end()).isEqualTo(End.FAILED);
        assertThat(owner.row().reason()).isEqualTo("nobody waits for this grant any more");
        assertThat(owner.audited()).containsExactly("daemon: slice.reconciled " + KEY);
        assertThat(owner.only(Effect.Audit.class).detail()).contains("fencing", "nobody waits");
    }

    @Test
    void aReservationLapsesOverAReboot() {
        OneOwner owner = rebooted(SliceState.RESERVED, UNBOUND);
        requireAt(owner, SliceState.FREE);
        assertThat(owner.row().reason()).contains("lapsed while this node was rebooted");
        assertThat(owner.audited()).containsExactly("daemon: slice.reconciled " + KEY);
    }

    @Test
    void aLeaseHasAFreshTermAfterARebootAsOftenAsThePolicySaysAndThenEnds() {
        OneOwner owner = rebooted(SliceState.ACTIVE, BOUND);
        requireAt(owner, SliceState.ACTIVE);
        assertThat(owner.holding().deadlineMillis()).isEqualTo(owner.now + 10_100);
        assertThat(owner.holding().rebootGraces()).isEqualTo(1);
        assertThat(owner.audited()).as("it is where it was").isEmpty();
        OneOwner again = restarted(owner.row(), BOUND, LeaseEvent.Boot.NEW);
        requireAt(again, SliceState.FENCING, UNBIND);
        assertThat(again.holding().end()).isEqualTo(End.EXPIRED);
    }

    @Test
    void aRevocationKeepsItsGraceOverARestartAndIsOverAfterAReboot() {
        SliceRow revoked = row(SliceState.RECLAIMING, End.REVOKED, ForcedEndEffect.TOLERATED);
        OneOwner restarted = restarted(revoked, BOUND, LeaseEvent.Boot.SAME);
        requireAt(restarted, SliceState.RECLAIMING);
        assertThat(restarted.holding().deadlineMillis()).isEqualTo(restarted.now + TERM);
        requireAt(restarted(revoked, BOUND, LeaseEvent.Boot.NEW), SliceState.FENCING, UNBIND);
    }

    @Test
    void aRouteThatIsGoneEndsItsLease() {
        for (SliceState state : List.of(SliceState.ACTIVE, SliceState.OVERDUE)) {
            OneOwner owner = same(state, UNBOUND);
            requireAt(owner, SliceState.FENCING, UNBIND);
            assertThat(owner.row().reason()).isEqualTo("its route was gone when this node started");
        }
    }

    @Test
    void whatCannotBeReadOrLeadsToAStrangerIsQuarantinedAndPeopleReadWhy() {
        for (SliceState state : SliceState.values()) {
            if (state == SliceState.QUARANTINED) {
                continue;
            }
            OneOwner unreadable = same(state, new RouteReading.Unreadable("busy"));
            requireAt(unreadable, SliceState.QUARANTINED);
            assertThat(unreadable.row().reason()).isEqualTo("its route cannot be read: busy");
            OneOwner stranger = same(state, new RouteReading.Bound("port-x", EPOCH));
            requireAt(stranger, SliceState.QUARANTINED);
            assertThat(stranger.row().reason()).contains("bound to port-x (epoch 4)", "end the quarantine");
        }
    }

    @Test
    void aRouteWithoutAnEpochIsBelievedOnlyWhereSomethingMayBeBound() {
        RouteReading route = new RouteReading.Bound("port-a", Epoch.NONE);
        for (SliceState state : SliceState.values()) {
            boolean mayBe =
                    switch (state) {
                        case CONFIGURING, ACTIVE, OVERDUE, RECLAIMING, FENCING -> true;
                        case FREE, RESERVED, SANITISING, QUARANTINED -> false;
                    };
            assertThat(same(state, route).state() == SliceState.QUARANTINED)
                    .as(state.word())
                    .isEqualTo(!mayBe);
        }
    }

    @Test
    void aReservationWhoseEpochTheHardwareHasIsOfAnOlderLedger() {
        requireAt(same(SliceState.RESERVED, new RouteReading.Unbound(EPOCH)), SliceState.SANITISING, WIPE);
        requireAt(same(SliceState.RESERVED, new RouteReading.Unbound(Epoch.NONE)), SliceState.RESERVED);
    }

    @Test
    void whatIsLoadedThoughNobodyAskedIsWiped() {
        RouteReading loaded = new RouteReading.Unbound(new Epoch(3), Optional.of("aes.bit"));
        for (SliceState state : List.of(SliceState.FREE, SliceState.RESERVED)) {
            OneOwner owner = same(state, loaded);
            requireAt(owner, SliceState.SANITISING, WIPE);
            assertThat(owner.row().reason()).contains("something is loaded that nobody asked for");
            assertThat(owner.row().holding()).isEmpty();
        }
        requireAt(same(SliceState.CONFIGURING, loaded), SliceState.CONFIGURING, BIND);
    }

    @Test
    void whatIsSeenForTheFirstTimeIsWipedAndThenOfferedAboveTheFloor() {
        LeasePolicy policy = OneOwner.POLICY.with(
                new LendingRules(Map.of(ResourceKind.MEMORY, 4L), Map.of(), Map.of(), Map.of(), 8), LinePolicy.USUAL);
        LeaseCore core = new LeaseCore(OneOwner.OWNER, policy, List.of());
        SliceFacts facts = OneOwner.facts(ForcedEndEffect.TOLERATED, FenceKind.HARDWARE_EPOCH);
        List<Effect> effects = new ArrayList<>(
                core.step(new LeaseEvent.Started(LeaseEvent.Boot.NEW, List.of(facts), Map.of(KEY, UNBOUND)), 0));
        assertThat(effects)
                .anyMatch(effect -> effect instanceof Effect.Audit audit
                        && audit.action().equals("slice.reconciled")
                        && audit.detail().contains("first seen"));
        Effect.Drive wipe = effects.stream()
                .filter(Effect.Drive.class::isInstance)
                .map(Effect.Drive.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(wipe.epoch()).as("what the hardware holds").isEqualTo(new Epoch(3));
        core.step(
                new LeaseEvent.HardwareDone(
                        KEY, wipe.epoch(), wipe.order(), new HardwareResult.Wiped("zeroes", AMOUNT, AMOUNT)),
                0);
        assertThat(core.slices().get(0).state()).isEqualTo(SliceState.FREE);
        assertThat(core.capacities())
                .as("the slice is larger than what the floor leaves")
                .containsExactly(new NodeView.Capacity(ResourceKind.MEMORY, AMOUNT, 0, 0));
        assertThat(core.allowances(A.id())).containsExactly(new Allowance(ResourceKind.MEMORY, 4));
    }

    @Test
    void hardwareThatIsNotThereIsQuarantinedOnce() {
        OneOwner owner = new OneOwner(SliceState.ACTIVE);
        owner.step(new LeaseEvent.Started(LeaseEvent.Boot.SAME, List.of(), Map.of()));
        assertThat(owner.state()).isEqualTo(SliceState.QUARANTINED);
        assertThat(owner.row().reason()).contains("its hardware is not there");
        assertThat(owner.audited()).containsExactly("daemon: slice.reconciled " + KEY);
    }

    @Test
    void aLeaseIsShownAsItIsHeld() {
        OneOwner owner = same(SliceState.ACTIVE, BOUND);
        List<LeaseView> leases = owner.core().leases(owner.now + 1);
        assertThat(leases).hasSize(1);
        assertThat(leases.get(0).id()).isEqualTo(LEASE);
        assertThat(leases.get(0).remainingMillis()).isEqualTo(TERM - 1);
        assertThat(new OneOwner(SliceState.FREE).core().leases(0)).isEmpty();
        assertThat(owner.holding().renewal()).isZero();
        owner.ask(A, new Command.Renew(LEASE, EPOCH, 7));
        assertThat(owner.holding().renewal()).isEqualTo(7);
    }

    @Test
    void looksGoRoundAndRestWhereThereIsNothingToLookAt() {
        OneOwner owner = same(SliceState.FENCING, BOUND);
        long round = OneOwner.POLICY.routeLookMillis();
        long hangs = owner.now + OneOwner.POLICY.hardwareLimitMillis();
        assertThat(owner.core().nextDeadline()).hasValue(Math.min(owner.now + round, hangs));
        for (int i = 0; i < 3 && owner.core().nextDeadline().isPresent(); i++) {
            owner.tickAt(owner.core().nextDeadline().orElseThrow());
            assertThat(owner.core().nextDeadline().orElse(Long.MAX_VALUE))
                    .as("never a deadline that is past")
                    .isGreaterThan(owner.now);
        }
    }

    @Test
    void thePolicyTakesItsNumbersToTheEdgeAndNoneBeyond() {
        policy(1, 1, 1, 1, 0, 0, 1, 1);
        policy(1, 2, 1, 1, 50, 0, 1, 1);
        for (int[] each : List.of(
                new int[] {0, 1, 1, 1, 0, 0, 1, 1},
                new int[] {2, 1, 1, 1, 0, 0, 1, 1},
                new int[] {1, 1, 0, 1, 0, 0, 1, 1},
                new int[] {1, 1, 1, 0, 0, 0, 1, 1},
                new int[] {1, 1, 1, 1, -1, 0, 1, 1},
                new int[] {1, 1, 1, 1, 51, 0, 1, 1},
                new int[] {1, 1, 1, 1, 0, -1, 1, 1},
                new int[] {1, 1, 1, 1, 0, 0, 0, 1},
                new int[] {1, 1, 1, 1, 0, 0, 1, 0})) {
            assertThatThrownBy(() -> policy(each)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static LeasePolicy policy(int... n) {
        return new LeasePolicy(n[0], n[1], n[2], n[3], n[4], 9, n[5], n[6], n[7]);
    }

    @Test
    void anOwnersDeadlineIsLongerByTheDriftAndRoundedUp() {
        assertThat(OneOwner.POLICY.ownerDeadline(5, 100)).isEqualTo(5 + 100 + 1);
        assertThat(OneOwner.POLICY.ownerDeadline(5, 101)).isEqualTo(5 + 101 + 2);
        assertThat(OneOwner.POLICY.ownerDeadline(5, 1)).isEqualTo(5 + 1 + 1);
    }
}
