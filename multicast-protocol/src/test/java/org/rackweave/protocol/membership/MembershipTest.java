package org.rackweave.protocol.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rackweave.protocol.membership.ChangeReason.*;
import static org.rackweave.protocol.membership.Liveness.*;
import static org.rackweave.protocol.membership.Said.memory;
import static org.rackweave.protocol.membership.Said.node;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.multicast.Endpoint;
import org.rackweave.protocol.multicast.Hello;
import org.rackweave.protocol.multicast.Mark;
import org.rackweave.protocol.multicast.Offering;
import org.rackweave.protocol.multicast.ProtocolLimits;

class MembershipTest {
    private static final NodeId SELF = node(0);
    private static final NodeId B = node(1);
    private static final long T = 1_000;

    private final Membership membership =
            new Membership(SELF, MembershipTiming.STANDARD, Offering.NOTHING, bound -> bound / 2);
    private final List<MembershipEffect> effects = new ArrayList<>();
    private long now = 10_000;

    // ---- what is believed of neighbours ------------------------------------------------

    @Test
    void a_node_that_is_heard_is_unconfirmed_and_probed_and_not_offered_to_matching() {
        hear(Said.hello(B, 1, 1, Hello.Purpose.TELL));
        later(100);
        assertThat(effects)
                .containsSubsequence(
                        new MembershipEffect.Changed(B, "n1", UNKNOWN, UNCONFIRMED, FIRST_HEARD),
                        new MembershipEffect.Probe(B, new Endpoint(Said.address(1), Said.PORT), 10_000));
        assertThat(view().alive()).isEmpty();
    }

    @Test
    void an_answer_over_dtls_in_the_same_incarnation_makes_it_alive() {
        makeAlive(B);
        assertThat(changes()).endsWith(new MembershipEffect.Changed(B, "n1", UNCONFIRMED, ALIVE, PROBE_ANSWERED));
        assertThat(view().alive()).extracting(Neighbour::node).containsExactly(B);
    }

    @Test
    void an_answer_of_another_incarnation_confirms_nothing_and_is_asked_again_later_and_later() {
        hear(Said.hello(B, 7, 1, Hello.Purpose.TELL));
        later(100);
        hear(new MembershipEvent.ProbeAnswered(B, 6));
        assertThat(livenessOf(B)).isEqualTo(UNCONFIRMED);
        long[] gaps = new long[4];
        for (int i = 0; i < gaps.length; i++) {
            long askedAgain = untilProbe(i + 2);
            gaps[i] = askedAgain;
            hear(new MembershipEvent.ProbeFailed(B));
        }
        assertThat(gaps).containsExactly(T, 2 * T, 4 * T, 8 * T);
    }

    @Test
    void an_answer_that_nobody_asked_for_is_ignored() {
        hear(new MembershipEvent.ProbeAnswered(B, 1));
        assertThat(view().neighbours()).isEmpty();
        makeAlive(B);
        hear(Said.leave(B, 1, 100));
        hear(new MembershipEvent.ProbeAnswered(B, 1));
        assertThat(livenessOf(B)).isEqualTo(LEFT);
    }

    @Test
    void silence_leads_to_suspicion_after_three_of_its_own_periods_and_to_death_by_four() {
        makeAlive(B);
        hear(Said.announce(B, 1, 10, 500, memory(5)));
        effects.clear();
        later(1_499);
        assertThat(livenessOf(B)).isEqualTo(ALIVE);
        later(1);
        assertThat(livenessOf(B)).isEqualTo(SUSPECT);
        later(499);
        assertThat(livenessOf(B)).isEqualTo(SUSPECT);
        later(1);
        assertThat(livenessOf(B)).isEqualTo(DEAD);
        assertThat(probes()).as("two quiet questions, then four of a suspect").hasSize(6);
    }

