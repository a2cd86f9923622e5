package org.rackweave.daemon.broker;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rackweave.daemon.Detail;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.protocol.message.AskId;
import org.rackweave.protocol.message.AskState;
import org.rackweave.protocol.message.AskView;
import org.rackweave.protocol.message.HostReport;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.UnusedView;

/** Notices what was asked for or borrowed and is hardly used, from what the agent reports. What is not reported is used. */
final class Usage {
    private static final int ALL_PERCENT = 100;

    private final BrokerBook book;
    private final BrokerPolicy policy;
    private final GivingBack givingBack;

    Usage(BrokerBook book, BrokerPolicy policy, GivingBack givingBack) {
        this.book = book;
        this.policy = policy;
        this.givingBack = givingBack;
    }

    void reported(HostReport report) {
        if (policy.unused() == BrokerPolicy.Unused.IGNORE) {
            return;
        }
        Map<AskId, Integer> used = usedPercents(report);
        used.values().removeIf(percent -> percent >= policy.underusedPercent());
        book.state().usePeriods.keySet().retainAll(used.keySet());
        book.state().spares.keySet().retainAll(used.keySet());
        used.forEach(this::heard);
    }

    /** What could go back, as far as is known. */
    List<UnusedView> unused() {
        return book.state().loans.values().stream()
                .sorted(Comparator.comparing(loan -> loan.id().toString()))
                .flatMap(loan ->
                        Optional.ofNullable(book.state()
                                        .spares
                                        .get(new AskId(
                                                loan.id().high(), loan.id().low())))
                                .stream()
                                .map(spare -> spare.view(loan)))
                .limit(HostReport.MAX_LOANS)
                .toList();
    }

    private Map<AskId, Integer> usedPercents(HostReport report) {
        Map<AskId, Integer> used = new LinkedHashMap<>();
        for (HostReport.LoanUse use : report.loans()) {
            AskId id = new AskId(use.loan().high(), use.loan().low());
            AskView ask = book.state().asks.get(id);
            if (!book.state().loans.containsKey(use.loan())) {
                continue;
            }
            if (ask == null) {
                used.put(id, use.usedPercent());
            } else if (ask.state() == AskState.DONE) {
                used.put(id, Math.max(use.usedPercent(), percentOfHostPart(report, ask)));
            }
        }
        for (AskView ask : book.state().asks.values()) {
            if (ask.state() == AskState.DONE && ask.borrowed() == 0) {
                used.put(ask.id(), percentOfHostPart(report, ask));
            }
        }
        return used;
    }

    /** What the VM uses is measured against what it would have without the ask: the last part is the idle one. */
    private static int percentOfHostPart(HostReport report, AskView ask) {
        return ask.fromHost() == 0
                ? 0
                : report.vms().stream()
                        .filter(vm -> vm.name().equals(ask.vm()))
                        .flatMap(vm -> vm.shares().stream())
                        .filter(share -> share.kind() == ask.kind())
                        .map(share -> {
                            double used = (double) share.held() * share.usedPercent() / ALL_PERCENT;
                            double ofTheAsk = Math.max(0, used - (share.held() - ask.fromHost()));
                            return (int) Math.min(ALL_PERCENT, Math.ceil(ofTheAsk * ALL_PERCENT / ask.fromHost()));
                        })
                        .findFirst()
                        .orElse(ALL_PERCENT);
    }

    private void heard(AskId id, int usedPercent) {
        LoanView loan = book.state().loans.get(id.loan());
        AskView ask = book.state().asks.get(id);
        long held = loan != null ? Spare.held(loan) : ask == null ? 0 : ask.fromHost();
        UsePeriod before = book.state().usePeriods.get(id);
        UsePeriod period = before == null
                ? UsePeriod.beginning(book.now(), held, usedPercent)
                : before.heard(book.now(), held, usedPercent, policy.reportGapMillis());
        if (!period.isAsLongAs(policy.underusedMillis())) {
            book.state().usePeriods.put(id, period);
            return;
        }
        book.state().usePeriods.put(id, UsePeriod.beginning(book.now(), held, usedPercent));
        if (loan == null) {
            notice(id, "ask.underused", Spare.none(period), "the host gives it");
            return;
        }
        Spare spare = Spare.of(loan, period, book.state().keptUntilMillis.keySet());
        String could = spare.leases().isEmpty()
                ? "nothing of it can go back"
                : spare.amount() + " " + loan.requirement().kind().unit() + " could go back";
        notice(id, ask == null ? "loan.underused" : "ask.underused", spare, could);
        if (policy.unused() == BrokerPolicy.Unused.GIVE_BACK) {
            givingBack.begin(id, loan, spare);
        }
    }

    /** Once, as long as it stays so. */
    private void notice(AskId id, String kind, Spare spare, String could) {
        Spare before = book.state().spares.put(id, spare);
        if (before != null && before.leases().equals(spare.leases())) {
            return;
        }
        UsePeriod period = spare.period();
        book.tell(
                kind,
                id.toString(),
                "at most " + period.peakPercent() + " % were used for " + policy.underusedMillis() + " ms; " + could);
        book.emit(new Effect.Audit(
                BrokerBook.SELF,
                kind,
                id.toString(),
                new Detail()
                        .with("held", period.held())
                        .with("usedPercent", period.peakPercent())
                        .with("spare", spare.amount())
                        .toString()));
    }
}
