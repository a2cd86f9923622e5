package org.rackweave.hal.chassis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.chassis.PowerBudget.State;
import org.rackweave.hal.chassis.PowerBudget.Supply;

class PowerBudgetTest {
    @Test
    void whatMayBeOnLastsWhenAnySupplyFails() {
        Random random = new Random(7);
        for (int round = 0; round < 1_000; round++) {
            List<Supply> all = random.ints(2 + random.nextInt(4), 1, 2_000)
                    .mapToObj(watts -> new Supply(watts, State.WORKS))
                    .toList();
            long may = new PowerBudget(all).mayBeOnWatts();
            for (int lost = 0; lost < all.size(); lost++) {
                List<Supply> left = new ArrayList<>(all);
                left.set(lost, new Supply(all.get(lost).watts(), State.FAILED));
                long given = all.stream().mapToLong(Supply::watts).sum()
                        - all.get(lost).watts();
                assertThat(may).isLessThanOrEqualTo(given);
                assertThat(new PowerBudget(left).mayBeOnWatts())
                        .as("what was on stays on")
                        .isEqualTo(may);
            }
        }
    }

    @Test
    void withSeveralSuppliesLostNoMoreMayBeOnThanTheOthersGive() {
        assertThat(new PowerBudget(List.of(
                                new Supply(500, State.FAILED),
                                new Supply(500, State.FAILED),
                                new Supply(500, State.WORKS)))
                        .mayBeOnWatts())
                .isEqualTo(500);
        assertThat(new PowerBudget(List.of(new Supply(500, State.FAILED), new Supply(500, State.FAILED)))
                        .mayBeOnWatts())
                .isZero();
    }
}
