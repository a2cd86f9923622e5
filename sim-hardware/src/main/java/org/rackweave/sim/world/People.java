package org.rackweave.sim.world;

import java.util.List;
import java.util.Optional;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.daemon.lease.Holding;
import org.rackweave.daemon.lease.LoanRow;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;

/** Those who ask: servers that need memory, and an operator who takes back and mends. */
final class People {
    private static final Principal OPERATOR =
            new Principal("operator", new NodeId(9, 9), Role.OPERATOR, Optional.empty());

    /** As often as there are slices of each, about. */
    private static final List<ResourceKind> WANTED = List.of(
            ResourceKind.MEMORY,
            ResourceKind.MEMORY,
            ResourceKind.MEMORY,
            ResourceKind.MEMORY,
            ResourceKind.ACCELERATOR,
            ResourceKind.CORES);

    /** Of one node at once: more would only wait for one another. */
    private static final int MAX_WAITING = 3;

    private final World world;
    private final long[] breaksMillis;

    People(World world) {
        this.world = world;
        this.breaksMillis = new long[] {400, 1_500, 5_000};
    }

    void begin() {
        long breakMillis = breaksMillis[world.dice().below(breaksMillis.length)];
        world.nodes().forEach(node -> again(node, breakMillis));
    }

    private void again(SimulatedNode node, long breakMillis) {
        world.agenda().inMillis(node.dice().between(1, 2 * breakMillis), () -> {
            if (world.isFaulty()) {
                if (world.troubles().comes(Trouble.ASK)) {
                    act(node, world.troubles().details(Trouble.ASK));
                }
                again(node, breakMillis);
            }
        });
    }

    private void act(SimulatedNode node, Dice dice) {
        List<LoanRow> active = node.journal().loans().stream()
                .filter(row -> row.state() == LoanState.ACTIVE)
                .toList();
        List<LoanRow> waiting = waiting(node);
        int choice = dice.below(20);
        if (choice < 4 && !active.isEmpty()) {
            say(
                    node,
                    node.principal(),
                    new Command.ReleaseLoan(dice.oneOf(active).id()));
        } else if (choice == 4 && !active.isEmpty()) {
            say(node, node.principal(), new Command.RenewLoan(dice.oneOf(active).id()));
        } else if (choice >= 17 && !active.isEmpty()) {
            resize(node, dice.oneOf(active), dice);
        } else if (choice == 5) {
            revoke(node, dice);
        } else if (choice == 6) {
            mend(node, dice.oneIn(3));
        } else if (choice == 7) {
            say(node, node.principal(), new Command.ListLoans());
        } else if (choice == 8 && !waiting.isEmpty()) {
            say(
                    node,
                    node.principal(),
                    new Command.ReleaseLoan(dice.oneOf(waiting).id()));
        } else {
            borrow(node, dice);
        }
    }

    private void borrow(SimulatedNode node, Dice dice) {
        Optional<NodeId> from =
                dice.oneIn(10) ? Optional.of(dice.oneOf(world.nodes()).id()) : Optional.empty();
        ResourceKind kind = dice.oneOf(WANTED);
        Requirement wish = new Requirement(
                kind,
                unit(kind) * dice.between(1, 3),
                Optional.empty(),
                dice.between(1_000, 9_000),
                dice.below(10),
                dice.oneIn(3) ? ForcedEndEffect.TOLERATED : ForcedEndEffect.FATAL,
                from,
                (int) dice.between(1, 3));
        if (kind == ResourceKind.ACCELERATOR) {
            wish = configured(wish, dice);
        }
        Command.Borrow.Mode mode = dice.oneIn(20) ? Command.Borrow.Mode.DRY_RUN : Command.Borrow.Mode.APPLY;
        if (dice.oneIn(3) && waiting(node).size() < MAX_WAITING) {
            mode = Command.Borrow.Mode.STANDING;
            wish = dice.oneIn(2) ? wish.ofAmounts(wish.amount(), unit(kind)) : wish;
        }
        say(node, node.principal(), new Command.Borrow(new LoanId(dice.any(), dice.any()), wish, mode));
    }

    private static List<LoanRow> waiting(SimulatedNode node) {
        return node.journal().loans().stream()
                .filter(row -> row.state() == LoanState.WAITING)
                .toList();
    }

    private static long unit(ResourceKind kind) {
        return kind == ResourceKind.MEMORY ? SimulatedNode.SLICE_BYTES : 1;
    }

    /** Most want something to be loaded; the others find it as it was made. */
    private static Requirement configured(Requirement wish, Dice dice) {
        List<String> known = SimulatedNode.CONFIGURATIONS.stream().sorted().toList();
        Optional<String> configuration = dice.oneIn(4) ? Optional.empty() : Optional.of(dice.oneOf(known));
        return new Requirement(
                wish.kind(),
                wish.amount(),
                wish.capability(),
                wish.termMillis(),
                wish.priority(),
                wish.worstForcedEnd(),
                wish.from(),
                wish.maxLenders(),
                configuration,
                wish.worstLatency(),
                wish.locality(),
                wish.leastAmount());
    }

    /** A little larger, or a little smaller. */
    private void resize(SimulatedNode node, LoanRow loan, Dice dice) {
        Requirement wish = loan.requirement();
        long change = unit(wish.kind()) * dice.between(1, 3);
        long amount = dice.oneIn(3) ? wish.amount() - change : wish.amount() + change;
        say(node, node.principal(), new Command.ResizeLoan(loan.id(), Math.max(unit(wish.kind()), amount)));
        // Somebody watches what becomes of it.
        world.agenda().inMillis(dice.between(1, 100), () -> say(node, node.principal(), new Command.ListLoans()));
    }

    private void revoke(SimulatedNode node, Dice dice) {
        List<SliceRow> lent = node.journal().slices().stream()
                .filter(row -> row.state() == SliceState.ACTIVE || row.state() == SliceState.OVERDUE)
                .toList();
        if (node.isUp() && !lent.isEmpty()) {
            Holding holding = dice.oneOf(lent).holding().orElseThrow();
            world.watch().revoked(holding.lease());
            say(node, OPERATOR, new Command.Revoke(holding.lease(), dice.between(0, 3_000), "wanted elsewhere"));
        }
    }

    /** Declares sound what is quarantined, and safe what is overdue. */
    void mend(SimulatedNode node, boolean alsoOverdue) {
        List<SliceRow> sore = node.journal().slices().stream()
                .filter(row ->
                        row.state() == SliceState.QUARANTINED || (alsoOverdue && row.state() == SliceState.OVERDUE))
                .toList();
        if (node.isUp() && !sore.isEmpty()) {
            SliceRow row = node.dice().oneOf(sore);
            row.holding().ifPresent(h -> world.watch().declaredSafe(h.lease()));
            world.watch().declaredSafe(node, row.facts().key());
            say(node, OPERATOR, new Command.EndQuarantine(row.facts().key(), "looked at"));
        }
    }

    private void say(SimulatedNode node, Principal who, Command command) {
        if (node.isUp()) {
            world.history().tell(node.name(), () -> who.name() + " says " + command);
            node.asked(who, command, (Answer answer) -> world.history()
                    .tell(node.name(), () -> "answers " + who.name() + ": " + answer));
        }
    }
}