    @Test
    void a_suspect_that_is_heard_or_answers_is_alive() {
        makeAlive(B);
        later(3 * T);
        assertThat(livenessOf(B)).isEqualTo(SUSPECT);
        hear(Said.announce(B, 1, 10, T, memory(5)));
        assertThat(livenessOf(B)).isEqualTo(ALIVE);
        later(3 * T);
        assertThat(livenessOf(B)).isEqualTo(SUSPECT);
        hear(new MembershipEvent.ProbeAnswered(B, 1));
        assertThat(livenessOf(B)).isEqualTo(ALIVE);
    }

    @Test
    void one_lost_announcement_leads_to_no_question_and_two_to_a_quiet_one() {
        makeAlive(B);
        hear(Said.announce(B, 1, 10, T, memory(5)));
        effects.clear();
        later(2 * T * 12 / 10);
        assertThat(probes()).isEmpty();
        later(T / 10);
        assertThat(probes()).hasSize(1);
        hear(new MembershipEvent.ProbeAnswered(B, 1));
        later(2 * T);
        assertThat(changes()).isEmpty();
    }

    @Test
    void a_neighbour_that_only_unicast_reaches_is_asked_before_it_becomes_suspect() {
        makeAlive(B);
        effects.clear();
        for (int i = 0; i < 10; i++) {
            untilProbe(i + 1);
            hear(new MembershipEvent.ProbeAnswered(B, 1));
        }
        assertThat(changes()).isEmpty();
        assertThat(livenessOf(B)).isEqualTo(ALIVE);
    }

    @Test
    void a_higher_boot_epoch_must_confirm_itself_anew_and_has_announced_nothing_yet() {
        makeAlive(B);
        hear(Said.announce(B, 1, 10, T, memory(5)));
        hear(Said.hello(B, 2, 1, Hello.Purpose.TELL));
        assertThat(changes()).endsWith(new MembershipEffect.Changed(B, "n1", ALIVE, UNCONFIRMED, RESTARTED));
        Neighbour restarted = view().neighbour(B).orElseThrow();
        assertThat(restarted.version()).isZero();
        assertThat(restarted.offering()).isEqualTo(Offering.NOTHING);
        later(100);
        hear(new MembershipEvent.ProbeAnswered(B, 2));
        assertThat(livenessOf(B)).isEqualTo(ALIVE);
    }

    @Test
    void an_older_boot_epoch_and_an_older_sequence_change_nothing() {
        hear(Said.hello(B, 2, 5, Hello.Purpose.TELL));
        later(100);
        hear(new MembershipEvent.ProbeAnswered(B, 2));
        RackView before = view();
        hear(Said.announce(B, 1, 100, T, memory(5)));
        hear(Said.announce(B, 2, 5, T, memory(5)));
        hear(Said.leave(B, 2, 4));
        assertThat(view()).isEqualTo(before);
        assertThat(membership.counters()).containsEntry(MembershipCounter.MEMBERSHIP_STALE_IGNORED, 3L);
    }

    @Test
    void life_after_death_or_after_a_goodbye_must_confirm_itself_anew() {
        makeAlive(B);
        later(4 * T);
        assertThat(livenessOf(B)).isEqualTo(DEAD);
        hear(Said.announce(B, 1, 50, T, memory(5)));
        assertThat(changes()).endsWith(new MembershipEffect.Changed(B, "n1", DEAD, UNCONFIRMED, RETURNED));
        hear(Said.leave(B, 1, 51));
        assertThat(livenessOf(B)).isEqualTo(LEFT);
        hear(Said.announce(B, 1, 52, T, memory(5)));
        assertThat(livenessOf(B)).isEqualTo(UNCONFIRMED);
    }

    @Test
    void a_goodbye_of_a_node_that_was_never_heard_is_nothing() {
        hear(Said.leave(B, 1, 1));
        assertThat(view().neighbours()).isEmpty();
        assertThat(changes()).isEmpty();
    }

    @Test
    void a_revoked_node_is_banned_and_never_heard_again_whatever_it_says() {
        makeAlive(B);
        hear(new MembershipEvent.Revoked(B));
        hear(Said.hello(B, 9, 1, Hello.Purpose.ASK));
        hear(Said.announce(B, 9, 2, T, memory(5)));
        hear(Said.leave(B, 9, 3));
        assertThat(livenessOf(B)).isEqualTo(BANNED);
        assertThat(membership.counters()).containsEntry(MembershipCounter.MEMBERSHIP_BANNED_IGNORED, 3L);
    }

