package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.SliceView;

/** What others ask of the owner's line: a place in it, and to be out of it. */
final class LineRequests {
    private final NodeId self;
    private final LeaseBook book;
    private final LeasePolicy policy;
    private final Line line;
    private final List<Waiting> waiting = new ArrayList<>();

    /** Who is told its place once all that follows from the step is known. */
    private record Waiting(LoanId loan, long token) {}

    LineRequests(NodeId self, LeaseBook book, LeasePolicy policy, Line line) {
        this.self = self;
        this.book = book;
        this.policy = policy;
        this.line = line;
    }

    void begin() {
        waiting.clear();
    }

    void want(LeaseEvent.Asked asked, Command.Want wish) {
        WantRow before = line.want(wish.loan());
        NodeId borrower = asked.peer().id();
        if (before != null && !before.borrower().equals(borrower)) {
            book.refuse(
                    asked, RefusalCode.DENIED, "the loan " + wish.loan() + " is another borrower's; draw another id");
            return;
        }
        Optional<Answer.Refused> no =
                before == null ? fullness(borrower).or(() -> never(asked, wish)) : never(asked, wish);
        if (no.isPresent()) {
            if (before != null) {
                line.forget(before, no.get().detail());
            }
            book.emit(new Effect.Reply(asked.token(), no.get()));
            return;
        }
        if (before == null) {
            WantRow row = new WantRow(
                    wish.loan(), borrower, wish.requirement(), wish.amount(), line.state().nextNumber++, book.now());
            line.put(row);
            book.emit(new Effect.Tell(
                    "want.stands",
                    row.loan().toString(),
                    row.brief() + " waits for " + row.amount() + " of "
                            + row.requirement().kind().word() + " at priority " + line.priority(row)));
        } else {
            line.put(before.asking(wish.requirement(), wish.amount()));
        }
        waiting.add(new Waiting(wish.loan(), asked.token()));
    }

    void withdraw(LeaseEvent.Asked asked, Command.WithdrawWant wish) {
        WantRow before = line.want(wish.loan());
        if (before != null && !before.borrower().equals(asked.peer().id())) {
            book.refuse(asked, RefusalCode.DENIED, "the want is not yours");
            return;
        }
        if (before != null) {
            line.forget(before, "withdrawn by its borrower");
        }
        book.emit(new Effect.Reply(asked.token(), new Answer.Done()));
    }

    void withdrawAll(NodeId borrower, String why) {
        for (WantRow want : List.copyOf(line.wants())) {
            if (want.borrower().equals(borrower)) {
                line.forget(want, why);
            }
        }
    }

    /** Tells those who asked in this step where they stand. */
    void answerPlaces() {
        for (Waiting each : waiting) {
            WantRow want = line.want(each.loan());
            Answer answer = want == null
                    ? Answer.Refused.of(
                            RefusalCode.CONFLICT, "the loan holds here all that it wants; nothing is waited for")
                    : new Answer.Place(line.place(want), policy.line().validMillis());
            book.emit(new Effect.Reply(each.token(), answer));
        }
        waiting.clear();
    }

    private Optional<Answer.Refused> fullness(NodeId borrower) {
        long own = line.wants().stream()
                .filter(want -> want.borrower().equals(borrower))
                .count();
        if (own >= Line.MAX_WANTS_OF_BORROWER) {
            return busy("you have " + own + " wants in this line, which is the most; withdraw one");
        }
        if (line.wants().size() >= Line.MAX_WANTS) {
            return busy(Line.MAX_WANTS + " wants stand in this line, which is the most; ask another owner, or later");
        }
        return Optional.empty();
    }

    private Optional<Answer.Refused> busy(String detail) {
        return Optional.of(
                new Answer.Refused(RefusalCode.BUSY, detail, policy.line().validMillis()));
    }

    /** Why this owner could not meet it with all that it has. */
    private Optional<Answer.Refused> never(LeaseEvent.Asked asked, Command.Want wish) {
        Requirement requirement = wish.requirement();
        if (requirement.termMillis() < policy.minTermMillis() || requirement.termMillis() > policy.maxTermMillis()) {
            return Optional.of(LeaseRequests.termOutOfRange(requirement.termMillis(), policy));
        }
        if (requirement.from().filter(from -> !from.equals(self)).isPresent()) {
            return noMatch("it is asked of node " + requirement.from().get().brief() + " only; ask that one");
        }
        List<SliceView> slices = book.rows().stream().map(row -> row.view(self)).toList();
        String kind = requirement.kind().word();
        Optional<String> why = Fit.never(requirement, slices);
        if (why.isPresent()) {
            return noMatch("no " + kind + " here " + why.get());
        }
        long least = Math.min(wish.amount(), requirement.leastAmount());
        String unit = requirement.kind().unit();
        long fitting = Cover.sum(Fit.fitting(requirement, slices, Optional.empty()));
        long floor = policy.rules().floor(requirement.kind());
        long owned = slices.stream()
                .filter(slice -> slice.kind() == requirement.kind())
                .mapToLong(SliceView::amount)
                .sum();
        if (Math.min(fitting, owned - floor) < least) {
            return noMatch(least + " " + unit + " of " + kind + " are wanted; " + fitting + " here fit, and " + floor
                    + " of " + owned + " are never lent; ask for less, or combine owners");
        }
        long quota = policy.rules().quota(asked.peer().id(), requirement.kind());
        if (quota < least) {
            return noMatch(least + " " + unit + " of " + kind + " are wanted, and your quota here is " + quota
                    + "; ask for less, or combine owners");
        }
        return Optional.empty();
    }

    private static Optional<Answer.Refused> noMatch(String detail) {
        return Optional.of(Answer.Refused.of(RefusalCode.NO_MATCH, detail));
    }
}
