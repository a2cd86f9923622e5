package org.rackweave.daemon.lease;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;

/**
 * The borrower. It is stepped by one thread with events and the time, and returns what is to be persisted and sent, in that
 * order. Whoever steps it takes a {@link #mark()} first, and goes {@link #back(Mark)} when the ledger refuses.
 *
 * <pre>
 *                                              resize, move: leases join, all at once,
 *                                              |  ^    or are given back
 *                                              v  |
 *   (gathering) --> RESERVING --> COMMITTING --> ACTIVE --> RELEASING --> ENDED
 *        |            |  ^           |             |            ^
 *        | no plan,   |  | slice gone|             | lost       |
 *        | it stands  |  +-----------+             v            |
 *        v            |                          LOST   (other leases are given back, but for those that the
 *     WAITING --------+ a plan                           host would not survive to lose: then it stays ACTIVE)
 *        ^            |
 *        +------------+ it failed, and the demand stands
 * </pre>
 */
public final class LoanCore {
    private final LoanPolicy policy;
    private final LoanBook book;
    private final LoanPlanning planning;
    private final LoanAnswers answers;
    private final LoanWaiting waiting;
    private final LoanResizing resizing;
    private final LoanMoving moving;

    /** Where the core was before a step. */
    public static final class Mark {
        private final LoanBook.State state;

        private Mark(LoanBook.State state) {
            this.state = state;
        }
    }

    /**
     * @param leaseIds draws a new lease id
     * @param bootEpoch this daemon's incarnation, so that numbers of renewals grow over restarts without being stored
     */
    public LoanCore(
            NodeId self, LoanPolicy policy, Supplier<LeaseId> leaseIds, long bootEpoch, Collection<LoanRow> stored) {
        this.policy = policy;
        this.book = new LoanBook(self, policy, bootEpoch, stored);
        this.waiting = new LoanWaiting(book, policy);
        this.planning = new LoanPlanning(book, policy, leaseIds, waiting);
        this.moving = new LoanMoving(book, policy, planning);
        this.resizing = new LoanResizing(book, planning, moving);
        this.answers = new LoanAnswers(book, policy, planning, waiting, resizing);
    }

    public Mark mark() {
        return new Mark(book.state().copy());
    }

    public void back(Mark mark) {
        book.back(mark.state);
    }

    /** Reacts. */
    public List<Effect> step(LoanEvent event, long nowMillis) {
        book.begin(nowMillis);
        if (event instanceof LoanEvent.Started started) {
            start(started);
        } else if (event instanceof LoanEvent.Asked asked) {
            ask(asked);
        } else if (event instanceof LoanEvent.Answered answered) {
            answers.answered(answered);
        } else if (event instanceof LoanEvent.LendersSeen seen) {
            book.state().lenders.put(seen.kind(), seen.lenders());
        } else if (event instanceof LoanEvent.LetGo gone) {
            resizing.letGo(gone);
        } else if (event instanceof LoanEvent.GiveAllBack give) {
            book.giveAllBack(give.why());
        }
        passTime();
        return book.effects();
    }

    /** When the next thing happens by itself. */
    public OptionalLong nextDeadline() {
        long earliest = waiting.nextDeadline();
        for (LoanBook.Gathering gathering : book.state().gatherings.values()) {
            earliest = Math.min(earliest, gathering.untilMillis());
        }
        for (List<LoanBook.Waiting> list : book.state().waiting.values()) {
            for (LoanBook.Waiting waiting : list) {
                earliest = Math.min(earliest, waiting.untilMillis());
            }
        }
        for (LoanRow row : book.state().loans.values()) {
            if (row.state() == LoanState.ACTIVE) {
                earliest = Math.min(earliest, book.recallMillis(row));
            }
            for (Leg leg : row.legs()) {
                if (leg.state() != Leg.State.ENDED) {
                    earliest = Math.min(earliest, book.state().dueMillis.getOrDefault(leg.lease(), Long.MAX_VALUE));
                }
                if (row.state() == LoanState.ACTIVE && endsByTime(leg)) {
                    earliest = Math.min(earliest, outMillis(leg));
                }
            }
        }
        return earliest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(earliest);
    }

    public List<LoanView> loans(long nowMillis) {
        return book.state().loans.values().stream()
                .map(row -> book.view(row.shown(), nowMillis))
                .toList();
    }

    public Optional<LoanView> loan(LoanId id, long nowMillis) {
        return Optional.ofNullable(book.state().loans.get(id)).map(row -> book.view(row.shown(), nowMillis));
    }