    @Test
    void a_node_that_was_revoked_before_it_was_heard_never_enters_the_table() {
        hear(new MembershipEvent.Revoked(B));
        hear(Said.hello(B, 1, 1, Hello.Purpose.TELL));
        assertThat(view().neighbours()).isEmpty();
    }

    @Test
    void a_neighbour_that_is_gone_is_forgotten_after_an_hour() {
        makeAlive(B);
        hear(Said.leave(B, 1, 10));
        later(3_600_000);
        assertThat(changes()).endsWith(new MembershipEffect.Changed(B, "n1", LEFT, UNKNOWN, FORGOTTEN));
        assertThat(view().neighbours()).isEmpty();
    }

    @Test
    void a_full_table_gives_the_place_of_the_longest_gone_and_else_refuses() {
        for (int i = 1; i <= ProtocolLimits.MAX_NODES; i++) {
            hear(Said.hello(node(i), 1, 1, Hello.Purpose.TELL));
        }
        hear(Said.hello(node(1_000), 1, 1, Hello.Purpose.TELL));
        assertThat(view().neighbours()).hasSize(ProtocolLimits.MAX_NODES);
        assertThat(view().neighbour(node(1_000))).isEmpty();
        assertThat(membership.counters()).containsEntry(MembershipCounter.MEMBERSHIP_TABLE_FULL, 1L);

        hear(Said.leave(node(7), 1, 2));
        hear(Said.hello(node(1_000), 1, 2, Hello.Purpose.TELL));
        assertThat(view().neighbours()).hasSize(ProtocolLimits.MAX_NODES);
        assertThat(view().neighbour(node(1_000))).isPresent();
        assertThat(view().neighbour(node(7))).isEmpty();
    }

    @Test
    void a_whole_rack_that_boots_is_probed_a_few_at_a_time() {
        for (int i = 1; i <= 100; i++) {
            hear(Said.hello(node(i), 1, 1, Hello.Purpose.TELL));
        }
        later(2_000);
        assertThat(probes()).hasSize(ProtocolLimits.MAX_PROBES_IN_FLIGHT);
        hear(new MembershipEvent.ProbeAnswered(probes().get(0).node(), 1));
        assertThat(probes()).hasSize(ProtocolLimits.MAX_PROBES_IN_FLIGHT + 1);
    }

    @Test
    void nobody_is_blamed_for_a_time_in_which_this_node_itself_could_not_listen() {
        startAndSettle();
        makeAlive(B);
        hear(Said.announce(B, 1, 10, T, memory(5)));
        // The machine slept: no tick came although one was due.
        now += 60_000;
        hear(new MembershipEvent.Tick());
        assertThat(livenessOf(B)).isEqualTo(ALIVE);
        assertThat(membership.counters().get(MembershipCounter.MEMBERSHIP_OWN_DELAY_MILLIS))
                .isGreaterThan(50_000);
        later(3 * T);
        assertThat(livenessOf(B)).isEqualTo(SUSPECT);
    }

    @Test
    void a_tick_that_always_comes_a_little_late_still_finds_the_dead() {
        makeAlive(B);
        effects.clear();
        for (int i = 0; i < 100 && livenessOf(B) != DEAD; i++) {
            now = Math.max(now, membership.nextDeadline().orElseThrow()) + 3;
            hear(new MembershipEvent.Tick());
        }
        assertThat(livenessOf(B)).isEqualTo(DEAD);
    }

    // ---- what this node says -----------------------------------------------------------

