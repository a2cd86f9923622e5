package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.daemon.Detail;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WipeCertificate;

/**
 * The owner. It is stepped by one thread with events and the time, and returns what is to be persisted, driven and sent, in
 * that order. Whoever steps it takes a {@link #mark()} first, and goes {@link #back(Mark)} when the ledger refuses.
 */
public final class LeaseCore {
    /** How many commits of one lease may wait for its hardware; more is a borrower that does not read its answers. */
    private static final int MAX_WAITING = 8;

    private static final String SELF = "daemon";

    private final NodeId self;
    private final LeasePolicy policy;
    private final TreeMap<String, SliceRow> rows = new TreeMap<>();
    private final Map<String, Pending> orders = new HashMap<>();
    private final Map<LeaseId, List<Long>> waiting = new HashMap<>();
    private List<Effect> effects = new ArrayList<>();
    private long now;

    /** An order that a hardware worker has not answered yet. */
    private record Pending(HardwareOrder order, Epoch epoch, long sinceMillis) {}

    /** Where the core was before a step. */
    public record Mark(Map<String, SliceRow> rows, Map<String, ?> orders, Map<LeaseId, List<Long>> waiting) {}

    public LeaseCore(NodeId self, LeasePolicy policy, Collection<SliceRow> stored) {
        this.self = self;
        this.policy = policy;
        stored.forEach(row -> rows.put(row.key(), row));
    }

    public Mark mark() {
        Map<LeaseId, List<Long>> tokens = new HashMap<>();
        waiting.forEach((lease, list) -> tokens.put(lease, List.copyOf(list)));
        return new Mark(Map.copyOf(rows), Map.copyOf(orders), tokens);
    }

    public void back(Mark mark) {
        rows.clear();
        rows.putAll(mark.rows());
        orders.clear();
        mark.orders().forEach((key, pending) -> orders.put(key, (Pending) pending));
        waiting.clear();
        mark.waiting().forEach((lease, list) -> waiting.put(lease, new ArrayList<>(list)));
    }

    /**
     * Reacts.
     *
     * @param nowMillis by the clock that counts while the machine sleeps; never goes back
     */
    public List<Effect> step(LeaseEvent event, long nowMillis) {
        effects = new ArrayList<>();
        now = nowMillis;
        if (event instanceof LeaseEvent.Started started) {
            start(started);
        } else if (event instanceof LeaseEvent.Asked asked) {
            answer(asked);
        } else if (event instanceof LeaseEvent.HardwareDone done) {
            hardwareDone(done);
        }
        passTime();
        return effects;
    }

    /** When the next thing happens by itself. */
    public OptionalLong nextDeadline() {
        long earliest = earliest();
        return earliest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(earliest);
    }

    public List<SliceView> slices() {
        return rows.values().stream().map(row -> row.view(self)).toList();
    }

    public List<LeaseView> leases(long nowMillis) {
        return rows.values().stream()
                .flatMap(row -> row.leaseView(self, nowMillis).stream())
                .toList();
    }

    public Optional<LeaseView> lease(LeaseId id, long nowMillis) {
        return rowOf(id).flatMap(row -> row.leaseView(self, nowMillis));
    }

    // ---- start -----------------------------------------------------------------------------------------------------

    private void start(LeaseEvent.Started started) {
        Map<String, SliceFacts> facts = new TreeMap<>();
        started.claimed().forEach(slice -> facts.put(slice.key(), slice));
        for (SliceRow row : List.copyOf(rows.values())) {
            if (!facts.containsKey(row.key())) {
                settle(row, Reconciliation.absent(row));
            }
        }
        facts.forEach((key, slice) -> {
            RouteReading route = started.routes().getOrDefault(key, new RouteReading.Unreadable("it was not read"));
            SliceRow row = rows.get(key);
            settle(
                    row,
                    row == null
                            ? Reconciliation.firstSeen(slice, route)
                            : Reconciliation.of(row.withFacts(slice), route, started.boot(), policy, now));
        });
    }

    private void settle(@Nullable SliceRow before, Reconciliation after) {
        SliceRow row = after.row();
        if (!row.equals(before)) {
            put(row);
            boolean moved = before == null || before.state() != row.state();
            if (moved) {
                audit(SELF, "slice.reconciled", row.key(), stateDetail(row));
            }
        }
        after.order().ifPresent(order -> order(row, order));
    }

    // ---- requests --------------------------------------------------------------------------------------------------