    /** Of which kinds of resource somebody waits for some: who owns such is to be told by {@link LoanEvent.LendersSeen}. */
    public Set<ResourceKind> lookedFor() {
        Set<ResourceKind> kinds = EnumSet.noneOf(ResourceKind.class);
        for (LoanRow row : book.state().loans.values()) {
            if (LoanWaiting.stands(row)) {
                kinds.add(row.requirement().kind());
            }
        }
        return kinds;
    }

    /** Whether nothing is owed to anybody. */
    public boolean isSettled() {
        return book.state().loans.values().stream().allMatch(LoanRow::isSettled);
    }

    private void start(LoanEvent.Started started) {
        for (LoanRow before : List.copyOf(book.state().loans.values())) {
            boolean sameBoot = started.boot() == LeaseEvent.Boot.SAME || before.isSettled();
            LoanRow stored = sameBoot ? before : before.each(leg -> afterReboot(leg, before.requirement()));
            if (!stored.equals(before)) {
                book.save(stored);
            }
            if (stored.state() == LoanState.ACTIVE) {
                stored.members().forEach(leg -> book.due(leg, book.now()));
                if (!sameBoot) {
                    stored.members()
                            .forEach(leg ->
                                    book.state().askedUntilMillis.put(leg.lease(), book.now() + policy.answerMillis()));
                }
                if (!stored.joining().isEmpty()) {
                    planning.stopGrowing(stored, RefusalCode.CONFLICT, "this node restarted");
                }
            } else if (stored.state() == LoanState.RESERVING || stored.state() == LoanState.COMMITTING) {
                book.giveBack(
                        stored,
                        stored.isStanding() ? LoanState.WAITING : LoanState.RELEASING,
                        "this node restarted before the loan was whole");
            }
            if (LoanWaiting.stands(stored)) {
                waiting.hasten(stored.id());
            }
            // Also the leases of an attempt before the one that the restart interrupted.
            stored.legs().stream()
                    .filter(leg -> leg.state() == Leg.State.RELEASING)
                    .forEach(leg -> book.due(leg, book.now()));
        }
    }

    /** Nobody knows how much of the term is left: nothing is promised, and lenders are asked. */
    private Leg afterReboot(Leg leg, Requirement requirement) {
        return new Leg(
                leg.lease(),
                leg.slice(),
                leg.state(),
                leg.epoch(),
                book.now(),
                policy.forcedDeadline(
                        book.now(), requirement.termMillis(), leg.slice().forcedEnd()),
                leg.granted(),
                leg.part());
    }

    private void ask(LoanEvent.Asked asked) {
        Command command = asked.command();
        if (command instanceof Command.Borrow borrow) {
            planning.borrow(asked, borrow);
        } else if (command instanceof Command.RenewLoan renew) {
            known(asked, renew.loan()).ifPresent(row -> renewNow(asked, row));
        } else if (command instanceof Command.ReleaseLoan release) {
            if (!book.state().loans.containsKey(release.loan())) {
                book.forgetPlan(release.loan());
                book.answerWaiting(
                        release.loan(),
                        new Answer.Refused(RefusalCode.CONFLICT, "given back before there was a plan for it", 0));
            }
            known(asked, release.loan()).ifPresent(row -> release(asked, row));
        } else if (command instanceof Command.ResizeLoan resize) {
            known(asked, resize.loan()).ifPresent(row -> resizing.resize(asked, resize, row));
        } else if (command instanceof Command.Freed freed) {
            waiting.freed(asked, freed);
        } else if (command instanceof Command.Recall recall) {
            recall(asked, recall);
        } else if (command instanceof Command.Propose propose) {
            moving.propose(asked, propose);
        } else {
            throw new IllegalArgumentException("not for the borrower's core: " + command.kind());
        }
    }

    private Optional<LoanRow> known(LoanEvent.Asked asked, LoanId id) {
        LoanRow row = book.state().loans.get(id);
        if (row == null) {
            book.refuse(asked.token(), RefusalCode.NOT_FOUND, "this node has no loan " + id);
        }
        return Optional.ofNullable(row);
    }

    private void renewNow(LoanEvent.Asked asked, LoanRow row) {
        if (row.state() != LoanState.ACTIVE) {
            book.refuse(
                    asked.token(),
                    RefusalCode.CONFLICT,
                    "the loan is " + row.state().word() + ": " + row.explanation());
            return;
        }
        row.members().forEach(leg -> book.renew(row, leg));
        book.await(row.id(), asked.token(), book.now() + policy.answerMillis());
    }

    private void release(LoanEvent.Asked asked, LoanRow row) {
        if (row.isOver() && row.isSettled()) {
            book.replyLoan(asked.token(), row);
            return;
        }
        book.await(row.id(), asked.token(), book.now() + policy.answerMillis());
        if (row.state() != LoanState.RELEASING) {
            book.audit(asked.peer().name() + " " + asked.peer().id(), "loan.release", row);
            book.giveBack(
                    row,
                    row.isOver() ? row.state() : LoanState.RELEASING,
                    "given back by " + asked.peer().name());
        }
    }

