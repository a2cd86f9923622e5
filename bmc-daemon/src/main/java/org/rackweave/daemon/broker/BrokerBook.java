package org.rackweave.daemon.broker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.rackweave.daemon.Detail;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.HostOrder;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.RefusalCode;

/** What the broker knows, and what came of the step that it is in. */
final class BrokerBook {
    /** Asks that are over are kept so that whoever asked can read how they ended: as many as a host has VMs, and as many again. */
    private static final int ENDED_KEPT = 2 * HostReport.MAX_VMS;

    /** Asks that are not over: a host has few VMs, and one that asks for more and more has to give back first. */
    private static final int MAX_ASKS = 256;

    static final String SELF = "daemon";

    private State state = new State();
    private List<Effect> effects = new ArrayList<>();
    private long now;

    /** Everything that a step may change. */
    static final class State {
        /** In the order in which they came. */
        final Map<AskId, AskView> asks = new LinkedHashMap<>();

        final TreeMap<Long, HostOrder> orders = new TreeMap<>();
        final Map<ShareKey, Long> held = new HashMap<>();

        /** What an agent that failed, or has not answered yet, may have given already. */
        final Map<ShareKey, Long> mayHold = new HashMap<>();

        final Map<ShareKey, Long> retryAtMillis = new HashMap<>();
        final Map<LoanId, LoanView> loans = new HashMap<>();
        final Map<LeaseId, Long> letGoByMillis = new HashMap<>();

        /** Leases that the agent was told to bring on line. */
        final Set<LeaseId> onLine = new LinkedHashSet<>();

        /** How long little was used of what was asked for or borrowed; loans under the names that asks would have. */
        final Map<AskId, UsePeriod> usePeriods = new HashMap<>();

        /** What was told to be under-used. */
        final Map<AskId, Spare> spares = new HashMap<>();

        final Map<AskId, GivingBack.Return> returns = new TreeMap<>(Comparator.comparing(AskId::toString));

        /** What hosts keep although they were to let go of it; until then they are left alone with it. */
        final Map<LeaseId, Long> keptUntilMillis = new HashMap<>();

        Optional<HostReport> report = Optional.empty();
        long reportedAtMillis;
        long nextOrder;

        State copy() {
            State copy = new State();
            copy.asks.putAll(asks);
            copy.orders.putAll(orders);
            copy.held.putAll(held);
            copy.mayHold.putAll(mayHold);
            copy.retryAtMillis.putAll(retryAtMillis);
            copy.loans.putAll(loans);
            copy.letGoByMillis.putAll(letGoByMillis);
            copy.onLine.addAll(onLine);
            copy.usePeriods.putAll(usePeriods);
            copy.spares.putAll(spares);
            copy.returns.putAll(returns);
            copy.keptUntilMillis.putAll(keptUntilMillis);
            copy.report = report;
            copy.reportedAtMillis = reportedAtMillis;
            copy.nextOrder = nextOrder;
            return copy;
        }
    }

    State state() {
        return state;
    }

    void back(State before) {
        state = before.copy();
    }

    long now() {
        return now;
    }

    void begin(long nowMillis) {
        now = nowMillis;
        effects = new ArrayList<>();
    }

    List<Effect> effects() {
        return effects;
    }

    void emit(Effect effect) {
        effects.add(effect);
    }

    // ---- asks ------------------------------------------------------------------------------------------------------

    boolean isFull() {
        return state.asks.values().stream().filter(ask -> !ask.state().isOver()).count() >= MAX_ASKS;
    }

    List<AskView> asks() {
        return List.copyOf(state.asks.values());
    }

    /** Those that the host owes their part: a neighbour's answer is not waited for. */
    List<AskView> owed() {
        return state.asks.values().stream()
                .filter(ask -> ask.state().isLive() && ask.state() != AskState.BORROWING)
                .toList();
    }

    /** Those, and those that will be owed theirs when a neighbour has lent. Of what was only received nothing is promised yet. */
    List<AskView> promised() {
        return state.asks.values().stream().filter(ask -> ask.state().isLive()).toList();
    }

    /** Puts an ask where it is now: each step is in the ledger, in the audit trail, and told. */
    AskView move(String actor, AskView ask, AskState next, String why) {
        AskView after = ask.to(next, why);
        state.asks.put(after.id(), after);
        emit(new Effect.SaveAsk(after));
        emit(new Effect.Audit(
                actor,
                "ask." + next.word(),
                after.id().toString(),
                new Detail()
                        .with("vm", after.vm())
                        .with("kind", after.kind().word())
                        .with("amount", after.amount())
                        .with("priority", after.priority())
                        .with("fromHost", after.fromHost())
                        .with("borrowed", after.borrowed())
                        .with("why", why)
                        .toString()));
        tell("ask." + next.word(), after.id().toString(), after.vm() + ": " + why);
        if (next.isOver()) {
            forgetOldest();
        }
        return after;
    }

    private void forgetOldest() {
        List<AskId> ended = state.asks.values().stream()
                .filter(ask -> ask.state().isOver())
                .map(AskView::id)
                .toList();
        ended.stream().limit(Math.max(0, ended.size() - ENDED_KEPT)).forEach(id -> {
            state.asks.remove(id);
            emit(new Effect.ForgetAsk(id));
        });
    }

    // ---- orders ----------------------------------------------------------------------------------------------------

    long nextOrderNumber() {
        return state.nextOrder++;
    }

    void order(HostOrder order, String subject, String what) {
        state.orders.put(order.number(), order);
        emit(new Effect.Audit(
                SELF,
                "host.order",
                subject,
                new Detail().with("order", order.number()).with("what", what).toString()));
        tell("host.order", subject, what);
        emit(new Effect.OrdersChanged());
    }

    /** The host is to use it no longer: what was not brought on line yet need not be. */
    void offLine(LeaseId lease) {
        state.onLine.remove(lease);
        boolean withdrawn = state.orders
                .values()
                .removeIf(order -> order instanceof HostOrder.BringOnLine bring
                        && bring.lease().equals(lease));
        if (withdrawn) {
            emit(new Effect.OrdersChanged());
        }
    }

    Optional<HostOrder.SetShare> standing(ShareKey key) {
        return state.orders.values().stream()
                .filter(HostOrder.SetShare.class::isInstance)
                .map(HostOrder.SetShare.class::cast)
                .filter(order -> keyOf(order).equals(key))
                .findFirst();
    }

    static ShareKey keyOf(HostOrder.SetShare order) {
        return new ShareKey(order.vm(), order.resource());
    }

    // ---- sending ---------------------------------------------------------------------------------------------------

    void tell(String kind, String subject, String text) {
        emit(new Effect.Tell(kind, subject, text));
    }

    void refuse(long token, RefusalCode code, String detail) {
        emit(new Effect.Reply(token, Answer.Refused.of(code, detail)));
    }

    /** Whether its host was told to let go of it since it is not used; until that is over it is not brought on line. */
    boolean isReturning(LeaseId lease) {
        return state.returns.values().stream().anyMatch(one -> one.leases().contains(lease));
    }

    void giveBack(LoanId loan) {
        emit(new Effect.AskOwnLoans(new AskId(loan.high(), loan.low()), new Command.ReleaseLoan(loan)));
    }
}