    private void answer(LeaseEvent.Asked asked) {
        Command command = asked.command();
        if (command instanceof Command.Reserve reserve) {
            reserve(asked, reserve);
        } else if (command instanceof Command.Commit commit) {
            ofHolder(asked, commit.lease(), commit.epoch()).ifPresent(row -> commit(asked, row));
        } else if (command instanceof Command.Renew renew) {
            ofHolder(asked, renew.lease(), renew.epoch()).ifPresent(row -> renew(asked, row, renew));
        } else if (command instanceof Command.Release release) {
            release(asked, release);
        } else if (command instanceof Command.Revoke revoke) {
            revoke(asked, revoke);
        } else if (command instanceof Command.EndQuarantine end) {
            endQuarantine(asked, end);
        } else {
            throw new IllegalArgumentException("not for the owner's core: " + command.kind());
        }
    }

    private void reserve(LeaseEvent.Asked asked, Command.Reserve wish) {
        SliceRow row = rows.get(wish.sliceKey());
        if (row == null) {
            refuse(asked, RefusalCode.NOT_FOUND, "this node has no slice " + wish.sliceKey());
            return;
        }
        if (row.holding()
                .filter(h -> h.lease().equals(wish.lease())
                        && h.borrower().equals(asked.peer().id()))
                .isPresent()) {
            replyLease(asked.token(), row);
            return;
        }
        if (rowOf(wish.lease()).isPresent()) {
            refuse(asked, RefusalCode.CONFLICT, "the lease id " + wish.lease() + " is in use; draw another");
            return;
        }
        Optional<Answer.Refused> no = objection(row, wish);
        if (no.isPresent()) {
            effects.add(new Effect.Reply(asked.token(), no.get()));
            return;
        }
        Holding holding = new Holding(
                wish.lease(),
                wish.loan(),
                asked.peer().id(),
                asked.hostPort(),
                wish.priority(),
                wish.termMillis(),
                now + policy.reservationMillis(),
                0,
                End.NOT_ENDING,
                0,
                Optional.empty());
        SliceRow reserved = new SliceRow(
                row.facts(), SliceState.RESERVED, row.epoch().next(), Optional.of(holding), row.wipe(), "");
        put(reserved);
        audit(actor(asked.peer()), "lease.reserve", wish.lease().toString(), leaseDetail(reserved, holding));
        replyLease(asked.token(), reserved);
    }

    private Optional<Answer.Refused> objection(SliceRow row, Command.Reserve wish) {
        if (row.state() == SliceState.QUARANTINED) {
            return refusal(RefusalCode.QUARANTINED, row.key() + " is quarantined: " + row.reason());
        }
        if (row.state() != SliceState.FREE) {
            return refusal(
                    RefusalCode.CONFLICT, row.key() + " is " + row.state().word() + "; take another slice");
        }
        if (wish.termMillis() < policy.minTermMillis() || wish.termMillis() > policy.maxTermMillis()) {
            return refusal(
                    RefusalCode.INVALID,
                    "a term of " + wish.termMillis() + " ms is not between " + policy.minTermMillis() + " and "
                            + policy.maxTermMillis() + " ms, which this owner allows");
        }
        if (wish.priority() > policy.maxPriority()) {
            return refusal(
                    RefusalCode.DENIED,
                    "priority " + wish.priority() + " is above " + policy.maxPriority() + ", this owner's highest");
        }
        if (row.facts().forcedEnd() == ForcedEndEffect.FATAL && wish.worstForcedEnd() == ForcedEndEffect.TOLERATED) {
            return refusal(
                    RefusalCode.CONFLICT,
                    "a forced end of " + row.key()
                            + " would be fatal for its host, and only a tolerated one was asked for");
        }
        return Optional.empty();
    }

    private void commit(LeaseEvent.Asked asked, SliceRow row) {
        Holding holding = held(row);
        switch (row.state()) {
            case RESERVED -> {
                if (now >= holding.deadlineMillis()) {
                    refuse(asked, RefusalCode.NOT_FOUND, "the reservation lapsed; reserve again");
                    return;
                }
                SliceRow configuring = row.to(SliceState.CONFIGURING, "");
                put(configuring);
                audit(actor(asked.peer()), "lease.commit", holding.lease().toString(), leaseDetail(row, holding));
                order(configuring, new HardwareOrder.Bind(holding.hostPort()));
                await(asked, holding.lease());
            }
            case CONFIGURING -> await(asked, holding.lease());
            case ACTIVE -> replyLease(asked.token(), row);
            case FREE, RECLAIMING, FENCING, SANITISING, OVERDUE, QUARANTINED ->
                refuse(
                        asked,
                        RefusalCode.CONFLICT,
                        "the lease is " + row.state().word() + ": " + row.reason());
        }
    }

