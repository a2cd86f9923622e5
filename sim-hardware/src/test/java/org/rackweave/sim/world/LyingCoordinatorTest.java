package org.rackweave.sim.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rackweave.daemon.conductor.Work;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.Leg;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.daemon.ledger.Journal;
import org.rackweave.daemon.ledger.LedgerException;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;

/**
 * Beside the coordinators of the product, of which a split rack has several, every node proposes moves at random all the time, and
 * no network is in its way.
 */
class LyingCoordinatorTest {
    private static final long SEEDS = Long.getLong("rackweave.seeds", 1_000) / 10;
    private static final long EVERY_MICROS = 50_000;

    private long agreed;
    private long moved;

    @Test
    void everyInvariantHoldsWhateverIsProposed() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            World world = new World(seed, 3 + (int) (seed % 3), line -> {}, Without.NOTHING, new Seams() {
                @Override
                public Journal journal(Journal sound) {
                    return new Counting(sound);
                }
            });
            propose(world, new Dice(seed, 77));
            try {
                world.run(60_000);
            } catch (Violation found) {
                throw new AssertionError("seed " + seed + ": " + found.invariant() + ": " + found.getMessage(), found);
            }
        }
        System.out.println(agreed + " proposals were agreed to, " + moved + " loans moved");
        assertThat(moved)
                .as("loans that moved, of %s proposals agreed to", agreed)
                .isGreaterThan(SEEDS / 20);
    }

    private void propose(World world, Dice dice) {
        SimulatedNode from = any(world.nodes(), dice);
        SimulatedNode borrower = any(world.nodes(), dice);
        SimulatedNode owner = any(world.nodes(), dice);
        List<Leg> held = borrower.journal().loans().stream()
                .flatMap(loan -> loan.legs().stream())
                .filter(leg -> leg.state() == Leg.State.GRANTED)
                .toList();
        if (!held.isEmpty()) {
            Leg leg = any(held, dice);
            // What fits is seldom met by chance: half of the proposals are of such, so that many are carried out.
            boolean fits = dice.between(0, 1) == 0;
            List<SliceRow> slices = owner.journal().slices().stream()
                    .filter(slice -> !fits
                            || (slice.state() == SliceState.FREE
                                    && slice.facts().kind() == leg.slice().kind()
                                    && slice.facts().forcedEnd() == ForcedEndEffect.TOLERATED))
                    .toList();
            if (!slices.isEmpty()) {
                SliceId to = new SliceId(owner.id(), any(slices, dice).facts().key());
                lie(from, borrower, new Command.Propose(leg.lease(), to, "a lie"));
            }
        }
        world.agenda().inMicros(EVERY_MICROS, () -> propose(world, dice));
    }

    private void lie(SimulatedNode from, SimulatedNode borrower, Command proposal) {
        borrower.daemon()
                .ifPresent(daemon -> daemon.take(new Work.Asked(
                        from.principal(), proposal, answer -> agreed += answer instanceof Answer.Done ? 1 : 0)));
    }

    private static <T> T any(List<T> some, Dice dice) {
        return some.get((int) dice.between(0, some.size() - 1));
    }

    private final class Counting implements Journal {
        private final Journal sound;

        Counting(Journal sound) {
            this.sound = sound;
        }

        @Override
        public Commit commit(List<Effect> effects, long wallMillis) throws LedgerException {
            Commit outcome = sound.commit(effects, wallMillis);
            moved += effects.stream()
                    .filter(effect -> effect instanceof Effect.Audit audit
                            && audit.action().equals("loan.moved"))
                    .count();
            return outcome;
        }

        @Override
        public List<AuditRow> audit(long after, int limit) throws LedgerException {
            return sound.audit(after, limit);
        }

        @Override
        public long lastAuditNumber() {
            return sound.lastAuditNumber();
        }

        @Override
        public String lastAuditHash() {
            return sound.lastAuditHash();
        }
    }
}
