package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.daemon.Detail;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.WipeCertificate;

/** The owner's rows, the orders that are under way, who waits for them, and the few steps by which any of it changes. */
final class LeaseBook {
    /** How many commits of one lease may wait for its hardware; more is a borrower that does not read its answers. */
    private static final int MAX_WAITING = 8;

    static final String SELF = "daemon";

    private final NodeId self;
    private final Epoch epochFloor;
    private State state = State.EMPTY;
    private RouteRounds.Round round = RouteRounds.NOT_YET;
    private List<Effect> effects = new ArrayList<>();
    private long now;

    /**
     * All that changes.
     *
     * @param rows by key
     * @param keys of the slices that leases hold
     * @param ends of rows that time moves on, by {@link SliceRow#endMillis()}
     * @param orders that hardware has not answered, by key
     * @param starts of these orders
     * @param waiting tokens of those who wait for the hardware of a lease
     * @param shelves what there is of each kind
     * @param returnedMillis when the hardware worker came back last: it did not hang until then
     * @param failing why the device of a slice fails that is not to be offered again, by key
     */
    record State(
            Versioned<String, SliceRow> rows,
            Versioned<LeaseId, String> keys,
            Versioned<Moment, String> ends,
            Versioned<String, Pending> orders,
            Versioned<Moment, String> starts,
            Versioned<LeaseId, List<Long>> waiting,
            Versioned<ResourceKind, Shelf> shelves,
            long returnedMillis,
            Versioned<String, String> failing) {
        private static final Comparator<LeaseId> BY_DIGITS =
                Comparator.comparingLong(LeaseId::high).thenComparingLong(LeaseId::low);
        static final State EMPTY = new State(
                Versioned.empty(Comparator.naturalOrder()),
                Versioned.empty(BY_DIGITS),
                Versioned.empty(Moment.EARLIEST_FIRST),
                Versioned.empty(Comparator.naturalOrder()),
                Versioned.empty(Moment.EARLIEST_FIRST),
                Versioned.empty(BY_DIGITS),
                Versioned.empty(Comparator.naturalOrder()),
                Long.MIN_VALUE,
                Versioned.empty(Comparator.naturalOrder()));

        State with(SliceRow row) {
            SliceRow before = rows.get(row.key());
            Versioned<LeaseId, String> held = keys;
            Versioned<Moment, String> due = ends;
            Versioned<ResourceKind, Shelf> stock = shelves;
            if (before != null) {
                stock = stock.with(before.facts().kind(), shelf(stock, before).without(before));
                due = due.without(new Moment(before.endMillis(), row.key()));
                if (before.holding().isPresent()) {
                    held = held.without(before.holding().get().lease());
                }
            }
            stock = stock.with(row.facts().kind(), shelf(stock, row).with(row));
            if (row.endMillis() != Long.MAX_VALUE) {
                due = due.with(new Moment(row.endMillis(), row.key()), row.key());
            }
            if (row.holding().isPresent()) {
                held = held.with(row.holding().get().lease(), row.key());
            }
            return new State(
                    rows.with(row.key(), row), held, due, orders, starts, waiting, stock, returnedMillis, failing);
        }

        private static Shelf shelf(Versioned<ResourceKind, Shelf> shelves, SliceRow row) {
            Shelf shelf = shelves.get(row.facts().kind());
            return shelf == null ? Shelf.EMPTY : shelf;
        }

        State with(String key, Pending order) {
            State idle = withoutOrder(key);
            return new State(
                    rows,
                    keys,
                    ends,
                    idle.orders.with(key, order),
                    idle.starts.with(new Moment(order.sinceMillis(), key), key),
                    waiting,
                    shelves,
                    returnedMillis,
                    failing);
        }

        State withoutOrder(String key) {
            Pending before = orders.get(key);
            return before == null
                    ? this
                    : new State(
                            rows,
                            keys,
                            ends,
                            orders.without(key),
                            starts.without(new Moment(before.sinceMillis(), key)),
                            waiting,
                            shelves,
                            returnedMillis,
                            failing);
        }

        State with(Versioned<LeaseId, List<Long>> newWaiting) {
            return new State(rows, keys, ends, orders, starts, newWaiting, shelves, returnedMillis, failing);
        }

        State returned(long millis) {
            return new State(rows, keys, ends, orders, starts, waiting, shelves, millis, failing);
        }

        State failing(Versioned<String, String> newFailing) {
            return new State(rows, keys, ends, orders, starts, waiting, shelves, returnedMillis, newFailing);
        }
    }

    /** When something is due with a slice. */
    record Moment(long millis, String key) {
        static final Comparator<Moment> EARLIEST_FIRST =
                Comparator.comparingLong(Moment::millis).thenComparing(Moment::key);
    }

    /** An order that a hardware worker has not answered yet. */
    record Pending(HardwareOrder order, Epoch epoch, long sinceMillis) {}

