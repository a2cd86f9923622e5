package org.rackweave.daemon.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.HostOrder;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.OrderOutcome;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.ResourceKind;

/**
 * A host with its real shares, its agent, a ledger and the borrower's side, all of it a few maps, around the broker's core. It
 * checks after everything that happens what must always hold.
 */
final class SmallHost {
    static final Principal AGENT = agent();

    record Vm(String name, int priority, long guaranteed, long normal) {}

    private final long capacity;
    private final Map<String, Vm> vms = new LinkedHashMap<>();
    final Map<String, Long> real = new TreeMap<>();
    private final Map<AskId, AskView> stored = new LinkedHashMap<>();
    private final Map<AskId, LoanView> loans = new LinkedHashMap<>();
    private final List<Effect.AskOwnLoans> toLoans = new ArrayList<>();
    private final Map<Long, Answer> replies = new HashMap<>();
    private BrokerCore core;
    private long boot = 1;
    private long now = 1_000;
    private long token;

    SmallHost(long capacity, Vm... vms) {
        this.capacity = capacity;
        for (Vm vm : vms) {
            this.vms.put(vm.name(), vm);
            real.put(vm.name(), vm.normal());
        }
        core = new BrokerCore(BrokerPolicy.USUAL, boot, List.of());
        start();
    }

    /** A copy from which another way can be gone. */
    SmallHost(SmallHost other) {
        capacity = other.capacity;
        vms.putAll(other.vms);
        real.putAll(other.real);
        stored.putAll(other.stored);
        loans.putAll(other.loans);
        toLoans.addAll(other.toLoans);
        boot = other.boot;
        now = other.now;
        token = other.token;
        core = new BrokerCore(BrokerPolicy.USUAL, boot, List.of());
        core.back(other.core.mark());
    }

    private static Principal agent() {
        NodeId id = new NodeId(1, 2);
        return new Principal("agent", new NodeId(3, 4), Role.HOST_AGENT, Optional.of(id));
    }

    // ---- what may happen -------------------------------------------------------------------------------------------

    Answer say(Command command) {
        long mine = ++token;
        step(new BrokerEvent.Asked(AGENT, command, mine), Sends.ARRIVE);
        return Optional.ofNullable(replies.get(mine)).orElseThrow();
    }

    void ask(AskId id, String vm, long amount, int priority) {
        say(new Command.AskForVm(id, vm, ResourceKind.CORES, amount, priority, 60_000));
    }

    /** The card dies after it has written, before anything leaves it. */
    void askAndCrash(AskId id, String vm, long amount, int priority) {
        step(
                new BrokerEvent.Asked(
                        AGENT, new Command.AskForVm(id, vm, ResourceKind.CORES, amount, priority, 60_000), ++token),
                Sends.LOST);
        crash();
    }

    void giveBackAndCrash(AskId id) {
        step(new BrokerEvent.Asked(AGENT, new Command.ReturnAsk(id), ++token), Sends.LOST);
        crash();
    }

    void report() {
        say(new Command.ReportHost(new HostReport(
                List.of(new HostReport.Capacity(ResourceKind.CORES, capacity)),
                vms.values().stream()
                        .map(vm -> new HostReport.Vm(
                                vm.name(),
                                vm.priority(),
                                List.of(new HostReport.Share(
                                        ResourceKind.CORES, vm.guaranteed(), vm.normal(), real.get(vm.name()), 100))))
                        .toList(),
                List.of())));
    }

    Optional<HostOrder> oldestOrder() {
        return core.orders(now).stream().findFirst();
    }

    /** The agent does the oldest order and says so. */
    void obey() {
        oldestOrder().ifPresent(order -> {
            carryOut(order);
            say(new Command.OrderDone(order.number(), OrderOutcome.DONE, ""));
        });
    }

    /** The agent does it, and dies before it can say so. */
    void obeySilently() {
        oldestOrder().ifPresent(this::carryOut);
    }

    void fail() {
        oldestOrder().ifPresent(order -> say(new Command.OrderDone(order.number(), OrderOutcome.FAILED, "no")));
    }

    void crash() {
        toLoans.clear();
        core = new BrokerCore(BrokerPolicy.USUAL, ++boot, List.copyOf(stored.values()));
        start();
    }

    void pass(long millis) {
        now += millis;
        step(new BrokerEvent.Tick(), Sends.ARRIVE);
    }

    enum Neighbours {
        LEND,
        REFUSE
    }