    @Test
    void at_boot_it_asks_after_a_random_delay_and_then_announces_in_periods_and_tells_every_minute() {
        hear(new MembershipEvent.Started());
        assertThat(effects).isEmpty();
        later(1_000);
        assertThat(effects).containsExactly(new MembershipEffect.SendHello(Hello.Purpose.ASK, Hello.Seal.ENTRY));
        later(200);
        assertThat(announcements()).containsExactly(new MembershipEffect.SendAnnounce(1, T, Offering.NOTHING));
        effects.clear();
        later(60_000);
        assertThat(announcements()).hasSize(60);
        assertThat(hellos()).containsExactly(new MembershipEffect.SendHello(Hello.Purpose.TELL, Hello.Seal.GROUP));
    }

    @Test
    void a_change_is_announced_at_once_but_not_sooner_than_200_ms_after_the_last() {
        startAndSettle();
        effects.clear();
        hear(new MembershipEvent.OfferingChanged(memory(1)));
        assertThat(announcements()).containsExactly(new MembershipEffect.SendAnnounce(2, T, memory(1)));
        hear(new MembershipEvent.OfferingChanged(memory(2)));
        hear(new MembershipEvent.OfferingChanged(memory(3)));
        later(199);
        assertThat(announcements()).hasSize(1);
        later(1);
        assertThat(announcements()).endsWith(new MembershipEffect.SendAnnounce(4, T, memory(3)));
    }

    @Test
    void the_same_offering_again_and_a_new_audit_row_are_no_reason_to_announce() {
        startAndSettle();
        hear(new MembershipEvent.OfferingChanged(memory(1)));
        later(200);
        effects.clear();
        Offering newRow = new Offering(memory(1).capacities(), memory(1).flags(), Mark.NONE, new Mark(5, 77));
        hear(new MembershipEvent.OfferingChanged(memory(1)));
        hear(new MembershipEvent.OfferingChanged(newRow));
        assertThat(effects).isEmpty();
        later(T);
        assertThat(announcements()).containsExactly(new MembershipEffect.SendAnnounce(2, T, newRow));
    }

    @Test
    void a_question_is_answered_within_a_period_and_a_storm_of_questions_by_one_hello_a_second() {
        startAndSettle();
        effects.clear();
        long sequence = 1;
        for (int i = 0; i < 100; i++) {
            hear(Said.hello(B, 1, sequence++, Hello.Purpose.ASK));
            later(100);
        }
        assertThat(hellos())
                .hasSizeBetween(7, 10)
                .containsOnly(new MembershipEffect.SendHello(Hello.Purpose.TELL, Hello.Seal.GROUP));
    }

    @Test
    void a_question_under_the_entry_key_is_answered_under_it_and_saves_the_own_one() {
        startAndSettle();
        effects.clear();
        hear(new MembershipEvent.Deaf());
        hear(Said.entryHello(B, 1, 1, Hello.Purpose.ASK));
        hear(new MembershipEvent.Deaf());
        later(T);
        assertThat(hellos()).containsExactly(new MembershipEffect.SendHello(Hello.Purpose.TELL, Hello.Seal.ENTRY));
        later(61_000);
        assertThat(hellos()).endsWith(new MembershipEffect.SendHello(Hello.Purpose.TELL, Hello.Seal.GROUP));
    }

    @Test
    void who_hears_only_seals_that_it_cannot_open_asks_under_the_entry_key_ever_more_seldom() {
        startAndSettle();
        effects.clear();
        for (int i = 0; i < 600; i++) {
            hear(new MembershipEvent.Deaf());
            later(100);
        }
        assertThat(hellos().stream()
                        .filter(hello ->
                                hello.equals(new MembershipEffect.SendHello(Hello.Purpose.ASK, Hello.Seal.ENTRY))))
                .as("doubling from one second")
                .hasSize(6);
    }

    @Test
    void strangers_lead_to_questions_that_become_rarer_until_one_of_them_explains_itself() {
        startAndSettle();
        effects.clear();
        for (int i = 0; i < 600; i++) {
            hear(Said.stranger());
            later(100);
        }
        assertThat(hellos().stream().filter(hello -> hello.purpose() == Hello.Purpose.ASK))
                .as("doubling from one second")
                .hasSize(6);
        hear(Said.hello(B, 1, 1, Hello.Purpose.TELL));
        later(60_000);
        effects.clear();
        hear(Said.stranger());
        later(T);
        assertThat(hellos()).containsExactly(new MembershipEffect.SendHello(Hello.Purpose.ASK, Hello.Seal.GROUP));
    }

