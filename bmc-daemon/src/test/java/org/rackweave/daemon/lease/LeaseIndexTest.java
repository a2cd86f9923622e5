package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

/** What an owner finds by its indices is what it would find by looking at every slice, also after going back. */
class LeaseIndexTest {
    private static final int SEEDS = Integer.getInteger("rackweave.tries", 40);
    private static final LeasePolicy POLICY =
            new LeasePolicy(1_000, 60_000, 2_000, 1_500, 1, 9, 1, 5_000, Long.MAX_VALUE / 4);
    private static final Principal PEER = new Principal("a", new NodeId(1, 1), Role.NODE, Optional.empty());
    private static final Principal OPERATOR = new Principal("op", new NodeId(3, 3), Role.OPERATOR, Optional.empty());
    private static final int SLICES = 12;

    private final Map<String, SliceRow> rows = new HashMap<>();
    private final List<Effect.Drive> driven = new ArrayList<>();
    private long now = 1_000_000;
    private long workerReturned = Long.MIN_VALUE;
    private final Map<String, Long> ordered = new HashMap<>();

    @Test
    void indicesAgreeWithTheSlices() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            rows.clear();
            driven.clear();
            ordered.clear();
            workerReturned = Long.MIN_VALUE;
            LeaseCore core = started(random);
            for (int i = 0; i < 300; i++) {
                step(core, event(random, core));
                agree(core, "seed " + seed + ", step " + i);
            }
        }
    }

    @Test
    void goingBackTakesTheIndicesBackToo() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            rows.clear();
            driven.clear();
            LeaseCore core = started(random);
            for (int i = 0; i < 30; i++) {
                step(core, event(random, core));
            }
            LeaseCore.Mark mark = core.mark();
            List<SliceView> slices = core.slices();
            List<NodeView.Capacity> capacities = core.capacities();
            OptionalLong deadline = core.nextDeadline();
            for (int i = 0; i < 30; i++) {
                step(core, event(random, core));
            }
            List<SliceView> later = core.slices();
            core.back(mark);
            assertThat(later).as("something has changed").isNotEqualTo(slices);
            assertThat(core.slices()).isEqualTo(slices);
            assertThat(core.capacities()).isEqualTo(capacities);
            assertThat(core.nextDeadline()).isEqualTo(deadline);
            slices.forEach(slice -> slice.lease()
                    .ifPresent(lease -> assertThat(core.lease(lease, now)).isPresent()));
        }
    }

    private LeaseCore started(Random random) {
        List<SliceFacts> facts = new ArrayList<>();
        Map<String, RouteReading> routes = new HashMap<>();
        for (int i = 0; i < SLICES; i++) {
            String key = "s" + i;
            facts.add(new SliceFacts(
                    key,
                    i % 3 == 0 ? ResourceKind.FUNCTION : ResourceKind.MEMORY,
                    1 + random.nextInt(4),
                    Set.of(),
                    i % 4 == 0 ? ForcedEndEffect.FATAL : ForcedEndEffect.TOLERATED,
                    FenceKind.ROUTE_READBACK));
            routes.put(key, new RouteReading.Unbound(Epoch.NONE));
        }
        LeaseCore core = new LeaseCore(new NodeId(9, 9), POLICY, List.of());
        step(core, new LeaseEvent.Started(LeaseEvent.Boot.NEW, facts, routes));
        return core;
    }

    private LeaseEvent event(Random random, LeaseCore core) {
        now += random.nextInt(3) == 0 ? random.nextInt(1_500) : 0;
        if (!driven.isEmpty() && random.nextInt(10) < 5) {
            return done(driven.remove(random.nextInt(driven.size())), random);
        }
        String key = "s" + random.nextInt(SLICES);
        Optional<LeaseView> held = core.leases(now).stream()
                .filter(l -> l.slice().key().equals(key))
                .findFirst();
        if (held.isEmpty()) {
            LeaseId drawn = new LeaseId(random.nextLong(), random.nextInt(4));
            return asked(
                    PEER, new Command.Reserve(drawn, new LoanId(1, 1), key, 2_000, 0, ForcedEndEffect.FATAL), random);
        }
        LeaseId lease = held.get().id();
        Epoch epoch = held.get().epoch();
        return switch (random.nextInt(6)) {
            case 0, 1 -> asked(PEER, new Command.Commit(lease, epoch), random);
            case 2 -> asked(PEER, new Command.Renew(lease, epoch, now), random);
            case 3 -> asked(PEER, new Command.Release(lease, epoch), random);
            case 4 -> asked(OPERATOR, new Command.Revoke(lease, 700, "test"), random);
            default -> asked(OPERATOR, new Command.EndQuarantine(key, "test"), random);
        };
    }

    private static LeaseEvent asked(Principal peer, Command command, Random random) {
        return new LeaseEvent.Asked(peer, peer.name(), command, random.nextLong());
    }

    private static LeaseEvent done(Effect.Drive drive, Random random) {
        HardwareResult result = random.nextInt(8) == 0 ? new HardwareResult.Refused("told to") : truth(drive);
        return new LeaseEvent.HardwareDone(drive.sliceKey(), drive.epoch(), drive.order(), result);
    }

    private static HardwareResult truth(Effect.Drive drive) {
        if (drive.order() instanceof HardwareOrder.Bind) {
            return new HardwareResult.Attached(new Attachment("test", "/x", 1));
        } else if (drive.order() instanceof HardwareOrder.Unbind) {
            return new HardwareResult.Detached();
        } else if (drive.order() instanceof HardwareOrder.Sanitise) {
            return new HardwareResult.Wiped("test", 4, 4);
        }
        return new HardwareResult.Read(new RouteReading.Unbound(drive.epoch()));
    }

    private void step(LeaseCore core, LeaseEvent event) {
        if (event instanceof LeaseEvent.HardwareDone done) {
            workerReturned = now;
            ordered.remove(done.sliceKey());
        }
        for (Effect effect : core.step(event, now)) {
            if (effect instanceof Effect.SaveSlice save) {
                rows.put(save.row().key(), save.row());
                if (save.row().state() == SliceState.QUARANTINED) {
                    ordered.remove(save.row().key());
                }
            } else if (effect instanceof Effect.Drive drive) {
                driven.add(drive);
                ordered.put(drive.sliceKey(), now);
            }
        }
    }

    private void agree(LeaseCore core, String when) {
        assertThat(core.slices()).as(when).hasSize(SLICES);
        for (ResourceKind kind : List.of(ResourceKind.MEMORY, ResourceKind.FUNCTION)) {
            List<SliceView> all =
                    core.slices().stream().filter(s -> s.kind() == kind).toList();
            List<Long> free = all.stream()
                    .filter(s -> s.state() == SliceState.FREE)
                    .map(SliceView::amount)
                    .toList();
            assertThat(core.capacities())
                    .as(when)
                    .contains(new NodeView.Capacity(
                            kind,
                            all.stream().mapToLong(SliceView::amount).sum(),
                            free.stream().mapToLong(Long::longValue).sum(),
                            free.stream().mapToLong(Long::longValue).max().orElse(0)));
        }
        for (SliceRow row : rows.values()) {
            row.holding().ifPresent(holding -> assertThat(core.lease(holding.lease(), now)
                            .map(lease -> lease.slice().key()))
                    .as(when)
                    .contains(row.key()));
        }
        long earliest =
                rows.values().stream().mapToLong(SliceRow::endMillis).min().orElse(Long.MAX_VALUE);
        for (long since : ordered.values()) {
            earliest = Math.min(earliest, Math.max(since, workerReturned) + POLICY.hardwareLimitMillis());
        }
        long next = core.nextDeadline().orElse(Long.MAX_VALUE);
        // The next look at a route is a thousand years away, and no deadline of a slice.
        assertThat(next > POLICY.routeLookMillis() / (2 * SLICES) ? Long.MAX_VALUE : next)
                .as(when)
                .isEqualTo(earliest);
    }
}