    /** The borrower's side does the oldest of what it was asked. */
    void loans(Neighbours neighbours) {
        if (toLoans.isEmpty()) {
            return;
        }
        Effect.AskOwnLoans asked = toLoans.remove(0);
        if (asked.command() instanceof Command.Borrow borrow) {
            LoanView known = loans.get(asked.ask());
            if (known == null && neighbours == Neighbours.REFUSE) {
                answer(asked.ask(), Answer.Refused.of(RefusalCode.NO_MATCH, "nobody has it"));
                return;
            }
            LoanView loan = known == null
                    ? new LoanView(borrow.loan(), borrow.requirement(), LoanState.ACTIVE, List.of(), "")
                    : known;
            put(loan);
            answer(asked.ask(), new Answer.Loan(loan));
        } else {
            lose(asked.ask());
        }
    }

    void lose(AskId id) {
        LoanView loan = loans.get(id);
        if (loan != null && loan.state() == LoanState.ACTIVE) {
            put(new LoanView(loan.id(), loan.requirement(), LoanState.ENDED, List.of(), "given back"));
        }
    }

    private void put(LoanView loan) {
        loans.put(new AskId(loan.id().high(), loan.id().low()), loan);
        step(new BrokerEvent.LoanChanged(loan), Sends.ARRIVE);
    }

    private void answer(AskId id, Answer answer) {
        step(new BrokerEvent.Borrowed(id, answer), Sends.ARRIVE);
    }

    /** Nothing goes wrong any more, until nothing happens any more. */
    void settle() {
        for (int turn = 0; turn < 64; turn++) {
            report();
            while (oldestOrder().isPresent() || !toLoans.isEmpty()) {
                obey();
                loans(Neighbours.LEND);
            }
            pass(BrokerPolicy.USUAL.retryMillis());
            boolean quiet = oldestOrder().isEmpty()
                    && toLoans.isEmpty()
                    && core.asks().stream().allMatch(ask -> ask.state().isOver() || ask.state() == AskState.DONE);
            if (quiet) {
                return;
            }
        }
        throw new AssertionError("it never comes to rest: " + core.asks() + " " + core.orders(now) + " " + real);
    }

    // ---- what can be seen ------------------------------------------------------------------------------------------

    AskState state(AskId id) {
        return core.find(id).orElseThrow().state();
    }

    AskView view(AskId id) {
        return core.find(id).orElseThrow();
    }

    List<AskView> asks() {
        return core.asks();
    }

    long borrowedNow() {
        return loans.values().stream()
                .filter(loan -> loan.state() == LoanState.ACTIVE)
                .mapToLong(loan -> loan.requirement().amount())
                .sum();
    }

    // ---- what must always hold -------------------------------------------------------------------------------------

    private enum Sends {
        ARRIVE,
        LOST
    }

    private void start() {
        step(
                new BrokerEvent.Started(loans.values().stream()
                        .filter(loan -> loan.state() == LoanState.ACTIVE)
                        .toList()),
                Sends.ARRIVE);
    }

    private void step(BrokerEvent event, Sends sends) {
        for (Effect effect : core.step(event, now)) {
            if (effect instanceof Effect.SaveAsk save) {
                stored.put(save.ask().id(), save.ask());
            } else if (effect instanceof Effect.ForgetAsk forget) {
                stored.remove(forget.ask());
            } else if (sends == Sends.ARRIVE && effect instanceof Effect.AskOwnLoans ask) {
                toLoans.add(ask);
            } else if (sends == Sends.ARRIVE && effect instanceof Effect.Reply reply) {
                replies.put(reply.token(), reply.answer());
            }
        }
        for (HostOrder order : core.orders(now)) {
            if (order instanceof HostOrder.SetShare set) {
                assertThat(set.amount())
                        .as("never below a guarantee: %s", set)
                        .isGreaterThanOrEqualTo(vms.get(set.vm()).guaranteed());
            }
        }
        assertThat(List.copyOf(stored.values()))
                .as("the ledger has what the core has")
                .isEqualTo(core.asks());
    }

    private void carryOut(HostOrder order) {
        if (order instanceof HostOrder.SetShare set) {
            long before = real.get(set.vm());
            real.put(set.vm(), set.amount());
            if (set.amount() > before) {
                assertThat(real.values().stream().mapToLong(Long::longValue).sum())
                        .as("never more than the host has: %s", real)
                        .isLessThanOrEqualTo(capacity);
            } else {
                assertSomebodyBetterAsked(set);
            }
        }
    }

    /** A VM has less than it normally has only while somebody of a strictly higher priority has, or gets, more. */
    private void assertSomebodyBetterAsked(HostOrder.SetShare set) {
        Vm vm = vms.get(set.vm());
        if (set.amount() < vm.normal()) {
            assertThat(core.asks())
                    .as("%s is scaled down for nobody better", set)
                    .anySatisfy(ask -> {
                        assertThat(ask.priority()).isGreaterThan(vm.priority());
                        assertThat(ask.vm()).isNotEqualTo(vm.name());
                        assertThat(ask.fromHost()).isPositive();
                    });
        }
    }
}