    private void await(LeaseEvent.Asked asked, LeaseId lease) {
        List<Long> tokens = waiting.computeIfAbsent(lease, id -> new ArrayList<>());
        if (tokens.size() >= MAX_WAITING) {
            refuse(asked, RefusalCode.BUSY, "this commit is asked for already; wait for its answer");
        } else {
            tokens.add(asked.token());
        }
    }

    private void renew(LeaseEvent.Asked asked, SliceRow row, Command.Renew renew) {
        Holding holding = held(row);
        boolean renewable = row.state() == SliceState.ACTIVE || row.state() == SliceState.OVERDUE;
        if (!renewable || holding.end() != End.NOT_ENDING) {
            refuse(
                    asked,
                    RefusalCode.CONFLICT,
                    "the lease is " + row.state().word() + "; give it back: " + row.reason());
            return;
        }
        if (renew.number() > holding.renewal()) {
            long deadline = policy.ownerDeadline(now, holding.termMillis());
            SliceRow renewed = row.holding(holding.renewed(renew.number(), deadline));
            if (row.state() == SliceState.OVERDUE) {
                renewed = renewed.to(SliceState.ACTIVE, "");
                audit(
                        actor(asked.peer()),
                        "lease.recovered",
                        holding.lease().toString(),
                        leaseDetail(renewed, holding));
            }
            put(renewed);
            replyLease(asked.token(), renewed);
        } else {
            replyLease(asked.token(), row);
        }
    }

    private void release(LeaseEvent.Asked asked, Command.Release release) {
        if (rowOf(release.lease()).isEmpty()) {
            effects.add(new Effect.Reply(asked.token(), new Answer.Done()));
            return;
        }
        Optional<SliceRow> found = ofHolder(asked, release.lease(), release.epoch());
        if (found.isEmpty()) {
            return;
        }
        SliceRow row = found.get();
        Holding holding = held(row);
        switch (row.state()) {
            case RESERVED -> {
                free(row, "given back before it was committed", row.wipe());
                audit(actor(asked.peer()), "lease.release", holding.lease().toString(), leaseDetail(row, holding));
            }
            case CONFIGURING -> put(row.holding(holding.ending(End.RELEASED)));
            case ACTIVE, OVERDUE, RECLAIMING -> {
                boolean takingAlready = row.state() == SliceState.RECLAIMING && holding.end() == End.RELEASED;
                if (!takingAlready) {
                    SliceRow reclaiming = row.holding(holding.ending(End.RELEASED))
                            .to(SliceState.RECLAIMING, "given back by its borrower");
                    put(reclaiming);
                    audit(actor(asked.peer()), "lease.release", holding.lease().toString(), leaseDetail(row, holding));
                    order(reclaiming, new HardwareOrder.Unbind());
                }
            }
            case FREE, FENCING, SANITISING, QUARANTINED -> {
                // It has ended already; the borrower may not have heard.
            }
        }
        effects.add(new Effect.Reply(asked.token(), new Answer.Done()));
    }

    private void revoke(LeaseEvent.Asked asked, Command.Revoke revoke) {
        Optional<SliceRow> found = rowOf(revoke.lease());
        if (found.isEmpty()) {
            refuse(asked, RefusalCode.NOT_FOUND, "this node lends nothing under " + revoke.lease());
            return;
        }
        SliceRow row = found.get();
        Holding holding = held(row);
        switch (row.state()) {
            case ACTIVE, OVERDUE -> {
                SliceRow reclaiming = row.holding(holding.ending(End.REVOKED).until(now + revoke.graceMillis()))
                        .to(SliceState.RECLAIMING, "revoked: " + revoke.reason());
                put(reclaiming);
                audit(
                        actor(asked.peer()),
                        "lease.revoke",
                        holding.lease().toString(),
                        new Detail()
                                .with("slice", row.key())
                                .with("graceMillis", revoke.graceMillis())
                                .with("reason", revoke.reason())
                                .toString());
                effects.add(new Effect.AskBack(
                        holding.borrower(),
                        new Command.Recall(holding.lease(), row.epoch(), revoke.graceMillis(), revoke.reason())));
                replyLease(asked.token(), reclaiming);
            }
            case RECLAIMING, FENCING, SANITISING -> replyLease(asked.token(), row);
            case RESERVED, CONFIGURING, FREE, QUARANTINED ->
                refuse(
                        asked,
                        RefusalCode.CONFLICT,
                        "the lease is " + row.state().word() + "; there is nothing to revoke yet");
        }
    }

