package org.rackweave.daemon.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanState;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;

class SpareTest {
    private static final LoanId LOAN = new LoanId(8, 8);

    private static LeaseView lease(int number, long amount) {
        return BorrowedMemory.lease(new LeaseId(number, 0), LOAN, amount, Optional.empty());
    }

    private static LoanView loan(long least, List<LeaseView> leases) {
        long held = leases.stream().mapToLong(LeaseView::amount).sum();
        Requirement requirement = new Requirement(
                ResourceKind.MEMORY,
                held,
                Optional.empty(),
                60_000,
                4,
                ForcedEndEffect.FATAL,
                Optional.empty(),
                2,
                Optional.empty(),
                Optional.empty(),
                Locality.ANY,
                least);
        return new LoanView(LOAN, requirement, LoanState.ACTIVE, leases, "");
    }

    private static Spare spare(LoanView loan, int usedPercent, Set<LeaseId> kept) {
        return Spare.of(loan, UsePeriod.beginning(0, Spare.held(loan), usedPercent), kept);
    }

    @Test
    void the_largest_goes_first_and_of_equals_the_first_by_name() {
        List<LeaseView> leases = List.of(lease(3, 10), lease(2, 10), lease(1, 40), lease(4, 40));
        // 50 have to stay, so that one of 40 can go and then one of 10.
        assertThat(spare(loan(1, leases), 25, Set.of()).leases()).containsExactly(new LeaseId(1, 0), new LeaseId(2, 0));
    }

    @Test
    void what_stays_is_enough_and_none_that_could_go_stays() {
        for (int seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            List<LeaseView> leases = new ArrayList<>();
            Set<LeaseId> kept = new HashSet<>();
            for (int i = 1 + random.nextInt(5); i > 0; i--) {
                leases.add(lease(i, 1 + random.nextInt(10)));
                if (random.nextInt(4) == 0) {
                    kept.add(new LeaseId(i, 0));
                }
            }
            long held = leases.stream().mapToLong(LeaseView::amount).sum();
            LoanView loan = loan(1 + random.nextInt((int) held), leases);
            int usedPercent = random.nextInt(3) * random.nextInt(30);
            Spare spare = spare(loan, usedPercent, kept);

            long needed = UsePeriod.beginning(0, held, usedPercent)
                    .needed(loan.requirement().leastAmount());
            if (!kept.isEmpty()) {
                needed = Math.max(needed, loan.requirement().leastAmount());
            }
            long goes = leases.stream()
                    .filter(lease -> spare.leases().contains(lease.id()))
                    .mapToLong(LeaseView::amount)
                    .sum();
            assertThat(spare.amount()).as("seed %d", seed).isEqualTo(goes);
            assertThat(held - goes).as("seed %d", seed).isGreaterThanOrEqualTo(needed);
            assertThat(spare.leases()).as("seed %d", seed).noneMatch(kept::contains);
            for (LeaseView lease : leases) {
                if (!kept.contains(lease.id()) && !spare.leases().contains(lease.id())) {
                    assertThat(held - goes - lease.amount()).as("seed %d", seed).isLessThan(needed);
                }
            }
        }
    }
}
