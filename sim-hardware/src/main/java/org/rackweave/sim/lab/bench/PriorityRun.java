package org.rackweave.sim.lab.bench;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.HardwareOrder;
import org.rackweave.daemon.lease.HardwareResult;
import org.rackweave.daemon.lease.LeaseCore;
import org.rackweave.daemon.lease.LeaseEvent;
import org.rackweave.daemon.lease.LeasePolicy;
import org.rackweave.daemon.lease.LendingRules;
import org.rackweave.daemon.lease.LinePolicy;
import org.rackweave.daemon.lease.RouteReading;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.daemon.matching.Matching;
import org.rackweave.daemon.matching.Plan;
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
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WantView;

/**
 * One owner's real core in virtual time under a load. Where the victims are not its own choice, its own reclaim has a rate of
 * nothing, and an operator revokes in its stead, with the same grace, minimum hold and rate: the product has no switch for it.
 */
final class PriorityRun {
    private static final LinePolicy LINE = LinePolicy.USUAL;
    private static final LinePolicy NO_RECLAIM = new LinePolicy(
            LINE.validMillis(),
            LINE.earmarkMillis(),
            LINE.gatherMillis(),
            LINE.graceMillis(),
            0,
            LINE.reclaimMillis(),
            LINE.minHoldMillis());
    /** So long somebody waits in line before it is told no. */
    private static final long PATIENCE_MILLIS = 10 * 60_000;
    /** As a borrower repeats a want that is valid so long. */
    private static final long REPEAT_MILLIS = LINE.validMillis() / 3;
    /** What a borrower has of the grace: less the drift, and less the pause before it repeats a request. */
    private static final long USED_GRACE_MILLIS = LINE.graceMillis() * 99 / 100 - 500;
    /** Longer than any run: there is nothing to renew. */
    private static final long TERM_MILLIS = 10L * 24 * 3_600_000;

    private static final long REROUTE_MILLIS = 20;
    private static final long WIPE_MILLIS_PER_GIB = 100;
    private static final long HARDWARE_LIMIT_MILLIS = 600_000;
    private static final int MAX_PLANS = 8;
    /** As the line itself doubles a rest. */
    private static final int MAX_REST_DOUBLINGS = 5;

    private static final Principal OPERATOR =
            new Principal("operator", new NodeId(8, 8), Role.OPERATOR, Optional.empty());

    /** One demand from its arrival to its end. */
    private static final class Loan {
        private final LoanId id;
        private final PriorityLoad.Demand demand;
        private final Requirement requirement;
        private final Map<LeaseId, Epoch> leases = new LinkedHashMap<>();
        private final Set<LeaseId> active = new HashSet<>();
        private Stage stage = Stage.WAITING;
        private long grantedMillis;
        private int lapses;
        private long restsUntilMillis;

        private Loan(LoanId id, PriorityLoad.Demand demand) {
            this.id = id;
            this.demand = demand;
            this.requirement = new Requirement(
                    ResourceKind.MEMORY,
                    demand.bytes(),
                    Optional.empty(),
                    TERM_MILLIS,
                    demand.urgency().priority(),
                    ForcedEndEffect.TOLERATED,
                    Optional.empty(),
                    1);
        }
    }

    private enum Stage {
        WAITING,
        COMMITTING,
        ACTIVE,
        RECALLED,
        OVER
    }

    private record Due(long atMillis, long number, Runnable what) {}

    /** What a class of the mix has met. */
    static final class Met {
        private int asked;
        private int refused;
        private int revoked;
        private final List<Long> waitedMillis = new ArrayList<>();

        double refusedPercent() {
            return 100.0 * refused / Math.max(1, asked);
        }

        double revokedPercent() {
            return 100.0 * revoked / Math.max(1, waitedMillis.size());
        }

        /** Of each that was granted, from its want to its grant. */
        List<Long> waitedMillis() {
            return List.copyOf(waitedMillis);
        }
    }

    /**
     * What came of a run.
     *
     * @param revocations leases taken back
     * @param loanHours for which loans were granted in all
     * @param lostGibHours of work in loans that were taken back
     */
    record Result(Map<PriorityLoad.Urgency, Met> met, int revocations, double loanHours, double lostGibHours) {}

