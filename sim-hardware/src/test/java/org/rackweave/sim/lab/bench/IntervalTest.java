package org.rackweave.sim.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class IntervalTest {
    @Test
    void isThatOfStudent() {
        // Deviation 1.5811, five samples: 2.776 * 1.5811 / sqrt(5).
        Interval interval = Interval.of(List.of(1.0, 2.0, 3.0, 4.0, 5.0));
        assertThat(interval.mean()).isEqualTo(3.0);
        assertThat(interval.half()).isCloseTo(1.963, within(0.001));
        assertThat(interval.text()).isEqualTo("1.04..4.96");
    }

    @Test
    void ofOneSampleHasNoWidthAndOfNoneThereIsNone() {
        assertThat(Interval.of(List.of(7.0))).isEqualTo(new Interval(7, 0));
        assertThatThrownBy(() -> Interval.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
