package org.rackweave.daemon.broker;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.HostOrder;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.OrderOutcome;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;

/**
 * The broker of one host: VMs ask for more, the host's own free resources come first, then what VMs of lower priority have
 * above their guarantees, then neighbours. It is stepped by one thread with events and the time, and returns what is to be
 * persisted and sent, in that order. Whoever steps it takes a {@link #mark()} first, and goes {@link #back(Mark)} when the
 * ledger refuses.
 *
 * <pre>
 *   RECEIVED --> BORROWING --> SCALING_DOWN --> ORDERED --> DONE --> RETURNING --> RETURNED
 *       |            |               |             |          (or a live one, when its loan or its VM is gone)
 *       +------------+---------------+-------------+---> REFUSED
 * </pre>
 *
 * Neighbours are asked before a VM is scaled down, so that nobody gives up anything for an ask that then fails. The ledger has
 * the asks and nothing else: who should have how much follows from them and from what the agent reports ({@link Sharing}), and
 * orders from the difference ({@link Ordering}). So a card that restarts, an agent that restarts and a step that fails are one
 * case: compare again.
 */
public final class BrokerCore {
    /** As with renewals: numbers grow over restarts without being stored. */
    private static final int ORDERS_PER_BOOT_BITS = 24;

    private final BrokerPolicy policy;
    private final BrokerBook book = new BrokerBook();
    private final Ordering ordering;
    private final GivingBack givingBack;
    private final Usage usage;

    /** Where the core was before a step. */
    public static final class Mark {
        private final BrokerBook.State state;

        private Mark(BrokerBook.State state) {
            this.state = state;
        }
    }

    /**
     * @param bootEpoch this daemon's incarnation
     * @param stored what the ledger has, in the order in which it was asked for
     */
    public BrokerCore(BrokerPolicy policy, long bootEpoch, Collection<AskView> stored) {
        this.policy = policy;
        this.ordering = new Ordering(book);
        this.givingBack = new GivingBack(book, policy);
        this.usage = new Usage(book, policy, givingBack);
        stored.forEach(ask -> book.state().asks.put(ask.id(), ask));
        book.state().nextOrder = (bootEpoch << ORDERS_PER_BOOT_BITS) + 1;
    }

    public Mark mark() {
        return new Mark(book.state().copy());
    }

    public void back(Mark mark) {
        book.back(mark.state);
    }

    /** Reacts. */
    public List<Effect> step(BrokerEvent event, long nowMillis) {
        book.begin(nowMillis);
        if (event instanceof BrokerEvent.Asked asked) {
            ask(asked);
        } else if (event instanceof BrokerEvent.Borrowed borrowed) {
            borrowed(borrowed);
        } else if (event instanceof BrokerEvent.LoanChanged changed) {
            loan(changed.loan());
        } else if (event instanceof BrokerEvent.Recalled recalled) {
            ordering.recalled(recalled);
        } else if (event instanceof BrokerEvent.Started started) {
            started.loans().forEach(this::loan);
            book.asks().stream()
                    .filter(ask -> ask.state() == AskState.BORROWING)
                    .forEach(this::borrow);
            // The word to give back may not have left before the restart.
            started.loans().forEach(this::giveBackUnlessWanted);
        }
        givingBack.look();
        plan();
        ordering.compare();
        book.asks().forEach(this::advance);
        ordering.attach();
        return book.effects();
    }

    /** When the next thing happens by itself. */
    public OptionalLong nextDeadline() {
        return LongStream.concat(
                        book.state().retryAtMillis.values().stream().mapToLong(Long::longValue),
                        givingBack.nextDeadline().stream())
                .min();
    }

    // ---- what is asked ---------------------------------------------------------------------------------------------

    public List<AskView> asks() {
        return book.asks();
    }

    public Optional<AskView> find(AskId id) {
        return Optional.ofNullable(book.state().asks.get(id));
    }

    /** What the agent is to do, the oldest first. */
    public List<HostOrder> orders(long nowMillis) {
        return book.state().orders.values().stream()
                .map(order -> ordering.at(order, nowMillis))
                .toList();
    }

