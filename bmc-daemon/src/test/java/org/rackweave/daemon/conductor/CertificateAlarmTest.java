package org.rackweave.daemon.conductor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CertificateAlarmTest {
    private static final Instant END = Instant.parse("2027-11-01T12:00:00Z");

    private final CertificateAlarm alarm = new CertificateAlarm(END);

    @Test
    void aCertificateThatLastsIsNoNews() {
        assertThat(alarm.due(END.minus(Duration.ofDays(31)))).isEmpty();
        assertThat(new CertificateAlarm(Instant.MAX).due(END)).isEmpty();
    }

    @Test
    void oneNearItsEndIsToldOnceADay() {
        Instant near = END.minus(Duration.ofDays(10));
        assertThat(alarm.due(near).orElseThrow()).contains("ends at " + END, "ca renew");
        assertThat(alarm.due(near.plus(Duration.ofHours(23)))).isEmpty();
        assertThat(alarm.due(near.plus(Duration.ofHours(24)))).isPresent();
        assertThat(alarm.due(END.plusSeconds(1)).orElseThrow()).contains("ended at");
    }
}
