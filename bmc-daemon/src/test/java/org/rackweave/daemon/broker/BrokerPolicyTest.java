package org.rackweave.daemon.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerPolicyTest {
    private static BrokerPolicy policy(int percent, long underusedMillis, long retryMillis) {
        return new BrokerPolicy(percent, underusedMillis, retryMillis, BrokerPolicy.Unused.OFFER);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1", "100, 1, 1", "20, 9223372036854775807, 1", "20, 1, 9223372036854775807"})
    void the_ends_of_each_range_are_in_it(int percent, long underusedMillis, long retryMillis) {
        assertThatCode(() -> policy(percent, underusedMillis, retryMillis)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"-1, 1, 1", "101, 1, 1", "20, 0, 1", "20, 1, 0"})
    void what_is_beyond_them_is_refused(int percent, long underusedMillis, long retryMillis) {
        assertThatIllegalArgumentException().isThrownBy(() -> policy(percent, underusedMillis, retryMillis));
    }

    @Test
    void at_least_four_reports_are_in_the_time_that_counts_and_none_is_a_minute_after_another() {
        assertThat(policy(20, 40_000, 1).reportGapMillis()).isEqualTo(10_000);
        assertThat(policy(20, 600_000, 1).reportGapMillis()).isEqualTo(60_000);
    }

    @Test
    void a_host_that_keeps_what_it_has_is_left_alone_for_six_times_the_time_that_counts() {
        assertThat(policy(20, 40_000, 1).restMillis()).isEqualTo(240_000);
    }

    @Test
    void with_other_numbers_the_rest_stays() {
        assertThat(BrokerPolicy.USUAL.with(7, BrokerPolicy.Unused.IGNORE))
                .isEqualTo(new BrokerPolicy(20, 7, 30_000, BrokerPolicy.Unused.IGNORE));
    }
}
