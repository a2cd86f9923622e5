package org.rackweave.daemon.broker;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.rackweave.daemon.Detail;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.HostOrder;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.OrderOutcome;

/**
 * Gives back what the host does not need of a loan: it is told to let go of it and may say no; only what it has let go of goes
 * back.
 *
 * <pre>
 *   begin --> ASKED --all let go of--> LET_GO --the loan is smaller, or gone--> over
 *               |                        |
 *               +--the host says no, ----+--the loan is busy--> stopped: brought on line again
 *                  or nothing
 * </pre>
 *
 * What the host says no to stays, and the rest of it goes; a part of what is all or nothing does not.
 *
 * Nothing of it is in the ledger: after a restart everything that is borrowed is brought on line.
 */
final class GivingBack {
    private final BrokerBook book;
    private final BrokerPolicy policy;

    enum Stage {
        ASKED,
        LET_GO
    }

    /**
     * What goes back of one loan.
     *
     * @param all the leases that the loan has
     * @param spare what goes back
     * @param untilMillis when the stage is over at the latest
     */
    record Return(LoanId loan, Set<LeaseId> all, Spare spare, Stage stage, long untilMillis) {
        Return {
            Objects.requireNonNull(loan);
            Objects.requireNonNull(spare);
            Objects.requireNonNull(stage);
            all = Set.copyOf(all);
        }

        List<LeaseId> leases() {
            return spare.leases();
        }

        boolean isWhole() {
            return leases().size() == all.size();
        }
    }

    GivingBack(BrokerBook book, BrokerPolicy policy) {
        this.book = book;
        this.policy = policy;
    }

    /** Tells the host to let go, unless it is asked already, or an owner wants some of the loan back anyway. */
    void begin(AskId id, LoanView loan, Spare spare) {
        BrokerBook.State state = book.state();
        Set<LeaseId> all = leasesOf(loan);
        AskView ask = state.asks.get(id);
        boolean mayNot = spare.leases().isEmpty()
                || (ask != null && spare.leases().size() < all.size())
                || state.returns.containsKey(id)
                || all.stream().anyMatch(state.letGoByMillis::containsKey);
        if (mayNot) {
            return;
        }
        state.returns.put(id, new Return(loan.id(), all, spare, Stage.ASKED, book.now() + BrokerPolicy.LET_GO_MILLIS));
        for (LeaseId lease : spare.leases()) {
            book.offLine(lease);
            book.order(
                    new HostOrder.LetGo(
                            book.nextOrderNumber(),
                            loan.id(),
                            lease,
                            BrokerPolicy.LET_GO_MILLIS,
                            HostOrder.LetGo.Why.UNUSED),
                    lease.toString(),
                    "let go of it, unless it is needed");
        }
    }

    /**
     * The host's word on one of these orders.
     *
     * @param end takes an ask that is to be returned because nobody uses it
     */
    void answered(HostOrder.LetGo order, OrderOutcome outcome, String detail, Consumer<AskView> end) {
        AskId id = new AskId(order.loan().high(), order.loan().low());
        Return one = book.state().returns.get(id);
        if (one == null) {
            return;
        }
        Return now = outcome == OrderOutcome.FAILED ? without(id, one, order.lease(), detail) : one;
        if (!ordersOf(now).isEmpty()) {
            return;
        }
        if (now.leases().isEmpty() || !isStillALoan(id, now)) {
            stop(id, now, "the host keeps what it needs of it");
        } else {
            letGo(id, now, end);
        }
    }

    private Return without(AskId id, Return one, LeaseId lease, String why) {
        long amount = amountOf(one.loan(), lease);
        Return after =
                new Return(one.loan(), one.all(), one.spare().without(lease, amount), one.stage(), one.untilMillis());
        book.state().returns.put(id, after);
        keep(one, lease, why);
        return after;
    }

    /** What stays is nothing, or as much as the borrower would have begun with, and of an ask it is nothing. */
    private boolean isStillALoan(AskId id, Return one) {
        LoanView loan = book.state().loans.get(one.loan());
        return one.isWhole()
                || (loan != null
                        && !book.state().asks.containsKey(id)
                        && Spare.held(loan) - one.spare().amount()
                                >= loan.requirement().leastAmount());
    }

