package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Attachment;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;

/**
 * A few nodes with the real cores on a network that loses and delays, clocks that drift, hardware that refuses and does not
 * know, and processes that crash between any two steps. All from one seed; invariants are checked after every event.
 */
final class SmallRack {
    static final LeasePolicy LEASES = new LeasePolicy(1_000, 60_000, 2_000, 2_000, 1, 9, 2, 30_000);
    static final LoanPolicy LOANS = new LoanPolicy(1, 500, 200, 1_000);
    static final long SLICE_BYTES = 1L << 30;
    private static final long TIMEOUT_MILLIS = 1_000;

    private final Random random;
    private final List<Node> nodes = new ArrayList<>();
    private final PriorityQueue<Planned> agenda =
            new PriorityQueue<>(Comparator.comparingLong(Planned::atMicros).thenComparingLong(Planned::order));
    private final Set<LeaseId> revoked = new HashSet<>();
    private final List<String> history = new ArrayList<>();
    private long nowMicros = 1_000_000_000L;
    private long planned;
    private boolean faults = true;
    int grants;
    int losses;
    int crashes;
    int fences;
    int quarantines;

    private record Planned(long atMicros, long order, Runnable act) {}

    SmallRack(long seed, int nodeCount, int slicesEach) {
        random = new Random(seed);
        for (int i = 0; i < nodeCount; i++) {
            nodes.add(new Node(i, slicesEach));
        }
        nodes.forEach(Node::boot);
    }

