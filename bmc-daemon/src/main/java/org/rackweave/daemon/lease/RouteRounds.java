package org.rackweave.daemon.lease;

import java.util.List;
import java.util.Optional;
import org.rackweave.protocol.message.SliceState;

/**
 * The owner goes round its slices, and compares where the hardware routes them with what the ledger says: a second fabric
 * manager, a switch that came up with bindings of its own, or a command that took effect after all, is seen within the time
 * of one round. One look at a time, so that a slow switch is not kept busy by them.
 */
final class RouteRounds {
    /** Before the daemon has started, nothing is looked at. */
    static final Round NOT_YET = new Round("", Long.MAX_VALUE, false);

    private final LeaseBook book;
    private final LeasePolicy policy;

    /**
     * Where the rounds are.
     *
     * @param key the slice that was looked at last; empty before the first
     * @param dueMillis when the next look is due
     * @param isOut whether the last look has not been answered yet
     */
    record Round(String key, long dueMillis, boolean isOut) {}

    RouteRounds(LeaseBook book, LeasePolicy policy) {
        this.book = book;
        this.policy = policy;
    }

    /** All routes have been read just now. */
    void begin() {
        rest("");
    }

    void passTime() {
        Round round = book.round();
        if (round.isOut() || book.now() < round.dueMillis()) {
            return;
        }
        Optional<SliceRow> next = nextAfter(round.key());
        if (next.isEmpty()) {
            rest("");
            return;
        }
        SliceRow row = next.get();
        book.round(new Round(row.key(), Long.MAX_VALUE, true));
        book.emit(new Effect.Drive(row.key(), row.epoch(), new HardwareOrder.ReadRoute()));
    }

    long earliest() {
        return book.round().dueMillis();
    }

    /** Whether this is what came of the look that was out. */
    boolean isLook(LeaseEvent.HardwareDone done) {
        Round round = book.round();
        return round.isOut() && round.key().equals(done.sliceKey()) && done.order() instanceof HardwareOrder.ReadRoute;
    }

    void looked(LeaseEvent.HardwareDone done) {
        rest(done.sliceKey());
        SliceRow row = book.row(done.sliceKey());
        // Of a slice that is being changed by now, an older look says nothing.
        if (row != null && isStill(row) && done.result() instanceof HardwareResult.Read read) {
            Reconciliation.foreignHand(row, read.route()).ifPresent(why -> {
                SliceRow witnessed = row.atLeast(Reconciliation.epochOf(read.route()));
                if (!witnessed.equals(row) || row.state() != SliceState.QUARANTINED) {
                    book.quarantine(witnessed, why);
                }
            });
        }
    }

    private void rest(String key) {
        long pause =
                Math.max(1, policy.routeLookMillis() / Math.max(1, book.rows().size()));
        book.round(new Round(key, book.now() + pause, false));
    }

    private Optional<SliceRow> nextAfter(String key) {
        List<SliceRow> still = book.rows().stream().filter(this::isStill).toList();
        return still.stream()
                .filter(row -> row.key().compareTo(key) > 0)
                .findFirst()
                .or(() -> still.stream().findFirst());
    }

    private boolean isStill(SliceRow row) {
        return book.pending(row.key()) == null
                && switch (row.state()) {
                    case FREE, RESERVED, ACTIVE, OVERDUE, RECLAIMING, QUARANTINED -> true;
                    case CONFIGURING, FENCING, SANITISING -> false;
                };
    }
}
