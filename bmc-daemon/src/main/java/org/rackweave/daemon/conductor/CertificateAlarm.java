package org.rackweave.daemon.conductor;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.rackweave.crypto.Enrolment;

/** Says once a day that this node's certificate is near its end, while somebody can still do something about it. */
final class CertificateAlarm {
    private static final Duration AGAIN = Duration.ofDays(1);

    private final Instant notAfter;
    private Instant nextAt = Instant.MIN;

    CertificateAlarm(Instant notAfter) {
        this.notAfter = notAfter;
    }

    /** What to tell now; mostly nothing. */
    Optional<String> due(Instant now) {
        if (now.isBefore(nextAt) || !Enrolment.isToBeRenewed(notAfter, now)) {
            return Optional.empty();
        }
        nextAt = now.plus(AGAIN);
        return Optional.of("this node's certificate " + (now.isAfter(notAfter) ? "ended at " : "ends at ") + notAfter
                + "; renew it with 'rackweave ca renew', install it with 'rackweave enroll install', and start this"
                + " daemon again");
    }
}
