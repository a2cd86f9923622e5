package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WipeCertificate;

/** An owner looks at its routes, and sees what it did not order. */
class RouteRoundsTest {
    private static final long ROUND_MILLIS = 9_000;
    private static final LeasePolicy POLICY =
            new LeasePolicy(1_000, 60_000, 2_000, 1_500, 1, 9, 1, 30_000, ROUND_MILLIS);

    private final Map<String, SliceRow> disk = new TreeMap<>();
    private final List<Effect.Drive> driven = new ArrayList<>();
    private long now = 10_000;

    @Test
    void everyRouteIsLookedAtOnceInARound() {
        LeaseCore core = started(row("a", SliceState.FREE), row("b", SliceState.ACTIVE), row("c", SliceState.FREE));
        long end = now + ROUND_MILLIS;
        while (now < end) {
            now = core.nextDeadline().orElseThrow();
            step(core, new LeaseEvent.Tick());
            Effect.Drive look = driven.get(driven.size() - 1);
            step(core, done(look, as(disk.get(look.sliceKey()))));
        }
        assertThat(driven).extracting(Effect.Drive::sliceKey).containsExactly("a", "b", "c");
        assertThat(disk.values()).extracting(SliceRow::state).doesNotContain(SliceState.QUARANTINED);
    }

    @Test
    void asLongAsALookIsOutThereIsNoOther() {
        LeaseCore core = started(row("a", SliceState.FREE), row("b", SliceState.FREE));
        look(core);
        now += 10 * ROUND_MILLIS;
        step(core, new LeaseEvent.Tick());
        assertThat(driven).hasSize(1);
    }

    @Test
    void whereNothingIsStillTheNextLookIsAPauseAwayAndNotDueAtOnce() {
        LeaseCore core = started(row("a", SliceState.FENCING));
        look(core);
        assertThat(core.nextDeadline()).hasValue(now + ROUND_MILLIS);
    }

    @Test
    void whatSomebodyElseMovedIsQuarantined() {
        RouteReading unbound = new RouteReading.Unbound(new Epoch(4));
        RouteReading stranger = new RouteReading.Bound("stranger", Epoch.NONE);
        RouteReading newer = new RouteReading.Unbound(new Epoch(9));
        assertThat(seen(SliceState.ACTIVE, unbound)).isEqualTo(SliceState.QUARANTINED);
        assertThat(seen(SliceState.ACTIVE, stranger)).isEqualTo(SliceState.QUARANTINED);
        assertThat(seen(SliceState.OVERDUE, unbound)).isEqualTo(SliceState.QUARANTINED);
        assertThat(seen(SliceState.FREE, stranger)).isEqualTo(SliceState.QUARANTINED);
        assertThat(seen(SliceState.FREE, newer)).isEqualTo(SliceState.QUARANTINED);
        assertThat(disk.get("a").epoch())
                .as("orders of its own must not be too old")
                .isEqualTo(new Epoch(9));
        assertThat(seen(SliceState.RESERVED, stranger)).isEqualTo(SliceState.QUARANTINED);
    }

    @Test
    void whatWasLoadedBehindItsOwnersBackIsNotOffered() {
        RouteReading loaded = new RouteReading.Unbound(Epoch.NONE, Optional.of("old.bit"));
        for (SliceState offered : List.of(SliceState.FREE, SliceState.RESERVED)) {
            assertThat(seen(offered, loaded)).isEqualTo(SliceState.QUARANTINED);
            assertThat(disk.get("a").reason()).contains("loaded with old.bit");
        }
    }

    @Test
    void aRouteThatCannotBeReadEndsNoLoanAndIsNotOffered() {
        RouteReading unreadable = new RouteReading.Unreadable("busy");
        assertThat(seen(SliceState.ACTIVE, unreadable)).isEqualTo(SliceState.ACTIVE);
        assertThat(seen(SliceState.OVERDUE, unreadable)).isEqualTo(SliceState.OVERDUE);
        assertThat(seen(SliceState.FREE, unreadable)).isEqualTo(SliceState.QUARANTINED);
    }

    @Test
    void whatIsAsItShouldBeIsLeftAlone() {
        assertThat(seen(SliceState.ACTIVE, new RouteReading.Bound("host", new Epoch(4))))
                .isEqualTo(SliceState.ACTIVE);
        assertThat(seen(SliceState.RESERVED, new RouteReading.Unbound(new Epoch(3))))
                .isEqualTo(SliceState.RESERVED);
        assertThat(seen(SliceState.RESERVED, new RouteReading.Unbound(Epoch.NONE)))
                .as("hardware that holds no epoch")
                .isEqualTo(SliceState.RESERVED);
    }