    /** What the agent reported last, with what was heard since. */
    public Optional<Answer.Host> host(long nowMillis) {
        return book.state()
                .report
                .map(report -> new Answer.Host(
                        report,
                        Math.max(0, nowMillis - book.state().reportedAtMillis),
                        book.state().orders.size(),
                        usage.unused()));
    }

    private void ask(BrokerEvent.Asked asked) {
        Command command = asked.command();
        if (command instanceof Command.ReportHost report) {
            report(asked, report.report());
        } else if (command instanceof Command.AskForVm ask) {
            receive(asked, ask);
        } else if (command instanceof Command.ReturnAsk back) {
            find(back.ask())
                    .ifPresentOrElse(
                            ask -> takeBack(asked, ask),
                            () -> book.refuse(
                                    asked.token(), RefusalCode.NOT_FOUND, "nothing was asked here as " + back.ask()));
        } else if (command instanceof Command.OrderDone done) {
            outcome(done);
            book.emit(new Effect.Reply(asked.token(), new Answer.Done()));
        } else {
            throw new IllegalArgumentException("not for the broker's core: " + command.kind());
        }
    }

    private void receive(BrokerEvent.Asked asked, Command.AskForVm wish) {
        Optional<AskView> known = find(wish.ask());
        if (known.isPresent()) {
            book.emit(new Effect.Reply(asked.token(), new Answer.VmAsk(known.get())));
            return;
        }
        if (book.isFull()) {
            book.refuse(asked.token(), RefusalCode.BUSY, "too much is asked for here already; return some of it first");
            return;
        }
        boolean unknown = book.state().report.isPresent() && vm(wish.vm()).isEmpty();
        if (unknown) {
            book.refuse(
                    asked.token(),
                    RefusalCode.NOT_FOUND,
                    "the host's agent knows no VM " + wish.vm() + "; see 'rackweave host'");
            return;
        }
        AskView ask = new AskView(
                wish.ask(),
                wish.vm(),
                wish.resource(),
                wish.amount(),
                wish.priority(),
                wish.termMillis(),
                AskState.RECEIVED,
                0,
                0,
                "");
        AskView received = book.move(
                actor(asked),
                ask,
                AskState.RECEIVED,
                "asked for by " + asked.peer().name());
        book.emit(new Effect.Reply(asked.token(), new Answer.VmAsk(received)));
    }

    private void takeBack(BrokerEvent.Asked asked, AskView ask) {
        AskView after = ask;
        if (ask.state().isLive()) {
            after = end(
                    actor(asked),
                    ask,
                    AskState.RETURNING,
                    "returned by " + asked.peer().name());
        }
        book.emit(new Effect.Reply(asked.token(), new Answer.VmAsk(after)));
    }

    private static String actor(BrokerEvent.Asked asked) {
        return asked.peer().name() + " " + asked.peer().id();
    }

    // ---- what the agent says ---------------------------------------------------------------------------------------

    private void report(BrokerEvent.Asked asked, HostReport report) {
        for (ResourceKind kind : ResourceKind.values()) {
            if (!new Sharing(report, kind, List.of()).isSound()) {
                book.refuse(
                        asked.token(),
                        RefusalCode.INVALID,
                        "the guarantees of " + kind.word() + " are more than the host has; correct the agent's"
                                + " configuration");
                return;
            }
        }
        if (book.state()
                .report
                .map(before -> !promises(before).equals(promises(report)))
                .orElse(true)) {
            book.emit(new Effect.Audit(
                    actor(asked),
                    "host.report",
                    asked.peer().name(),
                    "{\"vms\":" + report.vms().size() + "}"));
            book.tell("host.report", asked.peer().name(), report.vms().size() + " VMs");
        }
        ordering.reported(report);
        book.asks().stream()
                .filter(ask -> !ask.state().isOver() && vm(ask.vm()).isEmpty())
                .forEach(ask -> end(BrokerBook.SELF, ask, AskState.RETURNED, "the host has no such VM any more"));
        usage.reported(report);
        book.emit(new Effect.Reply(asked.token(), new Answer.Done()));
    }