    private final VictimOrder order;
    private final LeaseCore core;
    private final PriorityQueue<Due> dues =
            new PriorityQueue<>(Comparator.comparingLong(Due::atMillis).thenComparingLong(Due::number));
    private final Map<LoanId, Loan> loans = new LinkedHashMap<>();
    private final Map<LeaseId, Loan> byLease = new HashMap<>();
    private final Map<String, VictimOrder.Lease> granted = new HashMap<>();
    private final Map<String, RouteReading> routes = new HashMap<>();
    private final Map<Long, Answer> answers = new HashMap<>();
    private final Deque<Effect.SayFreed> freed = new ArrayDeque<>();
    private final Deque<Long> revokedMillis = new ArrayDeque<>();
    private final Map<PriorityLoad.Urgency, Met> met = new EnumMap<>(PriorityLoad.Urgency.class);
    private long now;
    private long numbers;
    private int revocations;
    private double loanHours;
    private double lostGibHours;

    private PriorityRun(VictimOrder order) {
        this.order = order;
        LeasePolicy policy = new LeasePolicy(
                        1_000, TERM_MILLIS, 10_000, TERM_MILLIS, 1, 9, 1, HARDWARE_LIMIT_MILLIS, TERM_MILLIS)
                .with(LendingRules.NONE, order.order().isPresent() ? NO_RECLAIM : LINE);
        this.core = new LeaseCore(new NodeId(1, 1), policy, List.of());
        for (PriorityLoad.Urgency urgency : PriorityLoad.Urgency.values()) {
            met.put(urgency, new Met());
        }
    }

    static Result of(PriorityLoad load, VictimOrder order) {
        PriorityRun run = new PriorityRun(order);
        run.start();
        for (PriorityLoad.Demand demand : load.demands()) {
            // After the owner's start nothing is taken back for a while; nobody comes in that time.
            run.at(demand.atMillis() + LINE.reclaimMillis() * 2, () -> run.arrive(demand));
        }
        run.passUntil(Math.round(load.hours() * 3_600_000));
        return new Result(run.met, run.revocations, run.loanHours, run.lostGibHours);
    }

    private void start() {
        List<SliceFacts> facts = new ArrayList<>();
        List<Long> sizes = PriorityLoad.slices();
        for (int i = 0; i < sizes.size(); i++) {
            String key = "mem" + i;
            facts.add(new SliceFacts(
                    key,
                    ResourceKind.MEMORY,
                    sizes.get(i),
                    Set.of(),
                    ForcedEndEffect.TOLERATED,
                    FenceKind.HARDWARE_EPOCH));
            routes.put(key, new RouteReading.Unbound(Epoch.NONE));
        }
        step(new LeaseEvent.Started(LeaseEvent.Boot.NEW, facts, routes));
    }

    // ---- time ------------------------------------------------------------------------------------------------------

    private void at(long millis, Runnable what) {
        dues.add(new Due(millis, numbers++, what));
    }

    private void passUntil(long endMillis) {
        while (true) {
            long core = this.core.nextDeadline().orElse(Long.MAX_VALUE);
            long next = dues.isEmpty() ? Long.MAX_VALUE : dues.element().atMillis();
            long soonest = Math.min(core, next);
            if (soonest > endMillis) {
                break;
            }
            now = Math.max(now, soonest);
            if (core <= next) {
                step(new LeaseEvent.Tick());
            } else {
                dues.remove().what().run();
            }
            settle();
        }
        now = endMillis;
        loans.values().forEach(this::countHours);
    }

    /** What borrowers and, where it chooses the victims, the operator do about what the owner said. */
    private void settle() {
        while (!freed.isEmpty()) {
            Loan loan = loans.get(freed.remove().freed().loan());
            if (loan != null && loan.stage == Stage.WAITING) {
                reserve(loan);
            }
        }
        order.order().ifPresent(this::revokeForWants);
    }

    private Optional<Answer> ask(Principal who, Command command) {
        long token = numbers++;
        step(new LeaseEvent.Asked(who, who.name(), command, token));
        return Optional.ofNullable(answers.remove(token));
    }

    private void step(LeaseEvent event) {
        for (Effect effect : core.step(event, now)) {
            if (effect instanceof Effect.Reply reply) {
                answers.put(reply.token(), reply.answer());
            } else if (effect instanceof Effect.Drive drive) {
                at(now + millis(drive), () -> done(drive));
            } else if (effect instanceof Effect.SayFreed say) {
                freed.add(say);
            } else if (effect instanceof Effect.AskBack recall) {
                recalled(recall.recall().lease());
            } else if (effect instanceof Effect.Tell tell && tell.kind().equals("want.lapsed")) {
                lapsed(tell.subject());
            }
        }
    }

    // ---- hardware --------------------------------------------------------------------------------------------------

    private static long bytes(String key) {
        return PriorityLoad.slices().get(Integer.parseInt(key.substring("mem".length())));
    }

