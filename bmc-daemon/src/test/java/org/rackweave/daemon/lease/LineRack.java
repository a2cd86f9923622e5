package org.rackweave.daemon.lease;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WantView;

/**
 * One owner with the real core, and borrowers that want, take, hold, give back, dawdle, die, and try to get past the line, over
 * messages that are lost; the owner's ledger refuses and its process crashes. All from one seed; what the line promises is
 * checked after every step.
 */
final class LineRack {
    static final LinePolicy LINE = new LinePolicy(3_000, 400, 1_500, 500, 6, 20_000, 800);
    private static final Principal OPERATOR = new Principal("op", new NodeId(3, 3), Role.OPERATOR, Optional.empty());
    private static final long QUOTA = 14;
    private static final long FLOOR = 2;
    private static final long FAULTY_MILLIS = 120_000;
    private static final long CALM_MILLIS = 240_000;

    private static final class Dead extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private record Planned(long at, long order, Runnable act) {}

    final Map<String, Integer> tally = new TreeMap<>();
    final List<String> history = new ArrayList<>();
    private final Random random;
    private final PriorityQueue<Planned> agenda =
            new PriorityQueue<>(Comparator.comparingLong(Planned::at).thenComparingLong(Planned::order));
    private final List<Borrower> borrowers = new ArrayList<>();
    private final TreeMap<String, SliceRow> slices = new TreeMap<>();
    private final Map<String, RouteReading.Bound> routes = new TreeMap<>();
    private final Map<String, Epoch> fences = new TreeMap<>();
    private final LinkedHashMap<LoanId, WantRow> wants = new LinkedHashMap<>();
    private final Map<String, Long> grantedAt = new HashMap<>();
    private final Deque<Long> reclaims = new ArrayDeque<>();
    private final LeasePolicy policy;
    private @Nullable LeaseCore core;
    private boolean faults = true;
    private long life;
    private long now = 1_000_000;
    private long planned;
    private long tokens;
    private long ids;
    private long wakeAt = Long.MAX_VALUE;
    private Map<Long, Answer> answers = new HashMap<>();

