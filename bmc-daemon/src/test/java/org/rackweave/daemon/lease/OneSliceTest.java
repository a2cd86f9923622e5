package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WipeCertificate;

/** One slice, two borrowers, an operator, every event in every order: the whole world of the owner, to a depth. */
class OneSliceTest {
    private static final int DEPTH = Integer.getInteger("rackweave.depth", 5);
    private static final LeasePolicy POLICY = new LeasePolicy(1_000, 60_000, 2_000, 1_500, 1, 9, 1, 30_000)
            .with(LendingRules.NONE, new LinePolicy(9_000, 3_000, 3_000, 500, 2, 1, 0));
    private static final String KEY = "mem0";
    private static final String BITSTREAM = "aes-gcm-v2.bit";
    private static final Principal A = new Principal("a", new NodeId(1, 1), Role.NODE, Optional.empty());
    private static final Principal B = new Principal("b", new NodeId(2, 2), Role.NODE, Optional.empty());
    private static final Principal OPERATOR = new Principal("op", new NodeId(3, 3), Role.OPERATOR, Optional.empty());

    /** At a higher priority than anybody reserves at. */
    private static final Requirement WISH = new Requirement(
            ResourceKind.MEMORY, 1, Optional.empty(), 2_000, 5, ForcedEndEffect.FATAL, Optional.empty(), 1);

    private enum Act {
        A_RESERVES,
        B_RESERVES,
        A_COMMITS,
        B_COMMITS,
        A_RENEWS,
        A_RELEASES,
        B_RELEASES,
        B_WANTS,
        OPERATOR_REVOKES,
        OPERATOR_ENDS_QUARANTINE,
        HARDWARE_DOES,
        HARDWARE_REFUSES,
        HARDWARE_DOES_AND_DOES_NOT_SAY,
        HARDWARE_DOES_NOTHING_AND_DOES_NOT_SAY,
        TIME_PASSES,
        A_DEAD_PROCESS_WIPES,
        DAEMON_RESTARTS,
        CARD_REBOOTS
    }

    private final Set<SliceState> reached = EnumSet.noneOf(SliceState.class);
    private final Deque<Act> path = new ArrayDeque<>();
    private long worlds;

    @Test
    void noOrderOfEventsLendsTwiceOrUnwiped() {
        for (ForcedEndEffect forcedEnd : ForcedEndEffect.values()) {
            // From the three places where a loan is interesting, every continuation.
            explore(World.free(forcedEnd), DEPTH);
            explore(World.free(forcedEnd).after(Act.A_RESERVES, Act.A_COMMITS), DEPTH);
            explore(World.free(forcedEnd).after(Act.A_RESERVES, Act.A_COMMITS, Act.HARDWARE_DOES), DEPTH);
        }
        // The same of what is loaded before it is routed: there is one place more.
        World routing = World.loadable().after(Act.A_RESERVES, Act.A_COMMITS, Act.HARDWARE_DOES);
        explore(World.loadable(), DEPTH);
        explore(World.loadable().after(Act.A_RESERVES, Act.A_COMMITS), DEPTH);
        explore(routing, DEPTH);
        explore(routing.after(Act.HARDWARE_DOES), DEPTH);
        assertThat(reached).as("states that " + worlds + " worlds reached").isEqualTo(EnumSet.allOf(SliceState.class));
    }

    private void explore(World world, int depth) {
        worlds++;
        reached.add(world.row().state());
        try {
            world.invariants();
        } catch (AssertionError e) {
            throw new AssertionError(path + ": " + e.getMessage() + " in " + world.row(), e);
        }
        if (depth == 0) {
            return;
        }
        for (Act act : Act.values()) {
            if (world.allows(act)) {
                path.addLast(act);
                explore(world.after(act), depth - 1);
                path.removeLast();
            }
        }
    }

