package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LinePlace;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;

/**
 * A few nodes with the real cores on a network that loses, delays and repeats, clocks that drift, hardware that refuses, hangs
 * and does not know, ledgers that refuse, processes that crash between any two steps and cards that reboot. All from one seed; invariants are checked after every event.
 */
final class SmallRack {
    static final LeasePolicy LEASES = new LeasePolicy(1_000, 60_000, 2_000, 2_000, 1, 9, 1_000, 30_000)
            .with(LendingRules.NONE, new LinePolicy(3_000, 400, 1_000, 500, 20, 300, 300));
    static final LoanPolicy LOANS = new LoanPolicy(1, 500, 200, 1_000);
    static final long SLICE_BYTES = 1L << 30;
    private static final Principal OPERATOR = new Principal("op", new NodeId(9, 9), Role.OPERATOR, Optional.empty());
    private static final long TIMEOUT_MILLIS = 1_000;

    private final Random random;
    private final List<Node> nodes = new ArrayList<>();
    private final PriorityQueue<Planned> agenda =
            new PriorityQueue<>(Comparator.comparingLong(Planned::atMicros).thenComparingLong(Planned::order));
    private final Set<LeaseId> revoked = new HashSet<>();
    private long nowMicros = 1_000_000_000L;
    private long planned;
    private boolean faults = true;
    final SmallDisk.Tally tally = new SmallDisk.Tally();

    private record Planned(long atMicros, long order, Runnable act) {}

    SmallRack(long seed, int nodeCount, int slicesEach) {
        random = new Random(seed);
        for (int i = 0; i < nodeCount; i++) {
            nodes.add(new Node(i, slicesEach));
        }
        nodes.forEach(Node::boot);
    }

    /** Runs with faults and random clients, then without, then gives everything back; at the end nothing is held. */
    void run(long faultyMillis) {
        for (Node node : nodes) {
            in(random.nextInt(500), () -> clientActs(node));
            in(1_000 + random.nextInt(4_000), () -> maybeCrash(node));
        }
        runUntil(nowMicros + faultyMillis * 1_000);
        faults = false;
        nodes.forEach(node -> {
            if (!node.up) {
                node.boot();
            }
        });
        runUntil(nowMicros + 30_000_000L);
        for (Node node : nodes) {
            node.loans(new LoanEvent.GiveAllBack("the run ends"));
        }
        runUntil(nowMicros + 120_000_000L);
        for (Node node : nodes) {
            for (SliceRow row : node.disk.slices.values()) {
                require(
                        row.state() == SliceState.FREE || row.state() == SliceState.QUARANTINED,
                        "after all was given back " + row.key() + " of " + node.name + " is " + row.state() + ": "
                                + row.reason());
                require(
                        row.state() != SliceState.QUARANTINED || node.quarantineExpected,
                        row.key() + " is quarantined without a cause: " + row.reason());
            }
            node.disk.loans.values().forEach(row -> require(row.isSettled(), "a loan is not settled: " + row));
        }
    }

    private void runUntil(long endMicros) {
        while (true) {
            Planned next = agenda.peek();
            if (next == null || next.atMicros() > endMicros) {
                nowMicros = endMicros;
                return;
            }
            agenda.remove();
            nowMicros = Math.max(nowMicros, next.atMicros());
            next.act().run();
            nodes.forEach(this::invariants);
        }
    }

    private void in(long millis, Runnable act) {
        agenda.add(new Planned(nowMicros + millis * 1_000, planned++, act));
    }

    // ---- what clients and fate do

    private void clientActs(Node node) {
        in(200 + random.nextInt(1_500), () -> clientActs(node));
        if (!node.up || !faults) {
            return;
        }
        List<LoanRow> active = node.disk.loans.values().stream()
                .filter(row -> row.state() == LoanState.ACTIVE)
                .toList();
        if (!active.isEmpty() && random.nextInt(3) == 0) {
            LoanRow loan = active.get(random.nextInt(active.size()));
            node.ask(new Command.ReleaseLoan(loan.id()));
        } else if (!active.isEmpty() && random.nextInt(4) == 0) {
            LoanRow loan = active.get(random.nextInt(active.size()));
            node.ask(new Command.ResizeLoan(loan.id(), SLICE_BYTES * (1 + random.nextInt(4))));
        } else if (random.nextInt(8) == 0) {
            Node owner = nodes.get(random.nextInt(nodes.size()));
            if (random.nextBoolean()) {
                owner.revokeSomething();
            } else {
                owner.endQuarantines();
            }
        } else if (random.nextInt(6) == 0) {
            // A demand whose borrower never comes for what is kept for it: it takes from others, and must block nobody.
            Node owner = nodes.get(random.nextInt(nodes.size()));
            Requirement wish = new Requirement(
                    ResourceKind.MEMORY,
                    SLICE_BYTES,
                    Optional.empty(),
                    5_000,
                    random.nextInt(10),
                    ForcedEndEffect.FATAL,
                    Optional.empty(),
                    1);
            owner.leases(new LeaseEvent.Asked(
                    node.principal,
                    node.name,
                    new Command.Want(new LoanId(random.nextLong(), random.nextLong()), wish, SLICE_BYTES),
                    owner.tokens++));
        } else {
            Requirement wish = new Requirement(
                    ResourceKind.MEMORY,
                    SLICE_BYTES * (1 + random.nextInt(3)),
                    Optional.empty(),
                    1_000 + random.nextInt(5_000),
                    random.nextInt(10),
                    random.nextBoolean() ? ForcedEndEffect.FATAL : ForcedEndEffect.TOLERATED,
                    Optional.empty(),
                    1 + random.nextInt(3));
            node.ask(new Command.Borrow(
                    new LoanId(random.nextLong(), random.nextLong()),
                    wish,
                    random.nextInt(4) == 0 ? Command.Borrow.Mode.STANDING : Command.Borrow.Mode.APPLY));
        }
    }

