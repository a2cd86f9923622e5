package org.rackweave.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AuditChainTest {
    /** From sha256sum over the same bytes. If this fails, do not change the test: every ledger in the field has such hashes. */
    private static final String FIRST = "8c6bda7c9dcf474c4be63b07eea7e0be1206cdb74e2de8131d6f50b20a94a008";

    private static final String SECOND = "2f8f73914638c2e93532369445e14e84f778407f7d7a2146d87bb39ac6a190b5";

    @Test
    void theHashIsTheOneThatIsWrittenDown() {
        assertThat(AuditChain.hash(AuditChain.START, 1, 1_700_000_000_000L, "daemon", "ledger.open", "a", "{}"))
                .isEqualTo(FIRST);
        assertThat(AuditChain.hash(FIRST, 2, 1_700_000_000_001L, "node é", "lease.commit", "", "a\nb"))
                .isEqualTo(SECOND);
    }

    @Test
    void aChangedRowDoesNotHold() {
        AuditRow row = new AuditRow(2, 1_700_000_000_001L, "node é", "lease.commit", "", "a\nb", SECOND);

        assertThat(AuditChain.holds(FIRST, row)).isTrue();
        assertThat(AuditChain.holds(AuditChain.START, row)).isFalse();
        assertThat(AuditChain.holds(
                        FIRST, new AuditRow(3, row.atEpochMillis(), "node é", "lease.commit", "", "a\nb", SECOND)))
                .isFalse();
        assertThat(AuditChain.holds(
                        FIRST, new AuditRow(2, row.atEpochMillis(), "node é", "lease.commit", "", "a\nc", SECOND)))
                .isFalse();
    }

    @Test
    void aLineFeedCannotMoveTextFromOneFieldToTheNext() {
        assertThatThrownBy(() -> AuditChain.hash(AuditChain.START, 1, 0, "x", "y\nz", "", ""))
                .isInstanceOf(IllegalArgumentException.class);
        String hash = AuditChain.hash(AuditChain.START, 1, 0, "x", "y", "z", "d");
        assertThat(AuditChain.holds(AuditChain.START, new AuditRow(1, 0, "x", "y\nz", "d", "", hash)))
                .isFalse();
    }
}
