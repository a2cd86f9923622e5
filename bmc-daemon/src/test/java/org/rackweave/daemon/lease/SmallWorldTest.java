package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.SliceState;

/**
 * One slice, two borrowers, an operator: every event and every point at which the owner's process can die, in all orders, to a
 * depth. Worlds that are equal by value are gone on with once.
 */
class SmallWorldTest {
    private static final int DEPTH = Integer.getInteger("rackweave.depth", 5);

    private record Step(SmallWorld from, String event) {}

    @ParameterizedTest
    @EnumSource(ForcedEndEffect.class)
    void noOrderOfEventsAndDeathsBreaksAnInvariant(ForcedEndEffect forcedEnd) {
        // From three places where a loan is interesting, every continuation.
        SmallWorld free = SmallWorld.free(forcedEnd);
        SmallWorld configuring = free.happens(SmallWorld.Event.A_RESERVES, SmallWorld.Death.NONE)
                .happens(SmallWorld.Event.A_COMMITS, SmallWorld.Death.NONE);
        SmallWorld active = configuring.happens(SmallWorld.Event.HARDWARE_DOES, SmallWorld.Death.NONE);
        Map<SmallWorld, Step> seen = new HashMap<>();
        Set<SliceState> reached = EnumSet.noneOf(SliceState.class);
        Set<SmallWorld> edge = new LinkedHashSet<>(List.of(free, configuring, active));
        edge.forEach(start ->
                seen.put(start, new Step(start, "from " + start.disk().state().word())));
        for (int depth = 0; depth <= DEPTH; depth++) {
            Set<SmallWorld> next = new LinkedHashSet<>();
            for (SmallWorld world : edge) {
                reached.add(world.disk().state());
                if (depth < DEPTH) {
                    goOn(world, seen, next);
                }
            }
            System.out.printf(
                    Locale.ROOT, "%s, depth %d: %,d worlds, %,d in all%n", forcedEnd, depth, edge.size(), seen.size());
            edge = next;
        }
        if (DEPTH >= 4) {
            assertThat(reached).containsAll(expected(forcedEnd));
        }
    }

    private static Set<SliceState> expected(ForcedEndEffect forcedEnd) {
        Set<SliceState> all = EnumSet.allOf(SliceState.class);
        if (forcedEnd == ForcedEndEffect.TOLERATED) {
            all.remove(SliceState.OVERDUE);
        }
        return all;
    }

    private static void goOn(SmallWorld world, Map<SmallWorld, Step> seen, Set<SmallWorld> next) {
        for (SmallWorld.Event event : SmallWorld.Event.values()) {
            if (!world.allows(event)) {
                continue;
            }
            for (SmallWorld.Death death : SmallWorld.Death.values()) {
                if (death != SmallWorld.Death.NONE && !event.isStep()) {
                    continue;
                }
                SmallWorld after;
                try {
                    after = world.happens(event, death);
                    after.invariants();
                } catch (AssertionError | IllegalStateException e) {
                    throw new AssertionError(path(world, seen) + event + "/" + death + ": " + e.getMessage(), e);
                }
                if (!seen.containsKey(after)) {
                    seen.put(after, new Step(world, event + "/" + death));
                    next.add(after);
                }
            }
        }
    }

    private static String path(SmallWorld world, Map<SmallWorld, Step> seen) {
        List<String> events = new ArrayList<>();
        SmallWorld at = world;
        Optional<Step> step = Optional.ofNullable(seen.get(at));
        while (step.isPresent()) {
            events.add(0, step.get().event());
            boolean isStart = step.get().from().equals(at);
            at = step.get().from();
            step = isStart ? Optional.empty() : Optional.ofNullable(seen.get(at));
        }
        return String.join(", ", events) + ", ";
    }
}
