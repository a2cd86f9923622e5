package org.rackweave.daemon.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.HostOrder;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.ResourceKind;

/**
 * From what should be to orders: each share whose VM has more than it should is scaled down at once; one that has less is
 * scaled up when what the others have, or may have, leaves the room. One order stands for a share at a time.
 */
final class Ordering {
    private final BrokerBook book;

    Ordering(BrokerBook book) {
        this.book = book;
    }

    // ---- what is heard ---------------------------------------------------------------------------------------------

    void reported(HostReport report) {
        BrokerBook.State state = book.state();
        state.report = Optional.of(report);
        state.reportedAtMillis = book.now();
        state.held.clear();
        state.mayHold.clear();
        for (HostReport.Vm vm : report.vms()) {
            for (HostReport.Share share : vm.shares()) {
                ShareKey key = new ShareKey(vm.name(), share.kind());
                state.held.put(key, share.held());
                long ordered =
                        book.standing(key).map(HostOrder.SetShare::amount).orElse(0L);
                state.mayHold.put(key, Math.max(share.held(), ordered));
            }
        }
        state.orders
                .values()
                .removeIf(order ->
                        order instanceof HostOrder.SetShare set && !state.held.containsKey(BrokerBook.keyOf(set)));
        state.retryAtMillis.keySet().retainAll(state.held.keySet());
    }

    void done(HostOrder.SetShare order) {
        ShareKey key = BrokerBook.keyOf(order);
        book.state().held.replace(key, order.amount());
        book.state().mayHold.replace(key, order.amount());
        book.state().retryAtMillis.remove(key);
    }

    void failed(HostOrder.SetShare order, long retryMillis) {
        book.state().retryAtMillis.put(BrokerBook.keyOf(order), book.now() + retryMillis);
    }

    void loan(LoanView loan) {
        if (loan.state() == LoanState.ACTIVE) {
            book.state().loans.put(loan.id(), loan);
        } else {
            book.state().loans.remove(loan.id());
        }
    }

    /** Its host lets go of the whole loan first; then it is given back, at the latest when the owner's grace ends. */
    void recalled(BrokerEvent.Recalled recall) {
        book.state().loans.values().stream()
                .filter(loan -> loan.leases().stream()
                        .anyMatch(lease -> lease.id().equals(recall.lease())
                                && lease.slice().owner().equals(recall.owner())))
                .flatMap(loan -> loan.leases().stream())
                .forEach(
                        lease -> book.state().letGoByMillis.putIfAbsent(lease.id(), book.now() + recall.graceMillis()));
    }

    // ---- what is wanted --------------------------------------------------------------------------------------------

    void compare() {
        book.state().report.ifPresent(report -> {
            for (ResourceKind kind : ResourceKind.values()) {
                compare(report, kind);
            }
        });
        book.state().retryAtMillis.values().removeIf(at -> book.now() >= at);
    }

    private void compare(HostReport report, ResourceKind kind) {
        // Sorted, so that the same events give the same orders.
        Map<String, Long> wanted = new TreeMap<>(new Sharing(report, kind, book.owed()).shares());
        List<ShareKey> up = new ArrayList<>();
        wanted.forEach((vm, amount) -> {
            ShareKey key = new ShareKey(vm, kind);
            long held = book.state().held.getOrDefault(key, 0L);
            if (!isFreeToOrder(key) || held == amount) {
                return;
            }
            if (held > amount) {
                order(key, amount);
            } else {
                up.add(key);
            }
        });
        long capacity = report.capacities().stream()
                .filter(one -> one.kind() == kind)
                .mapToLong(HostReport.Capacity::amount)
                .sum();
        for (ShareKey key : up) {
            long amount = wanted.getOrDefault(key.vm(), 0L);
            long others = wanted.keySet().stream()
                    .filter(vm -> !vm.equals(key.vm()))
                    .mapToLong(vm -> book.state().mayHold.getOrDefault(new ShareKey(vm, kind), 0L))
                    .sum();
            if (amount <= capacity - others) {
                order(key, amount);
            }
        }
    }

    private boolean isFreeToOrder(ShareKey key) {
        return book.standing(key).isEmpty()
                && book.now() >= book.state().retryAtMillis.getOrDefault(key, Long.MIN_VALUE);
    }

    private void order(ShareKey key, long amount) {
        book.state().mayHold.merge(key, amount, Math::max);
        book.order(
                new HostOrder.SetShare(book.nextOrderNumber(), key.vm(), key.kind(), amount),
                key.vm(),
                "have " + amount + " " + key.kind().unit() + ", instead of "
                        + book.state().held.getOrDefault(key, 0L));
    }