    /** @param epochFloor above which every new epoch is */
    LeaseBook(NodeId self, Collection<SliceRow> stored, Epoch epochFloor) {
        this.self = self;
        this.epochFloor = epochFloor;
        stored.forEach(row -> state = state.with(row));
    }

    State state() {
        return state;
    }

    void back(State before, RouteRounds.Round roundBefore) {
        round = roundBefore;
        state = before;
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
        return state.rows().values();
    }

    /** What there is of each kind, and what of it is free to be lent. */
    List<NodeView.Capacity> capacities(LendingRules rules) {
        List<NodeView.Capacity> capacities = new ArrayList<>();
        state.shelves().forEach((kind, shelf) -> {
            // A kind whose last slice was taken out has an empty shelf.
            if (shelf.totalAmount() > 0) {
                capacities.add(shelf.capacity(kind, rules.floor(kind)));
            }
        });
        return capacities;
    }

    @Nullable SliceRow row(String key) {
        return state.rows().get(key);
    }

    @Nullable Pending pending(String key) {
        return state.orders().get(key);
    }

    RouteRounds.Round round() {
        return round;
    }

    void round(RouteRounds.Round next) {
        round = next;
    }

    void settled(String key) {
        state = state.withoutOrder(key);
    }

    /** The epoch of the next reservation of a slice. */
    Epoch nextEpoch(SliceRow row) {
        return (row.epoch().isOlderThan(epochFloor) ? epochFloor : row.epoch()).next();
    }

    /** The worker has returned from something, and so does not hang: those behind it begin to count now. */
    void workerReturned() {
        state = state.returned(now);
    }

    /** Since when the hardware worker may hang in an order: it carries them out one after the other. */
    long silentSinceMillis(Pending pending) {
        return Math.max(pending.sinceMillis(), state.returnedMillis());
    }

    /** When the first row is moved on by time; never is {@link Long#MAX_VALUE}. */
    long firstEndMillis() {
        Moment first = state.ends().first();
        return first == null ? Long.MAX_VALUE : first.millis();
    }

    /** Since when the hardware worker may hang in any order; {@link Long#MAX_VALUE} where there is none. */
    long firstSilenceMillis() {
        Moment first = state.starts().first();
        return first == null ? Long.MAX_VALUE : Math.max(first.millis(), state.returnedMillis());
    }

    /** The keys of rows whose end has come, and of rows whose order is older than that, in order. */
    NavigableSet<String> dueKeys(long orderedBeforeMillis) {
        NavigableSet<String> due = new TreeSet<>();
        state.ends().until(moment -> moment.millis() > now, due::add);
        if (state.returnedMillis() <= orderedBeforeMillis) {
            state.starts().until(moment -> moment.millis() > orderedBeforeMillis, due::add);
        }
        return due;
    }

    /** Whether one more may wait for the hardware of this lease; if so, it does. */
    boolean await(LeaseId lease, long token) {
        List<Long> before = state.waiting().get(lease);
        List<Long> tokens = new ArrayList<>(before == null ? List.of() : before);
        if (tokens.size() >= MAX_WAITING) {
            return false;
        }
        tokens.add(token);
        state = state.with(state.waiting().with(lease, List.copyOf(tokens)));
        return true;
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

    /** From now on it is not offered again, until an operator declares it sound. This is not in the ledger. */
    void fails(String key, String why) {
        state = state.failing(state.failing().with(key, why));
    }

    boolean isFailing(String key) {
        return state.failing().get(key) != null;
    }

    void isSound(String key) {
        state = state.failing(state.failing().without(key));
    }

    /** Nobody holds it any more; one whose device fails is kept from the next. */
    void free(SliceRow row, String why, Optional<WipeCertificate> wipe) {
        String failure = state.failing().get(row.key());
        if (failure != null) {
            quarantine(new SliceRow(row.facts(), row.state(), row.epoch(), Optional.empty(), wipe, why), failure);
            return;
        }
        put(new SliceRow(row.facts(), SliceState.FREE, row.epoch(), Optional.empty(), wipe, why));
    }

    void order(SliceRow row, HardwareOrder order) {
        state = state.with(row.key(), new Pending(order, row.epoch(), now));
        effects.add(new Effect.Drive(row.key(), row.epoch(), order));
    }

    void put(SliceRow row) {
        SliceRow before = state.rows().get(row.key());
        if (before != null && !Life.allows(before.state(), row.state())) {
            throw new IllegalStateException(row.key() + " may not go from "
                    + before.state().word() + " to " + row.state().word());
        }
        if (before != null && row.epoch().isOlderThan(before.epoch())) {
            throw new IllegalStateException(row.key() + ": its epoch went back");
        }
        state = state.with(row);
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
        List<Long> tokens = state.waiting().get(lease);
        if (tokens != null) {
            state = state.with(state.waiting().without(lease));
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
        String key = state.keys().get(lease);
        return key == null ? Optional.empty() : Optional.ofNullable(state.rows().get(key));
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