    private long amountOf(LoanId id, LeaseId lease) {
        LoanView loan = book.state().loans.get(id);
        return loan == null
                ? 0
                : loan.leases().stream()
                        .filter(one -> one.id().equals(lease))
                        .mapToLong(LeaseView::amount)
                        .sum();
    }

    private void letGo(AskId id, Return one, Consumer<AskView> end) {
        book.state()
                .returns
                .put(
                        id,
                        new Return(
                                one.loan(),
                                one.all(),
                                one.spare(),
                                Stage.LET_GO,
                                book.now() + BrokerPolicy.LET_GO_MILLIS));
        book.emit(new Effect.Audit(
                BrokerBook.SELF,
                "loan.let-go",
                one.loan().toString(),
                new Detail()
                        .with("leases", one.leases().size())
                        .with("amount", one.spare().amount())
                        .with("usedPercent", one.spare().period().peakPercent())
                        .toString()));
        book.tell(
                "loan.let-go",
                one.loan().toString(),
                "the host does not need " + one.leases().size() + " of "
                        + one.all().size() + " leases");
        AskView ask = book.state().asks.get(id);
        if (ask != null && ask.state() == AskState.DONE) {
            end.accept(ask);
        } else if (one.isWhole()) {
            book.giveBack(one.loan());
        } else {
            book.emit(new Effect.GiveBackPart(one.loan(), Set.copyOf(one.leases())));
        }
    }

    /** After whatever happened: what is over is forgotten, and what does not come to an end is stopped. */
    void look() {
        for (Map.Entry<AskId, Return> each : Map.copyOf(book.state().returns).entrySet()) {
            look(each.getKey(), each.getValue());
        }
        book.state().keptUntilMillis.values().removeIf(until -> book.now() >= until);
    }

    private void look(AskId id, Return one) {
        LoanView loan = book.state().loans.get(one.loan());
        if (loan == null || leasesOf(loan).stream().noneMatch(one.leases()::contains)) {
            forget(id, one);
        } else if (one.all().stream().anyMatch(book.state().letGoByMillis::containsKey)) {
            // The owner's word counts more: it is told again as what it is now.
            forget(id, one);
            book.state().onLine.addAll(leasesOf(loan));
        } else if (!leasesOf(loan).equals(one.all())) {
            stop(id, one, "the loan has changed");
        } else if (book.now() >= one.untilMillis()) {
            stop(id, one, one.stage() == Stage.ASKED ? "the host did not let go in time" : "the loan was busy");
        }
    }

    /** When the next one is over at the latest. */
    OptionalLong nextDeadline() {
        return book.state().returns.values().stream()
                .mapToLong(Return::untilMillis)
                .min();
    }

    private void stop(AskId id, Return one, String why) {
        forget(id, one);
        one.leases().forEach(lease -> keep(one, lease, why));
    }

    private void keep(Return one, LeaseId lease, String why) {
        book.state().keptUntilMillis.put(lease, book.now() + policy.restMillis());
        book.emit(new Effect.Audit(
                BrokerBook.SELF,
                "loan.kept",
                one.loan().toString(),
                new Detail().with("lease", lease.toString()).with("why", why).toString()));
        book.tell("loan.kept", one.loan().toString(), lease + ": " + why);
    }

    private void forget(AskId id, Return one) {
        BrokerBook.State state = book.state();
        state.returns.remove(id);
        state.usePeriods.remove(id);
        state.spares.remove(id);
        if (state.orders.values().removeAll(ordersOf(one))) {
            book.emit(new Effect.OrdersChanged());
        }
    }

    private List<HostOrder> ordersOf(Return one) {
        return book.state().orders.values().stream()
                .filter(order -> order instanceof HostOrder.LetGo go
                        && go.why() == HostOrder.LetGo.Why.UNUSED
                        && go.loan().equals(one.loan()))
                .toList();
    }

    private static Set<LeaseId> leasesOf(LoanView loan) {
        return loan.leases().stream().map(LeaseView::id).collect(Collectors.toSet());
    }
}
