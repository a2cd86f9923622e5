package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LinePolicyTest {
    @Test
    void anOwnerWithTheUsualTermsHasTheUsualLine() {
        assertThat(LinePolicy.within(120_000, 60_000)).isEqualTo(LinePolicy.USUAL);
    }

    @Test
    void anOwnerWhoseLoansLiveForSecondsHoldsAndWaitsForSecondsAtNoHigherRate() {
        LinePolicy line = LinePolicy.within(5_000, 4_000);

        assertThat(line.minHoldMillis()).isEqualTo(5_000);
        assertThat(line.graceMillis()).isEqualTo(4_000);
        assertThat((double) line.maxReclaims() / line.reclaimMillis())
                .isPositive()
                .isLessThanOrEqualTo((double) LinePolicy.USUAL.maxReclaims() / LinePolicy.USUAL.reclaimMillis());
    }

    @Test
    void oneLeaseMayBeTakenBackHoweverShortTheFirstTermIs() {
        assertThat(LinePolicy.within(1_000, 1_000).maxReclaims()).isEqualTo(1);
    }
}
