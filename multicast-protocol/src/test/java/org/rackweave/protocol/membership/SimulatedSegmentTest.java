package org.rackweave.protocol.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.crypto.NodeId;

/** Sixteen memberships on one simulated segment. A failure names its seed; the seed replays it. */
class SimulatedSegmentTest {
    private static final int SIZE = 16;
    private static final NodeId B = Said.node(2);

    private static SimulatedSegment segment(double loss, long seed) {
        return new SimulatedSegment(SIZE, MembershipTiming.STANDARD, loss, seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void a_quiet_rack_converges_in_seconds_and_then_nothing_changes_for_an_hour(long seed) {
        SimulatedSegment segment = segment(0, seed);
        assertThat(segment.convergesWithin(4_000)).isTrue();
        long settled = segment.now();
        segment.run(3_600_000);
        assertThat(segment.seenSince(settled)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void at_10_percent_loss_the_rack_converges_and_nobody_is_declared_dead_in_half_an_hour(long seed) {
        SimulatedSegment segment = segment(0.1, seed);
        assertThat(segment.convergesWithin(20_000)).isTrue();
        long settled = segment.now();
        segment.run(1_800_000);
        assertThat(segment.seenSince(settled)).noneMatch(seen -> seen.change().to() == Liveness.DEAD);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_killed_node_is_dead_for_all_within_five_periods_and_no_other_is(long seed) {
        SimulatedSegment segment = segment(0.05, seed);
        segment.run(30_000);
        long killed = segment.now();
        segment.kill(B);
        segment.run(5_000);
        List<SimulatedSegment.Seen> deaths = deathsSince(segment, killed);
        assertThat(deaths)
                .hasSize(SIZE - 1)
                .allMatch(seen -> seen.change().node().equals(B));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_restarted_node_is_confirmed_anew_by_all_in_its_new_incarnation(long seed) {
        SimulatedSegment segment = segment(0.05, seed);
        segment.run(30_000);
        segment.kill(B);
        segment.run(500);
        long restarted = segment.now();
        segment.boot(B, 2);
        assertThat(segment.convergesWithin(20_000)).isTrue();
        assertThat(segment.seenSince(restarted).stream()
                        .filter(seen -> seen.change().reason() == ChangeReason.RESTARTED))
                .hasSize(SIZE - 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_goodbye_is_seen_by_all_at_once_even_with_loss(long seed) {
        SimulatedSegment segment = segment(0.1, seed);
        segment.run(30_000);
        long left = segment.now();
        segment.leave(B);
        segment.run(20);
        assertThat(segment.seenSince(left).stream().filter(seen -> seen.change().to() == Liveness.LEFT))
                .hasSize(SIZE - 1);
        segment.run(60_000);
        assertThat(deathsSince(segment, left)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_change_reaches_all_within_milliseconds(long seed) {
        SimulatedSegment segment = segment(0, seed);
        segment.run(30_000);
        segment.offer(B, 12_345);
        segment.run(210);
        for (int i = 1; i <= SIZE; i++) {
            if (i != 2) {
                assertThat(segment.viewOf(Said.node(i))
                                .neighbour(B)
                                .orElseThrow()
                                .offering())
                        .isEqualTo(Said.memory(12_345));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 64, 100})
    void the_segment_carries_no_more_than_the_announcements_it_is_meant_to(int size) {
        SimulatedSegment segment = new SimulatedSegment(size, MembershipTiming.STANDARD, 0, 7);
        segment.run(60_000);
        long from = segment.now();
        segment.run(60_000);
        double perSecond = segment.sentBetween(from, segment.now()) / 60.0;
        // On top of 64 announcements come the hellos: one a minute from each node, and what jitter makes uneven.
        assertThat(perSecond).isLessThan(64 * 1.05 + size / 50.0);
    }

    private static List<SimulatedSegment.Seen> deathsSince(SimulatedSegment segment, long millis) {
        return segment.seenSince(millis).stream()
                .filter(seen -> seen.change().to() == Liveness.DEAD)
                .toList();
    }
}
