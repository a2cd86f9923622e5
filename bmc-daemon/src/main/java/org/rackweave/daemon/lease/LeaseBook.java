package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.daemon.Detail;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WipeCertificate;

/** The owner's rows, the orders that are under way, who waits for them, and the few steps by which any of it changes. */
final class LeaseBook {
    /** How many commits of one lease may wait for its hardware; more is a borrower that does not read its answers. */
    private static final int MAX_WAITING = 8;

    static final String SELF = "daemon";

    private final NodeId self;
    private final TreeMap<String, SliceRow> rows = new TreeMap<>();
    private final Map<String, Pending> orders = new HashMap<>();
    private final Map<LeaseId, List<Long>> waiting = new HashMap<>();
    private List<Effect> effects = new ArrayList<>();
    private long now;

    /** An order that a hardware worker has not answered yet. */
    record Pending(HardwareOrder order, Epoch epoch, long sinceMillis) {
        Pending notBefore(long millis) {
            return new Pending(order, epoch, Math.max(sinceMillis, millis));
        }
    }

    LeaseBook(NodeId self, Collection<SliceRow> stored) {
        this.self = self;
        stored.forEach(row -> rows.put(row.key(), row));
    }

    LeaseCore.Mark mark(Line.State line) {
        Map<LeaseId, List<Long>> tokens = new HashMap<>();
        waiting.forEach((lease, list) -> tokens.put(lease, List.copyOf(list)));
        return new LeaseCore.Mark(Map.copyOf(rows), Map.copyOf(orders), tokens, line);
    }

    void back(LeaseCore.Mark mark) {
        rows.clear();
        rows.putAll(mark.rows());
        orders.clear();
        orders.putAll(mark.orders());
        waiting.clear();
        mark.waiting().forEach((lease, list) -> waiting.put(lease, new ArrayList<>(list)));
    }

    /** Begins a step. What it wants done is in {@link #effects()} afterwards. */
    void begin(long nowMillis) {
        effects = new ArrayList<>();
        now = nowMillis;
    }

    List<Effect> effects() {
        return effects;
    }

    void emit(Effect effect) {
        effects.add(effect);
    }

    long now() {
        return now;
    }

    List<SliceRow> rows() {
        return List.copyOf(rows.values());
    }

    @Nullable SliceRow row(String key) {
        return rows.get(key);
    }

    @Nullable Pending pending(String key) {
        return orders.get(key);
    }

    Collection<Pending> pending() {
        return orders.values();
    }

    void settled(String key) {
        orders.remove(key);
    }

    /** The worker has returned from something, and so does not hang: those behind it begin to count now. */
    void workerReturned() {
        orders.replaceAll((key, pending) -> pending.notBefore(now));
    }

    /** Whether one more may wait for the hardware of this lease; if so, it does. */
    boolean await(LeaseId lease, long token) {
        List<Long> tokens = waiting.computeIfAbsent(lease, id -> new ArrayList<>());
        return tokens.size() < MAX_WAITING && tokens.add(token);
    }

    void fence(SliceRow row, String why) {
        SliceRow fencing = row.to(SliceState.FENCING, why);
        put(fencing);
        order(fencing, new HardwareOrder.Unbind());
    }

    void quarantine(SliceRow row, String why) {
        SliceRow quarantined = row.to(SliceState.QUARANTINED, why);
        put(quarantined);
        audit(SELF, "slice.quarantined", row.key(), stateDetail(quarantined));
    }

    void free(SliceRow row, String why, Optional<WipeCertificate> wipe) {
        put(new SliceRow(row.facts(), SliceState.FREE, row.epoch(), Optional.empty(), wipe, why));
    }

    void order(SliceRow row, HardwareOrder order) {
        orders.put(row.key(), new Pending(order, row.epoch(), now));
        effects.add(new Effect.Drive(row.key(), row.epoch(), order));
    }

    void put(SliceRow row) {
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

    void audit(String actor, String action, String subject, String detail) {
        effects.add(new Effect.Audit(actor, action, subject, detail));
    }

    void answerWaiting(LeaseId lease, Answer answer) {
        List<Long> tokens = waiting.remove(lease);
        if (tokens != null) {
            tokens.forEach(token -> effects.add(new Effect.Reply(token, answer)));
        }
    }

    void replyLease(long token, SliceRow row) {
        effects.add(new Effect.Reply(token, new Answer.Lease(view(row))));
    }

    LeaseView view(SliceRow row) {
        return row.leaseView(self, now).orElseThrow();
    }

    void refuse(LeaseEvent.Asked asked, RefusalCode code, String detail) {
        effects.add(new Effect.Reply(asked.token(), Answer.Refused.of(code, detail)));
    }

    Optional<SliceRow> rowOf(LeaseId lease) {
        return rows.values().stream()
                .filter(row ->
                        row.holding().filter(h -> h.lease().equals(lease)).isPresent())
                .findFirst();
    }

    static Holding held(SliceRow row) {
        return row.holding()
                .orElseThrow(() -> new IllegalStateException(
                        row.key() + " is " + row.state().word() + " without a holder"));
    }

    static String actor(Principal peer) {
        return peer.name() + " " + peer.id();
    }

    static String stateDetail(SliceRow row) {
        return new Detail()
                .with("state", row.state().word())
                .with("epoch", row.epoch().value())
                .with("reason", row.reason())
                .toString();
    }

    static String leaseDetail(SliceRow row, Holding holding) {
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
