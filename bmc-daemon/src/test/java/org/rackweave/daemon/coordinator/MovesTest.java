package org.rackweave.daemon.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LinePlace;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WantView;

/** Who is asked to move where, and for whom. */
class MovesTest {
    private static final NodeId A = new NodeId(0, 1);
    private static final NodeId B = new NodeId(0, 2);
    private static final NodeId C = new NodeId(0, 3);
    private static final NodeId D = new NodeId(0, 4);
    private static final NodeId BORROWER = new NodeId(0, 9);

    /** What a slice is, so that a test can say what is different about one. */
    private record Made(
            ResourceKind kind,
            Set<String> capabilities,
            SliceState state,
            ForcedEndEffect forcedEnd,
            Optional<NodeId> holder,
            LatencyClass latency) {
        Made of(ResourceKind other) {
            return new Made(other, capabilities, state, forcedEnd, holder, latency);
        }

        Made able(String capability) {
            return new Made(kind, Set.of(capability), state, forcedEnd, holder, latency);
        }

        Made in(SliceState other) {
            return new Made(kind, capabilities, other, forcedEnd, holder, latency);
        }

        Made ending(ForcedEndEffect other) {
            return new Made(kind, capabilities, state, other, holder, latency);
        }

        Made heldByNobody() {
            return new Made(kind, capabilities, state, forcedEnd, Optional.empty(), latency);
        }

        Made at(LatencyClass other) {
            return new Made(kind, capabilities, state, forcedEnd, holder, other);
        }
    }

    private static SliceView free(NodeId owner, String key, long amount, UnaryOperator<Made> but) {
        return slice(owner, key, amount, Optional.empty(), but);
    }

    private static SliceView free(NodeId owner, String key, long amount) {
        return free(owner, key, amount, made -> made);
    }

    private static SliceView held(NodeId owner, String key, long amount, long lease, UnaryOperator<Made> but) {
        return slice(owner, key, amount, Optional.of(lease(lease)), but);
    }

    private static SliceView held(NodeId owner, String key, long amount, long lease) {
        return held(owner, key, amount, lease, made -> made);
    }

    private static SliceView slice(
            NodeId owner, String key, long amount, Optional<LeaseId> lease, UnaryOperator<Made> but) {
        Made made = but.apply(new Made(
                ResourceKind.MEMORY,
                Set.of(),
                lease.isPresent() ? SliceState.ACTIVE : SliceState.FREE,
                ForcedEndEffect.TOLERATED,
                lease.map(id -> BORROWER),
                LatencyClass.SWITCH));
        return new SliceView(
                new SliceId(owner, key),
                made.kind(),
                amount,
                made.capabilities(),
                made.state(),
                new Epoch(1),
                made.forcedEnd(),
                FenceKind.HARDWARE_EPOCH,
                made.holder(),
                lease,
                "",
                new SlicePlace("", "", made.latency()),
                Set.of(),
                lease.isPresent() ? OptionalInt.of(4) : OptionalInt.empty());
    }

    private static LeaseId lease(long number) {
        return new LeaseId(0, number);
    }

    /** All of it from one lender. */
    private static WantView want(long loan, long amount, int priority, long waitingMillis) {
        Requirement requirement = new Requirement(
                ResourceKind.MEMORY,
                amount,
                Optional.empty(),
                60_000,
                priority,
                ForcedEndEffect.FATAL,
                Optional.empty(),
                1);
        return new WantView(new LoanId(0, loan), D, requirement, amount, new LinePlace(1, 1, 0), waitingMillis);
    }

    private static List<Move> moves(List<WantView> wants, SliceView... slices) {
        return Moves.find(wants, List.of(slices), lease -> true, 4);
    }

    private static List<Move> movesForEight(SliceView... slices) {
        return moves(List.of(want(1, 8, 5, 100)), slices);
    }

    private static List<String> brief(List<Move> moves) {
        return moves.stream()
                .map(move -> move.lease().low() + " to " + move.to().owner().low() + "/"
                        + move.to().key())
                .toList();
    }

    // ---- who may be asked ------------------------------------------------------------------------------------------