    private void endQuarantine(LeaseEvent.Asked asked, Command.EndQuarantine end) {
        SliceRow row = rows.get(end.sliceKey());
        if (row == null) {
            refuse(asked, RefusalCode.NOT_FOUND, "this node has no slice " + end.sliceKey());
            return;
        }
        if (row.state() != SliceState.QUARANTINED && row.state() != SliceState.OVERDUE) {
            refuse(
                    asked,
                    RefusalCode.CONFLICT,
                    row.key() + " is " + row.state().word() + ", neither quarantined nor overdue");
            return;
        }
        audit(
                actor(asked.peer()),
                "quarantine.end",
                row.key(),
                new Detail()
                        .with("state", row.state().word())
                        .with("reason", end.reason())
                        .toString());
        fence(row, "declared sound by " + asked.peer().name());
        effects.add(new Effect.Reply(asked.token(), new Answer.Done()));
    }

    /** The row under a lease, if it is the asker's own and the epoch is its newest; else refuses. */
    private Optional<SliceRow> ofHolder(LeaseEvent.Asked asked, LeaseId lease, Epoch epoch) {
        Optional<SliceRow> found = rowOf(lease);
        if (found.isEmpty()) {
            refuse(asked, RefusalCode.NOT_FOUND, "this node lends nothing under " + lease + "; it has ended or lapsed");
            return Optional.empty();
        }
        SliceRow row = found.get();
        if (!held(row).borrower().equals(asked.peer().id())) {
            refuse(asked, RefusalCode.DENIED, "the lease is not yours");
            return Optional.empty();
        }
        if (!epoch.equals(row.epoch())) {
            refuse(
                    asked,
                    RefusalCode.STALE_EPOCH,
                    "epoch " + epoch.value() + " is not this lease's "
                            + row.epoch().value());
            return Optional.empty();
        }
        return found;
    }

    // ---- hardware --------------------------------------------------------------------------------------------------

    private void hardwareDone(LeaseEvent.HardwareDone done) {
        Pending pending = orders.get(done.sliceKey());
        SliceRow row = rows.get(done.sliceKey());
        if (row == null
                || pending == null
                || !pending.epoch().equals(done.epoch())
                || !pending.order().equals(done.order())) {
            effects.add(new Effect.DroppedResult(done.sliceKey()));
            return;
        }
        orders.remove(done.sliceKey());
        switch (row.state()) {
            case CONFIGURING -> bound(row, done.result());
            case RECLAIMING, FENCING -> taken(row, done.result());
            case SANITISING -> wiped(row, done.result());
            case FREE, RESERVED, ACTIVE, OVERDUE, QUARANTINED ->
                throw new IllegalStateException("an order was pending for " + row.key() + ", which is "
                        + row.state().word());
        }
    }

    private void bound(SliceRow row, HardwareResult result) {
        Holding holding = held(row);
        if (result instanceof HardwareResult.Attached attached && holding.end() == End.NOT_ENDING) {
            long first = Math.min(policy.firstTermMillis(), holding.termMillis());
            SliceRow active = row.holding(holding.attached(attached.attachment(), policy.ownerDeadline(now, first)))
                    .to(SliceState.ACTIVE, "");
            put(active);
            audit(SELF, "lease.grant", holding.lease().toString(), leaseDetail(active, holding));
            answerWaiting(holding.lease(), new Answer.Lease(view(active)));
            return;
        }
        String why =
                result instanceof HardwareResult.Attached ? "given back while it was being routed" : failure(result);
        answerWaiting(
                holding.lease(),
                new Answer.Refused(RefusalCode.UNAVAILABLE, clipped("the hardware was not routed: " + why), 0));
        End end = holding.end() == End.NOT_ENDING ? End.FAILED : holding.end();
        fence(row.holding(holding.ending(end)), why);
    }

