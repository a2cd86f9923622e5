package org.rackweave.daemon.lease;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Allowance;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.NodeView;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.protocol.message.WantView;

/**
 * The owner. It is stepped by one thread with events and the time, and returns what is to be persisted, driven and sent, in
 * that order. Whoever steps it takes a {@link #mark()} first, and goes {@link #back(Mark)} when the ledger refuses.
 */
public final class LeaseCore {
    private final NodeId self;
    private final LeasePolicy policy;
    private final LeaseBook book;
    private final LeaseRequests requests;
    private final LeaseProgress progress;
    private final RouteRounds rounds;
    private final Line line;
    private final LineRequests lineRequests;
    private final LineProgress lineProgress;

    /** Where the core was before a step. To take one costs nothing, and so does to go back to it. */
    public static final class Mark {
        private final LeaseBook.State state;
        private final RouteRounds.Round round;
        private final Line.State line;

        private Mark(LeaseBook.State state, RouteRounds.Round round, Line.State line) {
            this.state = state;
            this.round = round;
            this.line = line;
        }

        LeaseBook.State state() {
            return state;
        }

        RouteRounds.Round round() {
            return round;
        }
    }

    /** An owner for whose slices nobody waits. */
    public LeaseCore(NodeId self, LeasePolicy policy, Collection<SliceRow> stored) {
        this(self, policy, stored, List.of());
    }

    /** An owner whose ledger was never restored. */
    public LeaseCore(NodeId self, LeasePolicy policy, Collection<SliceRow> stored, Collection<WantRow> wants) {
        this(self, policy, stored, wants, Epoch.NONE);
    }

    /**
     * @param stored the slices as the ledger has them
     * @param wants who stood in the line when it was written last
     * @param epochFloor above which every new epoch is: a ledger that was restored does not know all that were used
     */
    public LeaseCore(
            NodeId self, LeasePolicy policy, Collection<SliceRow> stored, Collection<WantRow> wants, Epoch epochFloor) {
        this.self = self;
        this.policy = policy;
        this.book = new LeaseBook(self, stored, epochFloor);
        this.line = new Line(book, policy, wants);
        Revocation revocation = new Revocation(book, policy);
        this.lineRequests = new LineRequests(self, book, policy, line);
        this.lineProgress = new LineProgress(self, book, policy, line, revocation);
        this.requests = new LeaseRequests(book, policy, line, lineRequests, revocation);
        this.progress = new LeaseProgress(book, policy, line);
        this.rounds = new RouteRounds(book, policy);
    }

    public Mark mark() {
        return new Mark(book.state(), book.round(), line.mark());
    }

    public void back(Mark mark) {
        book.back(mark.state, mark.round);
        line.back(mark.line);
    }

    /**
     * Reacts.
     *
     * @param nowMillis by the clock that counts while the machine sleeps; never goes back
     */
    public List<Effect> step(LeaseEvent event, long nowMillis) {
        book.begin(nowMillis);
        lineRequests.begin();
        if (event instanceof LeaseEvent.Started started) {
            start(started);
        } else if (event instanceof LeaseEvent.Asked asked) {
            requests.answer(asked);
        } else if (event instanceof LeaseEvent.HardwareDone done) {
            hardwareDone(done);
        } else if (event instanceof LeaseEvent.Expelled expelled) {
            requests.expel(expelled);
        } else if (event instanceof LeaseEvent.DeviceFailing failing) {
            progress.deviceFails(failing);
        }
        progress.passTime();
        rounds.passTime();
        lineProgress.settle();
        lineRequests.answerPlaces();
        return book.effects();
    }

    /** When the next thing happens by itself. */
    public OptionalLong nextDeadline() {
        long earliest = Math.min(Math.min(progress.earliest(), rounds.earliest()), line.earliest());
        return earliest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(earliest);
    }

    public List<SliceView> slices() {
        return book.rows().stream().map(row -> row.view(self)).toList();
    }

    /** How much more of each kind this borrower may have here; a kind without a rule is not named. */
    public List<Allowance> allowances(NodeId borrower) {
        return policy.rules().allowances(borrower, new Lent(book.rows()));
    }

    /** What this node owns of each kind, and what of it is free to be lent: what a floor keeps is not. */
    public List<NodeView.Capacity> capacities() {
        return book.capacities(policy.rules());
    }

    /** Who waits, the lines of each kind one after the other, each in its order. */
    public List<WantView> wants(long nowMillis) {
        return line.views(nowMillis);
    }

    public List<LeaseView> leases(long nowMillis) {
        return book.rows().stream()
                .flatMap(row -> row.leaseView(self, nowMillis).stream())
                .toList();
    }

    public Optional<LeaseView> lease(LeaseId id, long nowMillis) {
        return book.rowOf(id).flatMap(row -> row.leaseView(self, nowMillis));
    }

    private void start(LeaseEvent.Started started) {
        line.started(started.boot());
        Map<String, SliceFacts> facts = new TreeMap<>();
        started.claimed().forEach(slice -> facts.put(slice.key(), slice));
        for (SliceRow row : book.rows()) {
            if (!facts.containsKey(row.key())) {
                settle(row, Reconciliation.absent(row));
            }
        }
        facts.forEach((key, slice) -> {
            RouteReading route = started.routes().getOrDefault(key, new RouteReading.Unreadable("it was not read"));
            SliceRow row = book.row(key);
            settle(
                    row,
                    row == null
                            ? Reconciliation.firstSeen(slice, route)
                            : Reconciliation.of(row.withFacts(slice), route, started.boot(), policy, book.now()));
        });
        rounds.begin();
    }

    private void hardwareDone(LeaseEvent.HardwareDone done) {
        book.workerReturned();
        if (!progress.isAwaited(done) && rounds.isLook(done)) {
            rounds.looked(done);
        } else {
            progress.hardwareDone(done);
        }
    }

    private void settle(@Nullable SliceRow before, Reconciliation after) {
        SliceRow row = after.row();
        if (!row.equals(before)) {
            book.put(row);
            boolean moved = before == null || before.state() != row.state();
            if (moved) {
                book.audit(LeaseBook.SELF, "slice.reconciled", row.key(), LeaseBook.stateDetail(row));
            }
        }
        after.order().ifPresent(order -> book.order(row, order));
    }
}
