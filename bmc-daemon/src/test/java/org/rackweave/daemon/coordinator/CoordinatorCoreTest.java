package org.rackweave.daemon.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.matching.Matching;
import org.rackweave.daemon.matching.Plan;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.DemandView;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LinePlace;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WantView;

class CoordinatorCoreTest {
    private static final NodeId A = new NodeId(0, 1);
    private static final NodeId B = new NodeId(0, 2);
    private static final NodeId C = new NodeId(0, 3);
    private static final CoordinatorPolicy POLICY = new CoordinatorPolicy(10_000, 1_000, 4, 60_000);

    private static SliceView slice(NodeId owner, String key, long amount, Optional<LeaseId> lease) {
        return new SliceView(
                new SliceId(owner, key),
                ResourceKind.MEMORY,
                amount,
                Set.of(),
                lease.isPresent() ? SliceState.ACTIVE : SliceState.FREE,
                new Epoch(1),
                ForcedEndEffect.TOLERATED,
                FenceKind.HARDWARE_EPOCH,
                lease.map(id -> C),
                lease,
                "",
                SlicePlace.UNKNOWN,
                Set.of(),
                lease.isPresent() ? OptionalInt.of(4) : OptionalInt.empty());
    }

    private static LeaseId lease(long number) {
        return new LeaseId(0, number);
    }

    private static WantView want(long loan, long amount, int maxLenders, int priority) {
        Requirement requirement = new Requirement(
                ResourceKind.MEMORY,
                amount,
                Optional.empty(),
                60_000,
                priority,
                ForcedEndEffect.FATAL,
                Optional.empty(),
                maxLenders);
        return new WantView(new LoanId(0, loan), B, requirement, amount, new LinePlace(1, 1, 0), 100);
    }

    private static List<Move> moves(List<WantView> wants, List<SliceView> slices) {
        return Moves.find(wants, slices, lease -> true, 4);
    }

    @Test
    void a_holder_is_asked_to_move_where_one_lender_then_has_enough() {
        List<SliceView> slices = List.of(
                slice(A, "m0", 4, Optional.empty()),
                slice(A, "m1", 4, Optional.of(lease(7))),
                slice(B, "m0", 4, Optional.empty()));

        assertThat(moves(List.of(want(1, 8, 1, 5)), slices)).singleElement().satisfies(move -> {
            assertThat(move.lease()).isEqualTo(lease(7));
            assertThat(move.borrower()).isEqualTo(C);
            assertThat(move.to()).isEqualTo(new SliceId(B, "m0"));
        });
    }

    @Test
    void nobody_is_asked_for_a_demand_that_can_be_met_or_that_no_move_would_meet() {
        List<SliceView> enough = List.of(slice(A, "m0", 8, Optional.empty()), slice(A, "m1", 4, Optional.of(lease(7))));
        List<SliceView> little = List.of(slice(A, "m0", 4, Optional.of(lease(7))), slice(B, "m0", 4, Optional.empty()));

        assertThat(moves(List.of(want(1, 8, 1, 5)), enough)).isEmpty();
        assertThat(moves(List.of(want(1, 9, 1, 5)), little)).isEmpty();
    }

    @Test
    void two_holders_are_asked_where_one_is_not_enough() {
        List<SliceView> slices = List.of(
                slice(A, "m0", 4, Optional.of(lease(7))),
                slice(A, "m1", 4, Optional.of(lease(8))),
                slice(B, "m0", 4, Optional.empty()),
                slice(C, "m0", 4, Optional.empty()));

        assertThat(moves(List.of(want(1, 8, 1, 5)), slices))
                .extracting(Move::to)
                .containsExactlyInAnyOrder(new SliceId(B, "m0"), new SliceId(C, "m0"));
        // One place does not serve two.
        assertThat(moves(List.of(want(1, 8, 1, 5)), slices.subList(0, 3))).isEmpty();
        assertThat(Moves.find(List.of(want(1, 8, 1, 5)), slices, lease -> true, 1))
                .isEmpty();
    }