    List<String> history() {
        return history;
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
            for (SliceRow row : node.sliceDisk.values()) {
                require(
                        row.state() == SliceState.FREE || row.state() == SliceState.QUARANTINED,
                        "after all was given back " + row.key() + " of " + node.name + " is " + row.state() + ": "
                                + row.reason());
                require(
                        row.state() != SliceState.QUARANTINED || node.brokenOften,
                        row.key() + " is quarantined without a cause: " + row.reason());
            }
            node.loanDisk.values().forEach(row -> require(row.isSettled(), "a loan is not settled: " + row));
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
    // ------------------------------------------------------------------------------------

    private void clientActs(Node node) {
        in(200 + random.nextInt(1_500), () -> clientActs(node));
        if (!node.up || !faults) {
            return;
        }
        List<LoanRow> active = node.loanDisk.values().stream()
                .filter(row -> row.state() == LoanState.ACTIVE)
                .toList();
        if (!active.isEmpty() && random.nextInt(3) == 0) {
            LoanRow loan = active.get(random.nextInt(active.size()));
            node.ask(new Command.ReleaseLoan(loan.id()));
        } else if (random.nextInt(8) == 0) {
            Node owner = nodes.get(random.nextInt(nodes.size()));
            owner.revokeSomething();
        } else {
            Requirement wish = new Requirement(
                    ResourceKind.MEMORY,
                    SLICE_BYTES * (1 + random.nextInt(3)),
                    Optional.empty(),
                    1_000 + random.nextInt(5_000),
                    random.nextInt(10),
                    ForcedEndEffect.TOLERATED,
                    Optional.empty(),
                    1 + random.nextInt(3));
            node.ask(new Command.Borrow(
                    new LoanId(random.nextLong(), random.nextLong()), wish, Command.Borrow.Mode.APPLY));
        }
    }

    private void maybeCrash(Node node) {
        in(500 + random.nextInt(6_000), () -> maybeCrash(node));
        if (!faults || !node.up || random.nextInt(3) != 0) {
            return;
        }
        node.crash();
        in(random.nextInt(4_000), () -> {
            if (!node.up) {
                node.boot();
            }
        });
    }

    // ---- invariants
    // --------------------------------------------------------------------------------------------------

    private void invariants(Node owner) {
        for (Hardware hw : owner.hardware.values()) {
            SliceRow row = owner.sliceDisk.get(hw.key);
            if (row == null) {
                continue;
            }
            if (hw.host != null && row.state() != SliceState.QUARANTINED) {
                require(
                        row.holding().isPresent()
                                && row.holding().get().hostPort().equals(hw.host),
                        hw.key + " is bound to " + hw.host + ", and the ledger says " + row);
                require(row.epoch().value() == hw.epoch, hw.key + " is bound with another epoch than " + row);
            }
            if (row.state() == SliceState.FREE) {
                require(hw.host == null, hw.key + " is free and bound to " + hw.host);
                require(hw.writer.isEmpty(), hw.key + " is free and not wiped after " + hw.writer);
            }
            require(row.epoch().value() >= hw.highestSeen, hw.key + ": its epoch went back");
            hw.highestSeen = row.epoch().value();
        }
        for (LoanRow loan : owner.loanDisk.values()) {
            if (loan.state() != LoanState.ACTIVE || !owner.up) {
                continue;
            }
            for (Leg leg : loan.legs()) {
                // An owner may take back by force before the term is over, and a borrower that is cut off cannot know.
                if (leg.state() == Leg.State.GRANTED
                        && !revoked.contains(leg.lease())
                        && owner.clock() < leg.deadlineMillis()) {
                    Node lender = node(leg.owner());
                    Hardware hw = lender.hardware.get(leg.slice().id().key());
                    require(
                            owner.name.equals(hw.host)
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
                    + String.join("\n", history.subList(Math.max(0, history.size() - 60), history.size())));
        }
    }

    private Node node(NodeId id) {
        return nodes.stream().filter(node -> node.id.equals(id)).findFirst().orElseThrow();
    }

    /** One slice as the hardware knows it. */
    private static final class Hardware {
        final String key;
        String host;
        long epoch;
        long highestSeen;
        String writer = "";

        Hardware(String key) {
            this.key = key;
        }
    }

    // ---- a node
    // ------------------------------------------------------------------------------------------------------

    private final class Node {
        final NodeId id;
        final String name;
        final Principal principal;
        final double rate;
        final Map<String, Hardware> hardware = new TreeMap<>();
        final Map<String, SliceRow> sliceDisk = new TreeMap<>();
        final Map<LoanId, LoanRow> loanDisk = new LinkedHashMap<>();
        final Map<Long, AnswerTo> repliesTo = new HashMap<>();
        boolean up;
        boolean brokenOften;
        long life;
        long bootEpoch;
        long tokens = 1;
        long wakeMicros;
        LeaseCore leases;
        LoanCore loans;

        private record AnswerTo(Node asker, long askerLife, long exchange) {}

        Node(int index, int slices) {
            id = new NodeId(7, index);
            name = "n" + index;
            principal = new Principal(name, id, Role.NODE, Optional.empty());
            // Each clock is off by up to half of what the policy allows between two.
            rate = 1 + (random.nextDouble() - 0.5) * 0.009;
            for (int i = 0; i < slices; i++) {
                hardware.put("mem" + i, new Hardware("mem" + i));
            }
        }

        long clock() {
            return (long) (nowMicros / 1_000.0 * rate);
        }

        void boot() {
            up = true;
            life++;
            wakeMicros = 0;
            bootEpoch++;
            leases = new LeaseCore(id, LEASES, sliceDisk.values());
            loans = new LoanCore(
                    id, LOANS, () -> new LeaseId(random.nextLong(), random.nextLong()), bootEpoch, loanDisk.values());
            List<SliceFacts> facts = hardware.keySet().stream()
                    .map(key -> new SliceFacts(
                            key,
                            ResourceKind.MEMORY,
                            SLICE_BYTES,
                            Set.of(),
                            ForcedEndEffect.TOLERATED,
                            FenceKind.HARDWARE_EPOCH))
                    .toList();
            Map<String, RouteReading> routes = new TreeMap<>();
            hardware.values().forEach(hw -> routes.put(hw.key, read(hw)));
            history.add(clock() + " " + name + " boots");
            leases(new LeaseEvent.Started(LeaseEvent.Boot.SAME, facts, routes));
            loans(new LoanEvent.Started(LeaseEvent.Boot.SAME));
        }

        void crash() {
            crashes++;
            up = false;
            life++;
            repliesTo.clear();
            history.add(clock() + " " + name + " crashes");
        }

        void tick() {
            leases(new LeaseEvent.Tick());
            loans(new LoanEvent.Tick());
        }

        void ask(Command command) {
            List<NodeId> others =
                    nodes.stream().filter(n -> n != this).map(n -> n.id).toList();
            loans(new LoanEvent.Asked(principal, command, others, tokens++));
        }

        void revokeSomething() {
            if (!up) {
                return;
            }
            sliceDisk.values().stream()
                    .filter(row -> row.state() == SliceState.ACTIVE)
                    .findFirst()
                    .flatMap(SliceRow::holding)
                    .ifPresent(h -> {
                        revoked.add(h.lease());
                        leases(new LeaseEvent.Asked(
                                new Principal("op", new NodeId(9, 9), Role.OPERATOR, Optional.empty()),
                                "",
                                new Command.Revoke(h.lease(), random.nextInt(1_500), "wanted elsewhere"),
                                tokens++));
                    });
        }

        void leases(LeaseEvent event) {
            if (up) {
                perform(leases.step(event, clock()));
                wakeAt(leases.nextDeadline().orElse(Long.MAX_VALUE));
            }
        }

        void loans(LoanEvent event) {
            if (up) {
                perform(loans.step(event, clock()));
                wakeAt(loans.nextDeadline().orElse(Long.MAX_VALUE));
            }
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
                crash();
                in(random.nextInt(3_000), () -> {
                    if (!up) {
                        boot();
                    }
                });
                return;
            }
            for (Effect effect : effects) {
                if (effect instanceof Effect.SaveSlice save) {
                    SliceRow before = sliceDisk.put(save.row().key(), save.row());
                    if (before == null || before.state() != save.row().state()) {
                        history.add(clock() + " " + name + "/" + save.row().key() + " "
                                + save.row().state() + " epoch "
                                + save.row().epoch().value() + " " + save.row().reason());
                        grants += save.row().state() == SliceState.ACTIVE ? 1 : 0;
                        fences += save.row().state() == SliceState.FENCING ? 1 : 0;
                        quarantines += save.row().state() == SliceState.QUARANTINED ? 1 : 0;
                    }
                } else if (effect instanceof Effect.SaveLoan save) {
                    LoanRow before = loanDisk.put(save.row().id(), save.row());
                    if (before == null || before.state() != save.row().state()) {
                        history.add(clock() + " " + name + " loan "
                                + save.row().id().brief() + " " + save.row().state() + " "
                                + save.row().explanation());
                        losses += save.row().state() == LoanState.LOST ? 1 : 0;
                    }
                } else if (effect instanceof Effect.ForgetLoan forget) {
                    loanDisk.remove(forget.loan());
                }
            }
            boolean dies = faults && random.nextInt(300) == 0;
            if (!dies) {
                for (Effect effect : effects) {
                    if (effect instanceof Effect.Drive drive) {
                        drive(drive);
                    }
                }
            }
            if (dies || (faults && random.nextInt(300) == 0)) {
                crash();
                in(random.nextInt(3_000), () -> {
                    if (!up) {
                        boot();
                    }
                });
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
        // ---------------------------------------------------------------------------------------------------

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
                reply(back, new Answer.Slices(leases.slices()));
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
            }
        }

        // ---- hardware
        // --------------------------------------------------------------------------------------------------

        private RouteReading read(Hardware hw) {
            return hw.host == null
                    ? new RouteReading.Unbound(new Epoch(hw.epoch))
                    : new RouteReading.Bound(hw.host, new Epoch(hw.epoch));
        }

        private void drive(Effect.Drive drive) {
            Hardware hw = hardware.get(drive.sliceKey());
            long current = life;
            boolean refused = faults && random.nextInt(60) == 0 && drive.order() instanceof HardwareOrder.Bind;
            boolean unknown = faults && random.nextInt(60) == 0 && !(drive.order() instanceof HardwareOrder.ReadRoute);
            boolean applied = !refused && (!unknown || random.nextBoolean());
            if (unknown && drive.order() instanceof HardwareOrder.Sanitise
                    || unknown && !applied && drive.order() instanceof HardwareOrder.Unbind) {
                brokenOften = true;
            }
            HardwareResult result = applied ? apply(hw, drive) : new HardwareResult.Refused("told to refuse");
            HardwareResult told = unknown ? new HardwareResult.Unknown("told not to know") : result;
            in(1 + random.nextInt(40), () -> {
                if (life == current) {
                    leases(new LeaseEvent.HardwareDone(drive.sliceKey(), drive.epoch(), drive.order(), told));
                }
            });
        }

        private HardwareResult apply(Hardware hw, Effect.Drive drive) {
            if (drive.order() instanceof HardwareOrder.Bind bind) {
                require(hw.host == null || hw.host.equals(bind.hostPort()), hw.key + " is bound twice");
                require(hw.host != null || hw.writer.isEmpty(), hw.key + " is bound unwiped after " + hw.writer);
                require(drive.epoch().value() >= hw.epoch, hw.key + " is bound with an old epoch");
                hw.host = bind.hostPort();
                hw.epoch = drive.epoch().value();
                hw.writer = bind.hostPort();
                return new HardwareResult.Attached(new Attachment("file-window", hw.key, SLICE_BYTES));
            } else if (drive.order() instanceof HardwareOrder.Unbind) {
                hw.host = null;
                return new HardwareResult.Detached();
            } else if (drive.order() instanceof HardwareOrder.Sanitise) {
                require(hw.host == null, hw.key + " is wiped while it is bound");
                hw.writer = "";
                return new HardwareResult.Wiped("test", SLICE_BYTES, SLICE_BYTES);
            }
            return new HardwareResult.Read(read(hw));
        }
    }
}