    private static long millis(Effect.Drive drive) {
        boolean isWipe = drive.order() instanceof HardwareOrder.Sanitise;
        return isWipe ? WIPE_MILLIS_PER_GIB * bytes(drive.sliceKey()) / PriorityLoad.GIB : REROUTE_MILLIS;
    }

    private void done(Effect.Drive drive) {
        long bytes = bytes(drive.sliceKey());
        HardwareResult result;
        if (drive.order() instanceof HardwareOrder.Bind bind) {
            routes.put(drive.sliceKey(), new RouteReading.Bound(bind.hostPort(), drive.epoch()));
            result = new HardwareResult.Attached(new Attachment("none", drive.sliceKey(), bytes), Optional.empty());
        } else if (drive.order() instanceof HardwareOrder.Unbind) {
            routes.put(drive.sliceKey(), new RouteReading.Unbound(drive.epoch()));
            result = new HardwareResult.Detached();
        } else if (drive.order() instanceof HardwareOrder.Sanitise) {
            result = new HardwareResult.Wiped("none", bytes, bytes, Optional.empty());
        } else {
            result = new HardwareResult.Read(
                    routes.getOrDefault(drive.sliceKey(), new RouteReading.Unbound(Epoch.NONE)));
        }
        step(new LeaseEvent.HardwareDone(drive.sliceKey(), drive.epoch(), drive.order(), result));
        if (drive.order() instanceof HardwareOrder.Bind) {
            bound(drive.sliceKey());
        }
    }

    private Loan loan(LeaseView lease) {
        return Optional.ofNullable(loans.get(lease.loan())).orElseThrow();
    }

    // ---- borrowers -------------------------------------------------------------------------------------------------

    private static Principal borrower(Loan loan) {
        int number = loan.demand.borrower();
        return new Principal("n" + number, new NodeId(2, number + 1), Role.NODE, Optional.empty());
    }

    private Met met(Loan loan) {
        return met.computeIfAbsent(loan.demand.urgency(), urgency -> new Met());
    }

    private void arrive(PriorityLoad.Demand demand) {
        Loan loan = new Loan(new LoanId(3, numbers++), demand);
        loans.put(loan.id, loan);
        met(loan).asked++;
        at(now + PATIENCE_MILLIS, () -> giveUp(loan));
        want(loan);
    }

    private void want(Loan loan) {
        if (loan.stage == Stage.WAITING) {
            ask(borrower(loan), new Command.Want(loan.id, loan.requirement, loan.demand.bytes()));
            at(now + REPEAT_MILLIS, () -> want(loan));
        }
    }

    private void giveUp(Loan loan) {
        if (loan.stage == Stage.WAITING) {
            over(loan);
            met(loan).refused++;
            ask(borrower(loan), new Command.WithdrawWant(loan.id));
        }
    }

    /** As a borrower plans: what is refused is left out, and another plan is made. */
    private void reserve(Loan loan) {
        List<SliceView> free = new ArrayList<>(core.slices().stream()
                .filter(slice -> slice.state() == SliceState.FREE)
                .toList());
        for (int i = 0; i < MAX_PLANS && Matching.match(loan.requirement, free) instanceof Plan.Found found; i++) {
            Optional<SliceView> refused = refused(loan, found.slices());
            if (refused.isEmpty()) {
                loan.stage = Stage.COMMITTING;
                loan.leases.forEach((lease, epoch) -> ask(borrower(loan), new Command.Commit(lease, epoch)));
                return;
            }
            letGo(loan);
            free.remove(refused.get());
        }
    }

    private Optional<SliceView> refused(Loan loan, List<SliceView> slices) {
        for (SliceView slice : slices) {
            LeaseId lease = new LeaseId(4, numbers++);
            Optional<Answer> answer = ask(
                    borrower(loan),
                    new Command.Reserve(
                            lease,
                            loan.id,
                            slice.id().key(),
                            TERM_MILLIS,
                            loan.requirement.priority(),
                            ForcedEndEffect.TOLERATED));
            if (answer.isPresent() && answer.get() instanceof Answer.Lease reserved) {
                loan.leases.put(lease, reserved.lease().epoch());
                byLease.put(lease, loan);
            } else {
                return Optional.of(slice);
            }
        }
        return Optional.empty();
    }