    @Test
    void what_a_demand_finds_for_itself_is_no_place_to_move_others_to() {
        List<SliceView> slices = List.of(
                slice(A, "m0", 4, Optional.empty()),
                slice(A, "m1", 4, Optional.of(lease(7))),
                slice(B, "m0", 4, Optional.empty()));
        // The more urgent one takes b/m0 or a/m0: then there is nowhere to move to.
        assertThat(moves(List.of(want(1, 8, 1, 5), want(2, 4, 1, 9)), slices)).isEmpty();
    }

    @Test
    void after_the_moves_every_demand_that_they_were_for_is_met() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<SliceView> slices = new ArrayList<>();
            long leases = 1;
            for (NodeId owner : List.of(A, B, C)) {
                for (int i = 0; i < 4; i++) {
                    boolean held = random.nextInt(3) > 0;
                    slices.add(slice(
                            owner,
                            "m" + i,
                            1 + random.nextInt(6),
                            held ? Optional.of(lease(leases++)) : Optional.empty()));
                }
            }
            WantView want = want(1, 2 + random.nextInt(12), 1, 5);
            List<Move> moves = moves(List.of(want), slices);
            Collections.shuffle(slices, random);
            assertThat(moves(List.of(want), slices))
                    .as("seed %d, another order", seed)
                    .isEqualTo(moves);
            if (!moves.isEmpty()) {
                assertThat(Matching.match(want.requirement(), slices))
                        .as("seed %d", seed)
                        .isInstanceOf(Plan.NoMatch.class);
                assertThat(Matching.match(want.requirement(), moved(slices, moves)))
                        .as("seed %d", seed)
                        .isInstanceOf(Plan.Found.class);
            }
        }
    }

    private static List<SliceView> moved(List<SliceView> slices, List<Move> moves) {
        return slices.stream()
                .map(slice -> {
                    boolean left = moves.stream().anyMatch(move -> slice.lease().equals(Optional.of(move.lease())));
                    boolean taken = moves.stream().anyMatch(move -> move.to().equals(slice.id()));
                    Optional<LeaseId> lease = taken ? Optional.of(lease(99)) : left ? Optional.empty() : slice.lease();
                    return slice(slice.id().owner(), slice.id().key(), slice.amount(), lease);
                })
                .toList();
    }

    // ---- the core --------------------------------------------------------------------------------------------------

    private static List<CoordinatorEffect.Ask> asks(List<CoordinatorEffect> effects) {
        return effects.stream()
                .filter(CoordinatorEffect.Ask.class::isInstance)
                .map(CoordinatorEffect.Ask.class::cast)
                .toList();
    }

    @Test
    void only_the_lowest_of_those_alive_looks_at_the_rack() {
        CoordinatorCore core = new CoordinatorCore(B, POLICY);

        assertThat(asks(core.step(new CoordinatorEvent.Tick(List.of(A, C)), 0))).isEmpty();
        assertThat(core.elected()).contains(A);
        assertThat(core.nextDeadline()).isEmpty();

        List<CoordinatorEffect.Ask> asks = asks(core.step(new CoordinatorEvent.Tick(List.of(C)), 5));
        assertThat(core.elected()).contains(B);
        assertThat(asks).extracting(CoordinatorEffect.Ask::to).containsExactlyInAnyOrder(B, B, C, C);
        assertThat(asks(core.step(new CoordinatorEvent.Tick(List.of(A, C)), 6))).isEmpty();
        assertThat(core.elected()).contains(A);
    }

    @Test
    void it_proposes_once_all_have_answered_and_leaves_the_holder_alone_for_a_while() {
        CoordinatorCore core = new CoordinatorCore(A, POLICY);

        assertThat(proposals(round(core, 0))).hasSize(1);
        assertThat(core.demand()).containsExactly(new DemandView(ResourceKind.MEMORY, 12, 8, 4, 8, 1));
        assertThat(proposals(round(core, 10_000))).isEmpty();
        assertThat(proposals(round(core, 60_000))).hasSize(1);
        assertThat(core.proposed()).isEqualTo(2);
    }

    @Test
    void a_node_that_is_alone_asks_nobody_and_says_nothing_until_it_sees_another() {
        CoordinatorCore core = new CoordinatorCore(A, POLICY);

        assertThat(core.step(new CoordinatorEvent.Tick(List.of()), 0)).isEmpty();
        assertThat(core.elected()).contains(A);
        assertThat(core.nextDeadline()).isEmpty();

        assertThat(proposals(round(core, 7))).hasSize(1);
        assertThat(core.nextDeadline()).hasValue(10_007);
        assertThat(core.step(new CoordinatorEvent.Tick(List.of()), 20_000)).isEmpty();
        assertThat(core.demand()).isEmpty();
    }

    @Test
    void what_others_say_of_more_than_their_own_or_beyond_all_sums_does_no_harm() {
        CoordinatorCore core = new CoordinatorCore(A, POLICY);
        List<SliceView> lies = List.of(
                slice(B, "m0", Long.MAX_VALUE, Optional.empty()),
                slice(B, "m1", Long.MAX_VALUE, Optional.of(lease(7))),
                slice(A, "m0", 4, Optional.empty()));

        for (CoordinatorEffect.Ask ask : asks(core.step(new CoordinatorEvent.Tick(List.of(B)), 0))) {
            Answer answer = ask.command() instanceof Command.ListWants
                    ? new Answer.Wants(List.of(want(ask.exchange(), Long.MAX_VALUE, 4, 5)))
                    : new Answer.Slices(ask.to().equals(B) ? lies : List.of());
            core.step(new CoordinatorEvent.Answered(ask.exchange(), answer), 1);
        }

        assertThat(core.demand())
                .containsExactly(new DemandView(
                        ResourceKind.MEMORY, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 2));
    }

    @Test
    void a_node_that_does_not_answer_holds_up_a_look_for_a_bounded_time() {
        CoordinatorCore core = new CoordinatorCore(A, POLICY);
        List<CoordinatorEffect.Ask> asks = asks(core.step(new CoordinatorEvent.Tick(List.of(B)), 0));

        answer(core, asks.stream().filter(ask -> ask.to().equals(A)).toList(), 1);

        assertThat(core.nextDeadline()).hasValue(1_000);
        assertThat(core.demand()).isEmpty();
        core.step(new CoordinatorEvent.Tick(List.of(B)), 1_000);
        assertThat(core.demand()).isNotEmpty();
        assertThat(core.nextDeadline()).hasValue(10_000);
    }

    @Test
    void an_agreement_is_counted_and_a_late_answer_is_nothing() {
        CoordinatorCore core = new CoordinatorCore(A, POLICY);
        CoordinatorEffect.Ask proposal = asks(round(core, 0)).get(0);

        core.step(new CoordinatorEvent.Answered(proposal.exchange(), new Answer.Done()), 10);
        core.step(new CoordinatorEvent.Answered(proposal.exchange(), new Answer.Done()), 11);
        core.step(new CoordinatorEvent.Answered(1, new Answer.Slices(List.of())), 12);

        assertThat(core.agreed()).isEqualTo(1);
        assertThat(core.demand()).hasSize(1);
    }

    @Test
    void an_agreement_counts_when_it_comes_during_the_next_look_too_and_a_refusal_does_not() {
        CoordinatorCore core = new CoordinatorCore(A, new CoordinatorPolicy(10_000, 1_000, 4, 0));
        CoordinatorEffect.Ask first = proposals(round(core, 0)).get(0);
        List<CoordinatorEffect.Ask> second = asks(core.step(new CoordinatorEvent.Tick(List.of(B)), 10_000));

        core.step(new CoordinatorEvent.Answered(first.exchange(), new Answer.Done()), 10_001);
        assertThat(core.agreed()).isEqualTo(1);
        CoordinatorEffect.Ask again = proposals(answer(core, second, 10_002)).get(0);
        core.step(new CoordinatorEvent.Answered(again.exchange(), Answer.Refused.of(RefusalCode.DENIED, "no")), 10_003);
        assertThat(core.agreed()).isEqualTo(1);
        assertThat(core.proposed()).isEqualTo(2);
    }

    @Test
    void a_look_that_is_not_over_when_the_next_begins_is_forgotten() {
        CoordinatorCore core = new CoordinatorCore(A, new CoordinatorPolicy(1_000, 60_000, 4, 0));
        List<CoordinatorEffect.Ask> first = asks(core.step(new CoordinatorEvent.Tick(List.of(B)), 0));
        answer(core, first.subList(0, 2), 1);

        List<CoordinatorEffect.Ask> second = asks(core.step(new CoordinatorEvent.Tick(List.of(B)), 1_000));
        assertThat(second).hasSize(4);
        assertThat(answer(core, first.subList(2, 4), 1_001)).as("too late").isEmpty();
        assertThat(core.demand()).isEmpty();
        answer(core, second, 1_002);
        assertThat(core.demand()).containsExactly(new DemandView(ResourceKind.MEMORY, 12, 8, 4, 8, 1));
    }

    @Test
    void each_look_counts_anew() {
        CoordinatorCore core = new CoordinatorCore(A, POLICY);
        for (long now = 0; now < 50_000; now += 10_000) {
            round(core, now);
            assertThat(core.demand()).containsExactly(new DemandView(ResourceKind.MEMORY, 12, 8, 4, 8, 1));
        }
    }

    @Test
    void who_waits_no_more_is_not_seen_any_more() {
        CoordinatorCore core = new CoordinatorCore(A, POLICY);
        round(core, 0);
        for (CoordinatorEffect.Ask ask : asks(core.step(new CoordinatorEvent.Tick(List.of(B)), 10_000))) {
            core.step(new CoordinatorEvent.Answered(ask.exchange(), told(ask)), 10_001);
        }
        assertThat(core.demand()).containsExactly(new DemandView(ResourceKind.MEMORY, 8, 8, 0, 0, 0));
    }

    @Test
    void what_was_asked_before_it_was_alone_or_another_was_elected_is_forgotten() {
        for (List<NodeId> meanwhile : List.<List<NodeId>>of(List.of(), List.of(A, C))) {
            CoordinatorCore core = new CoordinatorCore(B, POLICY);
            List<CoordinatorEffect.Ask> before = asks(core.step(new CoordinatorEvent.Tick(List.of(C)), 0));
            for (CoordinatorEffect.Ask ask : before.subList(0, 3)) {
                core.step(new CoordinatorEvent.Answered(ask.exchange(), told(ask)), 1);
            }
            core.step(new CoordinatorEvent.Tick(meanwhile), 2);
            assertThat(core.nextDeadline()).isEmpty();
            assertThat(core.step(new CoordinatorEvent.Answered(before.get(3).exchange(), told(before.get(3))), 3))
                    .isEmpty();
            assertThat(core.demand()).isEmpty();

            List<CoordinatorEffect.Ask> again = asks(core.step(new CoordinatorEvent.Tick(List.of(C)), 4));
            assertThat(again).hasSize(4);
            assertThat(core.nextDeadline()).hasValue(1_004);
            again.forEach(ask -> core.step(new CoordinatorEvent.Answered(ask.exchange(), told(ask)), 5));
            assertThat(core.demand()).containsExactly(new DemandView(ResourceKind.MEMORY, 8, 8, 0, 0, 0));
        }
    }

    /** One slice of its own, and nobody who waits. */
    private static Answer told(CoordinatorEffect.Ask ask) {
        return ask.command() instanceof Command.ListWants
                ? new Answer.Wants(List.of())
                : new Answer.Slices(List.of(slice(ask.to(), "m0", 4, Optional.empty())));
    }

    @Test
    void an_owner_is_not_believed_about_what_others_own() {
        CoordinatorCore core = new CoordinatorCore(A, POLICY);
        List<SliceView> both = List.of(slice(A, "m0", 4, Optional.empty()), slice(B, "m0", 1, Optional.empty()));
        for (CoordinatorEffect.Ask ask : asks(core.step(new CoordinatorEvent.Tick(List.of(B)), 0))) {
            Answer answer =
                    ask.command() instanceof Command.ListWants ? new Answer.Wants(List.of()) : new Answer.Slices(both);
            core.step(new CoordinatorEvent.Answered(ask.exchange(), answer), 1);
        }
        assertThat(core.demand()).containsExactly(new DemandView(ResourceKind.MEMORY, 5, 5, 0, 0, 0));
    }

    @Test
    void what_waits_where_nobody_has_any_is_seen_too() {
        CoordinatorCore core = new CoordinatorCore(A, POLICY);
        for (CoordinatorEffect.Ask ask : asks(core.step(new CoordinatorEvent.Tick(List.of(B)), 0))) {
            Answer answer = ask.command() instanceof Command.ListWants
                    ? new Answer.Wants(List.of(want(1, 8, 1, 5)))
                    : new Answer.Slices(List.of());
            core.step(new CoordinatorEvent.Answered(ask.exchange(), answer), 1);
        }
        assertThat(core.demand()).containsExactly(new DemandView(ResourceKind.MEMORY, 0, 0, 0, 8, 1));
    }

    @Test
    void questions_are_numbered_so_that_answers_find_them() {
        CoordinatorCore core = new CoordinatorCore(A, POLICY);
        assertThat(asks(core.step(new CoordinatorEvent.Tick(List.of(B)), 0)))
                .extracting(CoordinatorEffect.Ask::exchange)
                .containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void whoever_is_elected_and_what_is_proposed_is_told() {
        CoordinatorCore core = new CoordinatorCore(A, POLICY);
        assertThat(core.step(new CoordinatorEvent.Tick(List.of(B)), 0))
                .contains(new CoordinatorEffect.Tell("coordinator.elected", A.toString(), "gives advice from now on"));
        assertThat(core.step(new CoordinatorEvent.Tick(List.of(B)), 1)).isEmpty();

        List<CoordinatorEffect> proposing = round(core, 10_000);
        assertThat(proposing)
                .filteredOn(CoordinatorEffect.Tell.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(CoordinatorEffect.Tell.class, tell -> {
                    assertThat(tell.kind()).isEqualTo("coordinator.proposed");
                    assertThat(tell.subject()).isEqualTo(lease(7).toString());
                });
    }

    private static List<CoordinatorEffect> round(CoordinatorCore core, long nowMillis) {
        List<CoordinatorEffect.Ask> asks = asks(core.step(new CoordinatorEvent.Tick(List.of(B)), nowMillis));
        return answer(core, asks, nowMillis + 1);
    }

    private static List<CoordinatorEffect> answer(
            CoordinatorCore core, List<CoordinatorEffect.Ask> asks, long nowMillis) {
        List<SliceView> ofA = List.of(slice(A, "m0", 4, Optional.empty()), slice(A, "m1", 4, Optional.of(lease(7))));
        List<SliceView> ofB = List.of(slice(B, "m0", 4, Optional.empty()));
        List<CoordinatorEffect> effects = new ArrayList<>();
        for (CoordinatorEffect.Ask ask : asks) {
            Answer answer = ask.command() instanceof Command.ListWants
                    ? new Answer.Wants(List.of(want(1, 8, 1, 5)))
                    : new Answer.Slices(ask.to().equals(A) ? ofA : ofB);
            effects.addAll(core.step(new CoordinatorEvent.Answered(ask.exchange(), answer), nowMillis));
        }
        return effects;
    }

    private static List<CoordinatorEffect.Ask> proposals(List<CoordinatorEffect> effects) {
        return asks(effects).stream()
                .filter(ask -> ask.command() instanceof Command.Propose)
                .toList();
    }
}
