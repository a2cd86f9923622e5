package org.rackweave.daemon.broker;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.HostOrder;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.OrderOutcome;
import org.rackweave.protocol.message.ResourceKind;

/** A broker's core, the time, and what came of each step: for tests that say themselves what the agent reports. */
final class OneHost {
    final BrokerCore core;
    long now = 1_000;
    private List<Effect> last = List.of();

    OneHost(BrokerPolicy policy, AskView... stored) {
        core = new BrokerCore(policy, 1, List.of(stored));
    }

    OneHost() {
        this(BrokerPolicy.USUAL);
    }

    static HostReport.Vm vm(String name, int priority, HostReport.Share... shares) {
        return new HostReport.Vm(name, priority, List.of(shares));
    }

    static HostReport.Share cores(long guaranteed, long normal, long held) {
        return new HostReport.Share(ResourceKind.CORES, guaranteed, normal, held, 100);
    }

    static HostReport.Share memory(long guaranteed, long normal, long held, int usedPercent) {
        return new HostReport.Share(ResourceKind.MEMORY, guaranteed, normal, held, usedPercent);
    }

    // ---- what happens ----------------------------------------------------------------------------------------------

    List<Effect> step(BrokerEvent event) {
        last = core.step(event, now);
        return last;
    }

    /** The answer to it. */
    Answer say(Command command) {
        step(new BrokerEvent.Asked(SmallHost.AGENT, command, 1));
        return last.stream()
                .filter(Effect.Reply.class::isInstance)
                .map(effect -> ((Effect.Reply) effect).answer())
                .findFirst()
                .orElseThrow();
    }

    Answer report(long cores, HostReport.Vm... vms) {
        return say(new Command.ReportHost(new HostReport(
                List.of(
                        new HostReport.Capacity(ResourceKind.CORES, cores),
                        new HostReport.Capacity(ResourceKind.MEMORY, 1_000)),
                List.of(vms),
                List.of())));
    }

    Answer ask(long id, String vm, ResourceKind kind, long amount, int priority) {
        return say(new Command.AskForVm(new AskId(id, id), vm, kind, amount, priority, 60_000));
    }

    Answer ask(long id, String vm, long cores, int priority) {
        return ask(id, vm, ResourceKind.CORES, cores, priority);
    }

    Answer giveBack(long id) {
        return say(new Command.ReturnAsk(new AskId(id, id)));
    }

    Answer done(HostOrder order, OrderOutcome outcome) {
        return say(new Command.OrderDone(order.number(), outcome, "it says so"));
    }

    void passTo(long millis) {
        now = millis;
        step(new BrokerEvent.Tick());
    }

    // ---- what came of it -------------------------------------------------------------------------------------------

    AskState state(long id) {
        return view(id).state();
    }

    AskView view(long id) {
        return core.find(new AskId(id, id)).orElseThrow();
    }

    List<HostOrder> orders() {
        return core.orders(now);
    }

    /** Which VM is to have how much, as the orders that stand say it. */
    List<String> shares() {
        return orders().stream()
                .filter(HostOrder.SetShare.class::isInstance)
                .map(HostOrder.SetShare.class::cast)
                .map(order -> order.vm() + " " + order.amount())
                .toList();
    }

    /** What the last step said to people: kind, subject and text. */
    List<String> told() {
        return last.stream()
                .filter(Effect.Tell.class::isInstance)
                .map(Effect.Tell.class::cast)
                .map(tell -> tell.kind() + " " + tell.subject() + " " + tell.text())
                .toList();
    }

    /** What the last step wrote into the audit trail: actor, action and subject. */
    List<String> audited() {
        return last.stream()
                .filter(Effect.Audit.class::isInstance)
                .map(Effect.Audit.class::cast)
                .map(audit -> audit.actor() + " " + audit.action() + " " + audit.subject())
                .toList();
    }

    <T extends Effect> List<T> effects(Class<T> kind) {
        return last.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** What the last step asked of the borrower's side. */
    List<Command> askedOfLoans() {
        List<Command> asked = new ArrayList<>();
        effects(Effect.AskOwnLoans.class).forEach(effect -> asked.add(effect.command()));
        return asked;
    }

    Optional<Long> nextDeadline() {
        return core.nextDeadline().stream().boxed().findFirst();
    }
}