    @Test
    void whoever_moves_is_told_for_whom() {
        List<Move> moves = movesForEight(free(A, "m0", 4), held(A, "m1", 4, 7), free(B, "m0", 4));

        assertThat(brief(moves)).containsExactly("7 to 2/m0");
        assertThat(moves.get(0).borrower()).isEqualTo(BORROWER);
        assertThat(moves.get(0).reason())
                .isEqualTo("so that loan " + new LoanId(0, 1).brief() + " of " + D.brief()
                        + ", which waits at priority 5, can be served");
    }

    @Test
    void nobody_is_asked_to_leave_what_would_be_of_no_use_or_cannot_be_left_without_harm() {
        List<UnaryOperator<Made>> reasons = List.of(
                made -> made.of(ResourceKind.CORES),
                made -> made.in(SliceState.RESERVED),
                made -> made.in(SliceState.FENCING),
                made -> made.ending(ForcedEndEffect.FATAL),
                Made::heldByNobody);
        for (UnaryOperator<Made> reason : reasons) {
            assertThat(movesForEight(free(A, "m0", 4), held(A, "m1", 4, 7, reason), free(B, "m0", 4)))
                    .isEmpty();
        }
        assertThat(Moves.find(
                        List.of(want(1, 8, 5, 100)),
                        List.of(free(A, "m0", 4), held(A, "m1", 4, 7), free(B, "m0", 4)),
                        lease -> !lease.equals(lease(7)),
                        4))
                .isEmpty();
    }

    @Test
    void the_smallest_that_would_do_moves_and_of_equals_the_first_by_owner_and_key() {
        assertThat(brief(movesForEight(
                        free(A, "m0", 4),
                        held(A, "m1", 7, 7),
                        held(A, "m3", 5, 9),
                        held(A, "m2", 5, 8),
                        free(B, "m0", 7))))
                .containsExactly("8 to 2/m0");
        assertThat(brief(movesForEight(
                        free(C, "m0", 4),
                        held(C, "m1", 4, 7),
                        free(A, "m0", 4),
                        held(A, "m1", 4, 8),
                        free(B, "m0", 4, made -> made.at(LatencyClass.HOST)))))
                .containsExactly("8 to 2/m0");
    }

    @Test
    void two_move_where_neither_alone_would_do_each_to_a_place_of_its_own() {
        assertThat(brief(movesForEight(held(A, "m0", 4, 7), held(A, "m1", 4, 8), free(B, "m0", 4), free(C, "m0", 4))))
                .containsExactlyInAnyOrder("7 to 2/m0", "8 to 3/m0");
        assertThat(movesForEight(held(A, "m0", 4, 7), held(A, "m1", 4, 8), free(B, "m0", 4)))
                .isEmpty();
    }

    @Test
    void of_many_pairs_one_that_does_is_found() {
        assertThat(brief(movesForEight(
                        held(B, "m0", 3, 5),
                        held(C, "m0", 3, 6),
                        held(A, "m0", 4, 7),
                        held(A, "m1", 4, 8),
                        free(D, "m0", 4),
                        free(C, "m1", 4))))
                .containsExactlyInAnyOrder("7 to 3/m1", "8 to 4/m0");
    }

    // ---- where to --------------------------------------------------------------------------------------------------

    @Test
    void nobody_is_sent_to_what_is_not_free_or_worse_than_what_it_has() {
        List<UnaryOperator<Made>> worse = List.of(
                made -> made.of(ResourceKind.CORES),
                made -> made.in(SliceState.RESERVED),
                made -> made.ending(ForcedEndEffect.FATAL),
                made -> made.at(LatencyClass.WINDOW));
        for (UnaryOperator<Made> each : worse) {
            assertThat(movesForEight(free(A, "m0", 4), held(A, "m1", 4, 7), free(B, "m0", 4, each)))
                    .isEmpty();
        }
        SliceView able = held(A, "m1", 4, 7, made -> made.able("ecc"));
        assertThat(movesForEight(free(A, "m0", 4), able, free(B, "m0", 4))).isEmpty();
        assertThat(movesForEight(free(A, "m0", 4), able, free(B, "m0", 4, made -> made.able("ecc"))))
                .hasSize(1);
    }

