package org.rackweave.daemon.lease;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SlicePlace;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WantView;
import org.rackweave.protocol.message.WipeCertificate;

/** One owner with its ledger in memory and hardware that does at once what it is told, for tests that ask one thing after another. */
final class OwnerRig {
    static final NodeId SELF = new NodeId(9, 9);
    static final LinePolicy LINE = new LinePolicy(9_000, 1_000, 3_000, 2_000, 10, 60_000, 5_000);
    private static final long LONG_MILLIS = 36_000_000;
    static final LeasePolicy POLICY = policy(LendingRules.NONE, LINE);

    final TreeMap<String, SliceRow> slices = new TreeMap<>();
    private final Map<String, RouteReading.Bound> routes = new TreeMap<>();
    private final Map<String, Epoch> fences = new TreeMap<>();
    final LinkedHashMap<LoanId, WantRow> wants = new LinkedHashMap<>();
    final List<Effect> last = new ArrayList<>();
    final List<LoanId> freed = new ArrayList<>();
    final List<LeaseId> recalled = new ArrayList<>();
    final Deque<LeaseEvent> hardware = new ArrayDeque<>();
    boolean holdsHardware;
    long now = 1_000_000;
    LeaseCore core;
    private final LeasePolicy policy;
    private final Map<Long, Answer> answers = new HashMap<>();
    private long tokens;
    private int steps;
    private long leases;

    OwnerRig(LeasePolicy policy, SliceFacts... owned) {
        this.policy = policy;
        for (SliceFacts facts : owned) {
            slices.put(
                    facts.key(),
                    new SliceRow(
                            facts,
                            SliceState.FREE,
                            new Epoch(1),
                            Optional.empty(),
                            Optional.of(new WipeCertificate("test", facts.amount(), facts.amount(), new Epoch(1))),
                            ""));
        }
        core = new LeaseCore(SELF, policy, slices.values());
    }

    static LeasePolicy policy(LendingRules rules, LinePolicy line) {
        return new LeasePolicy(1_000, 600_000, 2_000, 600_000, 1, 9, 1, 30_000).with(rules, line);
    }

    static SliceFacts memory(String key, long amount) {
        return facts(key, ResourceKind.MEMORY, amount, ForcedEndEffect.TOLERATED);
    }

    static SliceFacts facts(String key, ResourceKind kind, long amount, ForcedEndEffect forcedEnd) {
        return new SliceFacts(key, kind, amount, Set.of(), forcedEnd, FenceKind.HARDWARE_EPOCH);
    }

    static SliceFacts behind(String fabric, String key) {
        return new SliceFacts(
                key,
                ResourceKind.MEMORY,
                2,
                Set.of(),
                ForcedEndEffect.TOLERATED,
                FenceKind.HARDWARE_EPOCH,
                new SlicePlace(fabric, "", LatencyClass.SWITCH),
                Set.of());
    }

    static Principal node(int number) {
        return new Principal("n" + number, new NodeId(1, number), Role.NODE, Optional.empty());
    }

    static LoanId loan(int number) {
        return new LoanId(number, number);
    }

    static Requirement wish(long amount, int priority) {
        return wish(ResourceKind.MEMORY, amount, priority, amount);
    }

    static Requirement wish(ResourceKind kind, long amount, int priority, long least) {
        return new Requirement(
                kind,
                amount,
                Optional.empty(),
                60_000,
                priority,
                ForcedEndEffect.FATAL,
                Optional.empty(),
                8,
                Optional.empty(),
                Optional.empty(),
                Locality.ANY,
                least);
    }

    // ---- what borrowers do -----------------------------------------------------------------------------------------

    Answer want(int node, int loan, long amount, int priority) {
        return want(node, loan, wish(amount, priority));
    }

    Answer want(int node, int loan, Requirement wish) {
        return ask(node(node), new Command.Want(loan(loan), wish, wish.amount()));
    }

    Answer withdraw(int node, int loan) {
        return ask(node(node), new Command.WithdrawWant(loan(loan)));
    }

    Answer reserve(int node, int loan, String key, int priority) {
        return ask(
                node(node),
                new Command.Reserve(
                        new LeaseId(77, ++leases), loan(loan), key, 500_000, priority, ForcedEndEffect.FATAL));
    }

    void grant(int node, int loan, String key, int priority) {
        Answer answer = reserve(node, loan, key, priority);
        if (!(answer instanceof Answer.Lease lease)) {
            throw new AssertionError("not reserved: " + answer);
        }
        ask(node(node), new Command.Commit(lease.lease().id(), lease.lease().epoch()));
    }

    void release(String key) {
        Holding holding = row(key).holding().orElseThrow();
        Principal holder = new Principal("x", holding.borrower(), Role.NODE, Optional.empty());
        ask(holder, new Command.Release(holding.lease(), row(key).epoch()));
    }

    Answer ask(Principal who, Command command) {
        long token = ++tokens;
        step(new LeaseEvent.Asked(who, who.name(), command, token));
        Answer answer = answers.remove(token);
        return answer == null ? new Answer.Done() : answer;
    }

    // ---- what happens ----------------------------------------------------------------------------------------------

