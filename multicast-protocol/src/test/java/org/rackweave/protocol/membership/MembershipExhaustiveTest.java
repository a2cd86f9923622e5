package org.rackweave.protocol.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.multicast.Hello;
import org.rackweave.protocol.multicast.Offering;

/** Every sequence of events about one neighbour, to a small depth, with what must hold after every one of them. */
class MembershipExhaustiveTest {
    private static final int DEPTH = 5;
    private static final NodeId SELF = Said.node(0);
    private static final NodeId B = Said.node(1);
    private static final long T = 1_000;

    /** One move: how much time passes, and what then happens. The argument is a fresh sequence number. */
    private record Move(String name, long laterMillis, LongFunction<MembershipEvent> event) {}

    private static final List<Move> MOVES = List.of(
            new Move("hello in epoch 1", 0, sequence -> Said.hello(B, 1, sequence, Hello.Purpose.ASK)),
            new Move("announce in epoch 1", 0, sequence -> Said.announce(B, 1, sequence, T, Said.memory(sequence))),
            new Move("repeated announce", 0, sequence -> Said.announce(B, 1, 1, T, Said.memory(0))),
            new Move("announce in epoch 2", 0, sequence -> Said.announce(B, 2, sequence, T, Said.memory(1))),
            new Move("goodbye in epoch 1", 0, sequence -> Said.leave(B, 1, sequence)),
            new Move("goodbye in epoch 2", 0, sequence -> Said.leave(B, 2, sequence)),
            new Move("answer from epoch 1", 10, sequence -> new MembershipEvent.ProbeAnswered(B, 1)),
            new Move("answer from epoch 2", 10, sequence -> new MembershipEvent.ProbeAnswered(B, 2)),
            new Move("no answer", 10, sequence -> new MembershipEvent.ProbeFailed(B)),
            new Move("revoked", 0, sequence -> new MembershipEvent.Revoked(B)),
            new Move("silence of 3 T", 3 * T, sequence -> new MembershipEvent.Tick()),
            new Move("silence of 1 T", T, sequence -> new MembershipEvent.Tick()));

    private long runs;

    @Test
    void whatever_happens_the_invariants_hold() {
        explore(new int[DEPTH], 0);
        assertThat(runs).isEqualTo((long) Math.pow(MOVES.size(), DEPTH));
    }

    private void explore(int[] moves, int depth) {
        if (depth == DEPTH) {
            runs++;
            new Run(moves).play();
            return;
        }
        for (int move = 0; move < MOVES.size(); move++) {
            moves[depth] = move;
            explore(moves, depth + 1);
        }
    }

    /** One sequence, played against a fresh membership, with a note of what its effects have said so far. */
    private static final class Run {
        private final int[] moves;
        private final Membership membership =
                new Membership(SELF, MembershipTiming.STANDARD, Offering.NOTHING, bound -> 0);
        private long now;
        private Liveness told = Liveness.UNKNOWN;
        private final Set<Long> answeredEpochs = new HashSet<>();
        private boolean revoked;

        Run(int[] moves) {
            this.moves = moves;
        }

        void play() {
            step(new MembershipEvent.Started());
            for (int i = 0; i < moves.length; i++) {
                Move move = MOVES.get(moves[i]);
                letPass(move.laterMillis());
                step(move.event().apply(10 + i));
            }
        }

        private void letPass(long millis) {
            long end = now + millis;
            while (membership.nextDeadline().orElse(Long.MAX_VALUE) <= end) {
                now = membership.nextDeadline().getAsLong();
                step(new MembershipEvent.Tick());
            }
            now = end;
        }

        private void step(MembershipEvent event) {
            Liveness before = told;
            if (event instanceof MembershipEvent.Revoked) {
                revoked = true;
            }
            if (event instanceof MembershipEvent.ProbeAnswered answered) {
                answeredEpochs.add(answered.bootEpoch());
            }
            for (MembershipEffect effect : membership.step(event, now)) {
                check(effect, event);
            }
            Optional<Neighbour> neighbour = membership.view(now).neighbour(B);
            Liveness believed = neighbour.map(Neighbour::liveness).orElse(revoked ? Liveness.BANNED : Liveness.UNKNOWN);
            require(believed == told, "the view says " + believed + " and the effects said " + told);
            require(!revoked || told == Liveness.BANNED, "revoked, and yet " + told);
            require(
                    told != Liveness.ALIVE
                            || answeredEpochs.contains(neighbour.orElseThrow().bootEpoch()),
                    "alive in an incarnation that never answered");
            require(membership.nextDeadline().orElseThrow() > now, "a tick is due at the time of the step just made");
            require(before != Liveness.DEAD || told != Liveness.ALIVE, "from dead to alive without being confirmed");
        }

        private void check(MembershipEffect effect, MembershipEvent cause) {
            switch (effect.kind()) {
                case CHANGED -> {
                    MembershipEffect.Changed changed = (MembershipEffect.Changed) effect;
                    require(changed.from() == told, "a change from " + changed.from() + " where it was " + told);
                    require(told.mayBecome(changed.to()), "an illegal step " + changed);
                    told = changed.to();
                }
                case PROBE ->
                    require(
                            told == Liveness.UNCONFIRMED || told == Liveness.SUSPECT || told == Liveness.ALIVE,
                            "a probe of a neighbour that is " + told);
                case SEND_LEAVE -> require(false, "a goodbye that nobody asked for after " + cause);
                case SEND_HELLO, SEND_ANNOUNCE -> {}
            }
        }

        private void require(boolean holds, String otherwise) {
            if (!holds) {
                StringBuilder story = new StringBuilder(otherwise).append(", in:");
                for (int move : moves) {
                    story.append("\n  ").append(MOVES.get(move).name());
                }
                throw new AssertionError(story.toString());
            }
        }
    }
}
