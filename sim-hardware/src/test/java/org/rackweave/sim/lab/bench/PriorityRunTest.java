package org.rackweave.sim.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PriorityRunTest {
    private static final PriorityLoad LOAD = PriorityLoad.of(1, 6);

    private static PriorityRun.Met met(PriorityRun.Result result, PriorityLoad.Urgency urgency) {
        return Optional.ofNullable(result.met().get(urgency)).orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(VictimOrder.class)
    void lowerPrioritiesAreTakenBackAndTheHighestNever(VictimOrder order) {
        PriorityRun.Result result = PriorityRun.of(LOAD, order);

        assertThat(met(result, PriorityLoad.Urgency.BATCH).revokedPercent()).isPositive();
        assertThat(met(result, PriorityLoad.Urgency.URGENT).revokedPercent()).isZero();
        assertThat(met(result, PriorityLoad.Urgency.URGENT).waitedMillis()).isNotEmpty();
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        PriorityRun.Result once = PriorityRun.of(LOAD, VictimOrder.OURS);
        PriorityRun.Result again = PriorityRun.of(PriorityLoad.of(1, 6), VictimOrder.OURS);

        assertThat(again.revocations()).isEqualTo(once.revocations());
        assertThat(again.loanHours()).isEqualTo(once.loanHours());
    }

    @Test
    void theOwnersOwnChoiceTakesFewerLeasesThanTheLowestFirst() {
        assertThat(PriorityRun.of(LOAD, VictimOrder.OURS).revocations())
                .isLessThan(PriorityRun.of(LOAD, VictimOrder.LOWEST_FIRST).revocations());
    }
}