    private void maybeCrash(Node node) {
        in(500 + random.nextInt(6_000), () -> maybeCrash(node));
        if (!faults || !node.up || random.nextInt(3) != 0) {
            return;
        }
        node.crashFor(random.nextInt(4_000));
    }

    // ---- invariants

    private void invariants(Node owner) {
        for (SmallHardware.Slice hw : owner.hardware.slices.values()) {
            SliceRow row = owner.disk.slices.get(hw.key);
            if (row == null) {
                continue;
            }
            if (hw.host.isPresent() && row.state() != SliceState.QUARANTINED) {
                require(
                        row.holding().map(Holding::hostPort).equals(hw.host),
                        hw.key + " is bound to " + hw.host + ", and the ledger says " + row);
                require(row.epoch().value() == hw.epoch, hw.key + " is bound with another epoch than " + row);
            }
            if (row.state() == SliceState.FREE) {
                require(hw.host.isEmpty(), hw.key + " is free and bound to " + hw.host);
                require(hw.writer.isEmpty(), hw.key + " is free and not wiped after " + hw.writer);
            }
            require(row.epoch().value() >= hw.highestSeen, hw.key + ": its epoch went back");
            hw.highestSeen = row.epoch().value();
        }
        for (LoanRow loan : owner.disk.loans.values()) {
            // After a reboot it asks first, for as long as an answer may take.
            if (loan.state() != LoanState.ACTIVE || !owner.up || owner.clock() < owner.knowsAgainMillis) {
                continue;
            }
            for (Leg leg : loan.members()) {
                require(leg.state() == Leg.State.GRANTED, "an active loan is not whole: " + loan);
            }
            for (Leg leg : loan.legs()) {
                // An owner may take back by force before the term is over, and a borrower that is cut off cannot know.
                if (leg.state() == Leg.State.GRANTED
                        && !revoked.contains(leg.lease())
                        && (owner.clock() < leg.deadlineMillis() || leg.slice().forcedEnd() == ForcedEndEffect.FATAL)) {
                    Node lender = node(leg.owner());
                    SmallHardware.Slice hw =
                            lender.hardware.slices.get(leg.slice().id().key());
                    require(
                            hw.host.filter(owner.name::equals).isPresent()
                                    && hw.epoch == leg.epoch().value(),
                            owner.name + " believes to hold " + hw.key + " of " + lender.name + " (epoch "
                                    + leg.epoch().value() + "), which is bound to " + hw.host + " epoch " + hw.epoch);
                }
            }
        }
    }

