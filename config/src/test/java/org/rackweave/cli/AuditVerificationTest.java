package org.rackweave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rackweave.protocol.message.AuditChain;
import org.rackweave.protocol.message.AuditRow;

class AuditVerificationTest {
    private final List<AuditRow> rows = new ArrayList<>();

    AuditVerificationTest() {
        String hash = AuditChain.START;
        for (long number = 1; number <= 6; number++) {
            hash = AuditChain.hash(hash, number, 7, "daemon", "test.done", "row", "{}");
            rows.add(new AuditRow(number, 7, "daemon", "test.done", "row", "{}", hash));
        }
    }

    @Test
    void aTrailHoldsFromItsFirstRowOrFromWhereItBeginsNow() {
        assertThat(verified(rows).fault()).isEmpty();
        AuditVerification shortened = verified(rows.subList(3, 6));
        assertThat(shortened.fault()).isEmpty();
        assertThat(shortened.rows()).isEqualTo(6);
        assertThat(shortened.head()).isEqualTo(rows.get(5).hash());
    }

    @Test
    void aChangeBehindTheBeginningOfAShortenedTrailIsFound() {
        List<AuditRow> changed = new ArrayList<>(rows.subList(3, 6));
        changed.set(
                1,
                new AuditRow(
                        5, 7, "daemon", "test.done", "other", "{}", rows.get(4).hash()));
        assertThat(verified(changed).fault()).isPresent();
        assertThat(verified(List.of(rows.get(3), rows.get(5))).fault()).isPresent();
    }

    private static AuditVerification verified(List<AuditRow> rows) {
        AuditVerification verification = new AuditVerification();
        rows.forEach(verification::accept);
        return verification;
    }
}
