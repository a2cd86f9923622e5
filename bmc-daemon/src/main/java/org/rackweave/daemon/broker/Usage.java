package org.rackweave.daemon.broker;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.HostReport;

/** Notices what was asked for or borrowed and is hardly used, from what the agent reports. */
final class Usage {
    private static final long PERCENT = 100;

    private final BrokerBook book;
    private final BrokerPolicy policy;

    Usage(BrokerBook book, BrokerPolicy policy) {
        this.book = book;
        this.policy = policy;
    }

    /** @param giveBack takes an ask that is to be returned because nobody uses it */
    void reported(HostReport report, Consumer<AskView> giveBack) {
        Set<AskId> under = new HashSet<>();
        report.loans().stream()
                .filter(use -> use.usedPercent() < policy.underusedPercent()
                        && book.state().loans.containsKey(use.loan()))
                .forEach(
                        use -> under.add(new AskId(use.loan().high(), use.loan().low())));
        book.asks().stream()
                .filter(ask -> ask.state() == AskState.DONE && isUnderused(report, ask))
                .forEach(ask -> under.add(ask.id()));
        book.state().underusedSinceMillis.keySet().retainAll(under);
        book.state().underusedTold.retainAll(under);
        for (AskId id : under) {
            long since = book.state().underusedSinceMillis.computeIfAbsent(id, any -> book.now());
            if (book.now() - since >= policy.underusedMillis()
                    && book.state().underusedTold.add(id)) {
                notice(id, giveBack);
            }
        }
    }

    /** What the VM uses is measured against what it would have without the ask: the last part is the idle one. */
    private boolean isUnderused(HostReport report, AskView ask) {
        return report.vms().stream()
                .filter(vm -> vm.name().equals(ask.vm()))
                .flatMap(vm -> vm.shares().stream())
                .filter(share -> share.kind() == ask.kind() && ask.fromHost() > 0)
                .anyMatch(share -> {
                    double used = (double) share.held() * share.usedPercent() / PERCENT;
                    double ofTheAsk = used - (share.held() - ask.fromHost());
                    return ofTheAsk * PERCENT < (double) policy.underusedPercent() * ask.fromHost();
                });
    }

    private void notice(AskId id, Consumer<AskView> giveBack) {
        AskView ask = book.state().asks.get(id);
        String what = "used less than " + policy.underusedPercent() + " % for " + policy.underusedMillis() + " ms";
        book.tell(ask == null ? "loan.underused" : "ask.underused", id.toString(), what);
        if (policy.unused() == BrokerPolicy.Unused.TELL) {
            return;
        }
        if (ask == null) {
            book.giveBack(id.loan());
        } else if (ask.state() == AskState.DONE) {
            giveBack.accept(ask);
        }
    }
}
