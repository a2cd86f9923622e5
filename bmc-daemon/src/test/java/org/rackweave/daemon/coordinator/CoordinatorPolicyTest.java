package org.rackweave.daemon.coordinator;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoordinatorPolicyTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 0, 0", "1, 2, 1, 0", "2, 1, 0, 1"})
    void the_least_of_each_is_allowed(long roundMillis, long answerMillis, int moves, long restMillis) {
        assertThatCode(() -> new CoordinatorPolicy(roundMillis, answerMillis, moves, restMillis))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 0, 0", "1, 0, 0, 0", "1, 1, -1, 0", "1, 1, 0, -1"})
    void less_is_refused(long roundMillis, long answerMillis, int moves, long restMillis) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CoordinatorPolicy(roundMillis, answerMillis, moves, restMillis));
    }
}
