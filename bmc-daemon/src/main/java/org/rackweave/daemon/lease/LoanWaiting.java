package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.matching.Matching;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.SliceView;

/** Demands that stand: the lines in which they wait, and when they are planned for anew. */
final class LoanWaiting {
    /** Lines in which one demand waits: as many as lenders may be combined. */
    private static final int MAX_LINES = 8;

    private final LoanBook book;
    private final LoanPolicy policy;

    LoanWaiting(LoanBook book, LoanPolicy policy) {
        this.book = book;
        this.policy = policy;
    }

    /** Whether its demand is to keep its places: until the loan is whole, or over. */
    static boolean stands(LoanRow row) {
        return row.isStanding()
                && switch (row.state()) {
                    case WAITING, RESERVING, COMMITTING -> true;
                    case ACTIVE, RELEASING, ENDED, LOST -> false;
                };
    }

    /**
     * There is no plan now: the loan waits, and whoever asked is told so.
     *
     * @param seen what lenders have, where that was just asked
     */
    void wait(LoanRow row, List<SliceView> seen, String why) {
        LoanRow waiting = row.to(LoanState.WAITING, why).withoutEnded();
        if (!waiting.equals(book.state().loans.get(row.id()))) {
            // Only what is new: a demand may stand for days, and is planned for every few seconds.
            book.save(waiting);
        }
        long regularly = book.now() + policy.replanMillis();
        LoanBook.Replan before =
                book.state().replans.getOrDefault(row.id(), new LoanBook.Replan(Long.MAX_VALUE, book.now()));
        book.state()
                .replans
                .put(row.id(), new LoanBook.Replan(Math.min(before.dueMillis(), regularly), before.lastMillis()));
        lineUp(waiting, seen);
        book.answerWaiting(row.id(), new Answer.Loan(book.view(waiting.shown())));
    }

    /** A plan is being made; the next one is due when that fails, or when something changes meanwhile. */
    void planned(LoanId loan) {
        book.state().replans.put(loan, new LoanBook.Replan(Long.MAX_VALUE, book.now()));
    }

    /** At once, but not more often than requests are repeated. */
    void hasten(LoanId loan) {
        LoanBook.Replan before = book.state().replans.getOrDefault(loan, new LoanBook.Replan(Long.MAX_VALUE, 0));
        long soon = Math.max(book.now(), before.lastMillis() + policy.retryMillis());
        book.state().replans.put(loan, new LoanBook.Replan(Math.min(soon, before.dueMillis()), before.lastMillis()));
    }

