package org.rackweave.daemon.broker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.UnusedView;

/**
 * What of an under-used loan could go back: whole leases, the largest that can first.
 *
 * @param period how much was used
 * @param leases which; none when each is needed
 * @param amount how much they are together
 */
record Spare(UsePeriod period, List<LeaseId> leases, long amount) {
    private static final Comparator<LeaseView> LARGEST_FIRST = Comparator.comparingLong(LeaseView::amount)
            .reversed()
            .thenComparing(lease -> lease.id().toString());

    Spare {
        Objects.requireNonNull(period);
        leases = List.copyOf(leases);
    }

    /** @param kept leases that the host keeps, whatever it says of the use of the whole */
    static Spare of(LoanView loan, UsePeriod period, Set<LeaseId> kept) {
        long least = loan.requirement().leastAmount();
        boolean canAllGo = loan.leases().stream().noneMatch(lease -> kept.contains(lease.id()));
        long needed = canAllGo ? period.needed(least) : Math.max(least, period.needed(least));
        long left = held(loan);
        List<LeaseId> leases = new ArrayList<>();
        for (LeaseView lease : loan.leases().stream().sorted(LARGEST_FIRST).toList()) {
            if (!kept.contains(lease.id()) && left - lease.amount() >= needed) {
                left -= lease.amount();
                leases.add(lease.id());
            }
        }
        return new Spare(period, leases, held(loan) - left);
    }

    /** Without one that the host keeps. */
    Spare without(LeaseId kept, long keptAmount) {
        return new Spare(
                period, leases.stream().filter(lease -> !lease.equals(kept)).toList(), amount - keptAmount);
    }

    /** Of what nobody lent. */
    static Spare none(UsePeriod period) {
        return new Spare(period, List.of(), 0);
    }

    static long held(LoanView loan) {
        return loan.leases().stream().mapToLong(LeaseView::amount).sum();
    }

    UnusedView view(LoanView loan) {
        return new UnusedView(loan.id(), loan.requirement().kind(), period.held(), period.peakPercent(), amount);
    }
}