    /** A report without what changes all the time. */
    private static HostReport promises(HostReport report) {
        return new HostReport(
                report.capacities(),
                report.vms().stream()
                        .map(vm -> new HostReport.Vm(
                                vm.name(),
                                vm.priority(),
                                vm.shares().stream()
                                        .map(share -> new HostReport.Share(
                                                share.kind(), share.guaranteed(), share.normal(), 0, 0))
                                        .toList()))
                        .toList(),
                List.of());
    }

    private Optional<HostReport.Vm> vm(String name) {
        return book.state().report.stream()
                .flatMap(report -> report.vms().stream())
                .filter(vm -> vm.name().equals(name))
                .findFirst();
    }

    private void outcome(Command.OrderDone done) {
        HostOrder order = book.state().orders.get(done.order());
        if (order == null) {
            return;
        }
        if (done.outcome() == OrderOutcome.NOT_YET) {
            book.tell("host.not-yet", "order " + order.number(), done.detail());
            return;
        }
        book.state().orders.remove(done.order());
        book.emit(new Effect.Audit(
                "agent",
                done.outcome() == OrderOutcome.DONE ? "host.done" : "host.failed",
                "order " + order.number(),
                "{}"));
        if (order instanceof HostOrder.LetGo gone && gone.why() == HostOrder.LetGo.Why.UNUSED) {
            givingBack.answered(
                    gone,
                    done.outcome(),
                    done.detail(),
                    ask -> end(BrokerBook.SELF, ask, AskState.RETURNING, "it was not used"));
        } else if (order instanceof HostOrder.SetShare set && done.outcome() == OrderOutcome.DONE) {
            ordering.done(set);
        } else if (order instanceof HostOrder.SetShare set) {
            ordering.failed(set, policy.retryMillis());
            failed(set, done.detail());
        } else if (done.outcome() == OrderOutcome.FAILED) {
            book.tell("host.failed", "order " + order.number(), done.detail());
        } else if (order instanceof HostOrder.LetGo gone && !isLettingGo(gone.loan())) {
            book.giveBack(gone.loan());
        }
    }

    private boolean isLettingGo(LoanId loan) {
        return book.state().orders.values().stream()
                .anyMatch(order ->
                        order instanceof HostOrder.LetGo other && other.loan().equals(loan));
    }

    /** Nobody who waits for the step can get what was promised: all of it or nothing. */
    private void failed(HostOrder.SetShare order, String detail) {
        boolean scalingDown = order.amount() < book.state().held.getOrDefault(BrokerBook.keyOf(order), Long.MAX_VALUE);
        book.asks().stream()
                .filter(ask -> ask.state() == AskState.SCALING_DOWN || ask.state() == AskState.ORDERED)
                .filter(ask -> ask.kind() == order.resource() && ask.fromHost() > 0)
                .filter(ask -> scalingDown || ask.vm().equals(order.vm()))
                .forEach(ask -> end(
                        BrokerBook.SELF,
                        ask,
                        AskState.REFUSED,
                        "the agent could not set " + order.vm() + " to " + order.amount() + " "
                                + order.resource().unit() + ": " + detail));
    }

    // ---- what loans do ---------------------------------------------------------------------------------------------

    private void borrowed(BrokerEvent.Borrowed borrowed) {
        Optional<AskView> found = find(borrowed.ask());
        boolean isActive =
                borrowed.answer() instanceof Answer.Loan loan && loan.loan().state() == LoanState.ACTIVE;
        if (found.isEmpty() || found.get().state() != AskState.BORROWING) {
            return;
        }
        AskView ask = found.get();
        if (isActive) {
            book.move(BrokerBook.SELF, ask, AskState.SCALING_DOWN, "neighbours lend " + amount(ask, ask.borrowed()));
        } else {
            String why = borrowed.answer() instanceof Answer.Refused refused
                    ? refused.detail()
                    : "the loan did not become active";
            end(BrokerBook.SELF, ask, AskState.REFUSED, "neighbours do not lend the rest: " + why);
        }
    }

    private void loan(LoanView loan) {
        ordering.loan(loan);
        boolean over = loan.state() == LoanState.LOST
                || loan.state() == LoanState.ENDED
                || loan.state() == LoanState.RELEASING;
        find(new AskId(loan.id().high(), loan.id().low()))
                .filter(ask -> over && ask.state().isLive() && ask.state() != AskState.BORROWING)
                .ifPresent(ask -> end(
                        BrokerBook.SELF,
                        ask,
                        AskState.RETURNING,
                        "what was borrowed for it is gone: " + loan.explanation()));
    }