    LineRack(long seed) {
        random = new Random(seed);
        LendingRules rules = new LendingRules(
                random.nextBoolean() ? Map.of(ResourceKind.MEMORY, FLOOR) : Map.of(),
                random.nextBoolean() ? Map.of(ResourceKind.MEMORY, QUOTA) : Map.of(),
                Map.of(),
                Map.of(OwnerRig.node(1).id(), 6),
                4);
        policy = new LeasePolicy(500, 60_000, 600, 30_000, 1, 9, 1_000, 30_000).with(rules, LINE);
        int count = 6 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            long amount = 2 + random.nextInt(3);
            add("mem" + i, ResourceKind.MEMORY, amount, i % 5 == 4 ? ForcedEndEffect.FATAL : ForcedEndEffect.TOLERATED);
        }
        add("core0", ResourceKind.CORES, 2, ForcedEndEffect.TOLERATED);
        add("core1", ResourceKind.CORES, 2, ForcedEndEffect.TOLERATED);
        for (int i = 1; i <= 5; i++) {
            borrowers.add(new Borrower(i));
        }
        boot();
    }

    private void add(String key, ResourceKind kind, long amount, ForcedEndEffect forcedEnd) {
        SliceFacts facts = new SliceFacts(key, kind, amount, Set.of(), forcedEnd, FenceKind.HARDWARE_EPOCH);
        slices.put(
                key, new SliceRow(facts, SliceState.SANITISING, new Epoch(1), Optional.empty(), Optional.empty(), ""));
    }

    void run() {
        borrowers.forEach(borrower -> in(random.nextInt(500), borrower::act));
        in(20_000 + random.nextInt(80_000), () -> crash(random.nextInt(2_000)));
        runUntil(now + FAULTY_MILLIS);
        faults = false;
        if (core == null) {
            boot();
        }
        endOverdue();
        long until = now + CALM_MILLIS;
        while (now < until && !isServed()) {
            runUntil(now + 1_000);
        }
        require(
                isServed(),
                "who could be served is not: "
                        + borrowers.stream()
                                .filter(b -> !b.isDead)
                                .flatMap(b -> b.demands.stream())
                                .toList() + " in " + live().wants(now) + " of " + slices.values());
        runUntil(now + 2 * LINE.validMillis());
        require(wants.isEmpty(), "wants of the dead are left: " + wants.values());
    }

    /** What a borrower forgot when it died, and nobody may pull, counts for its quota until people end it. */
    private void endOverdue() {
        for (SliceRow row : List.copyOf(slices.values())) {
            if (row.state() == SliceState.OVERDUE) {
                long token = tokens++;
                step(new LeaseEvent.Asked(
                        OPERATOR, "", new Command.EndQuarantine(row.key(), "its host is off"), token));
                answers.remove(token);
            }
        }
    }

    private boolean isServed() {
        return borrowers.stream().allMatch(borrower -> borrower.isDead || borrower.demands.isEmpty());
    }

    private void runUntil(long end) {
        while (!agenda.isEmpty() && agenda.peek().at() <= end) {
            Planned next = agenda.remove();
            now = Math.max(now, next.at());
            try {
                next.act().run();
            } catch (Dead e) {
                count("asked while the owner was down");
            }
        }
        now = end;
    }

    private void in(long millis, Runnable act) {
        agenda.add(new Planned(now + millis, planned++, act));
    }

    private void count(String what) {
        tally.merge(what, 1, Integer::sum);
    }

    private void tell(String what) {
        history.add(now + " " + what);
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("at " + now + ": " + what + "\n"
                    + String.join("\n", history.subList(Math.max(0, history.size() - 80), history.size())));
        }
    }

    // ---- the owner -------------------------------------------------------------------------------------------------

    private LeaseCore live() {
        if (core == null) {
            throw new Dead();
        }
        return core;
    }

    private void boot() {
        life++;
        tell("the owner boots");
        core = new LeaseCore(OwnerRig.SELF, policy, slices.values(), wants.values());
        reclaims.clear();
        for (int i = 0; i < LINE.maxReclaims(); i++) {
            reclaims.add(now);
        }
        grantedAt.replaceAll((key, at) -> now);
        Map<String, RouteReading> routes = new TreeMap<>();
        slices.forEach((key, row) -> routes.put(key, reading(row)));
        step(new LeaseEvent.Started(
                LeaseEvent.Boot.SAME,
                slices.values().stream().map(SliceRow::facts).toList(),
                routes));
    }

    /** Hardware of this test does nothing wrong: where a slice may be bound, it is. */
    private static RouteReading reading(SliceRow row) {
        return switch (row.state()) {
            case ACTIVE, OVERDUE, RECLAIMING ->
                new RouteReading.Bound(LeaseBook.held(row).hostPort(), row.epoch());
            case FREE, RESERVED, CONFIGURING, FENCING, SANITISING, QUARANTINED -> new RouteReading.Unbound(row.epoch());
        };
    }

    private void crash(long millis) {
        if (!faults) {
            return;
        }
        die(millis);
        in(30_000 + random.nextInt(60_000), () -> crash(random.nextInt(2_000)));
    }

    private void die(long millis) {
        count("crashes");
        tell("the owner crashes");
        core = null;
        life++;
        in(millis, () -> {
            if (core == null) {
                boot();
            }
        });
    }

    private void step(LeaseEvent event) {
        LeaseCore owner = live();
        LeaseCore.Mark mark = owner.mark();
        List<WantView> before = owner.wants(now);
        List<Effect> effects = owner.step(event, now);
        boolean isStart = event instanceof LeaseEvent.Started;
        if (faults
                && !isStart
                && effects.stream().anyMatch(e -> e instanceof Effect.SaveSlice || e instanceof Effect.SaveWant)
                && random.nextInt(60) == 0) {
            count("refusals of the ledger");
            owner.back(mark);
            require(owner.wants(now).equals(before), "the line is not where it was");
            if (!(event instanceof LeaseEvent.Asked)) {
                long current = life;
                in(1 + random.nextInt(200), () -> {
                    if (core != null && life == current) {
                        step(event);
                    }
                });
            }
            return;
        }
        check(before, effects, owner);
        for (Effect effect : effects) {
            if (effect instanceof Effect.Drive drive) {
                long current = life;
                in(1 + random.nextInt(30), () -> {
                    if (life == current) {
                        step(new LeaseEvent.HardwareDone(drive.sliceKey(), drive.epoch(), drive.order(), done(drive)));
                    }
                });
            } else if (effect instanceof Effect.Reply reply) {
                answers.put(reply.token(), reply.answer());
            } else if (effect instanceof Effect.SayFreed say) {
                count("told");
                deliver(say.borrower(), borrower -> borrower.freed(say.freed().loan()));
            } else if (effect instanceof Effect.AskBack ask) {
                deliver(
                        ask.borrower(),
                        borrower -> borrower.recalled(ask.recall().lease()));
            }
        }
        long next = owner.nextDeadline().orElse(Long.MAX_VALUE);
        require(next > now, "a deadline of the past: " + next);
        wake(next);
    }

    private void wake(long at) {
        if (at == Long.MAX_VALUE || (wakeAt > now && wakeAt <= at)) {
            return;
        }
        wakeAt = at;
        in(at - now, () -> {
            if (core != null && wakeAt == at) {
                step(new LeaseEvent.Tick());
            }
        });
    }

    private RouteReading unbound(String key) {
        return new RouteReading.Unbound(fences.getOrDefault(key, Epoch.NONE));
    }

    private HardwareResult done(Effect.Drive drive) {
        long amount = slices.get(drive.sliceKey()).facts().amount();
        if (drive.order() instanceof HardwareOrder.Bind bind) {
            if (faults && random.nextInt(50) == 0) {
                return new HardwareResult.Refused("told to");
            }
            routes.put(drive.sliceKey(), new RouteReading.Bound(bind.hostPort(), drive.epoch()));
            return new HardwareResult.Attached(new Attachment("file-window", drive.sliceKey(), amount));
        } else if (drive.order() instanceof HardwareOrder.Unbind) {
            routes.remove(drive.sliceKey());
            fences.put(drive.sliceKey(), drive.epoch());
            return new HardwareResult.Detached();
        } else if (drive.order() instanceof HardwareOrder.Sanitise) {
            return new HardwareResult.Wiped("test", amount, amount);
        }
        RouteReading bound = routes.get(drive.sliceKey());
        return new HardwareResult.Read(bound == null ? unbound(drive.sliceKey()) : bound);
    }

    private void deliver(NodeId to, Consumer<Borrower> what) {
        if (!(faults && random.nextInt(10) == 0)) {
            borrowers.stream()
                    .filter(borrower -> borrower.principal.id().equals(to) && !borrower.isDead)
                    .forEach(borrower -> in(1 + random.nextInt(20), () -> what.accept(borrower)));
        }
    }

    // ---- invariants ------------------------------------------------------------------------------------------------

    /** Writes what the step wants written, and looks at each row as it changes. */
    private void check(List<WantView> before, List<Effect> effects, LeaseCore owner) {
        List<WantView> after = owner.wants(now);
        Map<String, List<SliceRow>> victims = new TreeMap<>();
        Map<LoanId, Long> heldBefore = new HashMap<>();
        slices.values().stream()
                .filter(LineRack::isKept)
                .forEach(row ->
                        heldBefore.merge(LeaseBook.held(row).loan(), row.facts().amount(), Long::sum));
        for (Effect effect : effects) {
            if (effect instanceof Effect.SaveWant save) {
                wants.put(save.row().loan(), save.row());
            } else if (effect instanceof Effect.ForgetWant forget) {
                wants.remove(forget.loan());
            } else if (effect instanceof Effect.Tell told) {
                tell(told.kind() + " " + told.subject() + " " + told.text());
                count(told.kind());
            } else if (effect instanceof Effect.SaveSlice save) {
                SliceRow row = save.row();
                SliceRow old = slices.put(row.key(), row);
                if (old != null && old.state() == SliceState.FREE && row.state() == SliceState.RESERVED) {
                    nobodyIsPassed(row, before, after, effects);
                    floorHolds(row);
                } else if (old != null && old.state() == SliceState.CONFIGURING && row.state() == SliceState.ACTIVE) {
                    grantedAt.put(row.key(), now);
                } else if (old != null
                        && old.state() == SliceState.ACTIVE
                        && row.state() == SliceState.RECLAIMING
                        && LeaseBook.held(row).end() == End.REVOKED) {
                    victims.computeIfAbsent(row.reason(), reason -> new ArrayList<>())
                            .add(row);
                }
            }
        }
        victims.forEach((reason, rows) -> victimsAreRight(reason, rows, after, heldBefore));
        quotaHolds();
        require(
                wants.keySet()
                        .equals(new HashSet<>(after.stream().map(WantView::loan).toList())),
                "the ledger has other wants than the core");
    }

    private void nobodyIsPassed(SliceRow row, List<WantView> before, List<WantView> after, List<Effect> effects) {
        Holding holding = LeaseBook.held(row);
        count("reservations");
        long had = 0;
        long has = 0;
        // In the order of the line: what somebody loses may pass to those ahead of it, and to nobody else.
        for (WantView want : before) {
            // What one borrower takes for one loan may cost its other ones their part of its quota.
            boolean own = want.borrower().equals(holding.borrower());
            boolean lapsed = effects.stream()
                    .anyMatch(e -> e instanceof Effect.Tell told
                            && told.kind().equals("want.lapsed")
                            && told.subject().equals(want.loan().toString()));
            Optional<WantView> now =
                    after.stream().filter(w -> w.loan().equals(want.loan())).findFirst();
            // A line of another kind goes on by itself.
            boolean sameLine = want.requirement().kind() == row.facts().kind();
            boolean counts = sameLine && !own && !lapsed && now.isPresent();
            if (counts && want.requirement().priority() >= holding.priority()) {
                had += want.place().coming();
                has += now.get().place().coming();
                require(
                        has >= had,
                        row.key() + " went to " + holding + " past " + want + ", which now is " + now.get());
            }
        }
    }

    private void floorHolds(SliceRow row) {
        long left = slices.values().stream()
                .filter(each -> each.facts().kind() == row.facts().kind()
                        && each.holding().isEmpty()
                        && each.state() != SliceState.QUARANTINED)
                .mapToLong(each -> each.facts().amount())
                .sum();
        require(
                left >= policy.rules().floor(row.facts().kind()),
                "only " + left + " is left of " + row.facts().kind());
    }

    private void quotaHolds() {
        for (Borrower borrower : borrowers) {
            long held = slices.values().stream()
                    .filter(row -> row.facts().kind() == ResourceKind.MEMORY
                            && row.holding()
                                    .filter(h -> h.borrower().equals(borrower.principal.id()))
                                    .isPresent())
                    .mapToLong(row -> row.facts().amount())
                    .sum();
            require(
                    held <= policy.rules().quota(borrower.principal.id(), ResourceKind.MEMORY),
                    borrower.principal + " holds " + held);
        }
    }

    private void victimsAreRight(
            String reason, List<SliceRow> rows, List<WantView> after, Map<LoanId, Long> heldBefore) {
        WantView want = after.stream()
                .filter(w -> reason.contains("for loan " + w.loan().brief() + " of node "
                        + w.borrower().brief()))
                .findFirst()
                .orElse(null);
        require(want != null, "nobody wants what was taken: " + reason);
        long sum = 0;
        long smallest = Long.MAX_VALUE;
        for (SliceRow row : rows) {
            count("reclaimed");
            require(
                    LeaseBook.held(row).priority() < want.requirement().priority(),
                    row + " is not of a lower priority than " + want);
            require(
                    now - grantedAt.getOrDefault(row.key(), now) >= LINE.minHoldMillis(),
                    row + " was granted only just");
            sum += row.facts().amount();
            smallest = Math.min(smallest, row.facts().amount());
            reclaims.add(now);
        }
        // What it had before this step, or has reserved in it.
        long reserved = slices.values().stream()
                .filter(row -> isKept(row) && LeaseBook.held(row).loan().equals(want.loan()))
                .mapToLong(row -> row.facts().amount())
                .sum();
        long held = Math.max(reserved, heldBefore.getOrDefault(want.loan(), 0L));
        long least = Math.min(want.amount(), want.requirement().leastAmount());
        // Who waits may be a victim himself, of a want that is ahead: then what it has changes while it is served.
        boolean isRobbed = slices.values().stream().anyMatch(row -> row.holding()
                .filter(h -> h.loan().equals(want.loan()) && h.end() == End.REVOKED)
                .isPresent());
        if (!isRobbed) {
            require(
                    sum - smallest < want.amount() - held,
                    "more than one too many for " + want + ", which has " + held + ": " + rows);
            require(want.place().coming() + held >= least, "revoked for nothing: " + want + " has " + held);
        }
        reclaims.removeIf(at -> at <= now - LINE.reclaimMillis());
        require(reclaims.size() <= LINE.maxReclaims(), "taken back too often: " + reclaims);
    }

    private static boolean isKept(SliceRow row) {
        return row.holding().filter(h -> h.end() == End.NOT_ENDING).isPresent() && !Lent.isComing(row);
    }

    // ---- a borrower ------------------------------------------------------------------------------------------------

    private static final class Demand {
        final LoanId loan;
        final Requirement wish;
        final boolean stands;
        final Map<LeaseId, LeaseView> leases = new LinkedHashMap<>();
        boolean isHeld;
        boolean isEnding;

        Demand(LoanId loan, Requirement wish, boolean stands) {
            this.loan = loan;
            this.wish = wish;
            this.stands = stands;
        }

        @Override
        public String toString() {
            return loan + " " + wish + (isHeld ? " held" : "") + (isEnding ? " ending" : "");
        }
    }

    private final class Borrower {
        final Principal principal;
        final List<Demand> demands = new ArrayList<>();
        boolean isDead;

        Borrower(int number) {
            principal = new Principal("n" + number, OwnerRig.node(number).id(), Role.NODE, Optional.empty());
        }

        void act() {
            if (isDead) {
                return;
            }
            in(200 + random.nextInt(1_500), this::act);
            if (faults && random.nextInt(150) == 0) {
                count("deaths");
                tell(principal.name() + " dies");
                isDead = true;
                in(5_000 + random.nextInt(20_000), this::liveAgain);
            } else if (faults && demands.size() < 3 && random.nextBoolean()) {
                begin();
            }
        }

        private void liveAgain() {
            // What it knew is gone.
            isDead = false;
            demands.clear();
            act();
        }

        private void begin() {
            boolean memory = random.nextInt(5) != 0;
            long amount = memory ? 1 + random.nextInt(9) : 1 + random.nextInt(4);
            Demand demand = new Demand(
                    new LoanId(++ids << 32 | principal.id().low(), random.nextLong()),
                    OwnerRig.wish(
                            memory ? ResourceKind.MEMORY : ResourceKind.CORES,
                            amount,
                            random.nextInt(10),
                            random.nextInt(3) == 0 ? 1 + amount / 2 : amount),
                    random.nextInt(4) != 0);
            demands.add(demand);
            if (demand.stands) {
                repeat(demand);
            } else {
                tryNow(demand);
                if (!demand.isHeld) {
                    demands.remove(demand);
                }
            }
        }

        private void repeat(Demand demand) {
            if (isDead || !demands.contains(demand) || demand.isHeld) {
                return;
            }
            in(LINE.validMillis() / 3, () -> repeat(demand));
            ask(new Command.Want(demand.loan, demand.wish, demand.wish.amount()));
            if (faults && random.nextInt(40) == 0) {
                ask(new Command.WithdrawWant(demand.loan));
                demands.remove(demand);
            }
        }

        void freed(LoanId loan) {
            boolean dawdles = faults && random.nextInt(6) == 0;
            demands.stream()
                    .filter(demand -> demand.loan.equals(loan) && !demand.isHeld && !dawdles)
                    .findFirst()
                    .ifPresent(this::tryNow);
        }

        /** Reserves until it has enough; keeps all, or none. */
        private void tryNow(Demand demand) {
            long has = 0;
            List<LeaseView> got = new ArrayList<>();
            for (SliceRow row : List.copyOf(slices.values())) {
                if (has < demand.wish.amount()
                        && row.state() == SliceState.FREE
                        && row.facts().kind() == demand.wish.kind()) {
                    Answer answer = ask(new Command.Reserve(
                            new LeaseId(ids++, random.nextLong()),
                            demand.loan,
                            row.key(),
                            20_000,
                            demand.wish.priority(),
                            demand.wish.worstForcedEnd()));
                    if (answer instanceof Answer.Lease lease) {
                        got.add(lease.lease());
                        has += row.facts().amount();
                    }
                }
            }
            boolean dawdles = faults && random.nextInt(12) == 0;
            if (has >= demand.wish.leastAmount()) {
                count("served");
                demand.isHeld = true;
                got.forEach(lease -> demand.leases.put(lease.id(), lease));
                if (!dawdles) {
                    got.forEach(lease -> ask(new Command.Commit(lease.id(), lease.epoch())));
                }
                in(500 + random.nextInt(6_000), () -> end(demand));
            } else if (!dawdles) {
                got.forEach(lease -> ask(new Command.Release(lease.id(), lease.epoch())));
            }
        }

        void recalled(LeaseId lease) {
            if (random.nextInt(4) != 0) {
                demands.stream()
                        .filter(demand -> demand.leases.containsKey(lease))
                        .toList()
                        .forEach(this::end);
            }
        }

        private void end(Demand demand) {
            if (isDead || demand.isEnding && demand.leases.isEmpty()) {
                return;
            }
            demand.isEnding = true;
            demand.leases
                    .values()
                    .removeIf(lease -> ask(new Command.Release(lease.id(), lease.epoch())) instanceof Answer.Done
                            || slices.values().stream().noneMatch(row -> row.holding()
                                    .filter(h -> h.lease().equals(lease.id()))
                                    .isPresent()));
            if (demand.leases.isEmpty()) {
                ask(new Command.WithdrawWant(demand.loan));
                demands.remove(demand);
            } else {
                in(300, () -> end(demand));
            }
        }

        /** @return nothing when question or answer were lost, or the owner is down */
        private @Nullable Answer ask(Command command) {
            if (core == null || (faults && random.nextInt(20) == 0)) {
                return null;
            }
            long token = ++tokens;
            step(new LeaseEvent.Asked(principal, principal.name(), command, token));
            Answer answer = answers.remove(token);
            if (answer instanceof Answer.Refused refused) {
                count("refused " + refused.code().word());
            }
            return faults && random.nextInt(20) == 0 ? null : answer;
        }
    }
}