    private void taken(SliceRow row, HardwareResult result) {
        if (result instanceof HardwareResult.Detached || result instanceof HardwareResult.Unknown) {
            // The worker is back, so the path is drained; what counts is what the hardware shows now.
            order(row, new HardwareOrder.ReadRoute());
        } else if (result instanceof HardwareResult.Read read && read.route() instanceof RouteReading.Unbound) {
            SliceRow sanitising = row.to(SliceState.SANITISING, row.reason());
            put(sanitising);
            audit(SELF, "slice.fenced", row.key(), stateDetail(sanitising));
            order(sanitising, new HardwareOrder.Sanitise());
        } else {
            quarantine(row, "it could not be taken back: " + failure(result));
        }
    }

    private void wiped(SliceRow row, HardwareResult result) {
        if (result instanceof HardwareResult.Wiped wipe) {
            WipeCertificate certificate =
                    new WipeCertificate(wipe.method(), wipe.wipedBytes(), wipe.verifiedBytes(), row.epoch());
            audit(
                    SELF,
                    "slice.wiped",
                    row.key(),
                    new Detail()
                            .with("epoch", row.epoch().value())
                            .with("method", wipe.method())
                            .with("wipedBytes", wipe.wipedBytes())
                            .with("verifiedBytes", wipe.verifiedBytes())
                            .toString());
            free(row, "", Optional.of(certificate));
        } else {
            quarantine(row, "it could not be wiped: " + failure(result));
        }
    }

    private static String failure(HardwareResult result) {
        if (result instanceof HardwareResult.Refused refused) {
            return refused.why();
        }
        if (result instanceof HardwareResult.Unknown unknown) {
            return "outcome unknown: " + unknown.why();
        }
        if (result instanceof HardwareResult.Read read) {
            return read.route() instanceof RouteReading.Bound bound
                    ? "it still reads as bound to " + bound.hostPort()
                    : read.route() instanceof RouteReading.Unreadable unreadable
                            ? unreadable.why()
                            : "it reads as unbound";
        }
        return "an answer that does not fit the order";
    }

    // ---- time ------------------------------------------------------------------------------------------------------

    private void passTime() {
        for (SliceRow row : List.copyOf(rows.values())) {
            Pending pending = orders.get(row.key());
            if (pending != null && now >= pending.sinceMillis() + policy.hardwareLimitMillis()) {
                hardwareHangs(row, pending);
            } else if (now >= deadlineOf(row)) {
                expire(row);
            }
        }
    }

    private void hardwareHangs(SliceRow row, Pending pending) {
        orders.remove(row.key());
        row.holding()
                .ifPresent(holding -> answerWaiting(
                        holding.lease(),
                        new Answer.Refused(
                                RefusalCode.UNAVAILABLE, "the hardware did not answer; the slice is quarantined", 0)));
        quarantine(row, pending.order().word() + " has not returned after " + policy.hardwareLimitMillis() + " ms");
    }

    private void expire(SliceRow row) {
        Holding holding = held(row);
        String lease = holding.lease().toString();
        if (row.state() == SliceState.RESERVED) {
            audit(SELF, "lease.lapse", lease, leaseDetail(row, holding));
            free(row, "a reservation lapsed", row.wipe());
            return;
        }
        boolean revoked = row.state() == SliceState.RECLAIMING;
        Holding ending = revoked ? holding : holding.ending(End.EXPIRED);
        String why = revoked ? row.reason() + "; the grace is over" : "its term ran out";
        if (row.facts().forcedEnd() == ForcedEndEffect.TOLERATED) {
            audit(SELF, "lease.forced", lease, leaseDetail(row, ending));
            fence(row.holding(ending), why);
        } else {
            // A renewal heals a term that ran out, but not a revocation.
            Holding overdue = revoked ? holding : holding.ending(End.NOT_ENDING);
            SliceRow late =
                    row.holding(overdue).to(SliceState.OVERDUE, why + "; a forced end would be fatal for its host");
            put(late);
            audit(SELF, "lease.overdue", lease, leaseDetail(late, overdue));
        }
    }

    private static long deadlineOf(SliceRow row) {
        return switch (row.state()) {
            case RESERVED, ACTIVE -> held(row).deadlineMillis();
            case RECLAIMING -> held(row).end() == End.REVOKED ? held(row).deadlineMillis() : Long.MAX_VALUE;
            case FREE, CONFIGURING, FENCING, SANITISING, OVERDUE, QUARANTINED -> Long.MAX_VALUE;
        };
    }