    private void recall(LoanEvent.Asked asked, Command.Recall recall) {
        Optional<LoanRow> found = book.state().loans.values().stream()
                .filter(row -> row.legs().stream().anyMatch(leg -> leg.lease().equals(recall.lease())))
                .findFirst();
        Optional<Leg> leg = found.flatMap(row -> row.leg(recall.lease()));
        if (leg.isEmpty()) {
            book.refuse(asked.token(), RefusalCode.NOT_FOUND, "this node borrows nothing under " + recall.lease());
        } else if (!leg.get().owner().equals(asked.peer().id())) {
            book.refuse(asked.token(), RefusalCode.DENIED, "only the owner of a slice may recall it");
        } else if (!leg.get().isMember()) {
            if (found.orElseThrow().joining().contains(leg.get())) {
                planning.stopGrowing(found.orElseThrow(), RefusalCode.CONFLICT, "recalled by its owner");
            }
            book.emit(new Effect.Reply(asked.token(), new Answer.Done()));
        } else {
            book.recalled(found.orElseThrow(), leg.get(), recall.graceMillis(), recall.reason());
            book.emit(new Effect.Reply(asked.token(), new Answer.Done()));
        }
    }

    private void passTime() {
        book.state().gatherings.values().stream()
                .filter(gathering -> book.now() >= gathering.untilMillis())
                .toList()
                .forEach(planning::plan);
        for (LoanRow row : book.active()) {
            if (book.now() >= book.recallMillis(row)) {
                book.giveBackRecalled(row);
            } else {
                row.legs().stream().filter(this::isOut).forEach(leg -> runOut(row.id(), leg));
            }
        }
        waiting.due().forEach(planning::again);
        waiting.passTime();
        for (LoanRow row : List.copyOf(book.state().loans.values())) {
            for (Leg leg : row.legs()) {
                if (isDue(leg)) {
                    duty(row.id(), leg);
                }
            }
        }
        if (!book.state().waiting.isEmpty()) {
            answerWhoWaitedLong();
        }
    }

    private void answerWhoWaitedLong() {
        for (LoanRow row : book.state().loans.values()) {
            book.state().waiting.getOrDefault(row.id(), List.of()).stream()
                    .filter(waiting -> book.now() >= waiting.untilMillis())
                    .forEach(waiting -> book.replyLoan(waiting.token(), row));
        }
        book.state().waiting.values().forEach(list -> list.removeIf(waiting -> book.now() >= waiting.untilMillis()));
        book.state().waiting.values().removeIf(List::isEmpty);
    }

    private boolean isOut(Leg leg) {
        return endsByTime(leg) && book.now() >= outMillis(leg);
    }

    /** Each in the same step: what the host must not use any more is never in the ledger as if it may. */
    private void runOut(LoanId id, Leg leg) {
        LoanRow row = book.state().loans.get(id);
        if (row != null && row.state() == LoanState.ACTIVE) {
            book.lose(row, leg, "its term ran out and " + leg.owner().brief() + " could not be asked");
        }
    }

    /**
     * What a forced end would kill its owner keeps for its host beyond the term, until it is renewed or released: a dead
     * management network kills no healthy server.
     */
    private static boolean endsByTime(Leg leg) {
        return leg.state() == Leg.State.GRANTED
                && leg.isMember()
                && leg.slice().forcedEnd() == ForcedEndEffect.TOLERATED;
    }

    /** After a reboot of the card nothing is promised, but the lender is asked before a loan is called lost. */
    private long outMillis(Leg leg) {
        return Math.max(leg.deadlineMillis(), book.state().askedUntilMillis.getOrDefault(leg.lease(), 0L));
    }

    private boolean isDue(Leg leg) {
        return book.now() >= book.state().dueMillis.getOrDefault(leg.lease(), Long.MAX_VALUE);
    }

    private void duty(LoanId id, Leg leg) {
        LoanRow row = book.state().loans.get(id);
        if (row == null) {
            return;
        }
        if (leg.state() == Leg.State.GRANTED && row.state() == LoanState.ACTIVE) {
            book.renew(row, leg);
        } else if (leg.state() == Leg.State.RELEASING && book.now() >= leg.forcedMillis()) {
            book.end(row, leg);
        } else if (leg.state() == Leg.State.RELEASING) {
            book.sendRelease(row, leg);
        } else {
            book.state().dueMillis.remove(leg.lease());
        }
    }
}