    @Test
    void the_period_grows_with_the_rack_so_that_the_segment_carries_at_most_64_announcements_a_second() {
        assertThat(MembershipTiming.STANDARD.periodMillis(1)).isEqualTo(1_000);
        assertThat(MembershipTiming.STANDARD.periodMillis(64)).isEqualTo(1_000);
        assertThat(MembershipTiming.STANDARD.periodMillis(65)).isEqualTo(1_016);
        assertThat(MembershipTiming.STANDARD.periodMillis(256)).isEqualTo(4_000);
        startAndSettle();
        for (int i = 1; i < 256; i++) {
            hear(Said.announce(node(i), 1, 1, 4_000, memory(1)));
        }
        effects.clear();
        later(4_000);
        assertThat(announcements()).isNotEmpty().allMatch(announce -> announce.periodMillis() == 4_000);
    }

    @Test
    void goodbye_is_said_three_times_and_then_nothing_more() {
        startAndSettle();
        effects.clear();
        hear(new MembershipEvent.Leaving("restart"));
        assertThat(effects).hasSize(3).containsOnly(new MembershipEffect.SendLeave("restart"));
        later(120_000);
        hear(Said.hello(B, 1, 1, Hello.Purpose.ASK));
        assertThat(effects).hasSize(3);
        assertThat(membership.nextDeadline()).isEmpty();
    }

    @Test
    void time_that_goes_back_is_a_bug_and_loud() {
        hear(new MembershipEvent.Tick());
        now--;
        assertThatThrownBy(() -> hear(new MembershipEvent.Tick())).isInstanceOf(IllegalArgumentException.class);
    }

    // ---- telling it --------------------------------------------------------------------

    private void hear(MembershipEvent event) {
        effects.addAll(membership.step(event, now));
        assertThat(membership.nextDeadline().orElse(Long.MAX_VALUE)).isGreaterThan(now);
    }

    /** Lets time pass, with a tick at each deadline on the way and one at the end. */
    private void later(long millis) {
        long end = now + millis;
        while (membership.nextDeadline().orElse(Long.MAX_VALUE) < end) {
            now = membership.nextDeadline().getAsLong();
            hear(new MembershipEvent.Tick());
        }
        now = end;
        hear(new MembershipEvent.Tick());
    }

    private void startAndSettle() {
        hear(new MembershipEvent.Started());
        later(1_500);
    }

    private void makeAlive(NodeId node) {
        hear(Said.hello(node, 1, 1, Hello.Purpose.TELL));
        later(100);
        hear(new MembershipEvent.ProbeAnswered(node, 1));
    }

    private long untilProbe(int number) {
        long from = now;
        long sequence = 1_000 + now;
        boolean keepHearing = livenessOf(B) == UNCONFIRMED;
        while (probes().size() < number) {
            if (keepHearing) {
                hear(Said.announce(B, view().neighbour(B).orElseThrow().bootEpoch(), sequence++, T, memory(1)));
            }
            later(50);
        }
        return now - from;
    }

    private RackView view() {
        return membership.view(now);
    }

    private Liveness livenessOf(NodeId node) {
        return view().neighbour(node).map(Neighbour::liveness).orElse(UNKNOWN);
    }

    private List<MembershipEffect.Changed> changes() {
        return of(MembershipEffect.Changed.class);
    }

    private List<MembershipEffect.Probe> probes() {
        return of(MembershipEffect.Probe.class);
    }

    private List<MembershipEffect.SendAnnounce> announcements() {
        return of(MembershipEffect.SendAnnounce.class);
    }

    private List<MembershipEffect.SendHello> hellos() {
        return of(MembershipEffect.SendHello.class);
    }

    private <T extends MembershipEffect> List<T> of(Class<T> type) {
        return effects.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