    @Test
    void aReservationThatTheHardwareHasPassedIsAnOlderLedgers() {
        assertThat(seen(SliceState.RESERVED, new RouteReading.Unbound(new Epoch(4))))
                .isEqualTo(SliceState.QUARANTINED);
    }

    @Test
    void whatIsQuarantinedOnlyLearnsOfNewerEpochs() {
        seen(SliceState.QUARANTINED, new RouteReading.Bound("stranger", new Epoch(3)));
        assertThat(disk.get("a").reason()).isEmpty();
        seen(SliceState.QUARANTINED, new RouteReading.Bound("stranger", new Epoch(7)));
        assertThat(disk.get("a").epoch()).isEqualTo(new Epoch(7));
        assertThat(disk.get("a").reason()).contains("stranger");
    }

    @Test
    void hardwareThatIsBoundWhenFirstSeenAndHardwareThatIsGoneAreQuarantined() {
        SliceRow gone = row("gone", SliceState.FREE);
        disk.put("gone", gone);
        SliceFacts found = row("found", SliceState.FREE).facts();
        LeaseCore core = new LeaseCore(new NodeId(9, 9), POLICY, List.of(gone));
        step(
                core,
                new LeaseEvent.Started(
                        LeaseEvent.Boot.SAME,
                        List.of(found),
                        Map.of("found", new RouteReading.Bound("stranger", Epoch.NONE))));
        assertThat(disk.get("gone").state()).isEqualTo(SliceState.QUARANTINED);
        assertThat(disk.get("found").state()).isEqualTo(SliceState.QUARANTINED);
        assertThat(disk.get("found").reason()).contains("stranger");
    }

    @Test
    void aLookThatTheLedgerRefusedIsTakenAgain() {
        LeaseCore core = started(row("a", SliceState.FREE));
        LeaseCore.Mark before = core.mark();
        look(core);
        core.back(before);
        look(core);
        assertThat(driven).hasSize(2);
    }

    private SliceState seen(SliceState state, RouteReading route) {
        disk.clear();
        LeaseCore core = started(row("a", state));
        look(core);
        step(core, done(driven.get(driven.size() - 1), route));
        return disk.get("a").state();
    }

    private void look(LeaseCore core) {
        now += ROUND_MILLIS;
        step(core, new LeaseEvent.Tick());
    }

    private LeaseCore started(SliceRow... rows) {
        Map<String, RouteReading> routes = new TreeMap<>();
        List<SliceFacts> facts = new ArrayList<>();
        for (SliceRow row : rows) {
            disk.put(row.key(), row);
            facts.add(row.facts());
            routes.put(row.key(), as(row));
        }
        LeaseCore core = new LeaseCore(new NodeId(9, 9), POLICY, disk.values());
        step(core, new LeaseEvent.Started(LeaseEvent.Boot.SAME, facts, routes));
        driven.clear();
        return core;
    }

    private static RouteReading as(SliceRow row) {
        return row.state() == SliceState.ACTIVE || row.state() == SliceState.OVERDUE
                ? new RouteReading.Bound("host", row.epoch())
                : new RouteReading.Unbound(new Epoch(3));
    }

    private static LeaseEvent.HardwareDone done(Effect.Drive look, RouteReading route) {
        return new LeaseEvent.HardwareDone(look.sliceKey(), look.epoch(), look.order(), new HardwareResult.Read(route));
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

    private SliceRow row(String key, SliceState state) {
        Holding holding = new Holding(
                new LeaseId(1, key.charAt(0)),
                new LoanId(1, 1),
                new NodeId(1, 1),
                "host",
                0,
                Optional.empty(),
                new Term(10_000, now + 100_000, 0, End.NOT_ENDING, 0),
                Optional.empty());
        SliceFacts facts =
                new SliceFacts(key, ResourceKind.MEMORY, 1, Set.of(), ForcedEndEffect.FATAL, FenceKind.HARDWARE_EPOCH);
        return new SliceRow(
                facts,
                state,
                new Epoch(4),
                state == SliceState.FREE ? Optional.empty() : Optional.of(holding),
                Optional.of(new WipeCertificate("test", 1, 1, new Epoch(3))),
                "");
    }
}