    void pass(long millis) {
        long until = now + millis;
        while (core.nextDeadline().orElse(Long.MAX_VALUE) <= until) {
            if (core.nextDeadline().getAsLong() < now) {
                throw new AssertionError("a deadline of the past: " + core.nextDeadline() + " at " + now);
            }
            now = core.nextDeadline().getAsLong();
            step(new LeaseEvent.Tick());
        }
        now = until;
        step(new LeaseEvent.Tick());
    }

    void deviceFails(String key, String why) {
        step(new LeaseEvent.DeviceFailing(key, why));
    }

    void restart(LeaseEvent.Boot boot) {
        core = new LeaseCore(SELF, policy, slices.values(), wants.values());
        Map<String, RouteReading> routes = new TreeMap<>();
        slices.forEach((key, row) -> routes.put(key, route(row)));
        step(new LeaseEvent.Started(
                boot, slices.values().stream().map(SliceRow::facts).toList(), routes));
    }

    private static RouteReading route(SliceRow row) {
        boolean bound = row.state() == SliceState.ACTIVE || row.state() == SliceState.RECLAIMING;
        return bound
                ? new RouteReading.Bound(row.holding().orElseThrow().hostPort(), row.epoch())
                : new RouteReading.Unbound(row.epoch());
    }

    void step(LeaseEvent event) {
        leaveNoTrace();
        last.clear();
        carryOut(core.step(event, now));
        while (!holdsHardware && !hardware.isEmpty()) {
            carryOut(core.step(hardware.remove(), now));
        }
    }

    /** A step that the ledger refuses, another one each time: whatever a test does goes on as if it had not been. */
    private void leaveNoTrace() {
        List<LeaseEvent> refused = new ArrayList<>(List.of(
                new LeaseEvent.Tick(),
                new LeaseEvent.Asked(node(99), "n99", new Command.Want(loan(99), wish(1, 9), 1), Long.MAX_VALUE)));
        wants.forEach((loan, want) -> refused.add(new LeaseEvent.Asked(
                new Principal("x", want.borrower(), Role.NODE, Optional.empty()),
                "x",
                new Command.WithdrawWant(loan),
                Long.MAX_VALUE)));
        slices.values().stream()
                .flatMap(row -> row.holding().stream()
                        .map(held -> new LeaseEvent.Asked(
                                new Principal("x", held.borrower(), Role.NODE, Optional.empty()),
                                "x",
                                new Command.Release(held.lease(), row.epoch()),
                                Long.MAX_VALUE)))
                .forEach(refused::add);
        slices.keySet().forEach(key -> refused.add(new LeaseEvent.DeviceFailing(key, "in a step that is not taken")));
        refused.addAll(hardware);
        LeaseEvent event = refused.get(steps++ % refused.size());
        LeaseCore.Mark before = core.mark();
        core.step(event, now);
        core.step(new LeaseEvent.Tick(), now + LONG_MILLIS);
        core.back(before);
    }

    /** The hardware does what it has been told meanwhile. */
    void letHardwareGo() {
        holdsHardware = false;
        step(new LeaseEvent.Tick());
    }

    private void carryOut(List<Effect> effects) {
        last.addAll(effects);
        for (Effect effect : effects) {
            if (effect instanceof Effect.SaveSlice save) {
                slices.put(save.row().key(), save.row());
            } else if (effect instanceof Effect.SaveWant save) {
                wants.put(save.row().loan(), save.row());
            } else if (effect instanceof Effect.ForgetWant forget) {
                wants.remove(forget.loan());
            } else if (effect instanceof Effect.Reply reply) {
                answers.put(reply.token(), reply.answer());
            } else if (effect instanceof Effect.SayFreed say) {
                freed.add(say.freed().loan());
            } else if (effect instanceof Effect.AskBack ask) {
                recalled.add(ask.recall().lease());
            } else if (effect instanceof Effect.Drive drive) {
                hardware.add(new LeaseEvent.HardwareDone(drive.sliceKey(), drive.epoch(), drive.order(), done(drive)));
            }
        }
    }

    private RouteReading unbound(String key) {
        return new RouteReading.Unbound(fences.getOrDefault(key, Epoch.NONE));
    }

    private HardwareResult done(Effect.Drive drive) {
        long amount = row(drive.sliceKey()).facts().amount();
        if (drive.order() instanceof HardwareOrder.Bind bind) {
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

    // ---- what is to be seen ----------------------------------------------------------------------------------------

    SliceRow row(String key) {
        SliceRow row = slices.get(key);
        if (row == null) {
            throw new AssertionError("no slice " + key);
        }
        return row;
    }

    SliceState state(String key) {
        return row(key).state();
    }

    /** The loans in the line, in its order. */
    List<LoanId> line() {
        return core.wants(now).stream().map(WantView::loan).toList();
    }

    long coming(int loan) {
        return core.wants(now).stream()
                .filter(view -> view.loan().equals(loan(loan)))
                .mapToLong(view -> view.place().coming())
                .findFirst()
                .orElse(-1);
    }

    <T> List<T> last(Class<T> kind) {
        return last.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    List<String> revokedKeys() {
        return slices.values().stream()
                .filter(row -> row.state() == SliceState.RECLAIMING)
                .filter(row -> row.holding().orElseThrow().end() == End.REVOKED)
                .map(SliceRow::key)
                .toList();
    }
}