    private long earliest() {
        long earliest = Long.MAX_VALUE;
        for (SliceRow row : rows.values()) {
            earliest = Math.min(earliest, deadlineOf(row));
        }
        for (Pending pending : orders.values()) {
            earliest = Math.min(earliest, pending.sinceMillis() + policy.hardwareLimitMillis());
        }
        return earliest;
    }

    // ---- steps that several of the above take
    // ------------------------------------------------------------------------

    private void fence(SliceRow row, String why) {
        SliceRow fencing = row.to(SliceState.FENCING, why);
        put(fencing);
        order(fencing, new HardwareOrder.Unbind());
    }

    private void quarantine(SliceRow row, String why) {
        SliceRow quarantined = row.to(SliceState.QUARANTINED, why);
        put(quarantined);
        audit(SELF, "slice.quarantined", row.key(), stateDetail(quarantined));
    }

    private void free(SliceRow row, String why, Optional<WipeCertificate> wipe) {
        put(new SliceRow(row.facts(), SliceState.FREE, row.epoch(), Optional.empty(), wipe, why));
    }

    private void order(SliceRow row, HardwareOrder order) {
        orders.put(row.key(), new Pending(order, row.epoch(), now));
        effects.add(new Effect.Drive(row.key(), row.epoch(), order));
    }

    private void put(SliceRow row) {
        SliceRow before = rows.put(row.key(), row);
        if (before != null && !Life.allows(before.state(), row.state())) {
            throw new IllegalStateException(row.key() + " may not go from "
                    + before.state().word() + " to " + row.state().word());
        }
        if (before != null && row.epoch().isOlderThan(before.epoch())) {
            throw new IllegalStateException(row.key() + ": its epoch went back");
        }
        effects.add(new Effect.SaveSlice(row));
        if (before == null || before.state() != row.state()) {
            effects.add(new Effect.Tell(
                    "slice." + row.state().word(),
                    row.key(),
                    row.holding().map(h -> "lease " + h.lease().brief()).orElse("")
                            + (row.reason().isEmpty() ? "" : " " + row.reason())));
        }
    }

    private void audit(String actor, String action, String subject, String detail) {
        effects.add(new Effect.Audit(actor, action, subject, detail));
    }

    private void answerWaiting(LeaseId lease, Answer answer) {
        List<Long> tokens = waiting.remove(lease);
        if (tokens != null) {
            tokens.forEach(token -> effects.add(new Effect.Reply(token, answer)));
        }
    }

    private void replyLease(long token, SliceRow row) {
        effects.add(new Effect.Reply(token, new Answer.Lease(view(row))));
    }

    private LeaseView view(SliceRow row) {
        return row.leaseView(self, now).orElseThrow();
    }

    private void refuse(LeaseEvent.Asked asked, RefusalCode code, String detail) {
        effects.add(new Effect.Reply(asked.token(), new Answer.Refused(code, clipped(detail), 0)));
    }

    private static Optional<Answer.Refused> refusal(RefusalCode code, String detail) {
        return Optional.of(new Answer.Refused(code, clipped(detail), 0));
    }

    private static String clipped(String detail) {
        return detail.length() <= Answer.Refused.MAX_DETAIL_CHARS
                ? detail
                : detail.substring(0, Answer.Refused.MAX_DETAIL_CHARS);
    }

    private Optional<SliceRow> rowOf(LeaseId lease) {
        return rows.values().stream()
                .filter(row ->
                        row.holding().filter(h -> h.lease().equals(lease)).isPresent())
                .findFirst();
    }

    private static Holding held(SliceRow row) {
        return row.holding()
                .orElseThrow(() -> new IllegalStateException(
                        row.key() + " is " + row.state().word() + " without a holder"));
    }

    private static String actor(Principal peer) {
        return peer.name() + " " + peer.id();
    }

    private static String stateDetail(SliceRow row) {
        return new Detail()
                .with("state", row.state().word())
                .with("epoch", row.epoch().value())
                .with("reason", row.reason())
                .toString();
    }

    private static String leaseDetail(SliceRow row, Holding holding) {
        return new Detail()
                .with("slice", row.key())
                .with("epoch", row.epoch().value())
                .with("borrower", holding.borrower().toString())
                .with("hostPort", holding.hostPort())
                .with("termMillis", holding.termMillis())
                .with("end", holding.end().name().toLowerCase(Locale.ROOT))
                .toString();
    }
}
