package org.rackweave.daemon.lease;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
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
    private final Line line;
    private final LineRequests lineRequests;
    private final LineProgress lineProgress;

    /** Where the core was before a step. */
    public static final class Mark {
        private final Map<String, SliceRow> rows;
        private final Map<String, LeaseBook.Pending> orders;
        private final Map<LeaseId, List<Long>> waiting;
        private final Line.State line;

        Mark(
                Map<String, SliceRow> rows,
                Map<String, LeaseBook.Pending> orders,
                Map<LeaseId, List<Long>> waiting,
                Line.State line) {
            this.rows = rows;
            this.orders = orders;
            this.waiting = waiting;
            this.line = line;
        }

        Map<String, SliceRow> rows() {
            return rows;
        }

        Map<String, LeaseBook.Pending> orders() {
            return orders;
        }

        Map<LeaseId, List<Long>> waiting() {
            return waiting;
        }
    }

    /** An owner for whose slices nobody waits. */
    public LeaseCore(NodeId self, LeasePolicy policy, Collection<SliceRow> stored) {
        this(self, policy, stored, List.of());
    }

    /**
     * @param stored the slices as the ledger has them
     * @param wants who stood in the line when it was written last
     */
    public LeaseCore(NodeId self, LeasePolicy policy, Collection<SliceRow> stored, Collection<WantRow> wants) {
        this.self = self;
        this.policy = policy;
        this.book = new LeaseBook(self, stored);
        this.line = new Line(book, policy, wants);
        Revocation revocation = new Revocation(book, policy);
        this.lineRequests = new LineRequests(self, book, policy, line);
        this.lineProgress = new LineProgress(self, book, policy, line, revocation);
        this.requests = new LeaseRequests(book, policy, line, lineRequests, revocation);
        this.progress = new LeaseProgress(book, policy, line);
    }

    public Mark mark() {
        return book.mark(line.mark());
    }

    public void back(Mark mark) {
        book.back(mark);
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
            progress.hardwareDone(done);
        }
        progress.passTime();
        lineProgress.settle();
        lineRequests.answerPlaces();
        return book.effects();
    }

    /** When the next thing happens by itself. */
    public OptionalLong nextDeadline() {
        long earliest = Math.min(progress.earliest(), line.earliest());
        return earliest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(earliest);
    }

    public List<SliceView> slices() {
        return book.rows().stream().map(row -> row.view(self)).toList();
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