    private void bound(String key) {
        Optional<LeaseView> lease = core.leases(now).stream()
                .filter(each -> each.slice().key().equals(key) && each.state() == SliceState.ACTIVE)
                .findFirst();
        if (lease.isEmpty()) {
            return;
        }
        Loan loan = loan(lease.get());
        granted.put(key, new VictimOrder.Lease(key, bytes(key), loan.requirement.priority(), now));
        loan.active.add(lease.get().id());
        if (loan.stage == Stage.COMMITTING && loan.active.size() == loan.leases.size()) {
            loan.stage = Stage.ACTIVE;
            loan.grantedMillis = now;
            met(loan).waitedMillis.add(now - loan.demand.atMillis() - LINE.reclaimMillis() * 2);
            at(now + loan.demand.holdMillis(), () -> end(loan));
        }
    }

    /** It ends by itself, or after a recall; whichever is first. */
    private void end(Loan loan) {
        if (loan.stage == Stage.ACTIVE || loan.stage == Stage.RECALLED) {
            countHours(loan);
            over(loan);
            letGo(loan);
        }
    }

    private void over(Loan loan) {
        loan.stage = Stage.OVER;
        loans.remove(loan.id);
    }

    private void countHours(Loan loan) {
        if (loan.stage == Stage.ACTIVE || loan.stage == Stage.RECALLED) {
            loanHours += (now - loan.grantedMillis) / 3_600_000.0;
        }
    }

    private void letGo(Loan loan) {
        loan.leases.forEach((lease, epoch) -> {
            ask(borrower(loan), new Command.Release(lease, epoch));
            byLease.remove(lease);
        });
        loan.leases.clear();
        loan.active.clear();
    }

    /** The loan ends whole, at the end of the grace: half of what a host was lent is of no use to it. */
    private void recalled(LeaseId lease) {
        revocations++;
        Loan loan = byLease.get(lease);
        if (loan != null && loan.stage == Stage.ACTIVE) {
            loan.stage = Stage.RECALLED;
            met(loan).revoked++;
            lostGibHours += (double) loan.demand.bytes() / PriorityLoad.GIB * (now - loan.grantedMillis) / 3_600_000.0;
            at(now + USED_GRACE_MILLIS, () -> end(loan));
        }
    }

    // ---- an operator who chooses the victims -----------------------------------------------------------------------

    private void revokeForWants(Comparator<VictimOrder.Lease> victims) {
        boolean isLooking = loans.values().stream().anyMatch(loan -> loan.stage == Stage.WAITING);
        while (isLooking) {
            isLooking = false;
            for (WantView want : core.wants(now)) {
                Loan loan = loans.get(want.loan());
                long missing = want.amount() - want.place().coming();
                boolean isUnserved = loan != null && loan.stage == Stage.WAITING && now >= loan.restsUntilMillis;
                if (!isLooking && isUnserved && missing > 0) {
                    // What is coming changes with it for all that are behind.
                    isLooking = revokeFor(want, missing, victims);
                }
            }
        }
    }

    /** Nothing is taken back for a want that rests. */
    private void lapsed(String subject) {
        Loan loan = loans.get(LoanId.parse(subject));
        if (loan != null) {
            long restMillis = LINE.earmarkMillis() << Math.min(loan.lapses, MAX_REST_DOUBLINGS);
            loan.restsUntilMillis = now + restMillis;
            loan.lapses++;
        }
    }

    /** Enough, or nothing; as the owner itself does it. */
    private boolean revokeFor(WantView want, long missing, Comparator<VictimOrder.Lease> victims) {
        Map<String, LeaseView> leases = new HashMap<>();
        core.leases(now).stream()
                .filter(lease -> lease.state() == SliceState.ACTIVE
                        && lease.priority() < want.requirement().priority())
                .forEach(lease -> leases.put(lease.slice().key(), lease));
        List<VictimOrder.Lease> candidates = granted.values().stream()
                .filter(lease -> leases.containsKey(lease.key()) && now - lease.sinceMillis() >= LINE.minHoldMillis())
                .sorted(victims)
                .toList();
        List<LeaseView> chosen = new ArrayList<>();
        long left = missing;
        for (VictimOrder.Lease candidate : candidates) {
            if (left > 0) {
                chosen.add(Optional.ofNullable(leases.get(candidate.key())).orElseThrow());
                left -= candidate.bytes();
            }
        }
        revokedMillis.removeIf(millis -> millis <= now - LINE.reclaimMillis());
        if (left > 0 || chosen.size() > LINE.maxReclaims() - revokedMillis.size()) {
            return false;
        }
        for (LeaseView lease : chosen) {
            revokedMillis.add(now);
            ask(OPERATOR, new Command.Revoke(lease.id(), LINE.graceMillis(), "for a higher priority"));
        }
        return true;
    }
}