    /** Whether the VM of an ask has what it should have now, and nothing about it is under way. */
    boolean isMet(AskView ask) {
        if (book.state().report.isEmpty()) {
            return false;
        }
        Sharing sharing = new Sharing(book.state().report.get(), ask.kind(), book.owed());
        ShareKey key = new ShareKey(ask.vm(), ask.kind());
        long wanted = sharing.shares().getOrDefault(ask.vm(), 0L);
        return !sharing.knows(ask.vm())
                || (book.standing(key).isEmpty()
                        && book.state().held.getOrDefault(key, 0L) == wanted
                        && book.state().mayHold.getOrDefault(key, 0L) == wanted);
    }

    /** Whether the agent was told to give the VM of an ask more. */
    boolean isOrdered(AskView ask) {
        ShareKey key = new ShareKey(ask.vm(), ask.kind());
        return book.standing(key)
                .filter(order -> order.amount() > book.state().held.getOrDefault(key, 0L))
                .isPresent();
    }

    // ---- what was borrowed -----------------------------------------------------------------------------------------

    void attach() {
        BrokerBook.State state = book.state();
        if (state.report.isEmpty()) {
            return;
        }
        for (LoanView loan : List.copyOf(state.loans.values())) {
            loan.leases().forEach(lease -> bringOnLine(loan, lease));
        }
        for (LoanView loan : List.copyOf(state.loans.values())) {
            loan.leases().stream()
                    .filter(lease -> state.letGoByMillis.containsKey(lease.id()) && state.onLine.contains(lease.id()))
                    .forEach(lease -> letGo(loan, lease));
        }
        // They are gone already, with their loan or without it; what was not done yet need not be.
        List.copyOf(state.onLine).stream().filter(lease -> !isBorrowed(lease)).forEach(book::offLine);
        state.letGoByMillis.keySet().removeIf(lease -> !isBorrowed(lease) && !isToBeLetGo(lease));
    }

    private boolean isBorrowed(LeaseId id) {
        return book.state().loans.values().stream()
                .flatMap(loan -> loan.leases().stream())
                .anyMatch(lease -> lease.id().equals(id));
    }

    private boolean isToBeLetGo(LeaseId id) {
        return book.state().orders.values().stream()
                .anyMatch(order ->
                        order instanceof HostOrder.LetGo go && go.lease().equals(id));
    }

    private void bringOnLine(LoanView loan, LeaseView lease) {
        BrokerBook.State state = book.state();
        AskView ask = state.asks.get(new AskId(loan.id().high(), loan.id().low()));
        // No host sees part of what was asked for.
        boolean whole = ask == null || ask.state() == AskState.DONE;
        boolean wanted = whole
                && lease.attachment().isPresent()
                && !state.onLine.contains(lease.id())
                && !book.isReturning(lease.id())
                && !state.letGoByMillis.containsKey(lease.id());
        if (!wanted) {
            return;
        }
        state.onLine.add(lease.id());
        book.order(
                new HostOrder.BringOnLine(
                        book.nextOrderNumber(),
                        loan.id(),
                        lease.id(),
                        Optional.ofNullable(ask).map(AskView::vm),
                        lease.attachment().get()),
                lease.id().toString(),
                "bring on line " + lease.attachment().get().kind());
    }

    private void letGo(LoanView loan, LeaseView lease) {
        BrokerBook.State state = book.state();
        book.offLine(lease.id());
        long within = Math.max(0, state.letGoByMillis.getOrDefault(lease.id(), 0L) - book.now());
        book.order(
                new HostOrder.LetGo(book.nextOrderNumber(), loan.id(), lease.id(), within),
                lease.id().toString(),
                "let go within " + within + " ms");
    }

    /** An order as it is to be read now: the time to let go runs on. */
    HostOrder at(HostOrder order, long nowMillis) {
        if (order instanceof HostOrder.LetGo go) {
            GivingBack.Return unused = book.state()
                    .returns
                    .get(new AskId(go.loan().high(), go.loan().low()));
            long by = go.why() == HostOrder.LetGo.Why.UNUSED && unused != null
                    ? unused.untilMillis()
                    : book.state().letGoByMillis.getOrDefault(go.lease(), nowMillis);
            return new HostOrder.LetGo(go.number(), go.loan(), go.lease(), Math.max(0, by - nowMillis), go.why());
        }
        return order;
    }
}
