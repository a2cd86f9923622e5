package org.rackweave.daemon.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UsePeriodTest {
    private static final long GAP = 100;

    @Test
    void what_stays_is_never_less_than_what_was_used_with_as_much_again_or_than_the_least() {
        Random random = new Random(1);
        for (int round = 0; round < 10_000; round++) {
            // Small ones as often as large ones: half an odd amount is where rounding shows.
            long held = 1 + (random.nextLong() >>> (1 + random.nextInt(62)));
            long least = 1 + Math.floorMod(random.nextLong(), held);
            UsePeriod period = UsePeriod.beginning(0, held, random.nextInt(101));
            int reports = random.nextInt(20);
            int peak = period.peakPercent();
            for (int i = 1; i <= reports; i++) {
                int used = random.nextInt(101);
                peak = Math.max(peak, used);
                period = period.heard(i * GAP, held, used, GAP);
            }
            long needed = period.needed(least);
            if (peak == 0) {
                assertThat(needed).isZero();
            } else {
                assertThat(BigInteger.valueOf(needed))
                        .isEqualTo(twiceWhatWasUsed(held, peak)
                                .min(BigInteger.valueOf(held))
                                .max(BigInteger.valueOf(least)));
            }
        }
    }

    private static BigInteger twiceWhatWasUsed(long held, int peak) {
        BigInteger percent = BigInteger.valueOf(100);
        return BigInteger.valueOf(held)
                .multiply(BigInteger.valueOf(peak))
                .add(BigInteger.valueOf(99))
                .divide(percent)
                .multiply(BigInteger.TWO);
    }

    @Test
    void it_is_as_long_as_its_reports_go_and_a_gap_or_another_amount_begins_it_anew() {
        UsePeriod period = UsePeriod.beginning(0, 8, 15);
        for (int i = 1; i <= 10; i++) {
            period = period.heard(i * GAP, 8, i, GAP);
        }
        assertThat(period).isEqualTo(new UsePeriod(0, 10 * GAP, 8, 15));
        assertThat(period.isAsLongAs(10 * GAP)).isTrue();
        assertThat(period.isAsLongAs(10 * GAP + 1)).isFalse();
        assertThat(period.heard(11 * GAP + 1, 8, 3, GAP)).isEqualTo(UsePeriod.beginning(11 * GAP + 1, 8, 3));
        assertThat(period.heard(11 * GAP, 7, 3, GAP)).isEqualTo(UsePeriod.beginning(11 * GAP, 7, 3));
    }
}
