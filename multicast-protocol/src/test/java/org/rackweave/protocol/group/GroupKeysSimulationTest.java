package org.rackweave.protocol.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.crypto.KeyMark;

/** What must hold of a whole rack's keys whatever the segment does. A failure names its seed. */
class GroupKeysSimulationTest {
    private static final int SIZE = 6;
    private static final int SEEDS = 40;
    private static final long MINUTE = 60_000;
    /** A key a quarter of an hour, so that an hour sees several. */
    private static final GroupTiming TIMING = GroupTiming.withPeriod(15 * MINUTE);
    /** Whoever can be heard is heard after so long, with a few lost questions between: below 20 s in all that were run. */
    private static final long UNHEARD_MILLIS = 30_000;

    @Test
    void aQuietRackReplacesItsKeyInTimeAndNobodyMissesAnAnnouncement() {
        SimulatedRack rack = new SimulatedRack(SIZE, TIMING, 0, 1);
        Set<KeyMark> used = new HashSet<>();
        rack.run(5_000);
        for (int second = 0; second < 3_500; second++) {
            rack.run(1_000);
            rack.members().forEach(node -> used.add(node.keys.sending().mark()));
            assertThat(longestUnheard(rack)).isLessThan(2 * SimulatedRack.ANNOUNCE_MILLIS);
        }
        assertThat(used).as("the first, and one each 15 minutes").hasSize(4);
        requireOneKey(rack, 0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.3})
    void afterSplitsLossesAndRestartsAllHaveOneKeyAndWhoeverCanBeHeardIsHeard(double loss) {
        for (long seed = 0; seed < SEEDS; seed++) {
            SimulatedRack rack = new SimulatedRack(SIZE, TIMING, loss, seed);
            SplittableRandom random = new SplittableRandom(seed);
            for (int trouble = 0; trouble < 12; trouble++) {
                strike(rack, random);
                runAndListen(rack, 20_000 + random.nextLong(10 * MINUTE), seed);
            }
            rack.heal();
            for (int i = 1; i <= SIZE; i++) {
                rack.restart(i);
            }
            runAndListen(rack, 3 * MINUTE, seed);
            requireOneKey(rack, seed);
        }
    }

    @Test
    void bothHalvesOfASplitRackMayRotateAndTheGreaterHashIsKept() {
        SimulatedRack rack = new SimulatedRack(SIZE, TIMING, 0, 3);
        rack.run(40_000);
        rack.split(4);
        rack.run(10_000);
        rack.node(1).order();
        rack.node(5).order();
        rack.run(MINUTE);
        KeyMark one = rack.node(2).keys.sending().mark();
        KeyMark other = rack.node(6).keys.sending().mark();
        assertThat(one.number()).isEqualTo(other.number());
        assertThat(one).isNotEqualTo(other);
        rack.heal();
        runAndListen(rack, 2 * MINUTE, 3);
        requireOneKey(rack, 3);
        assertThat(rack.node(1).keys.sending().mark()).isEqualTo(one.isNewerThan(other) ? one : other);
    }

    @Test
    void aMemberThatMissedRotationsIsBackWithinSeconds() {
        SimulatedRack rack = new SimulatedRack(SIZE, TIMING, 0, 4);
        rack.run(40_000);
        rack.stop(1);
        for (int i = 0; i < 5; i++) {
            rack.node(3).order();
            rack.run(2 * MINUTE);
        }
        assertThat(rack.node(3).keys.mark().number()).isEqualTo(6);
        rack.restart(1);
        rack.run(10_000);
        assertThat(rack.node(1).keys.sending()).isEqualTo(rack.node(3).keys.sending());
        assertThat(longestUnheard(rack)).isLessThan(2 * SimulatedRack.ANNOUNCE_MILLIS);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.2})
    void afterARevocationNobodySealsWithAKeyThatTheRevokedNodeEverHad(double loss) {
        for (long seed = 0; seed < SEEDS; seed++) {
            SimulatedRack rack = new SimulatedRack(SIZE, TIMING, loss, seed);
            SplittableRandom random = new SplittableRandom(seed);
            rack.run(40_000 + random.nextLong(20 * MINUTE));
            int thief = 1 + random.nextInt(SIZE);
            int away = 1 + (thief + random.nextInt(SIZE - 1)) % SIZE;
            int told = 1 + (thief % SIZE);
            if (away != told && away != thief) {
                rack.stop(away);
            }
            // The thief may go on making keys of its own: nobody takes them for newer.
            rack.revoke(thief, told);
            rack.node(thief).order();
            rack.run(TIMING.spreadMillis() + TIMING.turnMillis() + 30_000);
            requireUnreadable(rack, thief, seed);
            rack.restart(away);
            rack.run(TIMING.spreadMillis() + 30_000);
            requireUnreadable(rack, thief, seed);
            rack.run(2 * MINUTE);
            requireOneKey(rack, seed);
        }
    }

    private static void requireUnreadable(SimulatedRack rack, int thief, long seed) {
        for (SimulatedRack.Node node : rack.members()) {
            if (node != rack.node(thief)) {
                assertThat(rack.node(thief).everHad)
                        .as("seed %d, what node %s seals with", seed, node.id)
                        .doesNotContain(node.keys.sending().mark());
            }
        }
    }

    private static void strike(SimulatedRack rack, SplittableRandom random) {
        int victim = 1 + random.nextInt(SIZE);
        switch (random.nextInt(5)) {
            case 0 -> rack.split(2 + random.nextInt(SIZE - 1));
            case 1 -> rack.heal();
            case 2 -> rack.stop(victim);
            case 3 -> rack.restart(victim);
            default -> {
                if (rack.members().contains(rack.node(victim))) {
                    rack.node(victim).order();
                }
            }
        }
    }

    private static void runAndListen(SimulatedRack rack, long millis, long seed) {
        for (long passed = 0; passed < millis; passed += 1_000) {
            rack.run(1_000);
            assertThat(longestUnheard(rack))
                    .as("seed %d at %d ms", seed, rack.now())
                    .isLessThan(UNHEARD_MILLIS);
        }
    }

    private static long longestUnheard(SimulatedRack rack) {
        long longest = 0;
        List<SimulatedRack.Node> members = rack.members();
        for (SimulatedRack.Node node : members) {
            for (SimulatedRack.Node other : members) {
                longest = Math.max(longest, node.unheardMillis(other));
            }
        }
        return longest;
    }

    private static void requireOneKey(SimulatedRack rack, long seed) {
        List<SimulatedRack.Node> members = rack.members();
        for (SimulatedRack.Node node : members) {
            assertThat(node.keys.sending())
                    .as("seed %d", seed)
                    .isEqualTo(members.get(0).keys.sending());
            assertThat(node.keys.mark())
                    .as("seed %d", seed)
                    .isEqualTo(members.get(0).keys.mark());
        }
    }
}