    /** Into the lines of those that could ever give most of it, and out of those that have nothing for it any more. */
    private void lineUp(LoanRow row, List<SliceView> seen) {
        Map<NodeId, List<SliceView>> byOwner = new TreeMap<>();
        seen.forEach(slice -> byOwner.computeIfAbsent(slice.id().owner(), owner -> new ArrayList<>())
                .add(slice));
        Map<NodeId, Long> ever = new HashMap<>();
        byOwner.forEach((owner, owned) -> ever.put(owner, Matching.everOf(row.requirement(), owned)));
        Map<NodeId, LoanBook.Line> lines = book.state().lines.computeIfAbsent(row.id(), id -> new TreeMap<>());
        lines.keySet().removeIf(lender -> ever.getOrDefault(lender, 1L) == 0);
        ever.entrySet().stream()
                .filter(entry -> entry.getValue() > 0 && !lines.containsKey(entry.getKey()))
                .sorted(Map.Entry.<NodeId, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(Math.max(0, MAX_LINES - lines.size()))
                .forEach(entry -> lines.put(
                        entry.getKey(),
                        new LoanBook.Line(
                                Math.min(entry.getValue(), row.requirement().amount()), Optional.empty(), book.now())));
    }

    void placed(LoanBook.Exchange exchange, Answer answer) {
        Map<NodeId, LoanBook.Line> lines = book.state().lines.getOrDefault(exchange.loan(), Map.of());
        LoanBook.Line line = lines.get(exchange.to());
        if (line == null) {
            return;
        }
        if (!(answer instanceof Answer.Place place)) {
            // Who is not reached, or takes no demand now, is asked again at the usual pace.
            lines.put(
                    exchange.to(),
                    new LoanBook.Line(line.amount(), Optional.empty(), book.now() + policy.replanMillis()));
            return;
        }
        long repeat = Math.max(policy.retryMillis(), Math.min(place.validMillis(), LoanPolicy.LONGEST_MILLIS) / 3);
        lines.put(exchange.to(), new LoanBook.Line(line.amount(), Optional.of(place.place()), book.now() + repeat));
        long comingBefore = line.place().map(each -> each.coming()).orElse(0L);
        if (place.place().coming() > comingBefore) {
            hasten(exchange.loan());
        }
    }

    void withdrawn(LoanBook.Exchange exchange, Answer answer) {
        Map<NodeId, LoanBook.Withdrawal> withdrawals = book.state().withdrawals.get(exchange.loan());
        if (withdrawals != null && answer instanceof Answer.Done) {
            withdrawals.remove(exchange.to());
            if (withdrawals.isEmpty()) {
                book.state().withdrawals.remove(exchange.loan());
            }
        }
    }

    /** An owner keeps something for a demand. Who has no line that it stands in has nothing to say about it. */
    void freed(LoanEvent.Asked asked, Command.Freed freed) {
        if (!book.state()
                .lines
                .getOrDefault(freed.loan(), Map.of())
                .containsKey(asked.peer().id())) {
            book.refuse(asked.token(), RefusalCode.NOT_FOUND, "loan " + freed.loan() + " does not wait at this node");
            return;
        }
        hasten(freed.loan());
        book.emit(new Effect.Reply(asked.token(), new Answer.Done()));
    }

    /** Repeats what has to be repeated. */
    void passTime() {
        book.state().lines.forEach((loan, lines) -> {
            LoanRow row = book.state().loans.get(loan);
            if (row != null) {
                lines.replaceAll((lender, line) -> repeated(row, lender, line));
            }
        });
        book.state().withdrawals.forEach((loan, all) -> {
            all.values().removeIf(withdrawal -> book.now() >= withdrawal.untilMillis());
            all.replaceAll((lender, withdrawal) -> repeated(loan, lender, withdrawal));
        });
        book.state().withdrawals.values().removeIf(Map::isEmpty);
    }

    private LoanBook.Line repeated(LoanRow row, NodeId lender, LoanBook.Line line) {
        if (book.now() < line.dueMillis()) {
            return line;
        }
        book.send(row.id(), Optional.empty(), lender, new Command.Want(row.id(), row.requirement(), line.amount()));
        return new LoanBook.Line(line.amount(), line.place(), untilAnswered());
    }

    private LoanBook.Withdrawal repeated(LoanId loan, NodeId lender, LoanBook.Withdrawal withdrawal) {
        if (book.now() < withdrawal.dueMillis()) {
            return withdrawal;
        }
        book.send(loan, Optional.empty(), lender, new Command.WithdrawWant(loan));
        return new LoanBook.Withdrawal(untilAnswered(), withdrawal.untilMillis());
    }

    private long untilAnswered() {
        return book.now() + policy.answerMillis() + policy.retryMillis();
    }

    /** Those that wait and are to be planned for now. */
    List<LoanRow> due() {
        return book.state().loans.values().stream()
                .filter(row -> replanMillis(row) <= book.now())
                .toList();
    }

    /** When this loan is planned for by itself. */
    private long replanMillis(LoanRow row) {
        boolean idle =
                row.state() == LoanState.WAITING && !book.state().gatherings.containsKey(row.id());
        LoanBook.Replan replan = book.state().replans.get(row.id());
        return idle && replan != null ? replan.dueMillis() : Long.MAX_VALUE;
    }

    long nextDeadline() {
        long earliest = Long.MAX_VALUE;
        for (LoanRow row : book.state().loans.values()) {
            earliest = Math.min(earliest, replanMillis(row));
        }
        for (Map<NodeId, LoanBook.Line> lines : book.state().lines.values()) {
            for (LoanBook.Line line : lines.values()) {
                earliest = Math.min(earliest, line.dueMillis());
            }
        }
        for (Map<NodeId, LoanBook.Withdrawal> all : book.state().withdrawals.values()) {
            for (LoanBook.Withdrawal withdrawal : all.values()) {
                earliest = Math.min(earliest, Math.min(withdrawal.dueMillis(), withdrawal.untilMillis()));
            }
        }
        return earliest;
    }
}