    private void giveBackUnlessWanted(LoanView loan) {
        find(new AskId(loan.id().high(), loan.id().low()))
                .filter(ask -> loan.state() == LoanState.ACTIVE && !ask.state().isLive())
                .ifPresent(ask -> book.giveBack(loan.id()));
    }

    private AskView end(String actor, AskView ask, AskState next, String why) {
        AskView after = book.move(actor, ask, next, why);
        if (ask.borrowed() > 0) {
            book.giveBack(ask.id().loan());
        }
        return after;
    }

    // ---- the way of an ask -----------------------------------------------------------------------------------------

    /** Finds room for what was received, the highest priority first; without a report nobody knows what there is. */
    private void plan() {
        if (book.state().report.isEmpty()) {
            return;
        }
        book.asks().stream()
                .filter(ask -> ask.state() == AskState.RECEIVED)
                .sorted((a, b) -> Integer.compare(b.priority(), a.priority()))
                .forEach(ask -> plan(ask, book.state().report.get()));
    }

    private void plan(AskView ask, HostReport report) {
        if (vm(ask.vm()).isEmpty()) {
            end(BrokerBook.SELF, ask, AskState.REFUSED, "the host's agent knows no such VM");
            return;
        }
        Sharing sharing = new Sharing(report, ask.kind(), book.promised());
        long fromHost = 0;
        if (sharing.knows(ask.vm())) {
            long room = sharing.room(ask.vm(), ask.priority());
            fromHost = Math.min(ask.amount(), canBeCut(ask.kind()) ? room : Math.min(room, sharing.free()));
        }
        long free = Math.min(fromHost, sharing.free());
        AskView planned = ask.from(fromHost, ask.amount() - fromHost);
        String where = "of " + amount(ask, ask.amount()) + " " + free + " are free, " + (fromHost - free)
                + " come from VMs of lower priority, " + planned.borrowed() + " from neighbours";
        if (planned.borrowed() > 0) {
            borrow(book.move(BrokerBook.SELF, planned, AskState.BORROWING, where));
        } else {
            book.move(BrokerBook.SELF, planned, AskState.SCALING_DOWN, where);
        }
    }

    /** A running VM can do without a core or a page of memory; of a device or its lanes nobody can take a part away. */
    private static boolean canBeCut(ResourceKind kind) {
        return switch (kind) {
            case CORES, MEMORY -> true;
            case PCIE_DEVICE, FUNCTION, LANES, ACCELERATOR -> false;
        };
    }

    /** Under the ask's own name, so that asking twice borrows once. */
    private void borrow(AskView ask) {
        Requirement requirement = new Requirement(
                ask.kind(),
                ask.borrowed(),
                Optional.empty(),
                ask.termMillis(),
                ask.priority(),
                ForcedEndEffect.FATAL,
                Optional.empty(),
                Requirement.MAX_LENDERS);
        book.emit(new Effect.AskOwnLoans(
                ask.id(), new Command.Borrow(ask.id().loan(), requirement, Command.Borrow.Mode.APPLY)));
    }

    private void advance(AskView ask) {
        switch (ask.state()) {
            case SCALING_DOWN, ORDERED -> {
                if (ordering.isMet(ask)) {
                    book.move(
                            BrokerBook.SELF,
                            ask,
                            AskState.DONE,
                            ask.vm() + " has " + amount(ask, ask.amount()) + " more");
                } else if (ask.state() == AskState.SCALING_DOWN && ordering.isOrdered(ask)) {
                    book.move(BrokerBook.SELF, ask, AskState.ORDERED, "the agent was told to give it to " + ask.vm());
                }
            }
            case RETURNING -> {
                if (ordering.isMet(ask)) {
                    book.move(BrokerBook.SELF, ask, AskState.RETURNED, ask.explanation());
                }
            }
            case RECEIVED, BORROWING, DONE, REFUSED, RETURNED -> {}
        }
    }

    private static String amount(AskView ask, long amount) {
        return amount + " " + ask.kind().unit();
    }
}
