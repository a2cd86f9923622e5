package org.rackweave.sim.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LendingRackTest {
    private static final int UNITS = 100;

    @Test
    void aVmHasNoMoreRemoteMemoryThanItMayAndNoMoreLendersThanFour() {
        LendingRack rack = new LendingRack(8, 50, UNITS);
        assertThat(rack.fits(new LendingTrace.Vm(4, 80), 0, 40)).isTrue();
        assertThat(rack.fits(new LendingTrace.Vm(4, 80), 0, 41)).isFalse();
        assertThatThrownBy(() -> rack.start(new LendingTrace.Vm(4, 80), 0, 41))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatWasMadeRoomForComesHomeWhenThereIsRoom() {
        LendingRack rack = new LendingRack(4, 50, UNITS);
        LendingRack.Guest first = rack.start(new LendingTrace.Vm(4, 90), 0, 0);
        rack.makeRoom(0, 40);
        assertThat(rack.freeMemory(0)).isEqualTo(40);
        assertThat(first.remote()).isEqualTo(30);
        LendingRack.Guest second = rack.start(new LendingTrace.Vm(4, 80), 0, 40);
        assertThat(rack.freeMemory(0)).isZero();
        rack.leave(second);
        rack.bringHome(0);
        assertThat(first.remote()).isZero();
        assertThat(rack.freeMemory(0)).isEqualTo(10);
        assertThat(rack.movedUnits()).isEqualTo(60);
    }

    @Test
    void eachPolicyKeepsTheRulesAndLeavesNothingBehind() {
        for (int seed = 0; seed < 20; seed++) {
            for (LendingPolicy policy : List.of(
                    new LendingPolicy.Static(),
                    new LendingPolicy.OnShortage(),
                    new LendingPolicy.Balance(),
                    new LendingPolicy.Ours(LendingPolicy.Ours.Moves.NONE),
                    new LendingPolicy.Ours(LendingPolicy.Ours.Moves.ALLOWED))) {
                churn(
                        new Random(seed),
                        policy,
                        "seed " + seed + ", " + policy.getClass().getSimpleName());
            }
        }
    }

    private static void churn(Random random, LendingPolicy policy, String what) {
        LendingRack rack = new LendingRack(8, 50, UNITS);
        List<LendingRack.Guest> running = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            if (i == 300) {
                policy.learn(running.stream().map(LendingRack.Guest::vm).toList());
            }
            if (random.nextInt(5) == 0 && !running.isEmpty()) {
                leave(rack, policy, running, random.nextInt(running.size()));
            } else {
                LendingTrace.Vm vm = new LendingTrace.Vm(1 + random.nextInt(8), 1 + random.nextInt(40));
                policy.place(rack, vm).ifPresent(running::add);
            }
            assertRules(rack, running, what);
        }
        while (!running.isEmpty()) {
            leave(rack, policy, running, 0);
        }
        assertThat(rack.remoteUnits()).as(what).isZero();
        assertThat(IntStream.range(0, LendingRack.SERVERS)
                        .filter(server ->
                                rack.freeMemory(server) != UNITS || rack.freeCores(server) != LendingRack.CORES))
                .as(what)
                .isEmpty();
    }

    private static void leave(LendingRack rack, LendingPolicy policy, List<LendingRack.Guest> running, int index) {
        LendingRack.Guest guest = running.remove(index);
        rack.leave(guest);
        policy.left(rack, guest.server());
    }

    private static void assertRules(LendingRack rack, List<LendingRack.Guest> running, String what) {
        long free = 0;
        for (int server = 0; server < LendingRack.SERVERS; server++) {
            assertThat(rack.freeMemory(server)).as(what).isNotNegative();
            assertThat(rack.freeCores(server)).as(what).isNotNegative();
            free += rack.freeMemory(server);
        }
        assertThat(free + rack.heldUnits()).as(what).isEqualTo((long) LendingRack.SERVERS * UNITS);
        for (LendingRack.Guest guest : running) {
            assertThat(guest.remote()).as(what).isBetween(0, rack.remoteLimit(guest.vm()));
            assertThat(guest.lenderCount()).as(what).isLessThanOrEqualTo(LendingRack.MAX_LENDERS);
        }
    }

    @Test
    void theLeastMemoryIsEnoughAndOneUnitLessIsNot() {
        Random random = new Random(4);
        List<LendingTrace.Arrival> arrivals = IntStream.range(0, 4000)
                .mapToObj(i ->
                        new LendingTrace.Arrival(i * 10.0, 1 + random.nextInt(4), 4 + random.nextInt(30), 600, 9000))
                .toList();
        LendingTrace.Episode episode =
                LendingTrace.of(arrivals).episode(1, 0.2, LendingRack.SERVERS * LendingRack.CORES);
        LendingRun.Least least = LendingRun.least(episode, 8, 50, LendingPolicy.OnShortage::new);
        LendingRun.Result less =
                LendingRun.run(episode, new LendingRack(8, 50, least.units() - 1), new LendingPolicy.OnShortage());
        assertThat(least.result().refusedPercent()).isLessThanOrEqualTo(LendingRun.ACCEPTED_PERCENT);
        assertThat(less.refusedPercent()).isGreaterThan(LendingRun.ACCEPTED_PERCENT);
    }
}