    /** An immutable world: the owner's disk, its hardware, and what is under way. */
    private record World(
            SliceRow row,
            LeaseCore.@Nullable Mark mark,
            @Nullable String boundTo,
            long boundEpoch,
            String leftBy,
            String loaded,
            Optional<Effect.Drive> order,
            long now,
            long highestEpoch,
            List<WantRow> wants) {

        static World free(ForcedEndEffect forcedEnd) {
            return free(new SliceFacts(KEY, ResourceKind.MEMORY, 1, Set.of(), forcedEnd, FenceKind.HARDWARE_EPOCH));
        }

        static World loadable() {
            return free(new SliceFacts(
                    KEY,
                    ResourceKind.ACCELERATOR,
                    1,
                    Set.of(),
                    ForcedEndEffect.TOLERATED,
                    FenceKind.HARDWARE_EPOCH,
                    SlicePlace.UNKNOWN,
                    Set.of(BITSTREAM)));
        }

        private static World free(SliceFacts facts) {
            SliceRow row = new SliceRow(
                    facts,
                    SliceState.FREE,
                    new Epoch(4),
                    Optional.empty(),
                    Optional.of(new WipeCertificate("test", 1, 1, new Epoch(4))),
                    "");
            return new World(row, null, null, 4, "", "", Optional.empty(), 1_000_000, 4, List.of());
        }

        World after(Act... acts) {
            World world = this;
            for (Act act : acts) {
                world = world.after(act);
            }
            return world;
        }

        boolean allows(Act act) {
            return switch (act) {
                case HARDWARE_DOES,
                        HARDWARE_REFUSES,
                        HARDWARE_DOES_AND_DOES_NOT_SAY,
                        HARDWARE_DOES_NOTHING_AND_DOES_NOT_SAY -> order.isPresent();
                // Only what was loaded can suffer from it.
                case A_DEAD_PROCESS_WIPES -> boundTo == null && !loaded.isEmpty();
                default -> true;
            };
        }

        World after(Act act) {
            LeaseCore core = new LeaseCore(new NodeId(9, 9), POLICY, List.of(row), wants);
            if (mark != null) {
                core.back(mark);
            }
            return switch (act) {
                case A_RESERVES -> {
                    boolean isKept = core.wants(now).stream()
                            .anyMatch(want -> want.place().coming() > 0);
                    Optional<String> configuration =
                            row.facts().configurations().stream().findFirst();
                    World next = stepped(core, asked(A, reserve(A, configuration)), now);
                    assertThat(isKept
                                    && row.state() == SliceState.FREE
                                    && next.row().state() == SliceState.RESERVED)
                            .as("reserved past whoever it is kept for")
                            .isFalse();
                    yield next;
                }
                case B_RESERVES -> stepped(core, asked(B, reserve(B, Optional.empty())), now);
                case A_COMMITS -> stepped(core, asked(A, new Command.Commit(lease(A), row.epoch())), now);
                case B_COMMITS -> stepped(core, asked(B, new Command.Commit(lease(B), row.epoch())), now);
                case A_RENEWS -> stepped(core, asked(A, new Command.Renew(lease(A), row.epoch(), now)), now);
                case A_RELEASES -> stepped(core, asked(A, new Command.Release(lease(A), row.epoch())), now);
                case B_WANTS -> {
                    World next = stepped(core, asked(B, new Command.Want(loan(B), WISH, 1)), now);
                    boolean isTaken =
                            row.state() == SliceState.ACTIVE && next.row().state() == SliceState.RECLAIMING;
                    assertThat(isTaken && LeaseBook.held(row).borrower().equals(B.id()))
                            .as("taken from itself, which has all that it wants")
                            .isFalse();
                    yield next;
                }
                case B_RELEASES -> stepped(core, asked(B, new Command.Release(lease(B), row.epoch())), now);
                case OPERATOR_REVOKES ->
                    stepped(
                            core,
                            asked(
                                    OPERATOR,
                                    new Command.Revoke(
                                            row.holding().map(Holding::lease).orElse(lease(A)), 500, "test")),
                            now);
                case OPERATOR_ENDS_QUARANTINE ->
                    stepped(core, asked(OPERATOR, new Command.EndQuarantine(KEY, "test")), now);
                case TIME_PASSES -> stepped(core, new LeaseEvent.Tick(), now + 2_500);
                case HARDWARE_DOES -> applied().answered(core, this, Optional.empty());
                case HARDWARE_REFUSES -> answered(core, this, Optional.of(new HardwareResult.Refused("told to")));
                case HARDWARE_DOES_AND_DOES_NOT_SAY ->
                    applied().answered(core, this, Optional.of(new HardwareResult.Unknown("told to")));
                case HARDWARE_DOES_NOTHING_AND_DOES_NOT_SAY ->
                    answered(core, this, Optional.of(new HardwareResult.Unknown("told to")));
                case A_DEAD_PROCESS_WIPES ->
                    new World(row, mark, null, boundEpoch, "", "", order, now, highestEpoch, wants);
                case DAEMON_RESTARTS -> restarted(LeaseEvent.Boot.SAME, now);
                case CARD_REBOOTS -> restarted(LeaseEvent.Boot.NEW, 5);
            };
        }

        private World restarted(LeaseEvent.Boot boot, long clock) {
            LeaseCore core = new LeaseCore(new NodeId(9, 9), POLICY, List.of(row), wants, Epoch.NONE);
            World idle = new World(
                    row, null, boundTo, boundEpoch, leftBy, loaded, Optional.empty(), clock, highestEpoch, wants);
            return idle.stepped(
                    core, new LeaseEvent.Started(boot, List.of(row.facts()), Map.of(KEY, reading())), clock);
        }

        private World answered(LeaseCore core, World before, Optional<HardwareResult> other) {
            Effect.Drive drive = before.order.orElseThrow();
            HardwareResult result = other.orElseGet(() -> truth(drive));
            World idle = new World(
                    row, mark, boundTo, boundEpoch, leftBy, loaded, Optional.empty(), now, highestEpoch, wants);
            return idle.stepped(core, new LeaseEvent.HardwareDone(KEY, drive.epoch(), drive.order(), result), now);
        }

        private HardwareResult truth(Effect.Drive drive) {
            if (drive.order() instanceof HardwareOrder.Load load) {
                return new HardwareResult.Loaded(load.configuration(), "0".repeat(64));
            } else if (drive.order() instanceof HardwareOrder.Bind) {
                return new HardwareResult.Attached(
                        new Attachment("file-window", "/x", 1),
                        Optional.of(loaded).filter(name -> !name.isEmpty()));
            } else if (drive.order() instanceof HardwareOrder.Unbind) {
                return new HardwareResult.Detached();
            } else if (drive.order() instanceof HardwareOrder.Sanitise) {
                return new HardwareResult.Wiped("test", 1, 1);
            }
            return new HardwareResult.Read(reading());
        }

        private RouteReading reading() {
            return boundTo == null
                    ? new RouteReading.Unbound(
                            new Epoch(boundEpoch), Optional.of(loaded).filter(name -> !name.isEmpty()))
                    : new RouteReading.Bound(boundTo, new Epoch(boundEpoch));
        }

        private World applied() {
            Effect.Drive drive = order.orElseThrow();
            if (drive.order() instanceof HardwareOrder.Load load) {
                assertThat(boundTo).as("loaded while bound").isNull();
                assertThat(loaded).as("loaded over").isIn("", load.configuration());
                return new World(
                        row, mark, null, boundEpoch, leftBy, load.configuration(), order, now, highestEpoch, wants);
            } else if (drive.order() instanceof HardwareOrder.Bind bind) {
                assertThat(boundTo == null || boundTo.equals(bind.hostPort()))
                        .as("bound twice")
                        .isTrue();
                assertThat(boundTo != null || leftBy.isEmpty())
                        .as("bound unwiped after " + leftBy)
                        .isTrue();
                assertThat(drive.epoch().value()).as("bound with an old epoch").isGreaterThanOrEqualTo(boundEpoch);
                return new World(
                        row,
                        mark,
                        bind.hostPort(),
                        drive.epoch().value(),
                        bind.hostPort(),
                        loaded,
                        order,
                        now,
                        highestEpoch,
                        wants);
            } else if (drive.order() instanceof HardwareOrder.Unbind) {
                long held = Math.max(boundEpoch, drive.epoch().value());
                return new World(row, mark, null, held, leftBy, loaded, order, now, highestEpoch, wants);
            } else if (drive.order() instanceof HardwareOrder.Sanitise) {
                assertThat(boundTo).as("wiped while bound").isNull();
                return new World(row, mark, null, boundEpoch, "", "", order, now, highestEpoch, wants);
            }
            return this;
        }

        private World stepped(LeaseCore core, LeaseEvent event, long clock) {
            SliceRow newRow = row;
            Optional<Effect.Drive> newOrder = order;
            List<WantRow> newWants = wants;
            for (Effect effect : new ArrayList<>(core.step(event, clock))) {
                if (effect instanceof Effect.SaveSlice save) {
                    newRow = save.row();
                } else if (effect instanceof Effect.Drive drive) {
                    newOrder = Optional.of(drive);
                } else if (effect instanceof Effect.SaveWant save) {
                    newWants = List.of(save.row());
                } else if (effect instanceof Effect.ForgetWant) {
                    newWants = List.of();
                }
            }
            return new World(
                    newRow,
                    core.mark(),
                    boundTo,
                    boundEpoch,
                    leftBy,
                    loaded,
                    newOrder,
                    clock,
                    Math.max(highestEpoch, newRow.epoch().value()),
                    newWants);
        }

        void invariants() {
            assertThat(row.epoch().value()).as("epochs do not go back").isEqualTo(highestEpoch);
            if (row.state() == SliceState.FREE) {
                assertThat(boundTo).as("free and bound").isNull();
                assertThat(leftBy).as("free and not wiped").isEmpty();
                assertThat(loaded).as("free and loaded").isEmpty();
            }
            if (boundTo != null && row.state() != SliceState.QUARANTINED) {
                assertThat(row.holding().map(Holding::hostPort))
                        .as("bound to its holder")
                        .contains(boundTo);
                assertThat(boundEpoch)
                        .as("bound with its epoch")
                        .isEqualTo(row.epoch().value());
            }
            if (row.state() == SliceState.ACTIVE || row.state() == SliceState.OVERDUE) {
                assertThat(row.holding().map(Holding::hostPort)).contains(String.valueOf(boundTo));
                assertThat(row.holding().flatMap(Holding::configuration).orElse(""))
                        .as("granted with what was asked for")
                        .isEqualTo(loaded);
            }
            assertThat(row.holding().isPresent()).as("who holds it").isEqualTo(row.state() != SliceState.FREE);
        }

        private static LeaseEvent.Asked asked(Principal peer, Command command) {
            return new LeaseEvent.Asked(peer, peer.name(), command, 1);
        }

        private static Command.Reserve reserve(Principal peer, Optional<String> configuration) {
            return new Command.Reserve(lease(peer), loan(peer), KEY, 2_000, 0, ForcedEndEffect.FATAL, configuration);
        }

        private static LoanId loan(Principal peer) {
            return new LoanId(peer.id().high(), 1);
        }

        private static LeaseId lease(Principal peer) {
            return new LeaseId(peer.id().high(), 0);
        }
    }
}
