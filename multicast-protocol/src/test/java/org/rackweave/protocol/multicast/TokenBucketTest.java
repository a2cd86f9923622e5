package org.rackweave.protocol.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private final TokenBucket bucket = new TokenBucket(new Rate(2, 3), 1_000);

    @Test
    void it_is_full_at_first_and_then_gives_its_rate() {
        assertThat(takenAt(1_000)).isEqualTo(3);
        assertThat(takenAt(1_499)).isZero();
        assertThat(takenAt(1_500)).isEqualTo(1);
        assertThat(takenAt(3_000)).isEqualTo(3);
    }

    @Test
    void it_never_holds_more_than_its_burst_however_long_it_rested() {
        assertThat(takenAt(1_000)).isEqualTo(3);
        assertThat(takenAt(Long.MAX_VALUE / 2)).isEqualTo(3);
    }

    @Test
    void a_rest_makes_it_full_and_full_is_as_good_as_new() {
        assertThat(bucket.isFull(1_000)).isTrue();
        assertThat(bucket.take(1_000)).isTrue();
        assertThat(bucket.isFull(1_499)).isFalse();
        assertThat(bucket.isFull(1_500)).isTrue();
    }

    private int takenAt(long nowMillis) {
        int taken = 0;
        while (bucket.take(nowMillis)) {
            taken++;
        }
        return taken;
    }
}