    void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("at " + nowMicros / 1_000 + " ms: " + what + "\n"
                    + String.join(
                            "\n", tally.history.subList(Math.max(0, tally.history.size() - 60), tally.history.size())));
        }
    }

    private Node node(NodeId id) {
        return nodes.stream().filter(node -> node.id.equals(id)).findFirst().orElseThrow();
    }

    // ---- a node

    private final class Node {
        final NodeId id;
        final String name;
        final Principal principal;
        final double rate;
        final SmallHardware hardware;
        final SmallDisk disk = new SmallDisk();
        final Map<Long, AnswerTo> repliesTo = new HashMap<>();
        boolean up;
        boolean quarantineExpected;
        long life;
        long bootEpoch;
        long tokens = 1;
        long wakeMicros;
        long poweredMicros;
        long knowsAgainMillis;
        LeaseEvent.Boot boot = LeaseEvent.Boot.SAME;
        LeaseCore leases;
        LoanCore loans;

        private record AnswerTo(Node asker, long askerLife, long exchange) {}

        Node(int index, int slices) {
            id = new NodeId(7, index);
            name = "n" + index;
            principal = new Principal(name, id, Role.NODE, Optional.empty());
            // Each clock is off by up to half of what the policy allows between two.
            rate = 1 + (random.nextDouble() - 0.5) * 0.009;
            hardware = new SmallHardware(slices, random, SmallRack.this::require);
        }

        long clock() {
            return (long) ((nowMicros - poweredMicros) / 1_000.0 * rate);
        }

        void boot() {
            up = true;
            life++;
            wakeMicros = 0;
            bootEpoch++;
            leases = new LeaseCore(id, LEASES, disk.slices.values(), disk.wants.values());
            loans = new LoanCore(
                    id, LOANS, () -> new LeaseId(random.nextLong(), random.nextLong()), bootEpoch, disk.loans.values());
            tally.history.add(clock() + " " + name + " boots");
            hardware.restart(nowMicros / 1_000);
            if (boot == LeaseEvent.Boot.NEW) {
                knowsAgainMillis = clock() + LOANS.answerMillis() + 10;
            }
            // A start that the ledger refuses is no start: here it does not.
            perform(leases.step(hardware.survey(boot), clock()));
            if (up) {
                perform(loans.step(new LoanEvent.Started(boot), clock()));
            }
            loans(new LoanEvent.Tick());
            leases(new LeaseEvent.Tick());
            if (up) {
                // As the daemon does: only once what the boot means is in the ledger.
                boot = LeaseEvent.Boot.SAME;
            }
        }

        void crashFor(long millis) {
            crash();
            in(millis, () -> {
                if (!up) {
                    boot();
                }
            });
        }

        private void crash() {
            tally.crashes++;
            if (random.nextInt(4) == 0) {
                tally.reboots++;
                boot = LeaseEvent.Boot.NEW;
                poweredMicros = nowMicros - random.nextInt(20_000_000);
            }
            up = false;
            life++;
            repliesTo.clear();
            tally.history.add(clock() + " " + name + " crashes");
        }

        void tick() {
            leases(new LeaseEvent.Tick());
            if (up) {
                loans.lookedFor().forEach(kind -> loans(new LoanEvent.LendersSeen(kind, others())));
            }
            loans(new LoanEvent.Tick());
        }

        private List<NodeId> others() {
            return nodes.stream().filter(n -> n != this).map(n -> n.id).toList();
        }

        void ask(Command command) {
            loans(new LoanEvent.Asked(principal, command, others(), tokens++));
        }

        void revokeSomething() {
            if (!up) {
                return;
            }
            disk.slices.values().stream()
                    .filter(row -> row.state() == SliceState.ACTIVE)
                    .findFirst()
                    .flatMap(SliceRow::holding)
                    .ifPresent(h -> {
                        revoked.add(h.lease());
                        leases(new LeaseEvent.Asked(
                                OPERATOR,
                                "",
                                new Command.Revoke(h.lease(), random.nextInt(1_500), "wanted elsewhere"),
                                tokens++));
                    });
        }

        void endQuarantines() {
            List.copyOf(disk.slices.values()).stream()
                    .filter(row -> row.state() == SliceState.QUARANTINED)
                    .forEach(row -> leases(new LeaseEvent.Asked(
                            OPERATOR, "", new Command.EndQuarantine(row.key(), "looked at"), tokens++)));
        }

        void leases(LeaseEvent event) {
            if (up) {
                LeaseCore.Mark mark = leases.mark();
                List<Effect> effects = leases.step(event, clock());
                if (ledgerRefuses(effects)) {
                    leases.back(mark);
                    afterRefusal(event instanceof LeaseEvent.Asked asked ? asked.token() : 0, () -> leases(event));
                } else {
                    perform(effects);
                }
                wakeAt(leases.nextDeadline().orElse(Long.MAX_VALUE));
            }
        }

        void loans(LoanEvent event) {
            if (up) {
                LoanCore.Mark mark = loans.mark();
                List<Effect> effects = loans.step(event, clock());
                if (ledgerRefuses(effects)) {
                    loans.back(mark);
                    afterRefusal(event instanceof LoanEvent.Asked asked ? asked.token() : 0, () -> loans(event));
                } else {
                    perform(effects);
                }
                wakeAt(loans.nextDeadline().orElse(Long.MAX_VALUE));
            }
        }

        private boolean ledgerRefuses(List<Effect> effects) {
            boolean writes = effects.stream()
                    .anyMatch(effect -> effect instanceof Effect.SaveSlice
                            || effect instanceof Effect.SaveLoan
                            || effect instanceof Effect.SaveWant
                            || effect instanceof Effect.Audit);
            boolean refuses = faults && writes && random.nextInt(100) == 0;
            tally.refusals += refuses ? 1 : 0;
            return refuses;
        }

        /** Who asked is told; what nobody waits for comes again. */
        private void afterRefusal(long token, Runnable again) {
            long current = life;
            if (token != 0) {
                answer(new Effect.Reply(token, Answer.Refused.of(RefusalCode.UNAVAILABLE, "the ledger refuses")));
                return;
            }
            in(1 + random.nextInt(500), () -> {
                if (up && life == current) {
                    again.run();
                }
            });
        }

        private void wakeAt(long clockMillis) {
            long atMicros = nowMicros + Math.max(1_000, (long) ((clockMillis - clock()) * 1_000 / rate) + 1_000);
            if (clockMillis == Long.MAX_VALUE || (wakeMicros > nowMicros && wakeMicros <= atMicros)) {
                return;
            }
            wakeMicros = atMicros;
            long current = life;
            agenda.add(new Planned(atMicros, planned++, () -> {
                if (up && life == current && wakeMicros == atMicros) {
                    tick();
                }
            }));
        }

        /** Persist, then hardware, then send; a crash may come between any two. */
        private void perform(List<Effect> effects) {
            if (faults && random.nextInt(400) == 0) {
                crashFor(random.nextInt(3_000));
                return;
            }
            disk.write(effects, clock() + " " + name, tally);
            effects.forEach(effect -> {
                if (effect instanceof Effect.Reclaimed reclaimed) {
                    revoked.add(reclaimed.lease());
                }
            });
            boolean dies = faults && random.nextInt(300) == 0;
            if (!dies) {
                for (Effect effect : effects) {
                    if (effect instanceof Effect.Drive drive) {
                        drive(drive);
                    }
                }
            }
            if (dies || (faults && random.nextInt(300) == 0)) {
                crashFor(random.nextInt(3_000));
                return;
            }
            for (Effect effect : effects) {
                if (effect instanceof Effect.Ask ask) {
                    send(ask);
                } else if (effect instanceof Effect.Reply reply) {
                    answer(reply);
                } else if (effect instanceof Effect.AskBack askBack) {
                    Node borrower = node(askBack.borrower());
                    deliver(() -> borrower.loans(
                            new LoanEvent.Asked(principal, askBack.recall(), List.of(), borrower.tokens++)));
                }
            }
        }

        // ---- network

        private void send(Effect.Ask ask) {
            long current = life;
            Node to = node(ask.to());
            in(TIMEOUT_MILLIS, () -> {
                if (life == current) {
                    loans(new LoanEvent.Answered(
                            ask.exchange(), new Answer.Refused(RefusalCode.UNREACHABLE, "no answer", 0)));
                }
            });
            deliver(() -> to.take(ask, this, current));
        }

        private void take(Effect.Ask ask, Node asker, long askerLife) {
            if (!up) {
                return;
            }
            AnswerTo back = new AnswerTo(asker, askerLife, ask.exchange());
            if (ask.command() instanceof Command.ListSlices) {
                reply(back, new Answer.Slices(leases.slices(), leases.allowances(asker.principal.id())));
                return;
            }
            if (ask.command() instanceof Command.Want) {
                // The simplest of lines: everybody is the next, and nothing is kept for anybody.
                reply(back, new Answer.Place(new LinePlace(1, 1, 0), 5_000));
                return;
            }
            if (ask.command() instanceof Command.WithdrawWant) {
                reply(back, new Answer.Done());
                return;
            }
            long token = tokens++;
            repliesTo.put(token, back);
            leases(new LeaseEvent.Asked(asker.principal, asker.name, ask.command(), token));
        }

        private void answer(Effect.Reply reply) {
            AnswerTo back = repliesTo.remove(reply.token());
            if (back != null) {
                reply(back, reply.answer());
            }
        }

        private void reply(AnswerTo back, Answer answer) {
            deliver(() -> {
                if (back.asker().life == back.askerLife()) {
                    back.asker().loans(new LoanEvent.Answered(back.exchange(), answer));
                }
            });
        }

        private void deliver(Runnable arrival) {
            boolean lost = faults && random.nextInt(10) == 0;
            boolean late = faults && random.nextInt(12) == 0;
            if (!lost) {
                in(late ? random.nextInt(2_500) : 1 + random.nextInt(5), arrival);
                if (faults && random.nextInt(20) == 0) {
                    in(random.nextInt(2_500), arrival);
                }
            }
        }

        private void drive(Effect.Drive drive) {
            long current = life;
            SmallHardware.Outcome outcome = hardware.take(drive, nowMicros / 1_000, faults);
            quarantineExpected |= outcome.mayQuarantine();
            in(outcome.afterMillis(), () -> {
                // What a process that died had ordered last is done or not by then: its successor reads the route.
                if (life == current) {
                    leases(new LeaseEvent.HardwareDone(
                            drive.sliceKey(),
                            drive.epoch(),
                            drive.order(),
                            outcome.result().get()));
                }
            });
        }
    }
}
