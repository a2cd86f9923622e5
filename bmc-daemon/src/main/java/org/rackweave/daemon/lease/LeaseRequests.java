package org.rackweave.daemon.lease;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.rackweave.crypto.NodeId;
import org.rackweave.daemon.Detail;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;

/** What others ask of the owner, one method each. */
final class LeaseRequests {
    private final LeaseBook book;
    private final LeasePolicy policy;
    private final Line line;
    private final LineRequests lineRequests;
    private final Revocation revocation;

    LeaseRequests(LeaseBook book, LeasePolicy policy, Line line, LineRequests lineRequests, Revocation revocation) {
        this.book = book;
        this.policy = policy;
        this.line = line;
        this.lineRequests = lineRequests;
        this.revocation = revocation;
    }

    void answer(LeaseEvent.Asked asked) {
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
        } else if (command instanceof Command.Want want) {
            lineRequests.want(asked, want);
        } else if (command instanceof Command.WithdrawWant withdraw) {
            lineRequests.withdraw(asked, withdraw);
        } else {
            throw new IllegalArgumentException("not for the owner's core: " + command.kind());
        }
    }

    private void reserve(LeaseEvent.Asked asked, Command.Reserve wish) {
        SliceRow row = book.row(wish.sliceKey());
        if (row == null) {
            book.refuse(asked, RefusalCode.NOT_FOUND, "this node has no slice " + wish.sliceKey());
            return;
        }
        if (row.holding()
                .filter(h -> h.lease().equals(wish.lease())
                        && h.borrower().equals(asked.peer().id()))
                .isPresent()) {
            book.replyLease(asked.token(), row);
            return;
        }
        if (book.rowOf(wish.lease()).isPresent()) {
            book.refuse(asked, RefusalCode.CONFLICT, "the lease id " + wish.lease() + " is in use; draw another");
            return;
        }
        NodeId borrower = asked.peer().id();
        int priority = policy.priority(borrower, wish.priority());
        Optional<Answer.Refused> no = objection(row, wish)
                .or(() -> ruleAgainst(row, borrower))
                .or(() -> line.ahead(row, borrower, wish.loan(), priority));
        if (no.isPresent()) {
            book.emit(new Effect.Reply(asked.token(), no.get()));
            return;
        }
        Holding holding = new Holding(
                wish.lease(),
                wish.loan(),
                borrower,
                asked.hostPort(),
                priority,
                wish.configuration(),
                Term.promised(wish.termMillis(), book.now() + policy.reservationMillis()),
                Optional.empty());
        SliceRow reserved = new SliceRow(
                row.facts(), SliceState.RESERVED, book.nextEpoch(row), Optional.of(holding), row.wipe(), "");
        book.put(reserved);
        book.audit(
                LeaseBook.actor(asked.peer()),
                "lease.reserve",
                wish.lease().toString(),
                LeaseBook.leaseDetail(reserved, holding));
        book.replyLease(asked.token(), reserved);
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
            return Optional.of(termOutOfRange(wish.termMillis(), policy));
        }
        if (row.facts().forcedEnd() == ForcedEndEffect.FATAL && wish.worstForcedEnd() == ForcedEndEffect.TOLERATED) {
            return refusal(
                    RefusalCode.CONFLICT,
                    "a forced end of " + row.key()
                            + " would be fatal for its host, and only a tolerated one was asked for");
        }
        if (wish.configuration().isPresent()
                && !row.facts().configurations().contains(wish.configuration().get())) {
            return refusal(
                    RefusalCode.CONFLICT,
                    row.key() + " cannot be loaded with " + wish.configuration().get() + ", only with "
                            + new TreeSet<>(row.facts().configurations()));
        }
        return Optional.empty();
    }

    static Answer.Refused termOutOfRange(long termMillis, LeasePolicy policy) {
        return Answer.Refused.of(
                RefusalCode.INVALID,
                "a term of " + termMillis + " ms is not between " + policy.minTermMillis() + " and "
                        + policy.maxTermMillis() + " ms, which this owner allows");
    }

    /** What the rules say against this borrower's having this slice, whoever else waits for it. */
    private Optional<Answer.Refused> ruleAgainst(SliceRow row, NodeId borrower) {
        LendingRules rules = policy.rules();
        long reserved = book.rows().stream()
                .filter(each -> each.state() == SliceState.RESERVED
                        && LeaseBook.held(each).borrower().equals(borrower))
                .count();
        if (reserved >= rules.maxReservations()) {
            return Optional.of(new Answer.Refused(
                    RefusalCode.BUSY,
                    "you have reserved " + reserved + " slices here, which is the most; commit them or give them back",
                    policy.reservationMillis()));
        }
        ResourceKind kind = row.facts().kind();
        long floor = rules.floor(kind);
        long quota = rules.quota(borrower, kind);
        if (floor == 0 && quota == LendingRules.UNLIMITED) {
            return Optional.empty();
        }
        Lent lent = new Lent(book.rows());
        long amount = row.facts().amount();
        String what = amount + " " + kind.unit() + " of " + kind.word();
        if (lent.unheld(kind) - amount < floor) {
            return refusal(
                    RefusalCode.CONFLICT,
                    "this owner never lends its last " + floor + " " + kind.unit() + " of " + kind.word() + ", and has "
                            + lent.unheld(kind) + " left; take a smaller slice, or ask another owner");
        }
        if (lent.heldBy(borrower, kind) > quota - amount) {
            return refusal(
                    RefusalCode.DENIED,
                    what + " beside the " + lent.heldBy(borrower, kind) + " that you hold is beyond your quota here, "
                            + quota + "; give some back, or ask another owner");
        }
        return Optional.empty();
    }

    private void commit(LeaseEvent.Asked asked, SliceRow row) {
        Holding holding = LeaseBook.held(row);
        switch (row.state()) {
            case RESERVED -> {
                if (book.now() >= holding.deadlineMillis()) {
                    book.refuse(asked, RefusalCode.NOT_FOUND, "the reservation lapsed; reserve again");
                    return;
                }
                SliceRow configuring = row.to(SliceState.CONFIGURING, "");
                book.put(configuring);
                book.audit(
                        LeaseBook.actor(asked.peer()),
                        "lease.commit",
                        holding.lease().toString(),
                        LeaseBook.leaseDetail(row, holding));
                book.order(configuring, holding.firstOrder());
                await(asked, holding.lease());
            }
            case CONFIGURING -> await(asked, holding.lease());
            case ACTIVE -> book.replyLease(asked.token(), row);
            case FREE, RECLAIMING, FENCING, SANITISING, OVERDUE, QUARANTINED ->
                book.refuse(
                        asked,
                        RefusalCode.CONFLICT,
                        "the lease is " + row.state().word() + ": " + row.reason());
        }
    }

    private void await(LeaseEvent.Asked asked, LeaseId lease) {
        if (!book.await(lease, asked.token())) {
            book.refuse(asked, RefusalCode.BUSY, "this commit is asked for already; wait for its answer");
        }
    }

    private void renew(LeaseEvent.Asked asked, SliceRow row, Command.Renew renew) {
        Holding holding = LeaseBook.held(row);
        boolean renewable = row.state() == SliceState.ACTIVE || row.state() == SliceState.OVERDUE;
        if (!renewable || holding.end() != End.NOT_ENDING) {
            book.refuse(
                    asked,
                    RefusalCode.CONFLICT,
                    "the lease is " + row.state().word() + "; give it back: " + row.reason());
            return;
        }
        if (renew.number() > holding.renewal()) {
            long deadline = policy.ownerDeadline(book.now(), holding.termMillis());
            SliceRow renewed = row.holding(holding.renewed(renew.number(), deadline));
            if (row.state() == SliceState.OVERDUE) {
                renewed = renewed.to(SliceState.ACTIVE, "");
                book.audit(
                        LeaseBook.actor(asked.peer()),
                        "lease.recovered",
                        holding.lease().toString(),
                        LeaseBook.leaseDetail(renewed, holding));
            }
            book.put(renewed);
            book.replyLease(asked.token(), renewed);
        } else {
            book.replyLease(asked.token(), row);
        }
    }

    private void release(LeaseEvent.Asked asked, Command.Release release) {
        if (book.rowOf(release.lease()).isEmpty()) {
            book.emit(new Effect.Reply(asked.token(), new Answer.Done()));
            return;
        }
        Optional<SliceRow> found = ofHolder(asked, release.lease(), release.epoch());
        if (found.isEmpty()) {
            return;
        }
        SliceRow row = found.get();
        Holding holding = LeaseBook.held(row);
        switch (row.state()) {
            case RESERVED -> {
                book.free(row, "given back before it was committed", row.wipe());
                book.audit(
                        LeaseBook.actor(asked.peer()),
                        "lease.release",
                        holding.lease().toString(),
                        LeaseBook.leaseDetail(row, holding));
            }
            case CONFIGURING -> book.put(row.holding(holding.ending(End.RELEASED)));
            case ACTIVE, OVERDUE, RECLAIMING -> {
                boolean takingAlready = row.state() == SliceState.RECLAIMING && holding.end() == End.RELEASED;
                if (!takingAlready) {
                    SliceRow reclaiming = row.holding(holding.ending(End.RELEASED))
                            .to(SliceState.RECLAIMING, "given back by its borrower");
                    book.put(reclaiming);
                    book.audit(
                            LeaseBook.actor(asked.peer()),
                            "lease.release",
                            holding.lease().toString(),
                            LeaseBook.leaseDetail(row, holding));
                    book.order(reclaiming, new HardwareOrder.Unbind());
                }
            }
            case FREE, FENCING, SANITISING, QUARANTINED -> {
                // It has ended already; the borrower may not have heard.
            }
        }
        book.emit(new Effect.Reply(asked.token(), new Answer.Done()));
    }

    private void revoke(LeaseEvent.Asked asked, Command.Revoke revoke) {
        Optional<SliceRow> found = book.rowOf(revoke.lease());
        if (found.isEmpty()) {
            book.refuse(asked, RefusalCode.NOT_FOUND, "this node lends nothing under " + revoke.lease());
            return;
        }
        SliceRow row = found.get();
        switch (row.state()) {
            case ACTIVE, OVERDUE -> {
                SliceRow reclaiming =
                        revocation.begin(row, LeaseBook.actor(asked.peer()), revoke.graceMillis(), revoke.reason());
                book.replyLease(asked.token(), reclaiming);
            }
            case RECLAIMING, FENCING, SANITISING -> book.replyLease(asked.token(), row);
            case RESERVED, CONFIGURING, FREE, QUARANTINED ->
                book.refuse(
                        asked,
                        RefusalCode.CONFLICT,
                        "the lease is " + row.state().word() + "; there is nothing to revoke yet");
        }
    }

    /** What is reserved lapses by itself: nobody commits it any more. What is being configured is never granted. */
    void expel(LeaseEvent.Expelled expelled) {
        for (SliceRow row : List.copyOf(book.rows())) {
            boolean isTheirs = row.holding()
                    .filter(holding -> holding.borrower().equals(expelled.borrower()))
                    .isPresent();
            boolean isHeld = row.state() == SliceState.ACTIVE || row.state() == SliceState.OVERDUE;
            if (isTheirs && row.state() == SliceState.CONFIGURING) {
                book.put(row.holding(LeaseBook.held(row).ending(End.REVOKED)));
            } else if (isTheirs && isHeld) {
                SliceRow unused =
                        revocation.begin(row, LeaseBook.SELF, policy.line().graceMillis(), expelled.reason());
            }
        }
        lineRequests.withdrawAll(expelled.borrower(), expelled.reason());
    }

    private void endQuarantine(LeaseEvent.Asked asked, Command.EndQuarantine end) {
        SliceRow row = book.row(end.sliceKey());
        if (row == null) {
            book.refuse(asked, RefusalCode.NOT_FOUND, "this node has no slice " + end.sliceKey());
            return;
        }
        if (row.state() != SliceState.QUARANTINED && row.state() != SliceState.OVERDUE) {
            book.refuse(
                    asked,
                    RefusalCode.CONFLICT,
                    row.key() + " is " + row.state().word() + ", neither quarantined nor overdue");
            return;
        }
        book.audit(
                LeaseBook.actor(asked.peer()),
                "quarantine.end",
                row.key(),
                new Detail()
                        .with("state", row.state().word())
                        .with("reason", end.reason())
                        .toString());
        // Nobody has looked yet at what is overdue; what was put aside for a change would be put aside for it again.
        SliceRow sound = row;
        if (row.state() == SliceState.QUARANTINED) {
            book.isSound(row.key());
            sound = row.holding()
                    .map(holding -> row.holding(holding.lookedAt()))
                    .orElse(row);
        }
        book.fence(sound, "declared sound by " + asked.peer().name());
        book.emit(new Effect.Reply(asked.token(), new Answer.Done()));
    }

    /** The row under a lease, if it is the asker's own and the epoch is its newest; else refuses. */
    private Optional<SliceRow> ofHolder(LeaseEvent.Asked asked, LeaseId lease, Epoch epoch) {
        Optional<SliceRow> found = book.rowOf(lease);
        if (found.isEmpty()) {
            book.refuse(
                    asked,
                    RefusalCode.NOT_FOUND,
                    "this node lends nothing under " + lease + "; it has ended or lapsed");
            return Optional.empty();
        }
        SliceRow row = found.get();
        if (!LeaseBook.held(row).borrower().equals(asked.peer().id())) {
            book.refuse(asked, RefusalCode.DENIED, "the lease is not yours");
            return Optional.empty();
        }
        if (!epoch.equals(row.epoch())) {
            book.refuse(
                    asked,
                    RefusalCode.STALE_EPOCH,
                    "epoch " + epoch.value() + " is not this lease's "
                            + row.epoch().value());
            return Optional.empty();
        }
        return found;
    }

    private static Optional<Answer.Refused> refusal(RefusalCode code, String detail) {
        return Optional.of(Answer.Refused.of(code, detail));
    }
}
