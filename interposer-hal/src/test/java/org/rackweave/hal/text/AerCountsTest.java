package org.rackweave.hal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rackweave.hal.health.ErrorCount;

class AerCountsTest {
    /** As Linux 6.12 writes it. */
    private static final String FATAL = """
            Undefined 0
            DLP 0
            SDES 0
            TLP 0
            FCP 2
            CmpltTO 0
            CmpltAbrt 0
            UnxCmplt 0
            RxOF 0
            MalfTLP 1
            ECRC 0
            UnsupReq 0
            ACSViol 0
            UncorrIntErr 0
            BlockedTLP 0
            AtomicOpBlocked 0
            TLPBlockedErr 0
            PoisonTLPBlocked 0
            aer_dev_fatal_bit[27] 1
            TOTAL_ERR_FATAL 3
            """;

    @Test
    void eachErrorIsReadByItsNameAndTheTotalApart() {
        ErrorCount count = AerCounts.parse(FATAL.strip()).orElseThrow();
        assertThat(count.total()).isEqualTo(3);
        assertThat(count.byName())
                .hasSize(19)
                .containsEntry("FCP", 2L)
                .containsEntry("MalfTLP", 1L)
                .containsEntry("aer_dev_fatal_bit[27]", 1L);
    }

    @Test
    void namesOfOlderKernelsHaveBlanks() {
        assertThat(AerCounts.parse("Receiver Error 2\nTOTAL_ERR_COR 2"))
                .contains(new ErrorCount(2, Map.of("Receiver Error", 2L)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "RxErr 0",
                "RxErr\nTOTAL_ERR_COR 0",
                "RxErr -1\nTOTAL_ERR_COR 0",
                "RxErr 0x1\nTOTAL_ERR_COR 0",
                "RxErr 99999999999999999999\nTOTAL_ERR_COR 0",
                "RxErr 1\nRxErr 1\nTOTAL_ERR_COR 2",
                "TOTAL_ERR_COR 0\nRxErr 0",
                "TOTAL_ERR_COR 0\n\nTOTAL_ERR_COR 0"
            })
    void whatIsNoSuchListIsNone(String text) {
        assertThat(AerCounts.parse(text)).isEmpty();
    }

    @Test
    void aListThatIsTooLongIsNone() {
        assertThat(AerCounts.parse("a 1\n".repeat(100_000) + "TOTAL_ERR_COR 1")).isEmpty();
    }

    @Test
    void whateverComesIsReadOrNone() {
        Random random = new Random(6);
        List<String> pieces = List.of("TOTAL_ERR_", "FCP", " ", "\n", "1", "-", "\0", "x[3]", "9223372036854775808");
        int read = 0;
        for (int round = 0; round < 100_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int piece = random.nextInt(9); piece >= 0; piece--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            read += AerCounts.parse(text.toString()).isPresent() ? 1 : 0;
        }
        assertThat(read).isPositive();
    }
}