    @Test
    void the_smallest_place_that_is_as_large_comes_first_and_else_the_largest() {
        SliceView[] rack = {free(A, "m0", 4), held(A, "m1", 4, 7), free(B, "m0", 6), free(C, "m0", 5), free(D, "m0", 3)
        };
        assertThat(brief(movesForEight(rack))).containsExactly("7 to 3/m0");
        assertThat(brief(movesForEight(
                        free(A, "m0", 4), held(A, "m1", 4, 7), free(B, "m0", 2), free(C, "m0", 3), free(D, "m0", 1))))
                .containsExactly("7 to 3/m0");
        assertThat(brief(movesForEight(free(A, "m0", 4), held(A, "m1", 4, 7), free(D, "m0", 3), free(B, "m0", 4))))
                .containsExactly("7 to 2/m0");
    }

    @Test
    void nobody_is_sent_to_what_another_is_to_leave() {
        // The first could go to where the second is, if that went away; but it is there now.
        assertThat(movesForEight(held(A, "m0", 4, 7), held(A, "m1", 4, 8), held(B, "m0", 4, 9), free(C, "m0", 4)))
                .isEmpty();
    }

    @Test
    void a_place_that_the_demand_itself_needs_is_none() {
        assertThat(movesForEight(free(A, "m0", 4), held(A, "m1", 4, 7))).isEmpty();
    }

    // ---- for whom first --------------------------------------------------------------------------------------------

    private static String firstOf(WantView... wants) {
        List<Move> moves = moves(List.of(wants), free(A, "m0", 4), held(A, "m1", 4, 7), free(B, "m0", 4));
        assertThat(moves).hasSize(1);
        return moves.get(0).reason();
    }

    @Test
    void the_highest_priority_comes_first_then_who_waits_longest_then_the_name() {
        assertThat(firstOf(want(1, 8, 5, 900), want(2, 8, 6, 100))).contains("priority 6");
        assertThat(loanOf(want(1, 8, 5, 100), want(2, 8, 5, 101))).isEqualTo(2);
        assertThat(loanOf(want(2, 8, 5, 100), want(1, 8, 5, 100))).isEqualTo(1);
    }

    /** Which of the two demands the move is for: names that differ in their first digits. */
    private static long loanOf(WantView... wants) {
        List<WantView> renamed = new ArrayList<>();
        for (WantView want : wants) {
            renamed.add(new WantView(
                    new LoanId(want.loan().low() << 60, 0),
                    want.borrower(),
                    want.requirement(),
                    want.amount(),
                    want.place(),
                    want.waitingMillis()));
        }
        String reason = firstOf(renamed.toArray(WantView[]::new));
        return reason.contains("loan 1") ? 1 : 2;
    }

    @Test
    void a_loan_that_waits_at_several_owners_is_served_once() {
        assertThat(brief(moves(
                        List.of(want(1, 8, 5, 100), want(1, 8, 5, 90)),
                        free(A, "m0", 4),
                        held(A, "m1", 4, 7),
                        free(B, "m0", 4),
                        free(C, "m0", 4),
                        held(C, "m1", 4, 8),
                        free(D, "m0", 4))))
                .hasSize(1);
    }

    @Test
    void as_many_moves_are_found_as_are_allowed_and_none_by_halves() {
        // The first demand needs two moves, the second one.
        List<WantView> wants = List.of(want(1, 8, 9, 100), want(2, 6, 5, 100));
        List<SliceView> slices = List.of(
                held(A, "m0", 4, 7),
                held(A, "m1", 4, 8),
                free(B, "m0", 4),
                free(D, "m0", 4),
                held(C, "m0", 3, 9),
                free(C, "m1", 3),
                free(BORROWER, "m0", 3));
        assertThat(Moves.find(wants, slices, lease -> true, 3)).hasSize(3);
        assertThat(Moves.find(wants, slices, lease -> true, 2)).hasSize(2);
        assertThat(Moves.find(wants, slices, lease -> true, 1)).hasSize(1);
        assertThat(Moves.find(wants, slices, lease -> true, 0)).isEmpty();
    }

    @Test
    void nobody_is_sent_to_what_a_demand_finds_that_was_helped_before() {
        // For the first demand 7 leaves a; with a's other half gone to 8, it would still wait.
        assertThat(brief(moves(
                        List.of(want(1, 8, 9, 100), want(2, 8, 5, 100)),
                        free(A, "m0", 4),
                        held(A, "m1", 4, 7),
                        free(B, "m0", 4),
                        free(C, "m0", 4),
                        held(C, "m1", 4, 8))))
                .hasSize(1);
    }
}
